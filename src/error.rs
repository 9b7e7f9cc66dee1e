//! What can go wrong, as the operator sees it: a sentence, a hint, a code for scripts, and the
//! exit status. The one place that knows exit statuses. Printing is `output`'s work.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde::Serialize;

use crate::db::{self, Cause};
use crate::escape::{cut, quoted, quoted_list, visible};

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
    /// The wait for another writer ran out; nothing was changed.
    Busy = 6,
    /// Interrupted by a signal.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Something that an operator is told of; everything else is a bug.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A wrong command line.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do instead.
        hint: Option<String>,
    },
    /// A question would have to be asked, and there is nobody to ask.
    #[error("{what} is needed, and there is no terminal to ask on")]
    NoTerminal {
        /// What would have been asked for.
        what: &'static str,
        /// The option to use instead.
        hint: &'static str,
    },
    /// A name or an address that Django refuses.
    #[error("{what} {} is refused: {problem}", quoted(.value))]
    InvalidValue {
        /// Which value: "user name", "e-mail address".
        what: &'static str,
        /// The value.
        value: String,
        /// Django's words.
        problem: String,
    },
    /// A password that cannot be one.
    #[error("the password is refused: {0}")]
    BadPassword(String),
    /// A password without a character.
    #[error("the password is refused: it is empty")]
    EmptyPassword,
    /// A password that Django's validators refuse.
    #[error("the password is too weak: {}", .0.join(" "))]
    WeakPassword(Vec<String>),
    /// A password hash that this server would hardly read.
    #[error(
        "the passwords here are of no kind that Django ships, and the server may refuse one that is"
    )]
    ForeignHashes,
    /// A file that the command line names cannot be read.
    #[error("cannot read {}: {reason}", quoted(.path))]
    Unreadable {
        /// The file, or `stdin`.
        path: String,
        /// The system's words.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Users who are not there.
    #[error("no user{} named {}", if .0.len() == 1 { "" } else { "s" }, quoted_list(.0))]
    NoSuchUser(Vec<String>),
    /// A group that does not exist.
    #[error("no group named {}", quoted(.0))]
    NoSuchGroup(String),
    /// Users whom rows of other tables refer to.
    #[error("user {} is referred to by {}", quoted(.username), .references)]
    Referenced {
        /// The user.
        username: String,
        /// The tables with the numbers of their rows.
        references: String,
    },
    /// A user who is there already.
    #[error("user {} already exists", quoted(.0))]
    UserExists(String),
    /// The database.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// What was to be printed could not be delivered.
    #[error("cannot write to stdout: {reason}{}", .truth.as_deref().map(|t| format!("; {t}")).unwrap_or_default())]
    Undelivered {
        /// The system's words.
        reason: String,
        /// What is now true in the database.
        truth: Option<String>,
        /// How to see it.
        hint: Option<String>,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    NoRandomness(String),
    /// The name that a user is to get is another's.
    #[error("there is already a user {}", quoted(.0))]
    NameTaken(String),
    /// A key that may not become a token.
    #[error("the key is refused: {0}")]
    BadKey(&'static str),
    /// A file of names or users that cannot be understood.
    #[error("{}, line {line}: {problem}", quoted(.path))]
    BadInput {
        /// The file, or `stdin`.
        path: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// What went wrong with one line of a file.
    #[error("{}, line {line}: {failure}", quoted(.path))]
    AtLine {
        /// The file, or `stdin`.
        path: String,
        /// The line, from 1.
        line: u64,
        /// What went wrong.
        failure: Box<Failure>,
    },
    /// A file that was to be written cannot be.
    #[error("cannot write {}: {reason}{}", quoted(.path), .truth.as_deref().map(|t| format!("; {t}")).unwrap_or_default())]
    Unwritable {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
        /// What is now true in the database.
        truth: Option<String>,
    },
    /// A key that is nobody's.
    #[error("no token with that key")]
    NoSuchToken,
    /// A user has another token than the key that was brought along.
    #[error("user {} already has another token", quoted(.0))]
    OtherToken(String),
    /// A key that was brought along is another user's.
    #[error("the key is another user's token")]
    KeyTaken,
    /// The answer to the question was no.
    #[error("declined; nothing was changed")]
    Declined,
    /// Ctrl-C, before anything was done.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// Ctrl-C, between two transactions of a job.
    #[error("interrupted after {done} users, which are done{}", if *.unwritten { "; the file was not written" } else { "" })]
    InterruptedAfter {
        /// How many.
        done: usize,
        /// Whether a file that was to hold the result is not there.
        unwritten: bool,
        /// How to go on.
        hint: &'static str,
    },
}

impl Failure {
    /// A usage error without a hint of its own.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: None,
        }
    }

    fn status(&self) -> Status {
        match self {
            Self::AtLine { failure, .. } => failure.status(),
            Self::Usage { .. }
            | Self::NoTerminal { .. }
            | Self::InvalidValue { .. }
            | Self::BadInput { .. }
            | Self::Unreadable { .. } => Status::Usage,
            Self::BadPassword(_)
            | Self::EmptyPassword
            | Self::BadKey(_)
            | Self::Unwritable { .. }
            | Self::Declined
            | Self::Referenced { .. }
            | Self::WeakPassword(_)
            | Self::ForeignHashes
            | Self::Undelivered { .. }
            | Self::NoRandomness(_) => Status::Refused,
            Self::NoSuchUser(_) | Self::NoSuchGroup(_) | Self::NoSuchToken => Status::NotFound,
            Self::UserExists(_) | Self::NameTaken(_) | Self::OtherToken(_) | Self::KeyTaken => {
                Status::Conflict
            }
            Self::Database(error) => match error.cause {
                Cause::Busy(_) | Cause::Contention(_) => Status::Busy,
                Cause::Interrupted => Status::Interrupted,
                Cause::NoColumn { .. }
                | Cause::NoGroups(_)
                | Cause::Setting(_)
                | Cause::ValueNeeded(_)
                | Cause::BadValue { .. } => Status::Usage,
                Cause::NotUnique(_) => Status::Conflict,
                Cause::Constraint(_) => Status::Refused,
                _ => Status::Database,
            },
            Self::Interrupted | Self::InterruptedAfter { .. } => Status::Interrupted,
        }
    }

    /// A stable name for scripts.
    fn code(&self) -> &'static str {
        match self {
            Self::AtLine { failure, .. } => failure.code(),
            Self::Usage { .. } => "usage",
            Self::NoTerminal { .. } => "no_terminal",
            Self::InvalidValue { .. } => "invalid_value",
            Self::BadPassword(_) | Self::EmptyPassword => "password_refused",
            Self::WeakPassword(_) => "password_too_weak",
            Self::ForeignHashes => "foreign_hashes",
            Self::Unreadable { .. } => "input_unreadable",
            Self::NoSuchUser(_) => "user_not_found",
            Self::NoSuchGroup(_) => "group_not_found",
            Self::Referenced { .. } => "user_referenced",
            Self::UserExists(_) | Self::NameTaken(_) => "user_exists",
            Self::Database(error) => database_code(&error.cause),
            Self::Undelivered { .. } | Self::Unwritable { .. } => "output_failed",
            Self::NoRandomness(_) => "no_randomness",
            Self::BadKey(_) => "key_refused",
            Self::BadInput { .. } => "bad_input",
            Self::NoSuchToken => "token_not_found",
            Self::OtherToken(_) => "token_exists",
            Self::KeyTaken => "key_taken",
            Self::Declined => "declined",
            Self::Interrupted | Self::InterruptedAfter { .. } => "interrupted",
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::AtLine { failure, .. } => failure.hint(),
            Self::Usage { hint, .. }
            | Self::Unreadable { hint, .. }
            | Self::Undelivered { hint, .. } => hint.clone(),
            Self::NoTerminal { hint, .. } | Self::InterruptedAfter { hint, .. } => {
                Some((*hint).to_owned())
            }
            Self::WeakPassword(_) => {
                Some("take another, or insist with `--allow-weak-password`".to_owned())
            }
            Self::ForeignHashes => Some(
                "`--hasher NAME` makes one all the same, for a server that has it in \
                 `PASSWORD_HASHERS`"
                    .to_owned(),
            ),
            Self::NoSuchUser(names) => match names.as_slice() {
                [name] if is_plain(name) => {
                    Some(format!("create it with `drfctl create-user {name}`"))
                }
                _ => Some("`drfctl list --all-users` shows who is there".to_owned()),
            },
            Self::NoSuchGroup(_) => {
                Some("create it in the admin, or with the project's own migrations".to_owned())
            }
            Self::Referenced { username, .. } => {
                let hint = "`manage.py shell` can delete the user with these rows";
                Some(if is_plain(username) {
                    format!("`drfctl update-user {username} --inactive` keeps the user out; {hint}")
                } else {
                    hint.to_owned()
                })
            }
            Self::UserExists(_) => Some(
                "`--if-exists skip` leaves the user as it is, `--if-exists update` writes the \
                 fields you name"
                    .to_owned(),
            ),
            Self::OtherToken(_) => Some("`--reset` replaces it by this key".to_owned()),
            Self::Database(error) => database_hint(&error.cause),
            Self::InvalidValue { .. }
            | Self::BadPassword(_)
            | Self::EmptyPassword
            | Self::BadKey(_)
            | Self::BadInput { .. }
            | Self::Unwritable { .. }
            | Self::NoSuchToken
            | Self::NameTaken(_)
            | Self::KeyTaken
            | Self::Declined
            | Self::Interrupted
            | Self::NoRandomness(_) => None,
        }
    }
}

