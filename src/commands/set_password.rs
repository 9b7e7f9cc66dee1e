//! `drfctl set-password`

use anyhow::bail;
use serde::Serialize;

use crate::cli::{AnswerFormat, SetPassword};
use crate::commands::parts::passwords::{NewPassword, Recipe, Subject};
use crate::context::Context;
use crate::db::{Fields, UserId};
use crate::error::{Failure, Status};
use crate::escape::quoted;
use crate::output::{Json, JsonShape};

#[derive(Serialize)]
struct Row<'a> {
    username: &'a str,
    user_id: &'a UserId,
    result: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Updated,
    Unchanged,
}

pub(super) fn run(args: &SetPassword, ctx: &mut Context) -> anyhow::Result<Status> {
    let mut database = ctx.open_database(false)?;
    let no_such_user = || Failure::NoSuchUser(vec![args.username.clone()]);
    let Some(user) = database.user(&args.username)? else {
        bail!(no_such_user());
    };
    let subject = Subject::new(&database, Some(&user), &user.username, &Fields::default())?;
    let recipe = Recipe::new(&args.password, &database)?;
    let password = NewPassword::read(&args.password, ctx, &subject, recipe)?;
    let hash = password.hash(&subject, recipe, ctx.random)?;
    if let Some(hash) = &hash
        && !database.set_password(&user.id, hash)?
    {
        bail!(no_such_user());
    }
    let result = if hash.is_some() {
        recipe.warn(ctx);
        Outcome::Updated
    } else {
        Outcome::Unchanged
    };
    if args.format.get() == AnswerFormat::Json {
        ctx.out.data("the password is as asked for", |out| {
            Json::new(out, JsonShape::Lines).value(&Row {
                username: &user.username,
                user_id: &user.id,
                result,
            })
        })?;
    }
    let name = quoted(&user.username);
    ctx.out.note(&match result {
        Outcome::Updated => format!("Changed the password of {name}."),
        Outcome::Unchanged => format!("{name} already has this password."),
    });
    Ok(Status::Done)
}
