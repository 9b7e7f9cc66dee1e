//! Why a database could not be used, in sentences for an operator. Which exit status that
//! makes is decided in `crate::error`.

use std::fmt;
use std::time::Duration;

use crate::escape::{quoted, quoted_list, visible};

/// A database that could not be used, and why.
#[derive(Debug)]
pub struct Error {
    /// The database as the operator named it, without a password.
    pub database: String,
    /// What is the matter with it.
    pub cause: Cause,
    /// For how many seconds it was waited for, as `--wait` says.
    pub waited: u32,
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.cause.is_of_command_line() {
            return self.cause.fmt(f);
        }
        write!(f, "database {} {}", quoted(&self.database), self.cause)?;
        if self.waited > 0 {
            write!(f, " (waited {}s)", self.waited)?;
        }
        Ok(())
    }
}

/// What can be the matter with a database; reads on from "database `PATH` …", but for what is
/// of the command line.
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
    /// A table refers to a user table that does not exist.
    #[error("has a table that refers to table {}, which does not exist", quoted(.0))]
    DanglingReference(String),
    /// A migration is recorded whose table does not exist.
    #[error(
        "has no table {}, although migration `{app}.0001_initial` is recorded",
        quoted(table)
    )]
    DroppedTable {
        /// The table.
        table: String,
        /// Its app.
        app: &'static str,
    },
    /// The user table is another than the tokens belong to.
    #[error(
        "holds the tokens of table {}, not of {}",
        quoted(tokens_of),
        quoted(named)
    )]
    TokensOfOtherTable {
        /// The table that the tokens refer to.
        tokens_of: String,
        /// The table that was named.
        named: String,
    },
    /// No column, or more than one, could be what users log in with.
    #[error("does not tell which column of table {} users log in with", quoted(.0))]
    UsernameFieldUnclear(String),
    /// The column that the operator named as the one that users log in with.
    #[error("has no column {} in table {}", quoted(column), quoted(table))]
    NoSuchUsernameField {
        /// The column.
        column: String,
        /// The user table.
        table: String,
        /// Those that it has.
        columns: Vec<String>,
    },
    /// What was written is not what is stored: a trigger of the database's own changed it.
    #[error("does not keep what is written to table {}: a trigger changes it", quoted(.0))]
    NotKept(String),
    /// The file was replaced by another while it was open.
    #[error("was replaced by another file meanwhile; nothing was changed")]
    Replaced,
    /// The user model lacks a column.
    #[error("has no column {} in table {}", quoted(column), quoted(table))]
    NoColumn {
        /// The column.
        column: String,
        /// The user table.
        table: String,
        /// The column that may have been meant.
        meant: Option<String>,
    },
    /// The user model has no `is_superuser`, and a flag of its own for those who may do anything.
    #[error("has no column `is_superuser` in table {}", quoted(.0))]
    OtherAdminFlag(String),
    /// The user model has no relation to groups.
    #[error("has no groups for the users of table {}", quoted(.0))]
    NoGroups(String),
    /// Columns of the user table need values that only the operator knows.
    #[error("needs a value for {} of a new user", quoted_list(.0))]
    ValueNeeded(Vec<String>),
    /// A value that Django could not read back.
    #[error("column {} cannot take this value: {problem}", quoted(column))]
    BadValue {
        /// The column.
        column: String,
        /// What is wrong with the value.
        problem: String,
    },
    /// A column that is set by an option of its own.
    #[error("column {} has an option of its own", quoted(column))]
    OwnOption {
        /// The column.
        column: String,
        /// Whether it is the one that users log in with.
        is_username: bool,
    },
    /// The primary key, which neither a user's rows nor the server's counter would follow.
    #[error("column {} is the primary key, which cannot be set", quoted(.0))]
    PrimaryKey(String),
    /// A rule of the database refuses the row.
    #[error("refuses the row: {}", visible(.0))]
    Constraint(String),
    /// A UNIQUE rule of the database refuses the row.
    #[error("already has such a row: {}", visible(.0))]
    NotUnique(String),
    /// Nothing can be written.
    #[error("is read-only{0}")]
    ReadOnly(ReadOnly),
    /// The pages make no sense.
    #[error("is damaged: {0}")]
    Corrupt(String),
    /// Files made beside the database would not be the server's.
    #[error("belongs to another user, whom the files created beside it could lock out")]
    WrongUser,
    /// In WAL mode even a reader has to be able to create files.
    #[error("is in WAL mode, and the files that reading it needs cannot be created")]
    WalReadOnly,
    /// The same, where nobody can create them.
    #[error("is in WAL mode on a read-only file system, where reading it needs files beside it")]
    WalReadOnlyMount,
    /// A write was cut off, and rolling its journal back is a write, too.
    #[error("has the journal of an interrupted write, and rolling it back needs write access")]
    NeedsRecovery,
    /// A rule of the tables calls a function that Django adds to SQLite, or another program does.
    #[error("has a rule that calls the function {}, which SQLite itself does not have", quoted(.0))]
    NoFunction(String),
    /// A value is longer than any that Django stores in these columns.
    #[error("has a row with a value of more than 1 MiB")]
    TooBig,
    /// The same in an index, or a machine that has none left.
    #[error("needs more memory than there is for it")]
    OutOfMemory,
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
    /// The URL, or what a client of that engine takes from its files and the environment, has a
    /// setting that means nothing.
    #[error("has a connection setting that cannot be used: {0}")]
    Setting(String),
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
    #[error("does not permit this: {}", visible(said))]
    NotPermitted {
        /// What the server says.
        said: String,
        /// The page in `docs/` that lists the rights.
        page: &'static str,
    },
    /// The role has no right to the database, and the server does not tell whether it exists.
    #[error("does not permit this: {}", visible(.0))]
    NoDatabaseOrRight(String),
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
    /// Anything else that the engine says.
    #[error("cannot be used: {0}")]
    Other(String),
}

/// Why nothing can be written; reads on from "is read-only".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadOnly {
    /// The file's mode keeps its own owner from it.
    #[error(": its mode is {0:04o}")]
    Mode(u32),
    /// The file's mode keeps other users than its owner from it.
    #[error(": it belongs to another user, and its mode is {0:04o}")]
    OtherUser(u32),
    /// SQLite has to create files beside the file.
    #[error(": no files can be created in its directory")]
    Directory,
    /// The file system is.
    #[error(": its file system is mounted so")]
    Mount,
    /// The server is.
    #[error(": {0}")]
    Server(&'static str),
    /// Nobody says.
    #[error("")]
    Unknown,
}

impl Cause {
    /// Whether it is about the values of one row, and not about the database.
    #[must_use]
    pub fn is_of_row(&self) -> bool {
        matches!(
            self,
            Self::Constraint(_)
                | Self::NotUnique(_)
                | Self::NotKept(_)
                | Self::BadValue { .. }
                | Self::PrimaryKey(_)
                | Self::ValueNeeded(_)
        )
    }

    /// Whether it is wrong whatever the database holds.
    fn is_of_command_line(&self) -> bool {
        matches!(
            self,
            Self::BadValue { .. } | Self::OwnOption { .. } | Self::PrimaryKey(_)
        )
    }

    /// Whether, as the answer to a commit, it leaves open whether the commit succeeded.
    pub(super) fn leaves_commit_unknown(&self) -> bool {
        matches!(self, Self::Io(_) | Self::ConnectionLost(_))
    }
}
