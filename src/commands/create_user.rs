//! `drfctl create-user`

use anyhow::bail;
use serde::Serialize;

use crate::cli::{CreateUser, Format, IfUserExists};
use crate::commands::passwords::{self, Subject};
use crate::commands::tokens::{self, Printer};
use crate::context::Context;
use crate::db::{
    Database, Fields, IfExists, Issuance, Issue, Policy, Request, User, UserChange, UserId,
    UserOutcome, WantedUser,
};
use crate::django::names;
use crate::error::{Failure, Status};
use crate::escape::quoted;
use crate::output::{self, Json, JsonShape};

/// A user as JSON shows it.
#[derive(Serialize)]
struct Row<'a> {
    user_id: &'a UserId,
    username: &'a str,
    email: Option<&'a str>,
    is_active: bool,
    is_staff: Option<bool>,
    is_superuser: Option<bool>,
    result: Outcome,
    changed: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_created: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_result: Option<Issue>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped,
}

pub(super) fn run(args: &CreateUser, ctx: &mut Context) -> anyhow::Result<Status> {
    let prints_token = matches!(args.format, Format::Header | Format::Env | Format::Drf);
    if prints_token && !args.token {
        bail!(Failure::usage(
            "this `--format` shows a token: it needs `--token`"
        ));
    }
    let mut database = ctx.open_database(args.token)?;
    ctx.warn_of_readers(&database);
    let outcome = match database.user(&args.username)? {
        Some(_) if args.if_exists == IfUserExists::Error => {
            bail!(Failure::UserExists(args.username.clone()))
        }
        Some(user) if args.if_exists == IfUserExists::Skip => skip(args, ctx, &mut database, user)?,
        existing => ensure(args, ctx, &mut database, existing.as_ref())?,
    };
    print(args, ctx, &outcome)?;
    say(ctx, &outcome);
    Ok(Status::Done)
}

/// Leaves the user alone, but for the token.
fn skip(
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
    user: User,
) -> anyhow::Result<UserOutcome> {
    let mut token = None;
    if args.token {
        let request = Request {
            users: std::slice::from_ref(&user),
            keys: &[ctx.key()?],
            policy: Policy::Keep,
            selection: None,
            now: ctx.now(),
        };
        let issuance = database.issue_tokens(request, |_| Ok(()))?.pop();
        let Some(Issuance::Issued(issued)) = issuance else {
            bail!(Failure::NoSuchUser(vec![args.username.clone()]));
        };
        token = Some(issued);
    }
    Ok(UserOutcome {
        user,
        change: UserChange::Kept,
        token,
    })
}

/// Creates the user, or writes the fields that were named.
fn ensure(
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
    existing: Option<&User>,
) -> anyhow::Result<UserOutcome> {
    let username = match existing {
        Some(user) => user.username.clone(),
        None => new_username(database, &args.username)?,
    };
    let mut fields = fields(args, database)?;
    if existing.is_none() {
        if args.if_exists == IfUserExists::Update && !args.password.is_given() {
            bail!(Failure::Usage {
                message: format!(
                    "there is no user {} to update, and no password for a new one",
                    quoted(&args.username)
                ),
                hint: Some("add a password option, such as `--no-password`".to_owned()),
            });
        }
        database.check_new_user(&args.set)?;
    }
    if existing.is_none() || args.password.is_given() {
        let subject = Subject::new(database, existing, &username, &fields)?;
        fields.password = passwords::new_hash(&args.password, ctx, database, &subject)?;
    }
    let key = if args.token { Some(ctx.key()?) } else { None };
    let outcome = database.ensure_user(
        &WantedUser {
            username: &username,
            fields: &fields,
            extra: &args.set,
            uuid: &ctx.uuid()?,
            token: key.as_ref(),
        },
        match args.if_exists {
            IfUserExists::Error => IfExists::Refuse,
            IfUserExists::Skip => IfExists::Keep,
            IfUserExists::Update => IfExists::Update,
        },
        ctx.now(),
    )?;
    match outcome {
        Some(outcome) => Ok(outcome),
        // Another process was faster.
        None => bail!(Failure::UserExists(args.username.clone())),
    }
}

