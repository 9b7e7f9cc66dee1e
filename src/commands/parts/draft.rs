//! A user who is asked for: looked up, judged by Django's rules, and brought into the form that
//! is stored. The password is `passwords`' to judge.

use anyhow::bail;

use super::passwords::Subject;
use crate::cli::{CreateUser, IfUserExists};
use crate::db::{Database, Fields, IfExists, User};
use crate::django::names;
use crate::error::Failure;

/// What is asked for one user. What is `None` is not named.
pub(crate) struct Spec {
    pub(crate) username: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) is_staff: Option<bool>,
    pub(crate) is_superuser: Option<bool>,
    pub(crate) is_active: Option<bool>,
}

impl Spec {
    pub(crate) fn new(username: &str, args: &CreateUser) -> Self {
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
pub(crate) struct Draft {
    pub(crate) typed: String,
    /// The name as it is stored.
    pub(crate) username: String,
    pub(crate) existing: Option<User>,
    pub(crate) fields: Fields,
    pub(crate) subject: Subject,
}

impl Draft {
    /// Looks the user up, and judges all that is asked for.
    pub(crate) fn new(spec: &Spec, args: &CreateUser, database: &Database) -> anyhow::Result<Self> {
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
    pub(crate) fn is_skipped(&self, args: &CreateUser) -> bool {
        self.existing.is_some() && args.if_exists == IfUserExists::Skip
    }

    /// Whether the user can do without a password on the command line or in the file.
    pub(crate) fn keeps_password(&self) -> bool {
        self.existing.is_some()
    }

    /// The error of a write that did not happen, because another process was faster.
    pub(crate) fn overtaken(&self) -> Failure {
        match &self.existing {
            Some(_) => Failure::NoSuchUser(vec![self.typed.clone()]),
            None => Failure::UserExists(self.typed.clone()),
        }
    }
}

/// What to do with users who are there.
pub(crate) fn if_exists(args: &CreateUser) -> IfExists {
    match args.if_exists {
        IfUserExists::Error => IfExists::Refuse,
        IfUserExists::Skip => IfExists::Keep,
        IfUserExists::Update => IfExists::Update,
    }
}

/// Judges the name of a new user and gives it the form that is stored.
pub(crate) fn new_username(database: &Database, typed: &str) -> Result<String, Failure> {
    let problem = if database.users().logs_in_with("email") {
        names::email_problem(typed)
    } else if database.users().logs_in_with("username") {
        names::username_problem(typed)
    } else if typed.is_empty() || typed.chars().any(char::is_control) {
        Some("Enter a valid value.".to_owned())
    } else {
        None
    };
    let stored = database.users().stored_username(typed);
    let width = database.users().username_width();
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
pub(crate) fn fields(spec: &Spec, database: &Database) -> Result<Fields, Failure> {
    let email = spec.email.as_deref().map(names::normalize_email);
    if let Some(email) = &email {
        if database.users().logs_in_with("email") {
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
            .users()
            .width(column)
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
        is_staff: spec
            .is_staff
            .or(is_superuser.filter(|is| *is && database.users().has("is_staff"))),
        is_superuser,
        is_active: spec.is_active,
    })
}
