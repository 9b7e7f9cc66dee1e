//! `drfctl update-user`

use serde::Serialize;

use crate::cli::{AnswerFormat, UpdateUser};
use crate::commands::shared::superusers::{self, Consent};
use crate::commands::shared::user_fields::{self, UserFields};
use crate::commands::shared::{groups, unknown_users, user_changes};
use crate::context::Context;
use crate::db::{ChangedUser, Database, User, UserChange, UserChanges, UserId};
use crate::error::{Failure, StateAfter, Status};
use crate::escape::{quoted, quoted_list};
use crate::io::output::{self, Json, JsonShape};

#[derive(Serialize)]
struct ChangedRow<'a> {
    user_id: &'a UserId,
    username: &'a str,
    email: Option<&'a str>,
    is_active: bool,
    is_staff: Option<bool>,
    is_superuser: Option<bool>,
    groups: Vec<String>,
    result: ChangeResult,
    changed: &'a [String],
    token_revoked: bool,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum ChangeResult {
    Updated,
    Unchanged,
}

pub(super) fn run(args: &UpdateUser, ctx: &mut Context) -> Result<Status, Failure> {
    let mut database = if args.revoke_token {
        ctx.open_tokens()?
    } else {
        ctx.open_users()?
    };
    let user = unknown_users::find(&args.username, &database)?;
    let fields = UserFields {
        username: args.username.clone(),
        email: args.email.clone(),
        first_name: args.first_name.clone(),
        last_name: args.last_name.clone(),
        is_staff: choice(args.staff, args.no_staff),
        is_superuser: choice(args.superuser, args.no_superuser),
        is_active: choice(args.active, args.inactive),
        password: None,
        password_hash: None,
    };
    let username = match &args.rename {
        Some(new) => Some(new_name(new, &user, ctx, &database)?),
        None => None,
    };
    let changes = UserChanges {
        username: username.as_deref(),
        fields: &user_fields::columns(&fields, &database)?,
        extra: &args.set,
        join: &groups::find(&args.group, &database)?,
        leave: &groups::find_existing(&args.no_group, &database)?,
        revoke_token: args.revoke_token,
    };
    if superusers::are_lost_by(changes.fields, changes.extra) {
        let consent = Consent::of_yes(args.yes);
        superusers::keep_the_last(&[&user], consent, ctx, &database)?;
    }
    let updated = database
        .update_user(&user.id, &changes)?
        .ok_or_else(|| Failure::no_such_user(vec![args.username.clone()]))?;
    report(args, &user.username, &updated, ctx, &database)?;
    Ok(Status::Done)
}

/// What one of two opposite flags says.
fn choice(yes: bool, no: bool) -> Option<bool> {
    (yes || no).then_some(yes)
}

/// Validates the name that a user is to get.
fn new_name(
    typed: &str,
    user: &User,
    ctx: &Context,
    database: &Database,
) -> Result<String, Failure> {
    let name = user_fields::new_username(database, typed)?;
    if let Some(other) = database.user_exactly(&name)?
        && other.id != user.id
    {
        return Err(Failure::NameTaken(typed.to_owned()));
    }
    if let Some(twin) = database.case_twin(&name)?
        && twin != user.username
    {
        ctx.out.warn(&format!(
            "{} differs from the existing user {} only in case",
            quoted(&name),
            quoted(&twin)
        ));
    }
    Ok(name)
}

fn report(
    args: &UpdateUser,
    old_name: &str,
    changed: &ChangedUser,
    ctx: &Context,
    database: &Database,
) -> Result<(), Failure> {
    let ChangedUser {
        user,
        change,
        token,
    } = changed;
    let columns: &[String] = match change {
        UserChange::Updated(columns) => columns,
        UserChange::Created | UserChange::Kept => &[],
    };
    let is_revoked = args.revoke_token && token.token.is_some();
    let result = if columns.is_empty() && !is_revoked {
        ChangeResult::Unchanged
    } else {
        ChangeResult::Updated
    };
    if args.format.get() == AnswerFormat::Json {
        let groups = database.groups_of(&user.id)?;
        output::data(|out| {
            let row = ChangedRow {
                user_id: &user.id,
                username: &user.username,
                email: user.email.as_deref(),
                is_active: user.is_active,
                is_staff: user.is_staff,
                is_superuser: user.is_superuser,
                groups,
                result,
                changed: columns,
                token_revoked: is_revoked,
            };
            Json::new(out, JsonShape::Lines)
                .value(&row)
                .map_err(Failure::Stdout)
        })
        .map_err(|failure| {
            let state = StateAfter::sentence("the user was updated");
            failure.with_state_after(Some(state))
        })?;
    }
    let name = quoted(&user.username);
    user_changes::note(ctx, database, user, columns, old_name, false);
    if let Some(revoked) = token.token.as_ref().filter(|_| args.revoke_token) {
        let prefix = quoted(&format!("{}…", revoked.key.prefix()));
        ctx.out
            .note(&format!("Revoked the token {prefix} of {name}."));
    } else if args.revoke_token {
        ctx.out.note(&format!("{name} has no token."));
    } else if args.inactive && token.token.is_some() {
        ctx.out.note(&format!(
            "The token of {} is kept; the server refuses it until the user is active again.",
            quoted_list(&[&user.username])
        ));
    }
    Ok(())
}
