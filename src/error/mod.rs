//! What can go wrong, as the operator sees it. Each failure's exit status, code and hint are in
//! `facts`, and nowhere else; how a failure is shown is in `report`. Printing is `io::output`'s.

mod facts;
mod report;
mod unknown;

use std::io;
use std::process::ExitCode;

pub(crate) use self::report::Report;
pub(crate) use self::unknown::{Meant, UnknownKeys, UnknownUsers, is_plain, name_to_type};
use crate::db;
use crate::escape::{quoted, system_words};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done, or already so.
    Done = 0,
    /// Refused, declined, or the answer is no.
    Refused = 1,
    /// The command line is wrong.
    Usage = 2,
    /// No such user or token.
    NotFound = 3,
    /// The user or the key already exists.
    Conflict = 4,
    /// The database cannot be used.
    Database = 5,
    /// The wait for another writer ran out.
    Busy = 6,
    /// Interrupted by a signal.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A wrong command line.
    #[error("{message}")]
    Usage {
        message: String,
        hint: Option<String>,
    },
    /// A prompt is needed, and there is no terminal. `hint` names the option to use instead.
    #[error("{what} is needed, and there is no terminal to ask on")]
    NoTerminal { what: String, hint: &'static str },
    /// A name or an address that Django refuses; `problem` is in Django's words.
    #[error("{what} {} is refused: {problem}", quoted(.value))]
    InvalidValue {
        what: &'static str,
        value: String,
        problem: String,
    },
    /// Input that cannot be a password.
    #[error("the password is refused: {0}")]
    BadPassword(String),
    /// Apart from [`Self::BadPassword`], since `verify` answers it as the server does.
    /// `hint` names the option that it comes from.
    #[error("the password is refused: it is empty")]
    EmptyPassword { hint: Option<&'static str> },
    /// Apart for the same reason.
    #[error("the password is refused: it holds a NUL")]
    NulInPassword,
    /// A new password was typed this often, and never twice the same or strong enough.
    #[error("giving up after {0} attempts")]
    TooManyAttempts(u32),
    /// A password that Django's validators refuse, in their words.
    #[error("the password is too weak: {}", .0.join(" "))]
    WeakPassword(Vec<String>),
    /// Most hashes are of a kind that Django does not ship.
    #[error(
        "most passwords in this database use a custom hasher; the server may not accept a hash \
         that Django ships"
    )]
    ForeignHashes,
    /// A file named on the command line cannot be read.
    #[error("cannot read {}: {reason}", quoted(.path))]
    Unreadable {
        path: String,
        reason: String,
        hint: Option<String>,
    },
    #[error("{0}")]
    NoSuchUser(UnknownUsers),
    #[error("no group named {}", quoted(.name))]
    NoSuchGroup {
        name: String,
        meant: Option<String>,
        /// Whether somebody was to join it.
        is_to_join: bool,
    },
    /// Rows of other tables refer to the user; `references` counts them by table.
    #[error("user {} is referred to by {references}", quoted(.username))]
    Referenced {
        username: String,
        references: String,
    },
    #[error("user {} already exists", quoted(.0))]
    UserExists(String),
    /// The database holds names apart without regard to case.
    #[error(
        "user {} cannot be created beside {}: the database refuses names that differ only in case",
        quoted(.username),
        quoted(.twin)
    )]
    CaseTwin { username: String, twin: String },
    /// Two columns identify users, and the name could be meant for either.
    #[error("{}", login_column_unclear(.username, .table, .detected, .other, *.is_taken))]
    LoginColumnUnclear {
        username: String,
        table: String,
        detected: String,
        other: String,
        is_taken: bool,
    },
    /// The name that a user is to get is another's.
    #[error("there is already a user {}", quoted(.0))]
    NameTaken(String),
    #[error(transparent)]
    Database(#[from] db::Error),
    /// Data could not be written to stdout.
    #[error("cannot write to stdout: {}", system_words(.0))]
    Stdout(io::Error),
    /// A file named on the command line cannot be written.
    #[error("cannot write {}: {reason}", quoted(.path))]
    Unwritable {
        path: String,
        reason: String,
        hint: Option<String>,
    },
    #[error("cannot get random bytes from the operating system: {0}")]
    NoRandomness(String),
    #[error("cannot listen for signals: {}", system_words(.0))]
    NoSignals(io::Error),
    /// A key that may not become a token.
    #[error("the key is refused: {problem}")]
    BadKey {
        problem: &'static str,
        hint: Option<&'static str>,
    },
    /// A file of names or users that cannot be read as one. Lines count from 1.
    #[error("{}, line {line}: {problem}", quoted(.path))]
    BadInput {
        path: String,
        line: u64,
        problem: String,
    },
    /// What went wrong with one line of a file.
    #[error("{}, line {line}: {failure}", quoted(.path))]
    AtLine {
        path: String,
        line: u64,
        failure: Box<Failure>,
    },
    /// A value of a UNIQUE column that a file has twice.
    #[error("column {} is UNIQUE, and line {line} has {} too", quoted(.column), quoted(.value))]
    ValueTwice {
        column: String,
        value: String,
        line: u64,
    },
    /// A value of a UNIQUE column that another user has.
    #[error(
        "column {} is UNIQUE, and user {} already has the value given for it",
        quoted(column),
        quoted(username)
    )]
    ValueTaken { column: String, username: String },
    /// A user whom a file has twice.
    #[error("user {} is in line {line} already", quoted(.username))]
    UserTwice { username: String, line: u64 },
    #[error("{0}")]
    NoSuchToken(UnknownKeys),
    /// The user has another token than the given key.
    #[error("user {} already has another token", quoted(.0))]
    OtherToken(String),
    #[error("the key is another user's token")]
    KeyTaken,
    /// A question was answered No.
    #[error("declined; nothing was changed")]
    Declined,
    /// Ctrl-C before anything was changed.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// Ctrl-C between two transactions of a job, which says how far it came.
    #[error("interrupted")]
    Stopped,
    /// A failure after a commit.
    #[error("{}; {}", failure.to_string().trim_end_matches('.'), .state.sentence)]
    AfterCommit {
        failure: Box<Failure>,
        state: StateAfter,
    },
}

