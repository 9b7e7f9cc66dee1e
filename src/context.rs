//! What a command needs from its surroundings: database, clock, randomness, environment.
//! The one file that reads any of them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rand::TryRng as _;
use rand::rngs::SysRng;
use uuid::Uuid;

use crate::cli::Global;
use crate::db::{Cause, Database, Location, SILENCE, Settings};
use crate::django::timestamps;
use crate::error::Failure;
use crate::escape::quoted;
use crate::io::input;
use crate::io::output::Output;
use crate::platform::interrupt::{self, Deferred};
use crate::platform::terminal;
use crate::secret::Key;

/// What a command gets from its surroundings.
pub(crate) struct Context {
    pub(crate) out: Output,
    pub(crate) settings: Settings,
    pub(crate) random: SysRng,
    wait: Duration,
}

impl Context {
    /// Sets everything up as the command line says; opens nothing yet.
    pub(crate) fn new(global: Global, as_json: bool) -> Result<Self, Failure> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let zone_name = given(Some(global.time_zone)).unwrap_or_else(|| "UTC".to_owned());
        let zone = TimeZone::get(&zone_name).map_err(|_| Failure::Usage {
            message: format!("no time zone named {}", quoted(&zone_name)),
            hint: Some("name it as settings.py does, such as `Europe/Berlin`".to_owned()),
        })?;
        let out = Output::new(global.quiet, width(), as_json);
        Ok(Self {
            settings: Settings {
                location: location(&global.database)?,
                timeout: global.timeout,
                interrupted: interrupt::requested,
                waiting: out.waiting(),
                variable,
                zone,
                user_table: given(global.user_table),
                username_field: given(global.username_field),
            },
            out,
            random: SysRng,
            wait: global.wait,
        })
    }

    /// Opens the database for a command that only needs the users.
    pub(crate) fn open_users(&self) -> Result<Database, Failure> {
        self.open_database(false)
    }

    /// Opens the database for a command that needs users and tokens.
    pub(crate) fn open_tokens(&self) -> Result<Database, Failure> {
        self.open_database(true)
    }

    /// Waits as long as `--wait` says for what another process may be about to make, and for
    /// the end of its migrations.
    fn open_database(&self, needs_tokens: bool) -> Result<Database, Failure> {
        const PAUSE: Duration = Duration::from_millis(100);
        /// A project that records no migration for this long is done with them.
        const SETTLED: Duration = Duration::from_secs(1);
        let start = Instant::now();
        let _told = self.tell_of_a_wait();
        // Only a wait is long enough to be interrupted.
        let _deferred = (!self.wait.is_zero()).then(Deferred::begin);
        let mut has_waited = false;
        let (mut migrations, mut since) = (None, start);
        loop {
            if interrupt::requested() {
                return Err(Failure::Interrupted);
            }
            let is_over = start.elapsed() >= self.wait;
            match Database::open(&self.settings, needs_tokens) {
                Ok(database) if is_over || !has_waited => return Ok(database),
                // The project that is making it may be in the middle of its migrations.
                Ok(database) => {
                    let count = Some(database.migration_count()?);
                    if count != migrations {
                        (migrations, since) = (count, Instant::now());
                    } else if since.elapsed() >= SETTLED {
                        return Ok(database);
                    }
                }
                Err(error) if may_come(&error.cause) && !is_over => has_waited = true,
                Err(mut error) => {
                    // That of another writer is in the sentence already.
                    if has_waited && !matches!(error.cause, Cause::Busy(_)) {
                        error.waited = u32::try_from(start.elapsed().as_secs()).unwrap_or(u32::MAX);
                    }
                    return Err(error.into());
                }
            }
            std::thread::sleep(PAUSE.min(self.wait.saturating_sub(start.elapsed())));
        }
    }

    /// Tells a person after a second that the database is waited for, until the value is dropped:
    /// a server that does not answer lets this thread do nothing. SQLite tells of its own waits.
    fn tell_of_a_wait(&self) -> Option<mpsc::Sender<()>> {
        let may_wait = !self.wait.is_zero() || self.settings.location.file().is_none();
        if !may_wait || !self.out.is_to_terminal() {
            return None;
        }
        let (sender, end) = mpsc::channel();
        let waiting = self.settings.waiting;
        // Without the thread nobody is told, and nothing else is amiss.
        let _ = std::thread::Builder::new().spawn(move || {
            if end.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
                waiting("the database");
            }
        });
        Some(sender)
    }

    /// The time, as precise as Django keeps it.
    #[expect(clippy::unused_self, reason = "the clock belongs to the context")]
    pub(crate) fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the place it is read in")]
        let now = Timestamp::now();
        timestamps::to_microseconds(now)
    }

    /// The time so long ago.
    pub(crate) fn ago(&self, age: Duration) -> Timestamp {
        // A time before all time is before every token.
        self.now().checked_sub(age).unwrap_or(Timestamp::MIN)
    }

    /// Where something was written, for a person to see: ` in` and the database. A script knows
    /// which it named, and `sudo` takes `DATABASE_URL` away.
    pub(crate) fn place(&self) -> String {
        if !self.out.is_to_terminal() {
            return String::new();
        }
        format!(" in {}", self.database_name())
    }

    /// The database, wherever this command was run.
    pub(crate) fn database_name(&self) -> String {
        let location = match self.settings.location.file() {
            Some(file) => file.canonicalize().unwrap_or_else(|_| file.to_owned()),
            None => PathBuf::from(self.settings.location.to_string()),
        };
        quoted(&location.to_string_lossy())
    }

    /// Warns, where a command shows or makes secrets, that everybody can read them in the file.
    pub(crate) fn warn_of_readers(&self, database: &Database) {
        if database.is_world_readable() {
            let database = quoted(&self.settings.location.to_string());
            self.out.warn(&format!(
                "every user of this machine can read {database}, and the tokens in it"
            ));
        }
    }

    /// Warns that others can read the secret in a file.
    pub(crate) fn warn_of_file_readers(&self, path: &Path) {
        if input::is_readable_by_others(path) {
            let path = quoted(&path.to_string_lossy());
            self.out.warn(&format!(
                "other users can read {path}; run `chmod 600` on it"
            ));
        }
    }

    /// New random keys.
    pub(crate) fn keys(&mut self, count: usize) -> Result<Vec<Key>, Failure> {
        Key::generate(count, &mut self.random)
            .map_err(|error| Failure::NoRandomness(error.to_string()))
    }

    /// A new random UUID.
    pub(crate) fn uuid(&mut self) -> Result<Uuid, Failure> {
        let mut bytes = [0_u8; 16];
        self.random
            .try_fill_bytes(&mut bytes)
            .map_err(|error| Failure::NoRandomness(error.to_string()))?;
        Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// The value of an environment variable that the command line names.
    #[expect(clippy::unused_self, reason = "the environment belongs to the context")]
    pub(crate) fn variable(&self, name: &str) -> Option<OsString> {
        variable(name)
    }
}

