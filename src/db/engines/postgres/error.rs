//! What PostgreSQL says, as a cause that operators are told. Never the DETAIL of a message: it
//! repeats the row, with keys and hashes in it.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use rustls::CertificateError;
use tokio_postgres::Error;
use tokio_postgres::error::DbError;

use crate::db::error::{Cause, ReadOnly};

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        match error.as_db_error() {
            Some(said) => from_server(said),
            None if is_of_the_connection(&error) => Self::ConnectionLost(words(&error)),
            None => Self::Other(words(&error)),
        }
    }
}

/// What the server says has five characters, of which the first two are the class.
pub(super) fn from_server(said: &DbError) -> Cause {
    let message = said.message().to_owned();
    match said.code().code() {
        "23505" => Cause::NotUnique(not_unique(said)),
        "40001" | "40P01" => Cause::Contention(message),
        // A lock that did not come in time; a statement that took too long, or was cancelled.
        "55P03" | "57014" => Cause::Busy(Duration::ZERO),
        "25006" => Cause::ReadOnly(ReadOnly::Server(
            "the server is a standby, or `default_transaction_read_only` is set",
        )),
        "42501" => Cause::NotPermitted {
            said: message,
            page: "postgresql.md",
        },
        "3D000" => Cause::NoSuchDatabase,
        "57P03" | "53300" => Cause::NotReady(message),
        "53100" => Cause::Full,
        "58030" => Cause::Io(message),
        code => match code.get(..2) {
            // Values that a column cannot hold: too long, no number, a NUL.
            Some("22" | "23") => Cause::Constraint(message),
            Some("28") => Cause::LoginRefused(message),
            // Shut down, crashed, or told by an administrator to end the connection.
            Some("08" | "57") => Cause::ConnectionLost(message),
            Some("53") => Cause::NotReady(message),
            Some("XX") => Cause::Corrupt(message),
            _ => Cause::Other(message),
        },
    }
}

/// Names the columns, the table and the constraint: `username in auth_user (auth_user_…_key)`.
fn not_unique(said: &DbError) -> String {
    // "Key (username)=(alice) already exists.", in the server's language.
    let columns = said.detail().and_then(|detail| {
        let (_, columns) = detail.split_once('(')?;
        Some(columns.split_once(")=(")?.0)
    });
    let table = said.table().unwrap_or_default();
    let constraint = said.constraint().unwrap_or_default();
    match columns {
        Some(columns) => format!("{columns} in {table} ({constraint})"),
        None => format!("{table} ({constraint})"),
    }
}

/// What went wrong in the end: the last of the reasons, without the number that Rust adds to the
/// system's words. Nothing of it is a secret.
pub(super) fn words(error: &Error) -> String {
    if let Some(problem) = reasons(error).find_map(certificate_problem) {
        return problem;
    }
    let said = reasons(error)
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string);
    if let Some((words, _)) = said.split_once(" (os error") {
        return words.to_lowercase();
    }
    match said.strip_prefix("failed to lookup address information: ") {
        Some(words) => words.to_lowercase(),
        None => said,
    }
}

/// What is wrong with the certificate of a server, in words that its operator knows.
fn certificate_problem(reason: &(dyn std::error::Error + 'static)) -> Option<String> {
    let reason = reason.downcast_ref::<io::Error>()?.get_ref()?;
    let rustls::Error::InvalidCertificate(problem) = reason.downcast_ref()? else {
        return None;
    };
    Some(match problem {
        CertificateError::UnknownIssuer => {
            "no trusted authority has signed the server's certificate".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name".to_owned()
        }
        other => format!("the server's certificate is not valid: {other}"),
    })
}

fn reasons(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

fn is_of_the_connection(error: &Error) -> bool {
    error.is_closed() || reasons(error).any(<dyn std::error::Error>::is::<io::Error>)
}
