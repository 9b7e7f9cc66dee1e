//! The server's database, as the commands see it: users, tokens, migrations. No SQL here; it
//! stays in the folder of the database that speaks it, and no type of a driver leaves there.
//!
//! Every method of [`Database`] is one decision, and one transaction where it writes.

mod error;
mod location;
mod sqlite;

use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

pub use self::error::{Cause, Error};
pub use self::location::Location;
pub use self::sqlite::Database;
pub use self::sqlite::migrate::{Migrator, Plan};
pub use self::sqlite::tokens::Request;
pub use self::sqlite::users::{UserOutcome, WantedUser};
use crate::secret::{Key, PasswordHash};

/// What the command line says of the database and how to use it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub location: Location,
    /// How long to wait for another writer.
    pub timeout: Duration,
    /// Tells, during the wait, whether the operator has had enough of it.
    pub interrupted: fn() -> bool,
    /// The zone of the times in it.
    pub zone: TimeZone,
    /// The table of the users, where the database does not tell.
    pub user_table: Option<String>,
    /// The column that users log in with, where the database does not tell.
    pub username_field: Option<String>,
}

impl Settings {
    /// The path that messages name.
    pub(crate) fn path(&self) -> &PathBuf {
        let Location::Sqlite(path) = &self.location;
        path
    }
}

/// The primary key of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UserId {
    /// The usual one.
    Integer(i64),
    /// A UUID, as the 32 hexadecimal digits that Django stores in SQLite.
    Uuid(String),
    /// Any other text.
    Text(String),
}

impl fmt::Display for UserId {
    /// As Python's `str` shows a primary key: a UUID with its dashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(id) => write!(f, "{id}"),
            Self::Text(id) => f.write_str(id),
            Self::Uuid(id) => {
                for (position, digit) in id.chars().enumerate() {
                    if matches!(position, 8 | 12 | 16 | 20) {
                        f.write_char('-')?;
                    }
                    f.write_char(digit)?;
                }
                Ok(())
            }
        }
    }
}

impl Serialize for UserId {
    /// As DRF's JSON shows a primary key: a number, else text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(id) => serializer.serialize_i64(*id),
            Self::Uuid(_) | Self::Text(_) => serializer.collect_str(self),
        }
    }
}

/// A user of the server. `None` where the server's user model has no such column.
#[derive(Clone, Debug)]
pub struct User {
    /// The primary key.
    pub id: UserId,
    /// What the user logs in with.
    pub username: String,
    /// The e-mail address; may be empty.
    pub email: Option<String>,
    /// Whether the server lets the user in; true where the model does not say.
    pub is_active: bool,
    /// Whether the user may enter the admin.
    pub is_staff: Option<bool>,
    /// Whether the user may do everything.
    pub is_superuser: Option<bool>,
}

/// A user's password hash and personal name, for judging a new password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The stored hash.
    pub password: PasswordHash,
    /// The first name, empty where there is none.
    pub first_name: String,
    /// The last name, empty where there is none.
    pub last_name: String,
}

/// What is to be written to a user's row. `None` leaves a column alone, or gives a new row
/// Django's default.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// The hash of the password.
    pub password: Option<PasswordHash>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Whether the user may enter the admin.
    pub is_staff: Option<bool>,
    /// Whether the user may do everything.
    pub is_superuser: Option<bool>,
    /// Whether the server lets the user in.
    pub is_active: Option<bool>,
}

/// What to do with a user who is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// Change nothing, and do not go on.
    Refuse,
    /// Change nothing and say so.
    Keep,
    /// Write the fields that were given.
    Update,
}

/// What became of a user who was to be there.
#[derive(Clone, Debug)]
pub enum UserChange {
    /// The user is new.
    Created,
    /// The user was there, and is as before.
    Kept,
    /// The user was there; these columns were given, and these of them changed.
    Updated(Vec<String>),
}

/// A token as it is stored.
#[derive(Clone, Debug)]
pub struct Token {
    /// What the client sends.
    pub key: Key,
    /// When it was made; `None` if the column holds no time.
    pub created: Option<Timestamp>,
}

/// How a user came to the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Issue {
    /// It is new, and the user had none.
    Created,
    /// It was there already.
    Existing,
    /// It is new, and the old one is gone.
    Reset,
}

/// What to do about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Return the one that is there; make one where there is none.
    Keep,
    /// Replace the one that is there.
    Replace,
    /// Replace the one that is there if it was made before this.
    ReplaceOlder(Timestamp),
    /// The key is the operator's: no other may be there.
    Exactly,
    /// The key is the operator's: replace another that is there.
    ReplaceByExactly,
}

/// What came of asking for a token.
#[derive(Debug)]
pub enum Issuance {
    /// The user has this token.
    Issued(Issued),
    /// The user is gone.
    Gone,
    /// The user is no longer one of those that were selected.
    NotSelected,
    /// The user has another token than the operator's.
    OtherToken,
    /// Another user has the operator's key.
    KeyTaken,
}

/// The token that a user has, and how the user came to it.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The token.
    pub token: Token,
    /// How the user came to it.
    pub issue: Issue,
}

/// Which users a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// Those with a token.
    Token,
    /// All.
    Any,
    /// Those without a token.
    Nothing,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By the name that users log in with.
    Username,
    /// By the age of the token, oldest first.
    Created,
    /// By the last login, longest ago first, never before all.
    LastLogin,
}

/// Which users are meant where they are not named. Every condition narrows the others.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Whether they hold a token.
    pub holding: Holding,
    /// The token was made before this.
    pub created_before: Option<Timestamp>,
    /// The last login was before this.
    pub last_login_before: Option<Timestamp>,
    /// There never was a login.
    pub never_logged_in: bool,
    /// Whether the server lets them in.
    pub is_active: Option<bool>,
    /// They may enter the admin.
    pub is_staff: bool,
    /// They may do everything.
    pub is_superuser: bool,
    /// The name matches this pattern of `*`, `?` and `[…]`.
    pub username: Option<String>,
}

impl Selection {
    /// Whether it leaves anybody out.
    #[must_use]
    pub fn has_conditions(&self) -> bool {
        let Self {
            holding,
            created_before,
            last_login_before,
            never_logged_in,
            is_active,
            is_staff,
            is_superuser,
            username,
        } = self;
        *holding != Holding::Any
            || created_before.is_some()
            || last_login_before.is_some()
            || *never_logged_in
            || is_active.is_some()
            || *is_staff
            || *is_superuser
            || username.is_some()
    }
}

/// What a list is to hold.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which users.
    pub selection: Selection,
    /// In which order.
    pub order: Order,
    /// How many at most.
    pub limit: Option<u64>,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The user.
    pub user: User,
    /// When the user last logged in, where the server keeps that.
    pub last_login: Option<Timestamp>,
    /// The user's token.
    pub token: Option<Token>,
}
