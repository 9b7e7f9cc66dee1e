//! `create-token --dry-run`: what would be done about whose token.

use std::io::Write;

use serde::Serialize;

use super::NOTHING;
use crate::cli::{CreateToken, TokenFormat};
use crate::commands::shared::targets::TargetUsers;
use crate::context::Context;
use crate::db::{Database, TokenHolder, TokenPolicy, UserId};
use crate::error::Failure;
use crate::escape::quoted;
use crate::io::output::{self, Json, JsonShape};

/// Users that are looked up at once.
const PAGE: usize = 10_000;

#[derive(Serialize)]
struct PreviewRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    email: Option<&'a str>,
    key_prefix: Option<&'a str>,
    result: Preview,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Preview {
    WouldCreate,
    WouldReset,
    Existing,
}

pub(super) fn run(
    args: &CreateToken,
    targets: &TargetUsers,
    policy: TokenPolicy,
    ctx: &Context,
    database: &Database,
) -> Result<(), Failure> {
    let shape = match args.format.get() {
        TokenFormat::Json => Some(JsonShape::one_value(args.targets.is_one())),
        TokenFormat::Jsonl => Some(JsonShape::Lines),
        TokenFormat::Key | TokenFormat::Header | TokenFormat::Env | TokenFormat::Drf => None,
    };
    let mut tally = Tally::default();
    output::data(|out| match shape {
        None => walk(targets, policy, ctx, database, &mut tally, |_| Ok(())),
        Some(shape) => {
            let mut json = Json::new(out as &mut dyn Write, shape);
            walk(targets, policy, ctx, database, &mut tally, |row| {
                json.value(row).map_err(Failure::Stdout)
            })?;
            json.end().map_err(Failure::Stdout)
        }
    })?;
    match tally {
        Tally { users: 0, .. } => ctx.out.note(NOTHING),
        Tally { changes: 0, .. } => ctx.out.note("No tokens to create or replace."),
        Tally { .. } => {}
    }
    Ok(())
}

/// How many users there are, and how many of them would get a new token.
#[derive(Default)]
struct Tally {
    users: usize,
    changes: usize,
}

fn walk(
    targets: &TargetUsers,
    policy: TokenPolicy,
    ctx: &Context,
    database: &Database,
    tally: &mut Tally,
    mut each: impl FnMut(&PreviewRow<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut walk = targets.walk();
    while walk.next(database)? {
        let holders = database.token_holders(walk.batch(), PAGE)?;
        for holder in &holders {
            let row = row(holder, policy);
            each(&row)?;
            tally.users += 1;
            tally.changes += usize::from(row.result != Preview::Existing);
            let name = quoted(row.username);
            match row.result {
                Preview::WouldCreate => ctx.out.note(&format!("Would create a token for {name}.")),
                Preview::WouldReset => ctx.out.note(&format!(
                    "Would replace the token {} of {name}.",
                    quoted(&format!("{}…", row.key_prefix.unwrap_or_default()))
                )),
                Preview::Existing => {}
            }
        }
        walk.advance(
            holders.len().max(1),
            holders.last().map(|holder| &holder.user),
        );
    }
    Ok(())
}

fn row(holder: &TokenHolder, policy: TokenPolicy) -> PreviewRow<'_> {
    let token = holder.token.as_ref();
    let result = match (token, policy) {
        (None, _) => Preview::WouldCreate,
        (Some(_), TokenPolicy::Reset | TokenPolicy::ResetTo) => Preview::WouldReset,
        (Some(token), TokenPolicy::ResetOlder(limit))
            if token.created.is_none_or(|created| created < limit) =>
        {
            Preview::WouldReset
        }
        (Some(_), _) => Preview::Existing,
    };
    PreviewRow {
        username: &holder.user.username,
        user_id: &holder.user.id,
        email: holder.user.email.as_deref(),
        key_prefix: token.map(|token| token.key.prefix()),
        result,
    }
}
