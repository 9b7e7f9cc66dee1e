//! `drfctl set-password`

use serde::Serialize;

use crate::cli::{AnswerFormat, SetPassword};
use crate::commands::shared::new_password::{HashSettings, NewPassword, PasswordOwner};
use crate::context::Context;
use crate::db::{Fields, UserId};
use crate::error::{Failure, StateAfter, Status};
use crate::escape::quoted;
use crate::io::output::{self, Json, JsonShape};

#[derive(Serialize)]
struct PasswordRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    result: PasswordResult,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum PasswordResult {
    Updated,
    Unchanged,
}

pub(super) fn run(args: &SetPassword, ctx: &mut Context) -> Result<Status, Failure> {
    let mut database = ctx.open_users()?;
    let no_such_user = || Failure::NoSuchUser(vec![args.username.clone()]);
    let user = database.user(&args.username)?.ok_or_else(no_such_user)?;
    let owner = PasswordOwner::new(&database, Some(&user), &user.username, &Fields::default())?;
    let settings = HashSettings::new(&args.password, &database)?;
    let password = NewPassword::read(&args.password, ctx, &owner, settings)?;
    let hash = password.hash(&owner, settings, ctx.random)?;
    if let Some(hash) = &hash
        && !database.set_password(&user.id, hash)?
    {
        return Err(no_such_user());
    }
    let result = if hash.is_some() {
        settings.warn(ctx);
        PasswordResult::Updated
    } else {
        PasswordResult::Unchanged
    };
    if args.format.get() == AnswerFormat::Json {
        output::data(|out| {
            let mut json = Json::new(out, JsonShape::Lines);
            let written = json.value(&PasswordRow {
                username: &user.username,
                user_id: &user.id,
                result,
            });
            written.map_err(Failure::Stdout)
        })
        .map_err(|failure| {
            failure.with_state_after(Some(StateAfter::sentence("the password was set")))
        })?;
    }
    let name = quoted(&user.username);
    ctx.out.note(&match result {
        PasswordResult::Updated => format!("Changed the password of {name}."),
        PasswordResult::Unchanged => format!("{name} already has this password."),
    });
    Ok(Status::Done)
}
