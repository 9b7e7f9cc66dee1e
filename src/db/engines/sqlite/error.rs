//! What SQLite's errors mean.

use std::time::Duration;

use rusqlite::{ErrorCode, ffi};

use crate::db::error::{Cause, ReadOnly};

impl From<rusqlite::Error> for Cause {
    fn from(error: rusqlite::Error) -> Self {
        let (failure, message) = match &error {
            rusqlite::Error::SqliteFailure(failure, message) => (failure, message.clone()),
            // Without the statement, which is ours and long.
            rusqlite::Error::SqlInputError { error, msg, .. } => (error, Some(msg.clone())),
            _ => return Self::Other(error.to_string()),
        };
        let said = message.unwrap_or_else(|| ffi::code_to_str(failure.extended_code).to_owned());
        match failure.code {
            _ if failure.extended_code == ffi::SQLITE_READONLY_DBMOVED => Self::Replaced,
            _ if matches!(
                failure.extended_code,
                ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY
            ) =>
            {
                Self::NeedsRecovery
            }
            _ if matches!(
                failure.extended_code,
                ffi::SQLITE_READONLY_CANTINIT | ffi::SQLITE_READONLY_CANTLOCK
            ) =>
            {
                Self::WalReadOnly
            }
            // The file of shared memory cannot grow.
            _ if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy(Duration::ZERO),
            ErrorCode::NotADatabase => Self::NotADatabase,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly(ReadOnly::Unknown),
            ErrorCode::DatabaseCorrupt => Self::Corrupt(said),
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::TooBig => Self::TooBig,
            ErrorCode::OutOfMemory => Self::OutOfMemory,
            ErrorCode::SystemIoFailure => Self::Io(said),
            ErrorCode::CannotOpen => Self::CannotOpen(said),
            ErrorCode::ConstraintViolation
                if matches!(
                    failure.extended_code,
                    ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                ) =>
            {
                Self::NotUnique(said)
            }
            ErrorCode::ConstraintViolation => Self::Constraint(said),
            _ => match missing_function(&said) {
                Some(name) => Self::NoFunction(name.to_owned()),
                None => Self::Other(said),
            },
        }
    }
}

/// The function that SQLite says it does not have.
fn missing_function(said: &str) -> Option<&str> {
    let name = said
        .strip_prefix("unknown function: ")
        .or_else(|| said.strip_prefix("no such function: "))?;
    Some(name.trim_end_matches("()"))
}
