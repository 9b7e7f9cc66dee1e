//! Django's database in an SQLite file: opening it safely beside a live server, and the
//! transaction that every write runs in. All SQL is in this folder.

mod layout;
mod list;
pub(super) mod migrate;
mod rows;
mod select;
pub(super) mod tokens;
pub(super) mod users;

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use self::layout::Layout;
use super::{Cause, Error, Settings};

/// How long a transaction goes on before it is committed, if there is more to do: a live writer
/// waits this long, and for the commit.
const HOLD: Duration = Duration::from_millis(500);

/// A Django database whose layout has been read and is known.
pub struct Database {
    connection: Connection,
    layout: Layout,
    zone: TimeZone,
    path: PathBuf,
    timeout: Duration,
}

impl Database {
    /// Opens the database, which has to exist, and finds the tables in it; with `needs_tokens`
    /// also the one of the tokens.
    pub fn open(settings: &Settings, needs_tokens: bool) -> Result<Self, Error> {
        let path = settings.path();
        let opened = || -> Result<Self, Cause> {
            let connection = connect(path, settings.timeout, false)?;
            let layout = Layout::read(
                &connection,
                settings.user_table.as_deref(),
                settings.username_field.as_deref(),
            )?;
            if needs_tokens {
                layout.require_tokens()?;
            }
            Ok(Self {
                connection,
                layout,
                zone: settings.zone.clone(),
                path: path.clone(),
                timeout: settings.timeout,
            })
        };
        opened().map_err(|cause| at(path, settings.timeout, cause))
    }

    /// Whether everybody on the machine may read the file, and every key in it.
    #[must_use]
    pub fn is_world_readable(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
    }

    /// Makes room in memory for a job that writes to pages all over the file.
    pub fn expect_bulk(&self) -> Result<(), Error> {
        const CACHE_KIB: i64 = 64 * 1024;
        self.read(|connection, _| Ok(connection.pragma_update(None, "cache_size", -CACHE_KIB)?))
    }

    /// Runs reads; nothing is locked longer than one statement.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection, &Layout) -> Result<T, Cause>,
    ) -> Result<T, Error> {
        work(&self.connection, &self.layout).map_err(|cause| self.error(cause))
    }

    fn error(&self, cause: Cause) -> Error {
        at(&self.path, self.timeout, cause)
    }

    /// Runs `work` in one transaction that holds the write lock from the start, so that what it
    /// reads is still true when it writes.
    ///
    /// `landed` tells from the database whether the change of `work`'s result is there. It is
    /// asked when the commit reports an error, since the commit can have succeeded all the same
    /// (unlocking the file can fail after it), and a wrong report would be worse than none.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection, &Layout, &TimeZone) -> Result<T, Cause>,
        landed: impl FnOnce(&Connection, &Layout, &T) -> Result<bool, Cause>,
    ) -> Result<T, Error> {
        let written = self.write_or_cause(work, landed);
        written.map_err(|cause| self.error(cause))
    }

    fn write_or_cause<T>(
        &mut self,
        work: impl FnOnce(&Connection, &Layout, &TimeZone) -> Result<T, Cause>,
        landed: impl FnOnce(&Connection, &Layout, &T) -> Result<bool, Cause>,
    ) -> Result<T, Cause> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction, &self.layout, &self.zone)?;
        let Err(failure) = transaction.commit() else {
            return Ok(result);
        };
        let cause = Cause::from(failure);
        if !matches!(cause, Cause::Io(_)) {
            return Err(cause);
        }
        let unknown = |_| Cause::CommitUnknown(cause.to_string());
        self.connection = connect(&self.path, self.timeout, false).map_err(unknown)?;
        if landed(&self.connection, &self.layout, &result).map_err(unknown)? {
            Ok(result)
        } else {
            Err(cause)
        }
    }
}

/// Completes a cause: SQLite does not say how long it waited.
fn at(path: &Path, timeout: Duration, cause: Cause) -> Error {
    Error {
        path: path.to_owned(),
        cause: match cause {
            Cause::Busy(_) => Cause::Busy(timeout),
            cause => cause,
        },
    }
}

/// Opens an existing file for reading and writing; where it may only be read, for reading.
/// One without a byte is a database to `migrate` alone.
fn connect(path: &Path, timeout: Duration, may_be_empty: bool) -> Result<Connection, Cause> {
    let file = existing_file(path, may_be_empty)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A canonical path begins with `/`: SQLite cannot take it for a `file:` URI, whose
    // parameters could switch locking off beside a live server.
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(timeout)?;
    // The database is the server's: do not let its schema run anything unexpected here, and
    // let SQLite notice damage rather than spread it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // With FULL, the default, a power cut just after the commit can still take a key back that
    // has been printed (the journal's removal is not synced). Holds for this connection only.
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    Ok(connection)
}

/// The canonical path of a file that can hold a database.
fn existing_file(path: &Path, may_be_empty: bool) -> Result<PathBuf, Cause> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Cause::Missing,
        _ => Cause::CannotOpen(io_reason(&error)),
    })?;
    if metadata.is_dir() {
        return Err(Cause::Directory);
    }
    if !metadata.is_file() {
        return Err(Cause::NotRegular);
    }
    if metadata.len() == 0 && !may_be_empty {
        return Err(Cause::Empty);
    }
    fs::canonicalize(path).map_err(|error| Cause::CannotOpen(io_reason(&error)))
}

/// The system's words for an error, without Rust's `(os error 13)`.
fn io_reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_lowercase()
}