fn database_code(cause: &Cause) -> &'static str {
    match cause {
        Cause::Missing => "database_missing",
        Cause::NoDirectory => "directory_missing",
        Cause::Directory | Cause::NotRegular => "not_a_file",
        Cause::CannotOpen(_) => "database_cannot_be_opened",
        Cause::Empty | Cause::NotMigrated(_) | Cause::HalfMigrated(_) | Cause::NoUserTable => {
            "not_migrated"
        }
        Cause::NotADatabase => "not_a_database",
        Cause::NotDjango => "not_a_django_database",
        Cause::Layout(_) | Cause::DanglingReference(_) | Cause::DroppedTable { .. } => {
            "unknown_layout"
        }
        Cause::UserTableUnclear(_)
        | Cause::NoSuchUserTable(_)
        | Cause::TokensOfOtherTable { .. }
        | Cause::UsernameFieldUnclear(_)
        | Cause::NoSuchUsernameField { .. } => "ambiguous_user_model",
        Cause::NotKept(_) => "not_kept",
        Cause::Replaced => "database_replaced",
        Cause::NoColumn { .. } => "no_such_column",
        Cause::NoGroups(_) => "no_groups",
        Cause::ValueNeeded(_) => "value_needed",
        Cause::BadValue { .. } => "bad_value",
        Cause::Constraint(_) => "row_refused",
        Cause::NotUnique(_) => "not_unique",
        Cause::Setting(_) => "bad_setting",
        Cause::ReadOnly | Cause::WalReadOnly | Cause::NeedsRecovery => "read_only",
        Cause::Corrupt(_) => "corrupt",
        Cause::WrongUser => "wrong_user",
        Cause::Full => "disk_full",
        Cause::Io(_) => "io_error",
        Cause::Busy(_) => "busy",
        Cause::Interrupted => "interrupted",
        Cause::CommitUnknown(_) => "commit_unknown",
        Cause::Unreachable(_) | Cause::ConnectionLost(_) => "unreachable",
        Cause::LoginRefused(_) => "login_refused",
        Cause::NoSuchDatabase => "database_missing",
        Cause::NotPermitted(_) => "not_permitted",
        Cause::Tls(_) => "tls_failed",
        Cause::NotReady(_) => "not_ready",
        Cause::Contention(_) => "busy",
        Cause::Other(_) => "database_error",
    }
}

