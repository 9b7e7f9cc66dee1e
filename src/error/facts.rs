//! The table of errors: one row for each, with its exit status, its code for scripts, and its
//! hint. A new variant does not compile without a row.

use std::borrow::Cow;

use super::unknown::is_plain;
use super::{Failure, Status};
use crate::db::{Cause, ReadOnly};
use crate::django::schema::TOKEN_TABLE;
use crate::escape::{quoted, quoted_list};

/// What a script and an operator are told besides the message.
pub(super) struct Facts {
    pub(super) status: Status,
    pub(super) code: &'static str,
    pub(super) hint: Option<Cow<'static, str>>,
}

/// A row without a hint.
fn row(status: Status, code: &'static str) -> Facts {
    Facts {
        status,
        code,
        hint: None,
    }
}

impl Facts {
    fn hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    fn hint_if_any(self, hint: Option<&String>) -> Self {
        Self {
            hint: hint.cloned().map(Cow::Owned),
            ..self
        }
    }
}

impl Failure {
    pub(super) fn facts(&self) -> Facts {
        use Status::{Conflict, Interrupted, NotFound, Refused, Usage};
        match self {
            Self::Usage { hint, .. } => row(Usage, "usage").hint_if_any(hint.as_ref()),
            Self::NoTerminal { hint, .. } => row(Usage, "no_terminal").hint(*hint),
            Self::InvalidValue { .. } => row(Usage, "invalid_value"),
            Self::EmptyPassword { hint } => Facts {
                hint: hint.map(Cow::Borrowed),
                ..row(Refused, "password_refused")
            },
            Self::BadPassword(_) | Self::NulInPassword | Self::TooManyAttempts(_) => {
                row(Refused, "password_refused")
            }
            Self::WeakPassword(_) => row(Refused, "password_too_weak")
                .hint("choose another, or override with `--allow-weak-password`"),
            Self::ForeignHashes => row(Refused, "foreign_hashes").hint(
                "`--hasher NAME` makes one all the same, for a server that has it in \
                 `PASSWORD_HASHERS`",
            ),
            Self::Unreadable { hint, .. } => {
                row(Usage, "input_unreadable").hint_if_any(hint.as_ref())
            }
            Self::NoSuchUser(unknown) => row(NotFound, "user_not_found").hint(unknown.hint()),
            Self::NoSuchGroup {
                meant, is_to_join, ..
            } => row(NotFound, "group_not_found").hint_if_any(
                match meant {
                    Some(meant) => Some(format!("did you mean {}?", quoted(meant))),
                    None => is_to_join.then(|| {
                        "create it in the admin, or with the project's own migrations".to_owned()
                    }),
                }
                .as_ref(),
            ),
            Self::Referenced { username, .. } => {
                row(Refused, "user_referenced").hint(referenced(username))
            }
            Self::LoginColumnUnclear {
                detected,
                other,
                is_taken,
                ..
            } => {
                let status = if *is_taken { Conflict } else { Usage };
                row(status, "login_column_unclear").hint(format!(
                    "add `--username-field {other}` or `--username-field {detected}`, \
                     as the project's USERNAME_FIELD says"
                ))
            }
            Self::NameTaken(_) | Self::CaseTwin { .. } => row(Conflict, "user_exists"),
            Self::UserExists(_) => row(Conflict, "user_exists").hint(
                "`--if-exists skip` leaves the user unchanged, `--if-exists update` writes the \
                 fields you name",
            ),
            Self::Database(error) => of_database(&error.cause),
            Self::Stdout(_) => row(Refused, "output_failed"),
            Self::Unwritable { hint, .. } => {
                row(Refused, "output_failed").hint_if_any(hint.as_ref())
            }
            Self::NoRandomness(_) => row(Refused, "no_randomness"),
            Self::NoSignals(_) => row(Refused, "internal"),
            Self::BadKey { hint, .. } => Facts {
                hint: hint.map(Cow::Borrowed),
                ..row(Refused, "key_refused")
            },
            Self::BadInput { .. } => row(Usage, "bad_input"),
            Self::UserTwice { .. } => row(Usage, "usage"),
            Self::AtLine { failure, .. } => failure.facts(),
            Self::ValueTwice { .. } | Self::ValueTaken { .. } => row(Conflict, "not_unique"),
            Self::NoSuchToken(unknown) => {
                row(NotFound, "token_not_found").hint_if_any(unknown.hint().as_ref())
            }
            Self::OtherToken(_) => {
                row(Conflict, "token_exists").hint("`--reset` replaces it by this key")
            }
            Self::KeyTaken => row(Conflict, "key_taken"),
            Self::Declined => row(Refused, "declined"),
            Self::Interrupted | Self::Stopped => row(Interrupted, "interrupted"),
            Self::AfterCommit { failure, state } => {
                failure.facts().hint_if_any(state.hint.as_ref())
            }
        }
    }
}

