//! Why a database could not be used, in sentences for an operator. Which exit status that
//! makes is decided in `crate::error`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::ErrorCode;

use crate::escape::{quoted, quoted_list, visible};

/// A database that could not be used, and why.
#[derive(Debug)]
pub struct Error {
    /// The database as the operator named it.
    pub path: PathBuf,
    /// What is the matter with it.
    pub cause: Cause,
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = quoted(&without_password(&self.path.to_string_lossy()));
        write!(f, "database {path} {}", self.cause)
    }
}

/// A path that is really a mistyped URL can hold a password: between the last `:` before an `@`
/// and that `@`.
fn without_password(path: &str) -> String {
    let split = path
        .rsplit_once('@')
        .and_then(|(before, host)| Some((before.rsplit_once(':')?.0, host)));
    match split {
        Some((user, host)) => format!("{user}:***@{host}"),
        None => path.to_owned(),
    }
}

/// What can be the matter with a database; reads on from "database `PATH` …".
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// No file is there.
    #[error("does not exist")]
    Missing,
    /// The directory that should hold the file is not there.
    #[error("cannot be created: its directory does not exist")]
    NoDirectory,
    /// A directory is there.
    #[error("is a directory")]
    Directory,
    /// A FIFO, a socket or a device is there.
    #[error("is not a regular file")]
    NotRegular,
    /// The system refuses to open it.
    #[error("cannot be opened: {0}")]
    CannotOpen(String),
    /// The file has no bytes.
    #[error("is empty")]
    Empty,
    /// The file is something else, or encrypted.
    #[error("is not an SQLite database, or is encrypted")]
    NotADatabase,
    /// The file belongs to another application.
    #[error("holds no Django tables")]
    NotDjango,
    /// Tables of Django or DRF are not there yet.
    #[error("has no table {}", quoted(.0))]
    NotMigrated(String),
    /// A table is there as an early migration leaves it.
    #[error("has table {} as an early migration leaves it", quoted(.0))]
    HalfMigrated(String),
    /// Tables are there, but not as this version knows them.
    #[error("has a layout that this version does not know: {0}")]
    Layout(String),
    /// The project has a user model of its own whose table is not there yet.
    #[error("has no table of users yet")]
    NoUserTable,
    /// The project has a user model of its own, and nothing yet tells which of these is its table.
    #[error("has a user model of its own; its table may be {}", quoted_list(.0))]
    UserTableUnclear(Vec<String>),
    /// The table that the operator named as the users'.
    #[error("has no table {}", quoted(.0))]
    NoSuchUserTable(String),
    /// It cannot be told which table or column to use; `option` says.
    #[error("{problem}")]
    Ambiguous {
        /// What cannot be told.
        problem: String,
        /// The option that would tell.
        option: &'static str,
    },
    /// An option needs a column that the user model lacks.
    #[error(
        "has no column {} in table {}, which `{option}` needs",
        quoted(column),
        quoted(table)
    )]
    NoColumn {
        /// The column.
        column: String,
        /// The user table.
        table: String,
        /// The option.
        option: &'static str,
    },
    /// Columns of the user table need values that only the operator knows.
    #[error("needs a value for {} of a new user", quoted_list(.0))]
    ValueNeeded(Vec<String>),
    /// A value that Django could not read back.
    #[error("cannot take the value for column {}: {problem}", quoted(column))]
    BadValue {
        /// The column.
        column: String,
        /// What is wrong with the value.
        problem: String,
    },
    /// A rule of the database refuses the row.
    #[error("refuses the row: {}", visible(.0))]
    Constraint(String),
    /// A UNIQUE rule of the database refuses the row.
    #[error("already has such a row: {}", visible(.0))]
    NotUnique(String),
    /// The file or its file system is read-only.
    #[error("is read-only")]
    ReadOnly,
    /// The pages make no sense.
    #[error("is damaged: {0}")]
    Corrupt(String),
    /// Files made beside a database in WAL mode would not be the server's.
    #[error(
        "is in WAL mode and belongs to another user, whom the files made beside it would lock out"
    )]
    WrongUser,
    /// No room is left.
    #[error("cannot grow: the disk is full")]
    Full,
    /// Reading or writing failed.
    #[error("cannot be read or written: {0}")]
    Io(String),
    /// Another writer did not let go in time.
    #[error("is locked by another writer (waited {}s)", .0.as_secs())]
    Busy(Duration),
    /// The operator did not want to wait for another writer any longer.
    #[error("was not changed: the wait for another writer was interrupted")]
    Interrupted,
    /// The commit failed half-way and the database cannot be asked what came of it.
    #[error("failed in the commit; whether the change was made is not known: {0}")]
    CommitUnknown(String),
    /// The server cannot be reached, by network or socket.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The server does not let this role in.
    #[error("refuses the login: {}", visible(.0))]
    LoginRefused(String),
    /// The server has no database of that name.
    #[error("does not exist on the server")]
    NoSuchDatabase,
    /// The role lacks a right.
    #[error("does not permit this: {}", visible(.0))]
    NotPermitted(String),
    /// TLS was asked for and cannot be had, or the certificate is not to be trusted.
    #[error("cannot be reached over TLS: {0}")]
    Tls(String),
    /// The server is starting up, shutting down, or has no connection left.
    #[error("is not ready: {}", visible(.0))]
    NotReady(String),
    /// The connection broke.
    #[error("broke the connection: {}", visible(.0))]
    ConnectionLost(String),
    /// Another transaction was faster: the whole transaction can be tried again.
    #[error("gave way to another transaction: {}", visible(.0))]
    Contention(String),
    /// The caller called the commit off, for a reason of its own.
    #[error("was not changed: {0}")]
    CalledOff(anyhow::Error),
    /// Anything else that SQLite says.
    #[error("cannot be used: {0}")]
    Other(String),
}

impl From<rusqlite::Error> for Cause {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Other(error.to_string());
        };
        let said = message
            .clone()
            .unwrap_or_else(|| rusqlite::ffi::code_to_str(failure.extended_code).to_owned());
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy(Duration::ZERO),
            ErrorCode::NotADatabase => Self::NotADatabase,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::DatabaseCorrupt => Self::Corrupt(said),
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::SystemIoFailure => Self::Io(said),
            ErrorCode::CannotOpen => Self::CannotOpen(said),
            ErrorCode::ConstraintViolation
                if matches!(
                    failure.extended_code,
                    rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                        | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                ) =>
            {
                Self::NotUnique(said)
            }
            ErrorCode::ConstraintViolation => Self::Constraint(said),
            _ => Self::Other(said),
        }
    }
}
