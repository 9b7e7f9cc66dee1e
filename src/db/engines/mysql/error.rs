//! What a server's error numbers mean for an operator. Values that a server repeats in its
//! messages (a key, a part of a hash) are left out.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use ::mysql::{DriverError, Error, MySqlError};

use crate::db::error::{Cause, ReadOnly};
use crate::escape::{quoted, system_words};

/// The wait for a lock ran out, of a row or of a table.
const LOCK_WAIT_TIMEOUT: u16 = 1205;

/// A row with this unique key exists.
pub(super) const DUPLICATE: u16 = 1062;

/// Whether an error says that the wait for a lock ran out, of a row or of a table.
pub(super) fn is_lock_wait_timeout(error: &Error) -> bool {
    matches!(error, Error::MySqlError(error) if error.code == LOCK_WAIT_TIMEOUT)
}

/// What went wrong with the server at `place`, a host and port or a socket.
pub(super) fn cause(error: Error, place: &str) -> Cause {
    match error {
        Error::MySqlError(error) => server_cause(&error, place),
        Error::DriverError(error) => driver_cause(&error, place),
        Error::TlsError(error) => Cause::Tls(format!("{place}: {error}")),
        Error::IoError(error) => io_cause(&error, place),
        Error::CodecError(error) => match error.source().and_then(|io| io.downcast_ref()) {
            Some(error) => io_cause(error, place),
            None => Cause::ConnectionLost(format!("{place}: {error}")),
        },
        Error::UrlError(_) | Error::FromValueError(_) | Error::FromRowError(_) => {
            Cause::Other(format!("{place}: the answer was not understood"))
        }
    }
}

/// The same, while there is no connection yet.
pub(super) fn connecting_cause(error: Error, place: &str) -> Cause {
    match cause(error, place) {
        Cause::ConnectionLost(words) => Cause::Unreachable(words),
        other => other,
    }
}

/// Says of a refusal over TCP and without TLS that it may be for want of TLS: a wrong password and an
/// account that requires TLS look alike.
pub(super) fn in_clear(mut error: Error) -> Error {
    if let Error::MySqlError(refusal) = &mut error
        && matches!(refusal.code, 1045 | 1698)
    {
        refusal.message.push_str(", or it requires TLS");
    }
    error
}

fn io_cause(error: &io::Error, place: &str) -> Cause {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            Cause::ConnectionLost(format!("{place}: no answer"))
        }
        // So does a certificate arrive that is not to be trusted.
        io::ErrorKind::InvalidData => Cause::Tls(format!("{place}: {error}")),
        _ => Cause::ConnectionLost(format!("{place}: {}", system_words(error))),
    }
}

fn driver_cause(error: &DriverError, place: &str) -> Cause {
    match error {
        DriverError::ConnectTimeout => Cause::Unreachable(format!("{place}: no answer")),
        DriverError::CouldNotConnect(Some((_, words, _))) => {
            let words = system_words(&io::Error::other(words.as_str()));
            Cause::Unreachable(format!("{place}: {words}"))
        }
        DriverError::TlsNotSupported => {
            Cause::Tls(format!("{place}: the server does not offer it"))
        }
        DriverError::UnknownAuthPlugin(plugin) => Cause::LoginRefused(format!(
            "{place}: the account needs the login plugin {}, which drfctl does not have",
            quoted(plugin)
        )),
        DriverError::OldMysqlPasswordDisabled => Cause::LoginRefused(format!(
            "{place}: the account has a password of the form before MySQL 4.1"
        )),
        DriverError::CleartextPluginDisabled => Cause::LoginRefused(format!(
            "{place}: the account needs the password itself, which needs TLS"
        )),
        other => Cause::ConnectionLost(format!("{place}: {other}")),
    }
}

/// What a warning would have been as an error.
pub(super) fn warning_cause(code: u16, message: String) -> Cause {
    let state = String::new();
    server_cause(
        &MySqlError {
            state,
            message,
            code,
        },
        "",
    )
}

fn server_cause(error: &MySqlError, place: &str) -> Cause {
    let message = error.message.as_str();
    let at_place = || format!("{place}: {message}");
    match error.code {
        LOCK_WAIT_TIMEOUT => Cause::Busy(Duration::ZERO),
        // Deadlock; error during COMMIT and rollback during COMMIT, from Galera and Group
        // Replication; record changed since last read.
        1213 | 1180 | 3101 | 1020 => Cause::Contention(message.to_owned()),
        _ if error.state == "40001" => Cause::Contention(message.to_owned()),
        // Access denied, with or without a password.
        1045 | 1698 => Cause::LoginRefused(at_place()),
        // Host not allowed or blocked, password expired, account locked, old password format,
        // TLS required by the server.
        1129 | 1130 | 1251 | 1275 | 1524 | 1820 | 1862 | 3118 | 3159 | 4151 => {
            Cause::LoginRefused(at_place())
        }
        1049 => Cause::NoSuchDatabase,
        // The server runs with `read_only`; the option has other reasons, too.
        1290 if message.contains("read") => {
            Cause::ReadOnly(ReadOnly::Server("the server runs with `read_only`"))
        }
        // A read-only transaction, or a server that is read-only for now.
        1792 | 1836 => Cause::ReadOnly(ReadOnly::Unknown),
        // Denied: the database, or one that does not exist.
        1044 => Cause::NoDatabaseOrRight(message.to_owned()),
        // Denied: table, column, privilege, routine, option.
        1142 | 1143 | 1227 | 1290 | 1370 | 1410 | 1419 => Cause::NotPermitted {
            said: message.to_owned(),
            page: "mysql.md",
        },
        // Too many connections, of all, of this account, or in an hour; shutting down; a Galera
        // node that is not, or no longer, part of its cluster.
        1040 | 1047 | 1053 | 1203 | 1226 => Cause::NotReady(at_place()),
        // Killed, timed out, disconnected.
        1152 | 1158..=1161 | 1184 | 1927 | 4031 => Cause::ConnectionLost(at_place()),
        DUPLICATE | 1169 | 1586 | 1859 => Cause::NotUnique(unique_key(message)),
        1216 | 1217 | 1451 | 1452 => Cause::Constraint(foreign_key(message)),
        // NULL, no default, too long, out of range, wrong text, date or number, CHECK, a trigger's
        // own error.
        1048 | 1264 | 1265 | 1292 | 1364 | 1366 | 1406 | 1411 | 1644 | 3140 | 3819 | 4025 => {
            Cause::Constraint(without_value(message))
        }
        1021 | 1114 => Cause::Full,
        1030 if message.contains("error 28 ") => Cause::Full,
        1024 | 1026 | 1030 => Cause::Io(message.to_owned()),
        1034 | 1035 | 1194 | 1195 | 1712 | 1877 => Cause::Corrupt(message.to_owned()),
        // It repeats the statement, and that can hold anything.
        1064 => Cause::Other("the server does not understand a statement".to_owned()),
        code => Cause::Other(format!("{} (error {code})", without_value(message))),
    }
}