fn of_database(cause: &Cause) -> Facts {
    use Status::{Busy, Conflict, Database, Interrupted, Refused, Usage};
    const MIGRATE: &str = "run `drfctl migrate`, or `manage.py migrate` in the project";
    const NAME_DATABASE: &str = "name the server's database with `--database PATH` or DATABASE_URL";
    const AS_OWNER: &str = "run this as the owner of the database, with `sudo -u OWNER`";
    const NAME_TABLE: &str = "name it with `--user-table`";
    const NAME_COLUMN: &str = "name it with `--username-field`";
    match cause {
        Cause::Missing => row(Database, "database_missing").hint(
            "name it with `--database PATH` or DATABASE_URL, or create it with `drfctl migrate`",
        ),
        Cause::NoDirectory => row(Database, "directory_missing"),
        Cause::Directory => row(Database, "not_a_file").hint(NAME_DATABASE),
        Cause::NotRegular => row(Database, "not_a_file"),
        Cause::CannotOpen(_) => row(Database, "database_cannot_be_opened"),
        Cause::NotMigrated(table) if table == TOKEN_TABLE => row(Database, "not_migrated").hint(
            "if the project has `rest_framework.authtoken` in INSTALLED_APPS, run \
             `drfctl migrate`, or `manage.py migrate` in the project",
        ),
        Cause::Empty | Cause::NotMigrated(_) | Cause::HalfMigrated(_) => {
            row(Database, "not_migrated").hint(MIGRATE)
        }
        Cause::NotADatabase => row(Database, "not_a_database").hint(NAME_DATABASE),
        Cause::NotDjango => row(Database, "not_a_django_database").hint(NAME_DATABASE),
        Cause::Layout(_) => row(Database, "unknown_layout"),
        Cause::DanglingReference(_) => row(Database, "unknown_layout").hint(
            "an old Django on a newer SQLite leaves such references behind; make the table anew \
             in the project, as https://code.djangoproject.com/ticket/29182 describes",
        ),
        Cause::DroppedTable { app, .. } => row(Database, "unknown_layout").hint(dropped(app)),
        Cause::NoUserTable => {
            row(Database, "not_migrated").hint("run `manage.py migrate` in the project")
        }
        Cause::UserTableUnclear(_) => row(Database, "ambiguous_user_model").hint(NAME_TABLE),
        Cause::TokensOfOtherTable { .. } => row(Database, "ambiguous_user_model")
            .hint("without `--user-table` the table that the tokens belong to is used"),
        Cause::NoSuchUserTable(_) => row(Database, "ambiguous_user_model").hint(
            "name another with `--user-table`, or run `manage.py migrate` in the project first",
        ),
        Cause::UsernameFieldUnclear(_) => row(Database, "ambiguous_user_model").hint(NAME_COLUMN),
        Cause::NoSuchUsernameField { columns, .. } => row(Database, "ambiguous_user_model")
            .hint(format!("its columns are {}", quoted_list(columns))),
        Cause::NotKept(_) => row(Database, "not_kept"),
        Cause::Replaced => row(Database, "database_replaced"),
        Cause::NoColumn { .. }
        | Cause::OtherAdminFlag(_)
        | Cause::NoGroups(_)
        | Cause::ValueNeeded(_)
        | Cause::BadValue { .. }
        | Cause::PrimaryKey(_)
        | Cause::OwnOption { .. } => of_given_values(cause),
        Cause::Constraint(_) => row(Refused, "row_refused"),
        Cause::NotUnique(_) => row(Conflict, "not_unique"),
        Cause::Setting(_) => row(Usage, "bad_setting"),
        Cause::ReadOnly(ReadOnly::Server(_)) => {
            row(Database, "read_only").hint("name the server that takes writes")
        }
        Cause::ReadOnly(ReadOnly::OtherUser(_)) | Cause::WalReadOnly | Cause::NeedsRecovery => {
            row(Database, "read_only").hint(AS_OWNER)
        }
        Cause::ReadOnly(_) => row(Database, "read_only"),
        Cause::WalReadOnlyMount => row(Database, "read_only").hint(
            "read a copy of it, made with its `-wal` file, in a place that can be written to",
        ),
        Cause::NoFunction(_) => row(Database, "function_missing")
            .hint("do this with the project's own `manage.py`, which has it"),
        Cause::TooBig => row(Database, "value_too_big")
            .hint("find it with `SELECT max(length(COLUMN)) FROM TABLE`, and shorten it"),
        Cause::OutOfMemory => row(Database, "out_of_memory").hint(
            "a value in it may be very long: `SELECT max(length(COLUMN)) FROM TABLE` finds it",
        ),
        Cause::Corrupt(_) => row(Database, "corrupt"),
        Cause::WrongUser => row(Database, "wrong_user").hint(AS_OWNER),
        Cause::Full => row(Database, "disk_full"),
        Cause::Io(_) => row(Database, "io_error"),
        Cause::Busy(_) => row(Busy, "busy")
            .hint("nothing was changed; try again, or wait longer with `--timeout`"),
        Cause::Contention(_) => row(Busy, "busy"),
        Cause::Interrupted => row(Interrupted, "interrupted"),
        Cause::CommitUnknown(_) => row(Database, "commit_unknown")
            .hint("run the same command again: it says what is there"),
        Cause::Unreachable(_) => row(Database, "unreachable"),
        Cause::ConnectionLost(_) => {
            row(Database, "unreachable").hint("nothing was changed; run the same command again")
        }
        Cause::LoginRefused(_) => row(Database, "login_refused"),
        Cause::NoSuchDatabase => row(Database, "database_missing"),
        Cause::NotPermitted { page, .. } => row(Database, "not_permitted").hint(format!(
            "{}/blob/main/docs/{page}#rights lists the GRANTs that each command needs",
            env!("CARGO_PKG_REPOSITORY")
        )),
        Cause::NoDatabaseOrRight(_) => row(Database, "not_permitted").hint(
            "check the name, since there may be no such database; if there is, `SHOW GRANTS` lists \
             the rights of this user and host",
        ),
        Cause::Tls(_) => row(Database, "tls_failed"),
        Cause::NotReady(_) => row(Database, "not_ready"),
        Cause::Other(_) => row(Database, "database_error"),
    }
}

