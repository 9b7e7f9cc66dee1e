//! A user who is asked for: looked up, validated by Django's rules, and brought into the form that
//! is stored. The password is validated in `new_password`.

use serde::{Deserialize, Deserializer, de};

use crate::cli::CreateUser;
use crate::commands::shared::new_password::PasswordOwner;
use crate::db::{Database, Fields, IfExists, User};
use crate::django::names;
use crate::error::Failure;
use crate::secret::{Password, PasswordHash};

/// What is asked for one user, on the command line or in a record of a file, whose keys have the
/// names of these fields. `None`: not given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserFields {
    pub(super) username: String,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    #[serde(default, deserialize_with = "boolean")]
    pub(super) is_staff: Option<bool>,
    #[serde(default, deserialize_with = "boolean")]
    pub(super) is_superuser: Option<bool>,
    #[serde(default, deserialize_with = "boolean")]
    pub(super) is_active: Option<bool>,
    /// In files alone; not validated yet.
    #[serde(default, deserialize_with = "password")]
    pub(super) password: Option<Password>,
    /// In files alone.
    #[serde(default, deserialize_with = "password_hash")]
    pub(super) password_hash: Option<PasswordHash>,
}

impl UserFields {
    /// The names of the fields.
    pub(super) const NAMES: [&str; 9] = [
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

    /// What is wrong with a value that is no boolean.
    pub(super) const NO_BOOLEAN: &str = "write a boolean as `true` or `false`";

    /// What the command line asks for; its options for passwords are `new_password`'s to read.
    pub(super) fn of_command_line(username: &str, args: &CreateUser) -> Self {
        Self {
            username: username.to_owned(),
            email: args.email.clone(),
            first_name: args.first_name.clone(),
            last_name: args.last_name.clone(),
            is_staff: args.staff.then_some(true),
            is_superuser: args.superuser.then_some(true),
            is_active: args.inactive.then_some(false),
            password: None,
            password_hash: None,
        }
    }
}

/// Reads a boolean: JSON has them, CSV has only words.
fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Boolean {
        Is(bool),
        Number(u8),
        Word(String),
    }
    Ok(Some(match Option::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Boolean::Is(is)) => is,
        Some(Boolean::Number(0)) => false,
        Some(Boolean::Number(1)) => true,
        Some(Boolean::Word(word)) if word.eq_ignore_ascii_case("true") => true,
        Some(Boolean::Word(word)) if word.eq_ignore_ascii_case("false") => false,
        Some(Boolean::Number(_) | Boolean::Word(_)) => {
            return Err(de::Error::custom(UserFields::NO_BOOLEAN));
        }
    }))
}

fn password<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Password>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(Password::new))
}

fn password_hash<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PasswordHash>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(PasswordHash::new))
}

/// A user who has been looked up and validated, but for the password.
pub(super) struct Draft {
    pub(super) typed: String,
    /// The name as it is stored.
    pub(super) username: String,
    pub(super) existing: Option<User>,
    pub(super) fields: Fields,
    pub(super) owner: PasswordOwner,
}

impl Draft {
    /// Looks the user up, and validates all that is asked for.
    pub(super) fn new(
        fields: &UserFields,
        args: &CreateUser,
        database: &Database,
    ) -> Result<Self, Failure> {
        let typed = &fields.username;
        let existing = database.user(typed)?;
        if existing.is_some() && args.if_exists == IfExists::Refuse {
            return Err(Failure::UserExists(typed.clone()));
        }
        let username = match &existing {
            Some(user) => user.username.clone(),
            None => new_username(database, typed)?,
        };
        let columns = columns(fields, database)?;
        if existing.is_none() {
            database.check_new_user(&args.set)?;
        }
        let owner = PasswordOwner::new(database, existing.as_ref(), &username, &columns)?;
        Ok(Self {
            typed: typed.clone(),
            username,
            existing,
            fields: columns,
            owner,
        })
    }

    /// Whether the user is left unchanged, but for the token.
    pub(super) fn is_skipped(&self, args: &CreateUser) -> bool {
        self.existing.is_some() && args.if_exists == IfExists::Keep
    }

    /// Whether the user needs no password on the command line or in the file.
    pub(super) fn keeps_password(&self) -> bool {
        self.existing.is_some()
    }

    /// The error of a write that another process has overtaken.
    pub(super) fn overtaken(&self) -> Failure {
        match &self.existing {
            Some(_) => Failure::NoSuchUser(vec![self.typed.clone()]),
            None => Failure::UserExists(self.typed.clone()),
        }
    }
}

/// Validates the name of a new user and gives it the form that is stored.
fn new_username(database: &Database, typed: &str) -> Result<String, Failure> {
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
fn columns(fields: &UserFields, database: &Database) -> Result<Fields, Failure> {
    let email = fields.email.as_deref().map(names::normalize_email);
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
