//! What SQLite's errors mean.

use std::time::Duration;

use rusqlite::{ErrorCode, ffi};

use crate::db::error::Cause;

impl From<rusqlite::Error> for Cause {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Other(error.to_string());
        };
        let said = message
            .clone()
            .unwrap_or_else(|| ffi::code_to_str(failure.extended_code).to_owned());
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
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::DatabaseCorrupt => Self::Corrupt(said),
            ErrorCode::DiskFull => Self::Full,
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
            _ => Self::Other(said),
        }
    }
}