fn login_column_unclear(
    username: &str,
    table: &str,
    detected: &str,
    other: &str,
    is_taken: bool,
) -> String {
    let [username, table, detected, other] = [username, table, detected, other].map(quoted);
    if is_taken {
        format!("another user has {username} in column {other} of {table}")
    } else {
        format!("users of {table} may log in with {detected} or {other}, and {username} fits both")
    }
}

/// What is true in the database although a command failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StateAfter {
    /// How many users are done, in a job on users.
    pub(crate) done: Option<usize>,
    /// What is true now, to be read on from the failure: "user `alice` was created".
    pub(crate) sentence: String,
    /// The next step. It replaces the failure's own hint, which does not know the state.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// A usage error without a hint of its own.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: None,
        }
    }

    /// A key that may not become a token.
    pub(crate) fn bad_key(problem: &'static str) -> Self {
        Self::BadKey {
            problem,
            hint: None,
        }
    }

    /// Names that are no user's, of which nothing else is known.
    pub(crate) fn no_such_user(names: Vec<String>) -> Self {
        Self::NoSuchUser(UnknownUsers {
            names,
            meant: Meant::Nothing,
        })
    }

    /// Adds what is true in the database all the same; nothing where nothing was committed.
    pub(crate) fn with_state_after(self, state: Option<StateAfter>) -> Self {
        match state {
            Some(state) => Self::AfterCommit {
                failure: Box::new(self),
                state,
            },
            None => self,
        }
    }

    /// Adds the line of a file that the failure is about.
    pub(crate) fn at_line(self, path: &str, line: u64) -> Self {
        Self::AtLine {
            path: path.to_owned(),
            line,
            failure: Box::new(self),
        }
    }
}

impl StateAfter {
    /// A state of something else than a job on users.
    pub(crate) fn sentence(sentence: &str) -> Self {
        Self {
            sentence: sentence.to_owned(),
            ..Self::default()
        }
    }
}
