//! `drfctl revoke`

use std::io::Write;

use serde::Serialize;

use crate::cli::{ReportFormat, Revoke};
use crate::commands::shared::bulk::{Bulk, RUN_AGAIN};
use crate::commands::shared::targets::TargetUsers;
use crate::context::Context;
use crate::db::{Batch, Database, Token, TokenFilter, TokenHolder, User, UserId};
use crate::error::{Failure, StateAfter, Status};
use crate::escape::quoted;
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
}

pub(super) fn run(args: &Revoke, ctx: &mut Context) -> Result<Status, Failure> {
    let key = match &args.key_file {
        Some(_) if args.targets.filters.are_given() => {
            return Err(Failure::usage(
                "`--key-file` names one token: it cannot be combined with filters",
            ));
        }
        Some(path) => Some(input::sent_key(path)?),
        None => None,
    };
    let mut database = ctx.open_tokens()?;
    let mut revocation = Revocation {
        is_dry: args.dry_run,
        format: args.format.get(),
        revoked: 0,
        reported: 0,
        done: 0,
    };
    let expected = match key {
        Some(key) => {
            revocation.revoke_key(&key, ctx, &mut database)?;
            return Ok(Status::Done);
        }
        None => revocation.revoke_users(args, ctx, &mut database)?,
    };
    revocation.note_total(expected, ctx);
    Ok(Status::Done)
}

/// What is revoked, and what has been reported of it.
struct Revocation {
    is_dry: bool,
    format: ReportFormat,
    revoked: u64,
    reported: usize,
    /// How many users are dealt with.
    done: usize,
}

impl Revocation {
    /// Up to this many users are reported individually.
    const INDIVIDUALLY: usize = 10;

    fn revoke_key(
        &mut self,
        key: &Key,
        ctx: &Context,
        database: &mut Database,
    ) -> Result<(), Failure> {
        let found = if self.is_dry {
            database.token_of_key(key)?
        } else {
            database.revoke_key(key)?
        };
        let (user, token) = found.ok_or(Failure::NoSuchToken)?;
        self.done = 1;
        output::data(|out| {
            let mut json = self.json(out, true);
            self.report(&user, Some(&token), &mut json, ctx)?;
            json.end().map_err(Failure::Stdout)
        })
        .map_err(|failure| failure.with_state_after(self.state_after()))
    }

    /// Revokes the tokens of the users that the command line means. Returns how many there were
    /// to revoke at the start, where they were counted.
    fn revoke_users(
        &mut self,
        args: &Revoke,
        ctx: &Context,
        database: &mut Database,
    ) -> Result<Option<u64>, Failure> {
        let targets = TargetUsers::new(&args.targets, TokenFilter::With, false, ctx, database)?;
        let expected = match targets.selection() {
            Some(selection) => Some(database.count(selection)?),
            None => None,
        };
        if let Some(count) = expected
            && count > 0
            && !args.yes
            && !self.is_dry
        {
            let tokens = if count == 1 { "token" } else { "tokens" };
            if !prompt::confirm(&format!("Revoke {count} {tokens}?"))? {
                return Err(Failure::Declined);
            }
        }
        output::data(|out| {
            let mut json = self.json(out, args.targets.is_one());
            self.revoke_all(&targets, ctx, database, &mut json)?;
            json.end().map_err(Failure::Stdout)
        })
        .map_err(|failure| failure.with_state_after(self.state_after()))?;
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
            for TokenHolder { user, token } in &holders {
                self.report(user, token.as_ref(), json, ctx)?;
            }
            json.flush().map_err(Failure::Stdout)?;
            walk.advance(holders.len(), holders.last().map(|holder| &holder.user));
            let wrote = !self.is_dry && holders.iter().any(|holder| holder.token.is_some());
            bulk.committed(holders.len(), wrote)?;
        }
        Ok(())
    }

    /// What is true if the command fails now; `None` where nothing was changed.
    fn state_after(&self) -> Option<StateAfter> {
        let revoked = self.revoked;
        (!self.is_dry && revoked > 0).then(|| StateAfter {
            done: Some(self.done),
            sentence: format!(
                "{revoked} {}",
                if revoked == 1 {
                    "token is revoked"
                } else {
                    "tokens are revoked"
                }
            ),
            hint: Some(RUN_AGAIN.to_owned()),
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

    fn report(
        &mut self,
        user: &User,
        token: Option<&Token>,
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
        };
        self.revoked += u64::from(token.is_some());
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
                "there were {expected} tokens to revoke at the start; the server changed some \
                 meanwhile"
            ));
        }
    }
}
