//! `drfctl create-user`: one user here, many from a file in `import`.

mod cores;
mod csv_records;
mod draft;
mod import;
mod json_records;
mod output;
mod record;
mod user_file;

use self::draft::Draft;
use self::output::UserPrinter;
use crate::cli::{CreateUser, TokenFormat};
use crate::commands::shared::groups;
use crate::commands::shared::new_password::{HashSettings, NewPassword};
use crate::commands::shared::new_users::{self, NewUsers};
use crate::commands::shared::superusers::{self, Consent};
use crate::commands::shared::token_output::note_token;
use crate::commands::shared::user_changes;
use crate::commands::shared::user_fields::UserFields;
use crate::context::Context;
use crate::db::{
    Batch, Database, IfExists, TokenPolicy, TokenRequest, User, UserChange, UserOutcome, WantedUser,
};
use crate::error::{Failure, StateAfter, Status, name_to_type};
use crate::escape::quoted;
use crate::io::delivery::Delivery;
use crate::secret::PasswordHash;

pub(super) fn run(args: &CreateUser, ctx: &mut Context) -> Result<Status, Failure> {
    let needs_token = match args.format.get() {
        TokenFormat::Header | TokenFormat::Env | TokenFormat::Drf => true,
        TokenFormat::Key | TokenFormat::Json | TokenFormat::Jsonl => false,
    };
    if needs_token && !args.token {
        return Err(Failure::usage(
            "this `--format` shows a token: it needs `--token`",
        ));
    }
    if args.from.is_some() && matches!(args.format.get(), TokenFormat::Header | TokenFormat::Env) {
        return Err(Failure::usage(
            "`--format header` and `--format env` are for one named user",
        ));
    }
    if args.out.out.is_some() && !args.token {
        return Err(Failure::usage(
            "`--out` is for the token: it needs `--token`",
        ));
    }
    let mut database = if args.token {
        ctx.open_tokens()?
    } else {
        ctx.open_users()?
    };
    ctx.warn_of_readers(&database);
    match (&args.from, &args.username) {
        (Some(path), _) => import::run(path, args, ctx, &mut database)?,
        (None, Some(username)) => {
            let fields = UserFields::of_command_line(username, args);
            one(&fields, args, ctx, &mut database)?;
        }
        (None, None) => return Err(Failure::usage("no user given")),
    }
    Ok(Status::Done)
}

fn one(
    fields: &UserFields,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> Result<(), Failure> {
    let unique = database.unique_columns()?;
    let mut draft = Draft::new(fields, args.set.clone(), &unique, args, database)?;
    let delivery = if args.token {
        Delivery::open(&args.out, ctx.settings.location.file(), &ctx.out)?
    } else {
        Delivery::Stdout
    };
    let outcome = if draft.is_skipped(args) {
        skip(&draft, args, ctx, database)?
    } else {
        draft.fields.password = password(&draft, args, ctx, database)?;
        let lost: Vec<&User> = draft.lost_superuser().into_iter().collect();
        superusers::keep_the_last(&lost, Consent::Warn, ctx, database)?;
        write(&draft, args, ctx, database)?
    };
    let mut printer = UserPrinter::new(args, true);
    let ended = printer
        .print(&draft.typed, &outcome)
        .and_then(|()| printer.finish());
    let delivered = ended
        .map_err(Failure::Stdout)
        .and_then(|bytes| delivery.finish(&bytes));
    delivered.map_err(|failure| {
        failure.with_state_after(Some(StateAfter {
            done: Some(1),
            sentence: format!("user {} exists now", quoted(&outcome.user.username)),
            hint: args.token.then(|| {
                let name = name_to_type(&outcome.user.username);
                format!("run `drfctl create-token {name}` to see the token")
            }),
        }))
    })?;
    note_user(args, ctx, database, &outcome);
    Ok(())
}

/// Leaves the user unchanged, but for the token.
fn skip(
    draft: &Draft,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> Result<UserOutcome, Failure> {
    let user = draft.existing.clone().ok_or_else(|| draft.overtaken())?;
    let mut token = None;
    if args.token {
        let request = TokenRequest {
            batch: Batch::Users(std::slice::from_ref(&user)),
            policy: TokenPolicy::GetOrCreate,
            now: ctx.now(),
        };
        let outcomes = database.issue_tokens(request, |count| ctx.keys(count), |_| Ok(()))?;
        let issued = outcomes
            .into_iter()
            .next()
            .and_then(|outcome| outcome.result.ok());
        token = Some(issued.ok_or_else(|| draft.overtaken())?);
    }
    let groups = if args.format.is_json() {
        database.groups_of(&user.id)?
    } else {
        Vec::new()
    };
    Ok(UserOutcome {
        groups,
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
) -> Result<Option<PasswordHash>, Failure> {
    if !args.password.is_given() {
        if draft.keeps_password() {
            return Ok(None);
        }
        if args.if_exists == IfExists::Update {
            return Err(Failure::Usage {
                message: format!(
                    "there is no user {} to update, and no password for a new one",
                    quoted(&draft.typed)
                ),
                hint: Some("add a password option, such as `--password-stdin`".to_owned()),
            });
        }
    }
    let settings = HashSettings::new(&args.password, database)?;
    let password = NewPassword::read(&args.password, ctx, &draft.owner, settings)?;
    let hash = password.hash(&draft.owner, settings, ctx.random)?;
    if hash.is_some() {
        settings.warn(ctx);
    }
    Ok(hash)
}

fn write(
    draft: &Draft,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> Result<UserOutcome, Failure> {
    let key = ctx.keys(usize::from(args.token))?.pop();
    let wanted = WantedUser {
        username: &draft.username,
        fields: &draft.fields,
        extra: &draft.extra,
        groups: &groups::find(&args.group, database)?,
        names_groups: args.format.is_json(),
        uuid: ctx.uuid()?,
        token: key.as_ref(),
    };
    let outcomes = database
        .ensure_users(&[wanted], args.if_exists, ctx.now(), |_| Ok(()))
        .map_err(|not| new_users::not_created(not.error, &draft.username, database))?;
    let outcome = outcomes.into_iter().flatten().next();
    outcome.ok_or_else(|| draft.overtaken())
}

fn note_user(args: &CreateUser, ctx: &Context, database: &Database, outcome: &UserOutcome) {
    let name = quoted(&outcome.user.username);
    match &outcome.change {
        UserChange::Created => ctx
            .out
            .note(&format!("Created user {name}{}.", ctx.place())),
        UserChange::Kept => ctx
            .out
            .note(&format!("User {name} already exists; nothing was changed.")),
        UserChange::Updated(changed) => user_changes::note(
            ctx,
            database,
            &outcome.user,
            changed,
            &outcome.user.username,
            args.password.no_password,
        ),
    }
    if matches!(outcome.change, UserChange::Created) {
        let mut new_users = NewUsers::default();
        new_users.add(&outcome.user.username, &outcome.user.id);
        new_users.warn(ctx, database);
    }
    if let Some(issued) = &outcome.token {
        note_token(ctx, &outcome.user, issued);
    }
}
