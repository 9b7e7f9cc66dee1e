//! The fields of a user that a command line or a file names: validated by Django's rules, and
//! brought into the form that is stored. Passwords are validated in `new_password`.

use crate::db::{Database, Fields};
use crate::django::names;
use crate::error::Failure;
use crate::secret::{Password, PasswordHash};

/// What is asked for one user, on the command line or in a record of a file, whose keys have the
/// names of these fields. `None`: not given.
#[derive(Default)]
pub(crate) struct UserFields {
    pub(crate) username: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) is_staff: Option<bool>,
    pub(crate) is_superuser: Option<bool>,
    pub(crate) is_active: Option<bool>,
    /// In files alone; not validated yet.
    pub(crate) password: Option<Password>,
    /// In files alone.
    pub(crate) password_hash: Option<PasswordHash>,
}

impl UserFields {
    /// The names of the fields.
    pub(crate) const NAMES: [&str; 9] = [
        "username",
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "is_superuser",
        "is_active",
        "password",
        "password_hash",
    ];
}

/// Validates the name of a new user and gives it the form that is stored.
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

/// The columns that are given, validated and in the form that is stored.
pub(crate) fn columns(fields: &UserFields, database: &Database) -> Result<Fields, Failure> {
    let users = database.users();
    let mut email = fields.email.as_deref().map(names::normalize_email);
    if users.logs_in_with("email")
        && let Some(address) = email.take()
        && address != users.stored_username(&fields.username)
    {
        return Err(Failure::usage(
            "users log in with their e-mail address here: it is the user name",
        ));
    }
    if let Some(email) = &email {
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
        ("first_name", &fields.first_name),
        ("last_name", &fields.last_name),
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
    let is_superuser = fields.is_superuser;
    Ok(Fields {
        password: None,
        email,
        first_name: fields.first_name.clone(),
        last_name: fields.last_name.clone(),
        // As Django's `create_superuser` does it.
        is_staff: fields
            .is_staff
            .or(is_superuser.filter(|is| *is && database.users().has("is_staff"))),
        is_superuser,
        is_active: fields.is_active,
    })
}