/// `Duplicate entry 'VALUE' for key 'NAME'`: the name alone, and not the table that MySQL puts in
/// front of it.
fn unique_key(message: &str) -> String {
    let name = message
        .strip_suffix('\'')
        .and_then(|message| message.rsplit_once('\''))
        .map(|(_, name)| name.rsplit_once('.').map_or(name, |(_, name)| name));
    match name {
        Some(name) => format!("unique key {}", quoted(name)),
        None => "a unique key".to_owned(),
    }
}

/// The server shows the definition of the foreign key: the column and the table are enough.
fn foreign_key(message: &str) -> String {
    let between = |start: &str| Some(message.split_once(start)?.1.split_once('`')?.0);
    let (column, table) = (between("FOREIGN KEY (`"), between("REFERENCES `"));
    match (column, table) {
        (Some(column), Some(table)) => format!(
            "foreign key column {} refers to table {}",
            quoted(column),
            quoted(table)
        ),
        _ => "a foreign key".to_owned(),
    }
}

/// `Incorrect integer value: 'VALUE' for column …` without the value.
fn without_value(message: &str) -> String {
    let cut = message
        .split_once(" value: '")
        .and_then(|(before, behind)| {
            let (_, behind) = behind.rsplit_once("' for ")?;
            Some(format!("{before} value for {behind}"))
        });
    match cut {
        Some(message) => message,
        // Without a column behind it.
        None => match message.split_once(" value: '") {
            Some((before, _)) => format!("{before} value"),
            None => message.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caused(code: u16, message: &str) -> String {
        let error = MySqlError {
            state: "HY000".to_owned(),
            message: message.to_owned(),
            code,
        };
        cause(Error::MySqlError(error), "db:3306").to_string()
    }

    #[test]
    fn only_a_refusal_without_tls_may_be_for_want_of_it() {
        let refusal = || {
            Error::MySqlError(MySqlError {
                state: "28000".to_owned(),
                message: "Access denied for user 'app'@'web'".to_owned(),
                code: 1045,
            })
        };
        let said = "refuses the login: db:3306: Access denied for user 'app'@'web'";
        assert_eq!(cause(refusal(), "db:3306").to_string(), said);
        let in_clear = cause(in_clear(refusal()), "db:3306").to_string();
        assert_eq!(in_clear, format!("{said}, or it requires TLS"));
    }

    #[test]
    fn a_unique_key_is_named_and_its_value_is_not() {
        for message in [
            "Duplicate entry 'se'cret' for key 'username'",
            "Duplicate entry 'secret' for key 'auth_user.username'",
        ] {
            let said = caused(1062, message);
            assert_eq!(said, "already has such a row: unique key `username`");
        }
    }

    #[test]
    fn a_foreign_key_is_told_by_column_and_table() {
        let message = "Cannot add or update a child row: a foreign key constraint fails \
             (`d`.`t`, CONSTRAINT `x` FOREIGN KEY (`user_id`) REFERENCES `auth_user` (`id`))";
        assert_eq!(
            caused(1452, message),
            "refuses the row: foreign key column `user_id` refers to table `auth_user`"
        );
    }

    #[test]
    fn no_message_repeats_a_value() {
        for (code, message) in [
            (
                1366,
                "Incorrect string value: '\\xF0secret' for column `d`.`t`.`x` at row 1",
            ),
            (
                1292,
                "Incorrect datetime value: 'secret' for column 'created' at row 1",
            ),
            (1292, "Truncated incorrect DOUBLE value: 'secret'"),
            (1064, "You have an error … near 'secret' at line 1"),
            (9999, "Incorrect odd value: 'secret' for function x"),
        ] {
            let said = caused(code, message);
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn what_went_wrong_with_the_connection_names_the_server() {
        let broken = Error::IoError(io::ErrorKind::ConnectionReset.into());
        assert_eq!(
            cause(broken, "db:3306").to_string(),
            "broke the connection: db:3306: connection reset"
        );
        let refused = (
            "x".to_owned(),
            "Connection refused (os error 111)".to_owned(),
        );
        let refused = (refused.0, refused.1, io::ErrorKind::ConnectionRefused);
        let refused = DriverError::CouldNotConnect(Some(refused));
        assert_eq!(
            cause(Error::DriverError(refused), "db:3306").to_string(),
            "cannot be reached: db:3306: connection refused"
        );
    }
}
