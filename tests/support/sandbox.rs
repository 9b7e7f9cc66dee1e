//! An empty directory, drfctl started in it with nothing of the caller's environment, and
//! the database it leaves there.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

use super::Outcome;

pub(crate) struct Sandbox {
    directory: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("make a temporary directory");
        Self { directory }
    }

    /// A sandbox whose database `drfctl migrate` made.
    #[track_caller]
    pub(crate) fn migrated() -> Self {
        let sandbox = Self::new();
        sandbox.run(["migrate"]).success();
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Where drfctl looks when it is told nothing, whether there is a file or not.
    pub(crate) fn database(&self) -> PathBuf {
        self.path("db.sqlite3")
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drfctl"));
        command
            .args(args)
            .current_dir(&self.directory)
            .env_clear()
            .env("HOME", self.directory.path())
            .env("COLUMNS", "80");
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

    /// Runs one statement; its rows look as the `sqlite3` shell prints them.
    #[track_caller]
    pub(crate) fn sqlite(&self, sql: &str) -> Vec<String> {
        rows(&self.database(), sql)
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
