//! Django's database in an SQLite file: opening it safely beside a live server, and the
//! transaction that every write runs in. All SQL is in this folder.

mod companions;
mod layout;
mod list;
pub(super) mod migrate;
mod rows;
mod select;
pub(super) mod tokens;
pub(super) mod users;

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use rustix::process::geteuid;
use rustix::thread::{CapabilitySet, capabilities};

use self::layout::Layout;
use super::{Cause, Error, Settings};
use crate::escape::system_words;

/// How long a transaction goes on before it is committed, if there is more to do: a live writer
/// waits this long, and for the commit.
const HOLD: Duration = Duration::from_millis(500);

/// A Django database whose layout has been read and is known.
pub struct Database {
    connection: Connection,
    layout: Layout,
    zone: TimeZone,
    path: PathBuf,
    patience: Patience,
}

/// How long to wait for another writer.
#[derive(Clone, Copy)]
struct Patience {
    timeout: Duration,
    interrupted: fn() -> bool,
}

impl Database {
    /// Opens the database, which has to exist, and finds the tables in it; with `needs_tokens`
    /// also the one of the tokens.
    pub fn open(settings: &Settings, needs_tokens: bool) -> Result<Self, Error> {
        let path = settings.path();
        let opened = || -> Result<Self, Cause> {
            let connection = connect(path, Patience::of(settings), false)?;
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
                patience: Patience::of(settings),
            })
        };
        opened().map_err(|cause| at(path, Patience::of(settings), cause))
    }

    /// Whether everybody on the machine may read the file, and every key in it.
    #[must_use]
    pub fn is_world_readable(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
    }

    /// How many migrations are recorded.
    pub fn migration_count(&self) -> Result<i64, Error> {
        self.read(|connection, _| {
            if !layout::table_exists(connection, "django_migrations")? {
                return Ok(0);
            }
            let sql = "SELECT count(*) FROM django_migrations";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
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
        at(&self.path, self.patience, cause)
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
        self.connection = connect(&self.path, self.patience, false).map_err(unknown)?;
        if landed(&self.connection, &self.layout, &result).map_err(unknown)? {
            Ok(result)
        } else {
            Err(cause)
        }
    }
}

/// Completes a cause: SQLite does not say how long it waited.
fn at(path: &Path, patience: Patience, cause: Cause) -> Error {
    Error {
        path: path.to_owned(),
        cause: match cause {
            Cause::Busy(_) if (patience.interrupted)() => Cause::Interrupted,
            Cause::Busy(_) => Cause::Busy(patience.timeout),
            cause => cause,
        },
    }
}

impl Patience {
    fn of(settings: &Settings) -> Self {
        Self {
            timeout: settings.timeout,
            interrupted: settings.interrupted,
        }
    }

    /// Looks again in growing steps, a little different in each process: those that started
    /// together do not keep looking together. The longest is shorter than SQLite's own (0.1 s), or
    /// a server that writes all the time would hardly ever be met between two writes.
    fn handler(self) -> impl FnMut(i32) -> bool + Send + 'static {
        const STEPS: [u32; 4] = [1, 2, 5, 10];
        const LONGEST: u32 = 25;
        let mut start = Instant::now();
        move |count| {
            if count == 0 {
                start = Instant::now();
            }
            let left = self.timeout.saturating_sub(start.elapsed());
            if left.is_zero() || (self.interrupted)() {
                return false;
            }
            let step = usize::try_from(count)
                .ok()
                .and_then(|count| STEPS.get(count).copied())
                .unwrap_or(LONGEST);
            let less = (std::process::id() % 8) * step / 16;
            thread::sleep(Duration::from_millis((step - less).into()).min(left));
            true
        }
    }
}

/// Opens an existing file for reading and writing; where it may only be read, for reading.
/// One without a byte is a database to `migrate` alone.
fn connect(path: &Path, patience: Patience, may_be_empty: bool) -> Result<Connection, Cause> {
    let file = existing_file(path, may_be_empty)?;
    check_owner(&file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A canonical path begins with `/`: SQLite cannot take it for a `file:` URI, whose
    // parameters could switch locking off beside a live server.
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_handler(Some(patience.handler()))?;
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

/// No database that holds anything is smaller than this.
const SMALLEST_PAGE: u64 = 512;

/// The canonical path of a file that can hold a database.
fn existing_file(path: &Path, may_be_empty: bool) -> Result<PathBuf, Cause> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Cause::Missing,
        _ => Cause::CannotOpen(system_words(&error)),
    })?;
    if metadata.is_dir() {
        return Err(Cause::Directory);
    }
    if !metadata.is_file() {
        return Err(Cause::NotRegular);
    }
    match metadata.len() {
        0 if !may_be_empty => return Err(Cause::Empty),
        // SQLite would take a single byte for an empty database.
        1..SMALLEST_PAGE => return Err(Cause::NotADatabase),
        _ => {}
    }
    fs::canonicalize(path).map_err(|error| Cause::CannotOpen(system_words(&error)))
}

/// Refuses to lock the server out of its own database.
///
/// In WAL mode SQLite keeps two more files beside it, made by whoever opens it first. They get
/// the database's mode, and its owner too where the process may give files away; where it may
/// not and is killed, a server under another user is left with files that it cannot write to.
fn check_owner(file: &Path) -> Result<(), Cause> {
    const SET_GID: u32 = 0o2000;
    const GROUP_WRITES: u32 = 0o020;
    let unreadable = |error: io::Error| Cause::CannotOpen(system_words(&error));
    let database = fs::metadata(file).map_err(unreadable)?;
    if database.uid() == geteuid().as_raw() || may_give_files_away() || !is_in_wal_mode(file)? {
        return Ok(());
    }
    let beside = |suffix: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    if beside("-wal").exists() && beside("-shm").exists() {
        return Ok(());
    }
    let directory = fs::metadata(file.parent().unwrap_or(file)).map_err(unreadable)?;
    let group_inherits = directory.mode() & SET_GID != 0
        && directory.gid() == database.gid()
        && database.mode() & GROUP_WRITES != 0;
    if group_inherits {
        Ok(())
    } else {
        Err(Cause::WrongUser)
    }
}

fn may_give_files_away() -> bool {
    capabilities(None).is_ok_and(|mine| mine.effective.contains(CapabilitySet::CHOWN))
}

/// Bytes 18 and 19 of the header are 2 in WAL mode.
fn is_in_wal_mode(file: &Path) -> Result<bool, Cause> {
    let mut header = [0; 20];
    let read = fs::File::open(file).and_then(|mut file| file.read(&mut header));
    let length = read.map_err(|error| Cause::CannotOpen(system_words(&error)))?;
    Ok(length == header.len() && header.ends_with(&[2, 2]))
}