fn database_hint(cause: &Cause) -> Option<String> {
    let hint = match cause {
        Cause::Missing => {
            "name it with `--database PATH` or DATABASE_URL, or create it with `drfctl migrate`"
        }
        Cause::Empty | Cause::NotMigrated(_) | Cause::HalfMigrated(_) => {
            "run `drfctl migrate`, or `manage.py migrate` in the project"
        }
        Cause::WrongUser | Cause::WalReadOnly | Cause::NeedsRecovery => {
            "run this as the owner of the database, with `sudo -u OWNER`"
        }
        Cause::Directory | Cause::NotDjango | Cause::NotADatabase => {
            "name the server's database with `--database PATH` or DATABASE_URL"
        }
        Cause::DanglingReference(_) => {
            "an old Django on a newer SQLite leaves such references behind; make the table anew \
             in the project, as https://code.djangoproject.com/ticket/29182 describes"
        }
        Cause::DroppedTable { app, .. } => {
            return Some(format!(
                "run `manage.py migrate --fake {app} zero` in the project, then `migrate` again"
            ));
        }
        Cause::UserTableUnclear(_) => "name it with `--user-table`",
        Cause::NoSuchUserTable(_) => {
            "name another with `--user-table`, or run `manage.py migrate` in the project first"
        }
        Cause::TokensOfOtherTable { .. } => "name it with `--user-table`",
        Cause::UsernameFieldUnclear(_) | Cause::NoSuchUsernameField { .. } => {
            "name it with `--username-field`"
        }
        Cause::NoUserTable => "run `manage.py migrate` in the project",
        Cause::ValueNeeded(columns) => {
            let options: Vec<String> = columns
                .iter()
                .map(|column| format!("--set {column}=VALUE"))
                .collect();
            return Some(format!("give it with `{}`", options.join(" ")));
        }
        Cause::Busy(_) => "nothing was changed; try again, or wait longer with `--timeout`",
        Cause::CommitUnknown(_) => "run the same command again: it says what is there",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Whether a name can stand in a shell command as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name.len() <= 60
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@.+-_".contains(&byte))
}

/// An error as it is shown: in sentences, or as the value of `error` in a JSON object.
#[derive(Debug, Serialize)]
pub struct Report {
    code: &'static str,
    exit_status: u8,
    /// What happened, in one sentence.
    pub message: String,
    /// The next step, if there is one.
    pub hint: Option<String>,
    #[serde(skip)]
    status: Status,
}

impl Report {
    /// How the program ends after this.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    fn new(failure: &Failure) -> Self {
        let status = failure.status();
        Self {
            code: failure.code(),
            exit_status: status as u8,
            message: failure.to_string(),
            hint: failure.hint(),
            status,
        }
    }
}

