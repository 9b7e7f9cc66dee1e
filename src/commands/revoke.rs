//! `drfctl revoke`

use std::io::Write;

use anyhow::bail;
use serde::Serialize;

use crate::cli::{ReportFormat, Revoke};
use crate::commands::parts::bulk::Bulk;
use crate::commands::parts::users::Meant;
use crate::context::Context;
use crate::db::{Batch, Database, Token, TokenFilter, TokenHolder, User, UserId};
use crate::error::{Failure, Status};
use crate::escape::quoted;
use crate::input;
use crate::output::{Json, JsonShape};
use crate::prompt;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Revoked,
    Absent,
    WouldRevoke,
}

#[derive(Serialize)]
struct Row<'a> {
    username: &'a str,
    user_id: &'a UserId,
    key_prefix: Option<&'a str>,
    result: Outcome,
}

pub(super) fn run(args: &Revoke, ctx: &mut Context) -> anyhow::Result<Status> {
    let key = match &args.key_file {
        Some(_) if args.targets.filters.are_given() => {
            bail!(Failure::usage(
                "`--key-file` names one token: it takes no filters"
            ))
        }
        Some(path) => Some(input::sent_key(path)?),
        None => None,
    };
    let mut database = ctx.open_database(true)?;
    let truth = if args.dry_run {
        ""
    } else {
        "what was revoked stays so"
    };
    let mut revocation = Revocation {
        is_dry: args.dry_run,
        format: args.format.get(),
        revoked: 0,
        shown: 0,
    };
    if let Some(key) = key {
        let found = if args.dry_run {
            database.token_of_key(&key)?
        } else {
            database.revoke_key(&key)?
        };
        let Some((user, token)) = found else {
            bail!(Failure::NoSuchToken);
        };
        ctx.out.data(truth, |out| {
            let mut json = json(out, args.format.get(), true);
            revocation.show(&user, Some(&token), &mut json, ctx)?;
            json.end()
        })?;
        return Ok(Status::Done);
    }
    let meant = Meant::new(&args.targets, TokenFilter::With, false, ctx, &database)?;
    let expected = match meant.selection() {
        Some(selection) => Some(database.count(selection)?),
        None => None,
    };
    if let Some(count) = expected
        && count > 0
        && !args.yes
        && !args.dry_run
    {
        let tokens = if count == 1 { "token" } else { "tokens" };
        if !prompt::confirm(&format!("Revoke {count} {tokens}?"))? {
            bail!(Failure::Declined);
        }
    }
    let is_one = args.targets.is_one();
    ctx.out.data(truth, |out| {
        let mut json = json(out, args.format.get(), is_one);
        revocation.run(&meant, ctx, &mut database, &mut json)?;
        json.end()
    })?;
    revocation.sum_up(expected, ctx);
    Ok(Status::Done)
}

fn json(out: &mut dyn Write, format: ReportFormat, is_one: bool) -> Json<'_> {
    Json::new(
        out,
        match format {
            ReportFormat::Json => JsonShape::one_value(is_one),
            ReportFormat::Text | ReportFormat::Jsonl => JsonShape::Lines,
        },
    )
}

/// What goes, and what has been said of it.
struct Revocation {
    is_dry: bool,
    format: ReportFormat,
    revoked: u64,
    shown: usize,
}

impl Revocation {
    /// Of so many users each gets a sentence.
    const FEW: usize = 10;

    fn run(
        &mut self,
        meant: &Meant,
        ctx: &Context,
        database: &mut Database,
        json: &mut Json<'_>,
    ) -> anyhow::Result<()> {
        database.prepare_bulk_write()?;
        let mut bulk = Bulk::begin(Bulk::total(meant, ctx, database)?, ctx)?;
        let mut walk = meant.walk();
        while walk.next(database)? {
            bulk.give_way();
            let holders = self.transaction(walk.batch(), database)?;
            for TokenHolder { user, token } in &holders {
                self.show(user, token.as_ref(), json, ctx)?;
            }
            json.flush()?;
            walk.advance(holders.len(), holders.last().map(|holder| &holder.user));
            let wrote = !self.is_dry && holders.iter().any(|holder| holder.token.is_some());
            bulk.committed(holders.len(), wrote)?;
        }
        Ok(())
    }

    fn transaction(
        &self,
        batch: Batch<'_>,
        database: &mut Database,
    ) -> anyhow::Result<Vec<TokenHolder>> {
        /// Users that a preview reads at once.
        const PAGE: usize = 10_000;
        Ok(if self.is_dry {
            database.token_holders(batch, PAGE)?
        } else {
            database.revoke_tokens(batch)?
        })
    }

    fn show(
        &mut self,
        user: &User,
        token: Option<&Token>,
        json: &mut Json<'_>,
        ctx: &Context,
    ) -> anyhow::Result<()> {
        let row = Row {
            username: &user.username,
            user_id: &user.id,
            key_prefix: token.map(|token| token.key.prefix()),
            result: match token {
                None => Outcome::Absent,
                Some(_) if self.is_dry => Outcome::WouldRevoke,
                Some(_) => Outcome::Revoked,
            },
        };
        self.revoked += u64::from(token.is_some());
        self.shown += 1;
        if self.shown <= Self::FEW || (self.is_dry && self.format == ReportFormat::Text) {
            let name = quoted(row.username);
            let prefix = row.key_prefix.unwrap_or_default();
            let token = quoted(&format!("{prefix}…"));
            ctx.out.note(&match row.result {
                Outcome::Revoked => format!("Revoked the token {token} of {name}."),
                Outcome::WouldRevoke => format!("Would revoke the token {token} of {name}."),
                Outcome::Absent => format!("{name} has no token."),
            });
        }
        if self.format == ReportFormat::Text {
            return Ok(());
        }
        json.value(&row)
    }

    /// Says how many went, and whether that is another number than was shown before.
    fn sum_up(&self, expected: Option<u64>, ctx: &Context) {
        let verb = if self.is_dry {
            "Would revoke"
        } else {
            "Revoked"
        };
        if self.shown > Self::FEW || self.shown == 0 {
            ctx.out.note(&format!("{verb} {} tokens.", self.revoked));
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
