//! `drfctl set-password`

use serde::Serialize;

use crate::cli::{AnswerFormat, OutOptions, SetPassword};
use crate::commands::shared::new_password::{HashSettings, NewPassword, PasswordOwner};
use crate::commands::shared::superusers::{self, Consent};
use crate::commands::shared::token_output::note_token;
use crate::commands::shared::{other_tokens, unknown_users, user_changes};
use crate::context::Context;
use crate::db::{Fields, SteppedToken, TokenChange, TokenStep, User, UserId};
use crate::django::hashers;
use crate::error::{Failure, StateAfter, Status, name_to_type};
use crate::escape::{quoted, visible};
use crate::io::delivery::Delivery;
use crate::io::output::{self, Json, JsonShape};

#[derive(Serialize)]
struct PasswordRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    result: PasswordResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_result: Option<TokenResult>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum PasswordResult {
    Updated,
    Unchanged,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum TokenResult {
    Revoked,
    Absent,
    Created,
    Reset,
}

pub(super) fn run(args: &SetPassword, ctx: &mut Context) -> Result<Status, Failure> {
    let changes_token = args.revoke_token || args.reset_token;
    let mut database = if changes_token {
        ctx.open_tokens()?
    } else {
        ctx.open_users()?
    };
    database.require_passwords()?;
    if changes_token {
        other_tokens::warn(ctx, &database)?;
    }
    let user = unknown_users::find(&args.username, &database)?;
    // Before the old key is gone it is known that the new one can be delivered.
    let delivery = if args.reset_token {
        let file = ctx.settings.location.file();
        Some(Delivery::open(&OutOptions::default(), file, &ctx.out)?)
    } else {
        None
    };
    let owner = PasswordOwner::new(&database, Some(&user), &user.username, &Fields::default())?;
    let settings = HashSettings::new(&args.password, &database)?;
    let password = NewPassword::read(&args.password, ctx, &owner, settings)?;
    let hash = password.hash(&owner, settings, ctx.random)?;
    if hash.as_ref().is_some_and(hashers::is_unusable) {
        superusers::keep_the_last(&[&user], Consent::Warn, ctx, &database)?;
    }
    let step = match (
        args.revoke_token,
        ctx.keys(usize::from(args.reset_token))?.pop(),
    ) {
        (true, _) => TokenStep::Revoke,
        (false, Some(key)) => TokenStep::Reset(key, ctx.now()),
        (false, None) => TokenStep::Keep,
    };
    let token = if hash.is_some() || changes_token {
        let stepped = database.set_password(&user, hash.as_ref(), &step)?;
        stepped.ok_or_else(|| Failure::no_such_user(vec![args.username.clone()]))?
    } else {
        SteppedToken::Kept
    };
    let result = if hash.is_some() {
        settings.warn(ctx);
        PasswordResult::Updated
    } else {
        PasswordResult::Unchanged
    };
    let printed = printed(args, &user, result, &token);
    let delivered = match delivery {
        Some(delivery) => delivery.finish(&printed),
        None => output::data(|out| out.write_all(&printed).map_err(Failure::Stdout)),
    };
    delivered
        .map_err(|failure| failure.with_state_after(Some(state_after(result, &user, &token))))?;
    note(args, ctx, &user, result, &token);
    Ok(Status::Done)
}

/// What goes to stdout: JSON, or the new key.
fn printed(
    args: &SetPassword,
    user: &User,
    result: PasswordResult,
    token: &SteppedToken,
) -> Vec<u8> {
    let mut printed = Vec::new();
    let key = match token {
        SteppedToken::Issued(issued) => Some(issued.token.key.expose()),
        SteppedToken::Kept | SteppedToken::Revoked(_) => None,
    };
    if args.format.get() == AnswerFormat::Text {
        if let Some(key) = key {
            printed.extend(visible(key).bytes());
            printed.push(b'\n');
        }
        return printed;
    }
    let row = PasswordRow {
        username: &user.username,
        user_id: &user.id,
        result,
        token: key,
        token_result: match token {
            SteppedToken::Kept => None,
            SteppedToken::Revoked(Some(_)) => Some(TokenResult::Revoked),
            SteppedToken::Revoked(None) => Some(TokenResult::Absent),
            SteppedToken::Issued(issued) => Some(match issued.change {
                TokenChange::Created | TokenChange::Existing => TokenResult::Created,
                TokenChange::Reset => TokenResult::Reset,
            }),
        },
    };
    // Into memory, where nothing fails.
    let _ = Json::new(&mut printed, JsonShape::Lines).value(&row);
    printed
}

/// What is true although nothing could be printed.
fn state_after(result: PasswordResult, user: &User, token: &SteppedToken) -> StateAfter {
    let password = match result {
        PasswordResult::Updated => "the new password is set now",
        PasswordResult::Unchanged => "the password is the same as before",
    };
    let (token, hint) = match token {
        SteppedToken::Kept => ("", None),
        SteppedToken::Revoked(_) => (", and there is no token now", None),
        SteppedToken::Issued(_) => (
            ", and the token is new",
            Some(format!(
                "`drfctl create-token {}` prints the new key",
                name_to_type(&user.username)
            )),
        ),
    };
    StateAfter {
        done: Some(1),
        hint,
        ..StateAfter::sentence(&format!("{password}{token}"))
    }
}

fn note(
    args: &SetPassword,
    ctx: &Context,
    user: &User,
    result: PasswordResult,
    token: &SteppedToken,
) {
    let name = quoted(&user.username);
    let is_removed = args.password.no_password;
    match result {
        PasswordResult::Updated if is_removed => user_changes::note_removed_password(ctx, user),
        PasswordResult::Unchanged if is_removed => ctx
            .out
            .note(&format!("{name} already has no usable password.")),
        PasswordResult::Updated => ctx
            .out
            .note(&format!("Changed the password of {name}{}.", ctx.place())),
        PasswordResult::Unchanged => ctx.out.note(&format!("{name} already has this password.")),
    }
    match token {
        SteppedToken::Kept => {}
        SteppedToken::Revoked(Some(token)) => {
            let prefix = quoted(&format!("{}…", token.key.prefix()));
            ctx.out
                .note(&format!("Revoked the token {prefix} of {name}."));
        }
        SteppedToken::Revoked(None) => ctx.out.note(&format!("{name} has no token.")),
        SteppedToken::Issued(issued) => note_token(ctx, user, issued),
    }
}
