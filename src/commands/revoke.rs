//! `drfctl revoke`

use std::io::Write;

use serde::Serialize;

use crate::cli::{ReportFormat, Revoke};
use crate::commands::shared::bulk::{Bulk, RUN_AGAIN};
use crate::commands::shared::other_tokens;
use crate::commands::shared::targets::{TargetUsers, Unknown};
use crate::context::Context;
use crate::db::{Batch, Database, OtherTokens, Token, TokenFilter, TokenHolder, User, UserId};
use crate::error::{Failure, StateAfter, Status, UnknownKeys};
use crate::escape::{quoted, quoted_list};
use crate::io::output::{self, Json, JsonShape};
use crate::io::{input, prompt};
use crate::secret::Key;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum RevokeResult {
    Revoked,
    Absent,
    WouldRevoke,
}

#[derive(Serialize)]
struct RevokeRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    key_prefix: Option<&'a str>,
    result: RevokeResult,
    /// The table that has the key all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    still_in: Option<&'a str>,
}

pub(super) fn run(args: &Revoke, ctx: &mut Context) -> Result<Status, Failure> {
    let keys = match &args.key_file {
        Some(_) if args.targets.filters.are_given() => {
            return Err(Failure::usage(
                "`--key-file` names the tokens: it cannot be combined with filters",
            ));
        }
        Some(path) => Some(input::sent_keys(path)?),
        None => None,
    };
    let mut database = ctx.open_tokens()?;
    let mut revocation = Revocation {
        is_dry: args.dry_run,
        format: args.format.get(),
        others: database.other_tokens()?,
        still_in: Vec::new(),
        revoked: 0,
        reported: 0,
        done: 0,
    };
    if let Some(keys) = keys {
        revocation.revoke_keys(keys, ctx, &mut database)?;
    } else {
        let expected = revocation.revoke_users(args, ctx, &mut database)?;
        revocation.note_total(expected, ctx);
    }
    Ok(revocation.end(ctx))
}

/// What is revoked, and what has been reported of it.
struct Revocation {
    is_dry: bool,
    format: ReportFormat,
    /// The tables that the server may take its tokens from as well.
    others: Vec<OtherTokens>,
    /// Those of them that have a key which was revoked.
    still_in: Vec<String>,
    revoked: u64,
    reported: usize,
    /// How many users are dealt with.
    done: usize,
}

impl Revocation {
    /// Up to this many users are reported individually.
    const INDIVIDUALLY: usize = 10;