/// Judges the name of a new user and gives it the form that is stored.
fn new_username(database: &Database, typed: &str) -> Result<String, Failure> {
    let problem = if database.logs_in_with("email") {
        names::email_problem(typed)
    } else if database.logs_in_with("username") {
        names::username_problem(typed)
    } else if typed.is_empty() || typed.chars().any(char::is_control) {
        Some("Enter a valid value.".to_owned())
    } else {
        None
    };
    let stored = database.stored_username(typed);
    let width = database.username_width();
    let problem = problem.or_else(|| names::too_long(&stored, width?));
    match problem {
        Some(problem) => Err(Failure::InvalidValue {
            what: "user name",
            value: typed.to_owned(),
            problem,
        }),
        None => Ok(stored),
    }
}

/// The columns that the command line names, judged and in the form that is stored.
fn fields(args: &CreateUser, database: &Database) -> anyhow::Result<Fields> {
    let email = args.email.as_deref().map(names::normalize_email);
    if let Some(email) = &email {
        // Django takes an empty address, for a user without one.
        let problem = (!email.is_empty())
            .then(|| names::email_problem(email))
            .flatten();
        if let Some(problem) = problem {
            bail!(Failure::InvalidValue {
                what: "e-mail address",
                value: email.clone(),
                problem,
            });
        }
        if database.logs_in_with("email") {
            bail!(Failure::usage(
                "users log in with their e-mail address here: it is the USERNAME, not `--email`"
            ));
        }
    }
    for (column, name) in [
        ("first_name", &args.first_name),
        ("last_name", &args.last_name),
    ] {
        let width = database
            .user_column_width(column)
            .unwrap_or(names::PERSON_NAME_MAX);
        if let Some(name) = name
            && let Some(problem) = names::too_long(name, width)
        {
            bail!(Failure::InvalidValue {
                what: "name",
                value: name.clone(),
                problem,
            });
        }
    }
    Ok(Fields {
        password: None,
        email,
        first_name: args.first_name.clone(),
        last_name: args.last_name.clone(),
        is_staff: (args.staff || args.superuser).then_some(true),
        is_superuser: args.superuser.then_some(true),
        is_active: args.inactive.then_some(false),
    })
}

fn print(args: &CreateUser, ctx: &Context, outcome: &UserOutcome) -> anyhow::Result<()> {
    let is_json = matches!(args.format, Format::Json | Format::Jsonl);
    if !is_json && outcome.token.is_none() {
        return Ok(());
    }
    let printed = ctx.out.secret(|out| {
        if is_json {
            return Json::new(out, JsonShape::Lines).value(&row(outcome));
        }
        let mut printer = Printer::new(out, args.format, true);
        if let Some(issued) = &outcome.token {
            printer.print(&args.username, &outcome.user, issued)?;
        }
        printer.end()
    });
    printed.map_err(|error| {
        let truth = format!("user {} is there now", quoted(&outcome.user.username));
        let hint = "run `drfctl create-token` to see the token".to_owned();
        output::undelivered(error, (truth, hint))
    })
}

fn row(outcome: &UserOutcome) -> Row<'_> {
    let user = &outcome.user;
    let token = outcome.token.as_ref();
    let (result, changed): (_, &[String]) = match &outcome.change {
        UserChange::Created => (Outcome::Created, &[]),
        UserChange::Kept => (Outcome::Skipped, &[]),
        UserChange::Updated(changed) if changed.is_empty() => (Outcome::Unchanged, changed),
        UserChange::Updated(changed) => (Outcome::Updated, changed),
    };
    Row {
        user_id: &user.id,
        username: &user.username,
        email: user.email.as_deref(),
        is_active: user.is_active,
        is_staff: user.is_staff,
        is_superuser: user.is_superuser,
        result,
        changed,
        token: token.map(|issued| issued.token.key.expose()),
        token_created: token.map(|issued| issued.issue == Issue::Created),
        token_result: token.map(|issued| issued.issue),
    }
}

fn say(ctx: &Context, outcome: &UserOutcome) {
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
    if let Some(issued) = &outcome.token {
        tokens::say(ctx, &outcome.user, issued);
    }
}
