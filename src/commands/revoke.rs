//! `drfctl revoke`

use serde::Serialize;

use crate::cli::{Format, Revoke};
use crate::commands::users;
use crate::context::Context;
use crate::db::{Token, User, UserId};
use crate::error::Status;
use crate::escape::quoted;
use crate::output::{Json, JsonShape};

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
    key_prefix: Option<String>,
    result: Outcome,
}

pub(super) fn run(args: &Revoke, ctx: &mut Context) -> anyhow::Result<Status> {
    let mut database = ctx.open_database(true)?;
    let named = users::named(&database, &args.username)?;
    let found: Vec<User> = named.into_iter().map(|named| named.user).collect();
    let tokens = if args.dry_run {
        found
            .iter()
            .map(|user| database.token(&user.id))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        database.revoke_tokens(&found)?
    };
    let rows: Vec<Row<'_>> = found
        .iter()
        .zip(&tokens)
        .map(|(user, token)| row(user, token.as_ref(), args.dry_run))
        .collect();
    if args.format != Format::Text {
        let is_array = args.format == Format::Json && args.username.len() > 1;
        let shape = if is_array {
            JsonShape::Array
        } else {
            JsonShape::Lines
        };
        ctx.out.data(|out| {
            let mut json = Json::new(out, shape);
            for row in &rows {
                json.value(row)?;
            }
            json.end()
        })?;
    }
    for row in &rows {
        let name = quoted(row.username);
        let prefix = row.key_prefix.as_deref().map(quoted).unwrap_or_default();
        ctx.out.note(&match row.result {
            Outcome::Revoked => format!("Revoked the token {prefix}… of {name}."),
            Outcome::WouldRevoke => format!("Would revoke the token {prefix}… of {name}."),
            Outcome::Absent => format!("{name} has no token."),
        });
    }
    Ok(Status::Done)
}

fn row<'a>(user: &'a User, token: Option<&Token>, dry_run: bool) -> Row<'a> {
    Row {
        username: &user.username,
        user_id: &user.id,
        key_prefix: token.map(|token| token.key.prefix()),
        result: match token {
            None => Outcome::Absent,
            Some(_) if dry_run => Outcome::WouldRevoke,
            Some(_) => Outcome::Revoked,
        },
    }
}