    /// Revokes the tokens that have these keys, also where some of the keys are unknown: they
    /// have leaked.
    fn revoke_keys(
        &mut self,
        lines: Vec<(u64, Key)>,
        ctx: &Context,
        database: &mut Database,
    ) -> Result<(), Failure> {
        let (lines, keys): (Vec<u64>, Vec<Key>) = lines.into_iter().unzip();
        let found = if self.is_dry {
            database.tokens_of_keys(&keys)?
        } else {
            database.revoke_keys(&keys)?
        };
        let mut unknown = Vec::new();
        let mut holders = Vec::new();
        for ((line, key), found) in lines.into_iter().zip(&keys).zip(found) {
            match found {
                Some((user, token)) => holders.push(TokenHolder {
                    user,
                    token: Some(token),
                }),
                None => unknown.push((line, key)),
            }
        }
        self.done = holders.len();
        if !holders.is_empty() {
            output::data(|out| {
                let mut json = self.json(out, keys.len() == 1);
                self.report_all(&holders, &mut json, ctx, database)?;
                json.end().map_err(Failure::Stdout)
            })
            .map_err(|failure| failure.with_state_after(self.state_after(Some(RUN_AGAIN))))?;
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let failure = self.unknown(&unknown, keys.len() == 1, ctx, database)?;
        Err(failure.with_state_after(self.state_after(None)))
    }

    fn unknown(
        &self,
        unknown: &[(u64, &Key)],
        is_one: bool,
        ctx: &Context,
        database: &Database,
    ) -> Result<Failure, Failure> {
        let (lines, keys): (Vec<u64>, Vec<&Key>) = unknown.iter().copied().unzip();
        let tables = database.tables_with_keys(&self.others, &keys)?;
        let mut elsewhere: Vec<String> = tables.into_iter().flatten().collect();
        elsewhere.sort();
        elsewhere.dedup();
        if elsewhere.is_empty() {
            other_tokens::warn_of(&self.others, ctx);
        }
        Ok(Failure::NoSuchToken(UnknownKeys {
            lines: if is_one { Vec::new() } else { lines },
            are_masked: keys.iter().any(|key| key.is_masked()),
            elsewhere,
        }))
    }

    /// Revokes the tokens of the users that the command line means. Returns how many there were
    /// to revoke at the start, where they were counted.
    fn revoke_users(
        &mut self,
        args: &Revoke,
        ctx: &Context,
        database: &mut Database,
    ) -> Result<Option<u64>, Failure> {
        let targets = TargetUsers::new(
            &args.targets,
            TokenFilter::With,
            Unknown::Refuse,
            ctx,
            database,
        )?;
        let expected = match targets.selection() {
            Some(selection) => Some(database.count(selection)?),
            None => None,
        };
        if let Some(count) = expected
            && count > 0
            && !args.yes
            && !self.is_dry
        {
            prompt::confirm(&question(args, count, ctx))?;
        }
        output::data(|out| {
            let mut json = self.json(out, args.targets.is_one());
            self.revoke_all(&targets, ctx, database, &mut json)?;
            json.end().map_err(Failure::Stdout)
        })
        .map_err(|failure| failure.with_state_after(self.state_after(Some(RUN_AGAIN))))?;
        Ok(expected)
    }

    fn json<'a>(&self, out: &'a mut dyn Write, is_one: bool) -> Json<&'a mut dyn Write> {
        let shape = match self.format {
            ReportFormat::Json => JsonShape::one_value(is_one),
            ReportFormat::Text | ReportFormat::Jsonl => JsonShape::Lines,
        };
        Json::new(out, shape)
    }

    fn revoke_all(
        &mut self,
        targets: &TargetUsers,
        ctx: &Context,
        database: &mut Database,
        json: &mut Json<&mut dyn Write>,
    ) -> Result<(), Failure> {
        database.prepare_bulk_write()?;
        let total = Bulk::total(targets, ctx, database)?;
        let mut bulk = Bulk::begin("Revoking tokens", total, ctx);
        let mut walk = targets.walk();
        while walk.next(database)? {
            bulk.give_way();
            let holders = self.transaction(walk.batch(), database)?;
            self.done += holders.len();
            self.report_all(&holders, json, ctx, database)?;
            json.flush().map_err(Failure::Stdout)?;
            walk.advance(holders.len(), holders.last().map(|holder| &holder.user));
            let wrote = !self.is_dry && holders.iter().any(|holder| holder.token.is_some());
            bulk.committed(holders.len(), wrote)?;
        }
        Ok(())
    }

    /// What is true if the command fails now; `None` where nothing was changed.
    fn state_after(&self, hint: Option<&str>) -> Option<StateAfter> {
        let revoked = output::grouped(self.revoked);
        (!self.is_dry && self.revoked > 0).then(|| StateAfter {
            done: Some(self.done),
            sentence: format!(
                "{revoked} {}",
                if self.revoked == 1 {
                    "token is revoked"
                } else {
                    "tokens are revoked"
                }
            ),
            hint: hint.map(str::to_owned),
        })
    }

    fn transaction(
        &self,
        batch: Batch<'_>,
        database: &mut Database,
    ) -> Result<Vec<TokenHolder>, Failure> {
        /// Users that a preview reads at once.
        const PAGE: usize = 10_000;
        Ok(if self.is_dry {
            database.token_holders(batch, PAGE)?
        } else {
            database.revoke_tokens(batch)?
        })
    }

    /// Reports what became of the tokens, which are gone from DRF's table: another may have them.
    fn report_all(
        &mut self,
        holders: &[TokenHolder],
        json: &mut Json<&mut dyn Write>,
        ctx: &Context,
        database: &Database,
    ) -> Result<(), Failure> {
        // Each is counted before anything can fail.
        let revoked = holders.iter().filter(|holder| holder.token.is_some());
        self.revoked += revoked.count() as u64;
        let mut still_in = if self.others.is_empty() || self.is_dry {
            Vec::new()
        } else {
            let tokens = holders.iter().filter_map(|holder| holder.token.as_ref());
            let keys: Vec<&Key> = tokens.map(|token| &token.key).collect();
            database.tables_with_keys(&self.others, &keys)?
        }
        .into_iter();
        for TokenHolder { user, token } in holders {
            let still_in = token.as_ref().and_then(|_| still_in.next().flatten());
            self.report(user, token.as_ref(), still_in.as_deref(), json, ctx)?;
            if let Some(table) = still_in
                && !self.still_in.contains(&table)
            {
                self.still_in.push(table);
            }
        }
        Ok(())
    }

    fn report(
        &mut self,
        user: &User,
        token: Option<&Token>,
        still_in: Option<&str>,
        json: &mut Json<&mut dyn Write>,
        ctx: &Context,
    ) -> Result<(), Failure> {
        let row = RevokeRow {
            username: &user.username,
            user_id: &user.id,
            key_prefix: token.map(|token| token.key.prefix()),
            result: match token {
                None => RevokeResult::Absent,
                Some(_) if self.is_dry => RevokeResult::WouldRevoke,
                Some(_) => RevokeResult::Revoked,
            },
            still_in,
        };
        self.reported += 1;
        if self.reported <= Self::INDIVIDUALLY || (self.is_dry && self.format == ReportFormat::Text)
        {
            let name = quoted(row.username);
            let prefix = row.key_prefix.unwrap_or_default();
            let token = quoted(&format!("{prefix}…"));
            ctx.out.note(&match row.result {
                RevokeResult::Revoked => format!("Revoked the token {token} of {name}."),
                RevokeResult::WouldRevoke => format!("Would revoke the token {token} of {name}."),
                RevokeResult::Absent => format!("{name} has no token."),
            });
        }
        match self.format {
            ReportFormat::Text => Ok(()),
            ReportFormat::Json | ReportFormat::Jsonl => json.value(&row).map_err(Failure::Stdout),
        }
    }

    /// Reports how many were revoked, and whether they are as many as there were at the start.
    fn note_total(&self, expected: Option<u64>, ctx: &Context) {
        let verb = if self.is_dry {
            "Would revoke"
        } else {
            "Revoked"
        };
        if self.reported > Self::INDIVIDUALLY || self.reported == 0 {
            let revoked = output::grouped(self.revoked);
            let took = ctx.out.took();
            ctx.out.note(&format!("{verb} {revoked} tokens{took}."));
        }
        if let Some(expected) = expected
            && expected != self.revoked
        {
            ctx.out.warn(&format!(
                "there were {} tokens to revoke at the start; the server changed some meanwhile",
                output::grouped(expected)
            ));
        }
    }

    /// Warns of other tables, and says no where one of them has a key that was to be gone.
    fn end(&self, ctx: &Context) -> Status {
        if self.still_in.is_empty() {
            other_tokens::warn_of(&self.others, ctx);
            return Status::Done;
        }
        ctx.out.warn(&format!(
            "the server may still accept what was revoked: {} has the same keys, and drfctl does \
             not manage it",
            quoted_list(&self.still_in)
        ));
        Status::Refused
    }
}

/// What is asked before more than named users' tokens are revoked.
fn question(args: &Revoke, count: u64, ctx: &Context) -> String {
    let tokens = if count == 1 { "token" } else { "tokens" };
    let place = quoted(&ctx.settings.location.to_string());
    let filters = &args.targets.filters;
    // Only a login with the password sets the time, in the admin or by a session.
    let warning = if filters.never_logged_in || filters.last_login_before.is_some() {
        " Clients that only use a token count as never logged in."
    } else {
        ""
    };
    let count = output::grouped(count);
    format!("Revoke {count} {tokens} in {place}?{warning}")
}
