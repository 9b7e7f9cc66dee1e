//! What the command line says of the database.

use std::ffi::OsString;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::error::{Cause, Error};
use super::location::Location;

/// Until then a person does not wonder what a command is waiting for.
pub const SILENCE: Duration = Duration::from_secs(1);

/// What the command line says of the database and how to use it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub location: Location,
    /// How long to wait for another writer.
    pub timeout: Duration,
    /// Tells, during the wait, whether the operator has had enough of it.
    pub interrupted: fn() -> bool,
    /// Tells a person, in a wait that takes longer than a second, what is waited for.
    pub waiting: fn(&str),
    /// Looks an environment variable up: what a client of that engine takes from there.
    pub variable: fn(&str) -> Option<OsString>,
    /// The zone of the times in it.
    pub zone: TimeZone,
    /// The user table, if it cannot be detected.
    pub user_table: Option<String>,
    /// The column that users log in with, if it cannot be detected.
    pub username_field: Option<String>,
}

impl Settings {
    /// Completes a cause: which database it is of, and how long the wait was.
    pub(super) fn error(&self, cause: Cause) -> Error {
        Error {
            database: self.location.to_string(),
            waited: 0,
            cause: match cause {
                Cause::Busy(_) | Cause::Contention(_) if (self.interrupted)() => Cause::Interrupted,
                Cause::Busy(_) | Cause::Contention(_) => Cause::Busy(self.timeout),
                cause => cause,
            },
        }
    }
}
