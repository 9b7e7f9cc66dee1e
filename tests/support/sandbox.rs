//! An empty directory, drfctl started in it with nothing of the caller's environment, and
//! the database that it finds: a file that is not there yet, or an empty one on a server.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

use super::{DatabaseServer, Engine, Outcome};

pub(crate) struct Sandbox {
    directory: TempDir,
    on_server: Option<ServerDatabase>,
}

/// A database on the server that the tests share.
#[derive(Clone)]
pub(crate) struct ServerDatabase {
    pub(crate) server: &'static dyn DatabaseServer,
    pub(crate) name: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self::on(Engine::Sqlite)
    }

    /// A sandbox for an engine that [`Engine::run`] has found.
    #[track_caller]
    pub(crate) fn on(engine: Engine) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let on_server = (engine != Engine::Sqlite).then(|| {
            let server = engine.server().expect("a server on this machine");
            let name = format!("sandbox{}", COUNT.fetch_add(1, Ordering::Relaxed));
            server.create_database(&name);
            ServerDatabase { server, name }
        });
        let directory = tempfile::tempdir().expect("make a temporary directory");
        Self {
            directory,
            on_server,
        }
    }

    /// A sandbox whose database `drfctl migrate` made.
    #[track_caller]
    pub(crate) fn migrated() -> Self {
        Self::migrated_on(Engine::Sqlite)
    }

    /// The same on another engine.
    #[track_caller]
    pub(crate) fn migrated_on(engine: Engine) -> Self {
        let sandbox = Self::on(engine);
        sandbox.run(["migrate"]).success();
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Where drfctl looks when it is told nothing, whether there is a file or not.
    pub(crate) fn database(&self) -> PathBuf {
        assert!(self.on_server.is_none(), "the database is no file");
        self.path("db.sqlite3")
    }

    /// The database where it is on a server.
    pub(crate) fn on_server(&self) -> Option<&ServerDatabase> {
        self.on_server.as_ref()
    }

    /// The URL of the database, as `DATABASE_URL` has it on a server.
    pub(crate) fn url(&self) -> String {
        match &self.on_server {
            Some(database) => database.url(),
            None => format!("sqlite:///{}", self.database().display()),
        }
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drfctl"));
        command
            .args(args)
            .current_dir(&self.directory)
            .env_clear()
            .env("HOME", self.directory.path())
            .env("COLUMNS", "80");
        if let Some(database) = &self.on_server {
            command.env("DATABASE_URL", database.url());
        }
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Outcome {
        Outcome::of(&mut self.command(args))
    }

    pub(crate) fn run_with_stdin<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: impl AsRef<[u8]>,
    ) -> Outcome {
        Outcome::with_stdin(&mut self.command(args), input.as_ref())
    }

    /// Runs one statement that all engines understand; its rows look as the `sqlite3` shell
    /// prints them.
    #[track_caller]
    pub(crate) fn sql(&self, sql: &str) -> Vec<String> {
        match &self.on_server {
            Some(ServerDatabase { server, name }) => server.rows(name, sql),
            None => rows(&self.database(), sql),
        }
    }

    /// Runs several statements on a server, in its own words.
    #[track_caller]
    pub(crate) fn batch(&self, sql: &str) {
        let database = self.on_server().expect("a database on a server");
        database.server.batch(&database.name, sql);
    }

    /// All that the catalogue says of the tables, in the engine's own words.
    #[track_caller]
    pub(crate) fn catalog(&self) -> Vec<String> {
        match &self.on_server {
            Some(ServerDatabase { server, name }) => server.catalog(name),
            None => schema(&self.database()),
        }
    }

    /// Runs one statement in SQLite's own words.
    #[track_caller]
    pub(crate) fn sqlite(&self, sql: &str) -> Vec<String> {
        rows(&self.database(), sql)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A test that panics goes on doing so, whatever becomes of its database.
        if let (Some(database), false) = (&self.on_server, thread::panicking()) {
            database.server.drop_database(&database.name);
        }
    }
}

impl ServerDatabase {
    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }
}

/// The rows of one statement on a database: columns with `|` between them, NULL as nothing.
#[track_caller]
pub(crate) fn rows(database: &Path, sql: &str) -> Vec<String> {
    let connection = Connection::open(database).expect("open the database");
    let mut statement = connection.prepare(sql).expect(sql);
    let columns = statement.column_count();
    statement
        .query_map([], |row| {
            let values: Result<Vec<_>, _> = (0..columns)
                .map(|column| row.get_ref(column).map(text))
                .collect();
            Ok(values?.join("|"))
        })
        .expect(sql)
        .collect::<Result<_, _>>()
        .expect(sql)
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => real.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}

/// Everything that `sqlite_master` says but where the pages are, sorted.
#[track_caller]
pub(crate) fn schema(database: &Path) -> Vec<String> {
    rows(
        database,
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name",
    )
}