/// What was given for the columns of a user.
fn of_given_values(cause: &Cause) -> Facts {
    use Status::Usage;
    match cause {
        Cause::NoColumn { meant, .. } => row(Usage, "no_such_column").hint_if_any(
            meant
                .as_ref()
                .map(|meant| format!("did you mean {}?", quoted(meant)))
                .as_ref(),
        ),
        Cause::OtherAdminFlag(_) => row(Usage, "no_such_column")
            .hint("`--set is_admin=1` sets the flag that this user model has instead"),
        Cause::NoGroups(_) => row(Usage, "no_groups"),
        Cause::ValueNeeded(columns) => row(Usage, "value_needed").hint(value_needed(columns)),
        Cause::OwnOption {
            column,
            is_username,
        } => row(Usage, "bad_value").hint(match column.as_str() {
            _ if *is_username => "`drfctl update-user NAME --rename NEW` changes it",
            "password" => "`drfctl set-password NAME` sets it",
            "first_name" => "`--first-name NAME` sets it",
            "last_name" => "`--last-name NAME` sets it",
            _ => "`--email ADDRESS` sets it",
        }),
        _ => row(Usage, "bad_value"),
    }
}

/// Only of `authtoken` the one table is all there is, and nothing else depends on it.
fn dropped(app: &str) -> String {
    if app == "authtoken" {
        format!("run `manage.py migrate --fake {app} zero` in the project, then `migrate` again")
    } else {
        format!(
            "restore it from a backup, or run its statements of `manage.py sqlmigrate {app} 0001`"
        )
    }
}

fn referenced(username: &str) -> String {
    let hint = "`manage.py shell` can delete the user with these rows";
    if is_plain(username) {
        format!("`drfctl update-user {username} --inactive` keeps the user out; {hint}")
    } else {
        hint.to_owned()
    }
}

fn value_needed(columns: &[String]) -> String {
    let options: Vec<String> = columns
        .iter()
        .map(|column| format!("--set {column}=VALUE"))
        .collect();
    format!("give it with `{}`", options.join(" "))
}