impl From<Failure> for Report {
    fn from(failure: Failure) -> Self {
        Self::new(&failure)
    }
}

impl From<anyhow::Error> for Report {
    fn from(error: anyhow::Error) -> Self {
        let failure = error
            .downcast::<Failure>()
            .or_else(|error| error.downcast::<db::Error>().map(Failure::Database));
        match failure {
            Ok(failure) => Self::new(&failure),
            Err(error) => Self {
                code: "internal",
                exit_status: Status::Refused as u8,
                message: format!("{error:#}"),
                hint: None,
                status: Status::Refused,
            },
        }
    }
}

impl From<&clap::Error> for Report {
    /// clap writes paragraphs; the first is what is wrong, one that begins with "tip:" helps.
    fn from(error: &clap::Error) -> Self {
        let mut text = error.to_string();
        // A password where none belongs (`set-password alice secret`) must not get into a log.
        if let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg)
            && error.kind() == ErrorKind::UnknownArgument
            && !argument.starts_with('-')
        {
            text = text.replace(&format!("'{argument}' "), "");
        }
        let mut paragraphs = text.split("\n\n").map(|paragraph| {
            let words: Vec<&str> = paragraph.split_whitespace().collect();
            words.join(" ")
        });
        let message = visible(&paragraphs.next().unwrap_or_default());
        let tip =
            paragraphs.find_map(|paragraph| paragraph.strip_prefix("tip: ").map(str::to_owned));
        Self::new(&Failure::Usage {
            message: cut(message.strip_prefix("error: ").unwrap_or(&message)),
            hint: tip.or_else(|| Some(format!("see `{} --help`", command_of(&text)))),
        })
    }
}

/// The command whose usage clap shows: the words up to the first option or argument.
fn command_of(text: &str) -> String {
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let words: Vec<&str> = usage
        .unwrap_or("drfctl")
        .split(' ')
        .take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    words.join(" ")
}
