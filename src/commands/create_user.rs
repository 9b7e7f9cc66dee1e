//! `drfctl create-user`

use anyhow::bail;

use crate::cli::{CreateUser, IfUserExists, TokenFormat};
use crate::commands::parts::draft::{Draft, Spec, if_exists};
use crate::commands::parts::groups;
use crate::commands::parts::import;
use crate::commands::parts::passwords::{NewPassword, Recipe};
use crate::commands::parts::tokens;
use crate::commands::parts::user_output::{Printer, warn_of_missing_rows};
use crate::context::Context;
use crate::db::{Batch, Database, TokenPolicy, TokenRequest, UserChange, UserOutcome, WantedUser};
use crate::error::{Failure, Status};
use crate::escape::quoted;
use crate::output;
use crate::secret::PasswordHash;

pub(super) fn run(args: &CreateUser, ctx: &mut Context) -> anyhow::Result<Status> {
    let prints_token = matches!(
        args.format.get(),
        TokenFormat::Header | TokenFormat::Env | TokenFormat::Drf
    );
    if prints_token && !args.token {
        bail!(Failure::usage(
            "this `--format` shows a token: it needs `--token`"
        ));
    }
    let mut database = ctx.open_database(args.token)?;
    ctx.warn_of_readers(&database);
    match (&args.from, &args.username) {
        (Some(path), _) => import::run(path, args, ctx, &mut database)?,
        (None, Some(username)) => one(&Spec::new(username, args), args, ctx, &mut database)?,
        (None, None) => bail!(Failure::usage("no user is named")),
    }
    Ok(Status::Done)
}

fn one(
    spec: &Spec,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> anyhow::Result<()> {
    let mut draft = Draft::new(spec, args, database)?;
    let outcome = if draft.is_skipped(args) {
        skip(&draft, args, ctx, database)?
    } else {
        draft.fields.password = password(&draft, args, ctx, database)?;
        write(&draft, args, ctx, database)?
    };
    let printed = ctx.out.secret(|out| {
        let mut printer = Printer::new(out, args, true);
        printer.print(&draft.typed, &outcome)?;
        printer.end()
    });
    printed.map_err(|error| {
        let truth = format!("user {} is there now", quoted(&outcome.user.username));
        let hint = "run `drfctl create-token` to see the token".to_owned();
        output::undelivered(error, (truth, hint))
    })?;
    say(ctx, database, &outcome);
    Ok(())
}

/// Leaves the user alone, but for the token.
fn skip(
    draft: &Draft,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> anyhow::Result<UserOutcome> {
    let Some(user) = draft.existing.clone() else {
        bail!(draft.overtaken());
    };
    let mut token = None;
    if args.token {
        let request = TokenRequest {
            batch: Batch::Users(std::slice::from_ref(&user)),
            policy: TokenPolicy::GetOrCreate,
            now: ctx.now(),
        };
        let outcome = database
            .issue_tokens(
                request,
                |count| Ok::<_, anyhow::Error>(ctx.keys(count)?),
                |_| Ok(()),
            )?
            .pop();
        let Some(Ok(issued)) = outcome.map(|outcome| outcome.result) else {
            bail!(draft.overtaken());
        };
        token = Some(issued);
    }
    Ok(UserOutcome {
        user,
        change: UserChange::Kept,
        token,
    })
}

/// Reads and hashes the password, if there is one to be set.
fn password(
    draft: &Draft,
    args: &CreateUser,
    ctx: &Context,
    database: &Database,
) -> anyhow::Result<Option<PasswordHash>> {
    if !args.password.is_given() {
        if draft.keeps_password() {
            return Ok(None);
        }
        if args.if_exists == IfUserExists::Update {
            bail!(Failure::Usage {
                message: format!(
                    "there is no user {} to update, and no password for a new one",
                    quoted(&draft.typed)
                ),
                hint: Some("add a password option, such as `--no-password`".to_owned()),
            });
        }
    }
    let recipe = Recipe::new(&args.password, database)?;
    let password = NewPassword::read(&args.password, ctx, &draft.subject, recipe)?;
    let hash = password.hash(&draft.subject, recipe, ctx.random)?;
    if hash.is_some() {
        recipe.warn(ctx);
    }
    Ok(hash)
}

fn write(
    draft: &Draft,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> anyhow::Result<UserOutcome> {
    let key = ctx.keys(usize::from(args.token))?.pop();
    let wanted = WantedUser {
        username: &draft.username,
        fields: &draft.fields,
        extra: &args.set,
        groups: &groups::find(&args.group, database)?,
        uuid: ctx.uuid()?,
        token: key.as_ref(),
    };
    let outcomes = database.ensure_users(&[wanted], if_exists(args), ctx.now())?;
    match outcomes.into_iter().flatten().next() {
        Some(outcome) => Ok(outcome),
        None => bail!(draft.overtaken()),
    }
}

fn say(ctx: &Context, database: &Database, outcome: &UserOutcome) {
    let name = quoted(&outcome.user.username);
    ctx.out.note(&match &outcome.change {
        UserChange::Created => format!("Created user {name}."),
        UserChange::Kept => format!("User {name} already exists; nothing was changed."),
        UserChange::Updated(changed) if changed.is_empty() => {
            format!("User {name} already is as asked for.")
        }
        UserChange::Updated(changed) => {
            format!("Updated {} of user {name}.", changed.join(", "))
        }
    });
    if matches!(outcome.change, UserChange::Created) {
        warn_of_missing_rows(ctx, database, &outcome.user);
    }
    if let Some(issued) = &outcome.token {
        tokens::say(ctx, &outcome.user, issued);
    }
}