pub(crate) fn variable(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "this is the place it is read in")]
    std::env::var_os(name)
}

/// Reads what names the database. No message repeats it: a URL may hold a password.
pub(crate) fn location(named: &OsStr) -> Result<Location, Failure> {
    match named.to_str() {
        Some(text) => text
            .parse()
            .map_err(|problem: String| Failure::usage(format!("`--database`: {problem}"))),
        None => Ok(Location::Sqlite(PathBuf::from(named))),
    }
}

/// Whether what is missing may be there in a moment, when containers start side by side.
fn may_come(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::Missing
            | Cause::Empty
            | Cause::NotDjango
            | Cause::NotMigrated(_)
            | Cause::HalfMigrated(_)
            | Cause::NoUserTable
            | Cause::UserTableUnclear(_)
            | Cause::NoSuchUserTable(_)
            // A server that starts, and a database that somebody is about to create on it.
            | Cause::Unreachable(_)
            | Cause::NotReady(_)
            | Cause::ConnectionLost(_)
            | Cause::NoSuchDatabase
            // A migration that takes long.
            | Cause::Busy(_)
    )
}

/// The width for tables: `COLUMNS`, else the terminal's; none in a pipe.
fn width() -> Option<u16> {
    #[expect(clippy::disallowed_methods, reason = "this is the place it is read in")]
    let columns = std::env::var("COLUMNS").ok();
    columns
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| *columns > 0)
        .or_else(terminal::width)
}
