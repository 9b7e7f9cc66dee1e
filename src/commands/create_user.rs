//! `drfctl create-user`

use anyhow::bail;

use crate::cli::{CreateUser, Format, IfUserExists};
use crate::commands::import;
use crate::commands::passwords::{NewPassword, Recipe, Subject};
use crate::commands::tokens;
use crate::commands::user_output::Printer;
use crate::context::Context;
use crate::db::{
    Database, Fields, IfExists, Issuance, Policy, Request, User, UserChange, UserOutcome,
    WantedUser,
};
use crate::django::names;
use crate::error::{Failure, Status};
use crate::escape::quoted;
use crate::output;

pub(super) fn run(args: &CreateUser, ctx: &mut Context) -> anyhow::Result<Status> {
    let prints_token = matches!(args.format, Format::Header | Format::Env | Format::Drf);
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

/// What is asked for one user. What is `None` is not named.
pub(super) struct Spec {
    pub(super) username: String,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) is_staff: Option<bool>,
    pub(super) is_superuser: Option<bool>,
    pub(super) is_active: Option<bool>,
}

impl Spec {
    fn new(username: &str, args: &CreateUser) -> Self {
        Self {
            username: username.to_owned(),
            email: args.email.clone(),
            first_name: args.first_name.clone(),
            last_name: args.last_name.clone(),
            is_staff: args.staff.then_some(true),
            is_superuser: args.superuser.then_some(true),
            is_active: args.inactive.then_some(false),
        }
    }
}

/// A user who has been looked up and judged, but for the password.
pub(super) struct Draft {
    pub(super) typed: String,
    /// The name as it is stored.
    pub(super) username: String,
    pub(super) existing: Option<User>,
    pub(super) fields: Fields,
    pub(super) subject: Subject,
}

impl Draft {
    /// Looks the user up, and judges all that is asked for.
    pub(super) fn new(spec: &Spec, args: &CreateUser, database: &Database) -> anyhow::Result<Self> {
        let existing = database.user(&spec.username)?;
        if existing.is_some() && args.if_exists == IfUserExists::Error {
            bail!(Failure::UserExists(spec.username.clone()));
        }
        let username = match &existing {
            Some(user) => user.username.clone(),
            None => new_username(database, &spec.username)?,
        };
        let fields = fields(spec, database)?;
        if existing.is_none() {
            database.check_new_user(&args.set)?;
        }
        let subject = Subject::new(database, existing.as_ref(), &username, &fields)?;
        Ok(Self {
            typed: spec.username.clone(),
            username,
            existing,
            fields,
            subject,
        })
    }

    /// Whether the user is left alone, but for the token.
    pub(super) fn is_skipped(&self, args: &CreateUser) -> bool {
        self.existing.is_some() && args.if_exists == IfUserExists::Skip
    }

    /// Whether the user can do without a password on the command line or in the file.
    pub(super) fn keeps_password(&self) -> bool {
        self.existing.is_some()
    }

    /// The error of a write that did not happen, because another process was faster.
    pub(super) fn overtaken(&self) -> Failure {
        match &self.existing {
            Some(_) => Failure::NoSuchUser(vec![self.typed.clone()]),
            None => Failure::UserExists(self.typed.clone()),
        }
    }
}

/// What to do with users who are there.
pub(super) fn if_exists(args: &CreateUser) -> IfExists {
    match args.if_exists {
        IfUserExists::Error => IfExists::Refuse,
        IfUserExists::Skip => IfExists::Keep,
        IfUserExists::Update => IfExists::Update,
    }
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
    say(ctx, &outcome);
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
        let request = Request {
            users: std::slice::from_ref(&user),
            keys: &[ctx.key()?],
            policy: Policy::Keep,
            selection: None,
            now: ctx.now(),
        };
        let issuance = database.issue_tokens(request, |_| Ok(()))?.pop();
        let Some(Issuance::Issued(issued)) = issuance else {
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
) -> anyhow::Result<Option<crate::secret::PasswordHash>> {
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
    let password = NewPassword::read(&args.password, ctx, &draft.subject)?;
    let recipe = Recipe::new(&args.password, ctx, database)?;
    Ok(password.hash(&draft.subject, recipe, ctx.random)?)
}

fn write(
    draft: &Draft,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> anyhow::Result<UserOutcome> {
    let key = if args.token { Some(ctx.key()?) } else { None };
    let wanted = WantedUser {
        username: &draft.username,
        fields: &draft.fields,
        extra: &args.set,
        uuid: &ctx.uuid()?,
        token: key.as_ref(),
    };
    let outcomes = database.ensure_users(&[wanted], if_exists(args), ctx.now())?;
    match outcomes.into_iter().flatten().next() {
        Some(outcome) => Ok(outcome),
        None => bail!(draft.overtaken()),
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

/// The columns that are named, judged and in the form that is stored.
fn fields(spec: &Spec, database: &Database) -> Result<Fields, Failure> {
    let email = spec.email.as_deref().map(names::normalize_email);
    if let Some(email) = &email {
        if database.logs_in_with("email") {
            return Err(Failure::usage(
                "users log in with their e-mail address here: it is the user name",
            ));
        }
        // Django takes an empty address, for a user without one.
        let problem = (!email.is_empty())
            .then(|| names::email_problem(email))
            .flatten();
        if let Some(problem) = problem {
            return Err(Failure::InvalidValue {
                what: "e-mail address",
                value: email.clone(),
                problem,
            });
        }
    }
    for (column, name) in [
        ("first_name", &spec.first_name),
        ("last_name", &spec.last_name),
    ] {
        let width = database
            .user_column_width(column)
            .unwrap_or(names::PERSON_NAME_MAX);
        if let Some(name) = name
            && let Some(problem) = names::too_long(name, width)
        {
            return Err(Failure::InvalidValue {
                what: "name",
                value: name.clone(),
                problem,
            });
        }
    }
    let is_superuser = spec.is_superuser;
    Ok(Fields {
        password: None,
        email,
        first_name: spec.first_name.clone(),
        last_name: spec.last_name.clone(),
        // As Django's `create_superuser` does it.
        is_staff: spec.is_staff.or(is_superuser.filter(|is| *is)),
        is_superuser,
        is_active: spec.is_active,
    })
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
