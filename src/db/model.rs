//! The domain as the database keeps it: users, tokens, and what is asked of them. Types alone;
//! no SQL and no type of a driver.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::secret::{Key, PasswordHash};

/// The primary key of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UserId {
    /// The usual one.
    Integer(i64),
    /// A UUID.
    Uuid(Uuid),
    /// Any other text.
    Text(String),
}

impl fmt::Display for UserId {
    /// As Python's `str` shows a primary key: a UUID with its dashes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(id) => write!(f, "{id}"),
            Self::Uuid(id) => write!(f, "{id}"),
            Self::Text(id) => f.write_str(id),
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

/// A user who is to exist, and what is to be true of the user.
#[derive(Debug)]
pub struct WantedUser<'a> {
    /// What the user logs in with, in the form that is stored.
    pub username: &'a str,
    /// The columns that were named.
    pub fields: &'a Fields,
    /// Values for columns that only this server's user model has, by their names.
    pub extra: &'a [(String, String)],
    /// The groups that the user is to be in.
    pub groups: &'a [Group],
    /// Whether the outcome names the user's groups, which takes the right to read them.
    pub names_groups: bool,
    /// A primary key for a new user whose table does not count by itself.
    pub uuid: Uuid,
    /// A key for a token, if the user is to have one.
    pub token: Option<&'a Key>,
}

/// What came of it.
#[derive(Debug)]
pub struct UserOutcome {
    /// The user as now stored.
    pub user: User,
    /// The names of the user's groups, sorted, where they were asked for.
    pub groups: Vec<String>,
    /// What was done.
    pub change: UserChange,
    /// The user's token, if one was asked for.
    pub token: Option<IssuedToken>,
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
pub enum TokenChange {
    /// It is new, and the user had none.
    Created,
    /// It was there already.
    Existing,
    /// It is new, and the old one is gone.
    Reset,
}

/// What to do about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPolicy {
    /// Return the one that exists; create one where there is none.
    GetOrCreate,
    /// Replace the one that exists.
    Reset,
    /// Replace the one that exists if it was created before this.
    ResetOlder(Timestamp),
    /// The key is given: no other may exist.
    Set,
    /// The key is given: replace another that exists.
    ResetTo,
}

/// The token that a user has, and how the user came to it.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: Token,
    /// How the user came to it.
    pub change: TokenChange,
}

/// A user who was to get a token, and what came of it.
#[derive(Clone, Debug)]
pub struct TokenOutcome {
    /// The user.
    pub user: User,
    /// The token, or why there is none.
    pub result: Result<IssuedToken, NoToken>,
}

/// A token that a user is to have, with its key and time.
#[derive(Clone, Debug)]
pub struct GivenToken {
    /// The user.
    pub user: User,
    /// The key.
    pub key: Key,
    /// The time.
    pub created: Timestamp,
}

/// Why a user has no such token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// The user no longer exists.
    UserGone,
    /// The user has another token than the given one.
    OtherToken,
    /// Another user has the given key.
    KeyTaken,
}

/// A user, and the token that the user has or had.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    /// The user.
    pub user: User,
    /// The token, if there is one.
    pub token: Option<Token>,
}

/// Whose turn it is in a job.
#[derive(Clone, Copy, Debug)]
pub enum Batch<'a> {
    /// These users.
    Users(&'a [User]),
    /// The selected users whose primary keys are greater than `after`.
    Selected {
        /// Which users.
        selection: &'a Selection,
        /// The last user who was dealt with.
        after: Option<&'a UserId>,
    },
}

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The primary key.
    pub id: i64,
    /// The name.
    pub name: String,
}

/// A user who was to be deleted, and the rows that stand in the way.
#[derive(Clone, Debug)]
pub struct Deletion {
    /// The user.
    pub user: User,
    /// The rows.
    pub references: References,
}

/// Rows of other tables that refer to a user.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// The tables that have some, and how many.
    pub rows: Vec<(String, u64)>,
    /// The tables that may have some, and that this role may not read.
    pub unreadable: Vec<String>,
}

/// Which users a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFilter {
    /// Those with a token.
    With,
    /// All.
    Any,
    /// Those without a token.
    Without,
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
    pub token: TokenFilter,
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
    /// They are in the group of this name.
    pub group: Option<String>,
}

impl Selection {
    /// Everybody, or everybody with or without a token.
    #[must_use]
    pub fn everybody(token: TokenFilter) -> Self {
        Self {
            token,
            created_before: None,
            last_login_before: None,
            never_logged_in: false,
            is_active: None,
            is_staff: false,
            is_superuser: false,
            username: None,
            group: None,
        }
    }

    /// Whether it leaves anybody out.
    #[must_use]
    pub fn has_conditions(&self) -> bool {
        let Self {
            token,
            created_before,
            last_login_before,
            never_logged_in,
            is_active,
            is_staff,
            is_superuser,
            username,
            group,
        } = self;
        *token != TokenFilter::Any
            || created_before.is_some()
            || last_login_before.is_some()
            || *never_logged_in
            || is_active.is_some()
            || *is_staff
            || *is_superuser
            || username.is_some()
            || group.is_some()
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

/// A user with everything that can be wrong about one.
#[derive(Debug)]
pub struct Account {
    /// The user and the token.
    pub entry: Entry,
    /// The hash of the password; `None` where the user model has none.
    pub password: Option<PasswordHash>,
}

/// A table in which most users have a row, and how many have none.
#[derive(Debug)]
pub struct Missing {
    /// The table.
    pub table: String,
    /// How many users have no row there.
    pub count: u64,
    /// The names of some of them.
    pub examples: Vec<String>,
}

/// A trouble with the files of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileTrouble {
    /// Everybody on the machine may read it.
    WorldReadable,
    /// A file beside it belongs to another user than it does.
    ForeignSideFile(String),
    /// It belongs to another user than its directory does, and others may not write to it.
    ForeignOwner,
    /// In WAL mode, last written by an SQLite that can damage it: its version.
    OldSqlite(String),
}
