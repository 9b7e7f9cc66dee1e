//! A user who is asked for, looked up and validated: what is about to be written.

use crate::cli::CreateUser;
use crate::commands::shared::new_password::PasswordOwner;
use crate::commands::shared::superusers;
use crate::commands::shared::user_fields::{UserFields, columns, new_username};
use crate::db::{Database, Fields, IfExists, LoginColumn, User};
use crate::error::Failure;

impl UserFields {
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
            ..Self::default()
        }
    }
}

/// A user who has been looked up and validated, but for the password.
pub(super) struct Draft {
    pub(super) typed: String,
    /// The name as it is stored.
    pub(super) username: String,
    pub(super) existing: Option<User>,
    pub(super) fields: Fields,
    /// Values for columns that only this server's user model has, by their names.
    pub(super) extra: Vec<(String, String)>,
    pub(super) owner: PasswordOwner,
}

impl Draft {
    /// Looks the user up, and validates all that is asked for; `unique` are the columns whose
    /// values belong to one user alone.
    pub(super) fn new(
        fields: &UserFields,
        extra: Vec<(String, String)>,
        unique: &[String],
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
            check_login_column(&username, fields, database)?;
            if let Some((column, username)) = database.check_new_user(&columns, &extra, unique)? {
                return Err(Failure::ValueTaken { column, username });
            }
        }
        let owner = PasswordOwner::new(database, existing.as_ref(), &username, &columns)?;
        Ok(Self {
            typed: typed.clone(),
            username,
            existing,
            fields: columns,
            extra,
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

    /// The user, where what is written may take a superuser away.
    pub(super) fn lost_superuser(&self) -> Option<&User> {
        let user = self.existing.as_ref()?;
        superusers::are_lost_by(&self.fields, &self.extra).then_some(user)
    }

    /// The error of a write that another process has overtaken.
    pub(super) fn overtaken(&self) -> Failure {
        match &self.existing {
            Some(_) => Failure::no_such_user(vec![self.typed.clone()]),
            None => Failure::UserExists(self.typed.clone()),
        }
    }
}

/// Refuses a name that may belong into another column than the one that was detected: the new
/// user could not log in.
fn check_login_column(
    username: &str,
    fields: &UserFields,
    database: &Database,
) -> Result<(), Failure> {
    let Some(LoginColumn { name, is_taken }) = database.other_login_column(username)? else {
        return Ok(());
    };
    // With the same value in both, either will do.
    if !is_taken && fields.email.as_deref() == Some(username) {
        return Ok(());
    }
    Err(Failure::LoginColumnUnclear {
        username: username.to_owned(),
        table: database.users().name().to_owned(),
        detected: database.users().username_field().to_owned(),
        other: name,
        is_taken,
    })
}
