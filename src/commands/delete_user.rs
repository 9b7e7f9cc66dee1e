//! `drfctl delete-user`

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cli::{DeleteUser, ReportFormat};
use crate::commands::shared::superusers::{self, Consent};
use crate::commands::shared::{references, unknown_users};
use crate::context::Context;
use crate::db::{Database, Deletion, References, Token, User, UserId};
use crate::error::{Failure, StateAfter, Status};
use crate::escape::{quoted, quoted_list};
use crate::io::output::{self, Json, JsonShape};
use crate::io::prompt;

#[derive(Serialize)]
struct DeletionRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    result: DeletionResult,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum DeletionResult {
    Deleted,
    WouldDelete,
}

pub(super) fn run(args: &DeleteUser, ctx: &mut Context) -> Result<Status, Failure> {
    let mut database = ctx.open_users()?;
    let users = find(&args.username, &database)?;
    let mut tokens = Vec::with_capacity(users.len());
    for (place, user) in users.iter().enumerate() {
        let details = database.details(&user.id)?;
        let gone = || Failure::no_such_user(vec![user.username.clone()]);
        let details = details.ok_or_else(gone)?;
        if place == 0 {
            // They are the same for all users.
            references::warn_of_unreadable(&details.references, ctx);
        }
        refuse(user, &details.references)?;
        tokens.push(details.token);
    }
    if !args.dry_run {
        confirm(&users, &tokens, args.yes, ctx, &database)?;
        for Deletion { user, references } in database.delete_users(&users)? {
            refuse(&user, &references)?;
        }
    }
    report(args, &users, &tokens, ctx)?;
    Ok(Status::Done)
}

/// Looks all names up before anything is done: an error names all that do not exist.
fn find(names: &[String], database: &Database) -> Result<Vec<User>, Failure> {
    let (mut users, mut missing) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for name in names {
        match database.user(name)? {
            Some(user) if seen.insert(user.id.clone()) => users.push(user),
            Some(_) => {}
            None => missing.push(name.clone()),
        }
    }
    if missing.is_empty() {
        Ok(users)
    } else {
        Err(unknown_users::no_such_user(missing, database))
    }
}

fn refuse(user: &User, references: &References) -> Result<(), Failure> {
    if references.rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = references
        .rows
        .iter()
        .map(|(table, count)| {
            let s = if *count == 1 { "" } else { "s" };
            format!("{count} row{s} of {}", quoted(table))
        })
        .collect();
    Err(Failure::Referenced {
        username: user.username.clone(),
        references: rows.join(" and "),
    })
}

fn confirm(
    users: &[User],
    tokens: &[Option<Token>],
    yes: bool,
    ctx: &Context,
    database: &Database,
) -> Result<(), Failure> {
    let all: Vec<&User> = users.iter().collect();
    superusers::keep_the_last(&all, Consent::of_yes(yes), ctx, database)?;
    let names: Vec<&str> = users.iter().map(|user| user.username.as_str()).collect();
    let what = if users.len() == 1 { "user" } else { "users" };
    let place = quoted(&ctx.settings.location.to_string());
    let tokens = match tokens.iter().flatten().count() {
        0 => String::new(),
        1 => " and 1 token".to_owned(),
        count => format!(" and {count} tokens"),
    };
    let names = quoted_list(&names);
    let question = format!("Delete {what} {names}{tokens} in {place}?");
    if yes {
        return Ok(());
    }
    prompt::confirm(&question)
}

fn report(
    args: &DeleteUser,
    users: &[User],
    tokens: &[Option<Token>],
    ctx: &Context,
) -> Result<(), Failure> {
    let (result, verb) = if args.dry_run {
        (DeletionResult::WouldDelete, "Would delete")
    } else {
        (DeletionResult::Deleted, "Deleted")
    };
    let shape = match args.format.get() {
        ReportFormat::Text => None,
        ReportFormat::Json => Some(JsonShape::one_value(users.len() == 1)),
        ReportFormat::Jsonl => Some(JsonShape::Lines),
    };
    if let Some(shape) = shape {
        output::data(|out| {
            let json = Json::new(out, shape);
            let rows = users.iter().map(|user| DeletionRow {
                username: &user.username,
                user_id: &user.id,
                result,
            });
            json.values(rows).map_err(Failure::Stdout)
        })
        .map_err(|failure| {
            let state = StateAfter::sentence("the users were deleted");
            failure.with_state_after((!args.dry_run).then_some(state))
        })?;
    }
    for (user, token) in users.iter().zip(tokens) {
        let name = quoted(&user.username);
        let token = token.as_ref().map(|token| {
            let prefix = quoted(&format!("{}…", token.key.prefix()));
            format!(" and the token {prefix}")
        });
        let token = token.unwrap_or_default();
        ctx.out.note(&format!("{verb} user {name}{token}."));
    }
    Ok(())
}
