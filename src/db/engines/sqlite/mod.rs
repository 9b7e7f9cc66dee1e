//! SQLite: a file beside a live server. Only one writes at a time, and a reader in the middle of
//! a statement holds off every commit.

mod busy;
mod catalog;
mod error;
mod file;
mod list;
mod migrations;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection};

use self::busy::BusyTimeout;
use self::file::Header;
use super::super::engine::{
    Access, Cell, Column, Dialect, Each, Engine, ForeignKey, Glob, Listing, Row, Value, places,
};
use super::super::error::Cause;
use super::super::model::FileTrouble;
use super::super::settings::Settings;
use crate::django::timestamps;
use crate::platform::files::Identity;

pub(in crate::db) use self::file::{can_be_created, create, discard, is_world_readable};

/// The version of SQLite.
pub(in crate::db) fn version() -> &'static str {
    rusqlite::version()
}

/// The fragments in which SQLite's SQL differs.
pub(in crate::db) static DIALECT: Dialect = Dialect {
    quote: '"',
    same: "IS",
    as_text: "",
    // What Django reads as a time need not sort as it writes times.
    time: "julianday",
    glob: Glob::Operator("GLOB"),
    nulls_first: "",
    has_one_writer: true,
    has_one_integer_key: true,
    rows_per_statement: 10_000,
    migrations: &migrations::MIGRATIONS,
};

/// A connection to an SQLite file.
pub(in crate::db) struct Sqlite {
    connection: Connection,
    path: PathBuf,
    /// Which file it was that was opened.
    identity: Option<Identity>,
    header: Header,
    busy_timeout: BusyTimeout,
    zone: TimeZone,
}

impl Sqlite {
    /// Opens a file that exists and holds something.
    pub(in crate::db) fn open(path: &Path, settings: &Settings) -> Result<Self, Cause> {
        Self::connect(path, settings, false)
    }

    /// Opens a file that exists: one without a byte is a database to `migrate` alone.
    pub(in crate::db) fn open_or_empty(path: &Path, settings: &Settings) -> Result<Self, Cause> {
        Self::connect(path, settings, true)
    }

    fn connect(path: &Path, settings: &Settings, may_be_empty: bool) -> Result<Self, Cause> {
        let busy_timeout = BusyTimeout::of(settings);
        let (connection, header) = file::open(path, busy_timeout, may_be_empty)?;
        Ok(Self {
            connection,
            header,
            path: path.to_owned(),
            identity: Identity::of(path).ok(),
            busy_timeout,
            zone: settings.zone.clone(),
        })
    }

    /// Refuses to write to a file that has been replaced, and to leave a journal behind that the
    /// server cannot roll back. Asked with the lock held.
    fn check_before_writing(&self) -> Result<(), Cause> {
        if Identity::of(&self.path).ok() != self.identity {
            return Err(Cause::Replaced);
        }
        if self.connection.is_readonly("main")? {
            return Err(file::why_read_only(&self.path));
        }
        file::check_journal_owner(&self.path, self.header)
    }

    /// Says more of an error of SQLite's than it says itself.
    fn explained<T, E: Into<Cause>>(&self, result: Result<T, E>) -> Result<T, Cause> {
        result.map_err(|error| file::explain(&self.path, self.header, error.into()))
    }

    /// Prepares a statement, or finds it prepared, and binds its values.
    fn prepare(&self, sql: &str, values: &[Value]) -> Result<CachedStatement<'_>, Cause> {
        let mut statement = self.explained(self.connection.prepare_cached(sql))?;
        for (position, value) in values.iter().enumerate() {
            self.bind(&mut statement, position + 1, value)?;
        }
        Ok(statement)
    }

    /// Runs a statement that need not be prepared again.
    fn run(&self, sql: &str, values: &[Value]) -> Result<(), Cause> {
        self.explained(self.prepare(sql, values)?.raw_execute())?;
        Ok(())
    }

    /// Binds a value in the form in which Django stores it in SQLite.
    fn bind(
        &self,
        statement: &mut CachedStatement<'_>,
        position: usize,
        value: &Value,
    ) -> Result<(), Cause> {
        match value {
            Value::Null => statement.raw_bind_parameter(position, rusqlite::types::Null),
            Value::Boolean(is) => statement.raw_bind_parameter(position, is),
            Value::Integer(number) => statement.raw_bind_parameter(position, number),
            Value::Text(text) => statement.raw_bind_parameter(position, text),
            Value::Uuid(uuid) => statement.raw_bind_parameter(position, uuid.simple().to_string()),
            Value::Time(time) => {
                statement.raw_bind_parameter(position, timestamps::to_database(*time, &self.zone))
            }
        }?;
        Ok(())
    }
}

impl Engine for Sqlite {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn begin(&self, access: Access) -> Result<(), Cause> {
        match access {
            Access::Read => return self.batch("BEGIN"),
            Access::Write => self.batch("BEGIN IMMEDIATE"),
            // Tables are remade under a new name, as Django does it, while others refer to them.
            Access::Migrate => self.batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE"),
        }?;
        self.check_before_writing().inspect_err(|_| self.rollback())
    }

    fn commit(&self) -> Result<(), Cause> {
        // In WAL mode SQLite itself does not notice.
        if self.connection.is_readonly("main").is_ok_and(|is| !is)
            && Identity::of(&self.path).ok() != self.identity
        {
            return Err(Cause::Replaced);
        }
        self.batch("COMMIT")
    }

    fn rollback(&self) {
        // SQLite ends many a failed transaction by itself.
        if !self.connection.is_autocommit() {
            let _ = self.batch("ROLLBACK");
        }
    }

    fn reconnect(&mut self) -> Result<(), Cause> {
        (self.connection, self.header) = file::open(&self.path, self.busy_timeout, false)?;
        Ok(())
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, Cause> {
        Ok(self.explained(self.prepare(sql, values)?.raw_execute())? as u64)
    }

    fn query(&self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), Cause> {
        let mut statement = self.prepare(sql, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = self.explained(rows.next())? {
            each(&SqliteRow::new(row, self))?;
        }
        Ok(())
    }

    fn batch(&self, sql: &str) -> Result<(), Cause> {
        self.explained(self.connection.execute_batch(sql))
    }

    fn list(
        &self,
        listing: &Listing,
        read: Each<'_>,
        pause: &mut dyn FnMut() -> Result<(), Cause>,
    ) -> Result<(), Cause> {
        self.explained(list::list(self, listing, read, pause))
    }

    fn insert_or_ignore(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<u64, Cause> {
        // Not INSERT … SELECT, for which SQLite keeps a copy of every page that a row changes.
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING",
            DIALECT.quoted(table),
            DIALECT.quoted_list(columns),
            places(columns.len())
        );
        let mut statement = self.prepare(&sql, &[])?;
        let mut inserted = 0;
        let mut before: &[Value] = &[];
        for row in rows {
            for (position, value) in row.iter().enumerate() {
                // What is bound stays bound: the time is the same in every row.
                if before.get(position) != Some(value) {
                    self.bind(&mut statement, position + 1, value)?;
                }
            }
            inserted += self.explained(statement.raw_execute())? as u64;
            before = row;
        }
        Ok(inserted)
    }

    fn has_table(&self, table: &str) -> Result<bool, Cause> {
        self.explained(catalog::has_table(&self.connection, table))
    }

    fn columns(&self, table: &str) -> Result<Vec<Column>, Cause> {
        self.explained(catalog::columns(&self.connection, table))
    }

    fn foreign_keys(&self) -> Result<Vec<ForeignKey>, Cause> {
        self.explained(catalog::foreign_keys(&self.connection))
    }

    fn table_names(&self) -> Result<Vec<String>, Cause> {
        self.explained(catalog::table_names(&self.connection))
    }

    fn tables_with_column(&self, column: &str) -> Result<Vec<String>, Cause> {
        self.explained(catalog::tables_with_column(&self.connection, column))
    }

    fn has_default_layout(&self) -> Result<bool, Cause> {
        self.explained(catalog::has_default_layout(&self.connection))
    }

    fn broken_references(&self) -> Result<Vec<(String, u64)>, Cause> {
        self.explained(catalog::broken_references(&self.connection))
    }

    fn reports_writes(&self, table: &str) -> Result<bool, Cause> {
        Ok(!catalog::has_triggers(&self.connection, table)?)
    }

    fn prepare_bulk_write(&self) -> Result<(), Cause> {
        const CACHE_KIB: i64 = 32 * 1024;
        Ok(self
            .connection
            .pragma_update(None, "cache_size", -CACHE_KIB)?)
    }

    fn file_troubles(&self) -> Vec<FileTrouble> {
        file::troubles(&self.path, self.header)
    }

    fn check_references(&self, table: &str) -> Result<(), Cause> {
        self.explained(catalog::check_references(&self.connection, table))
    }
}

/// A row of an SQLite statement.
struct SqliteRow<'a> {
    row: &'a rusqlite::Row<'a>,
    zone: &'a TimeZone,
}

impl<'a> SqliteRow<'a> {
    fn new(row: &'a rusqlite::Row<'a>, sqlite: &'a Sqlite) -> Self {
        Self {
            row,
            zone: &sqlite.zone,
        }
    }
}

impl Row for SqliteRow<'_> {
    fn get(&self, column: usize) -> Result<Cell<'_>, Cause> {
        Ok(match self.row.get_ref(column)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Float(number),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Cell::Text(Cow::Borrowed(bytes)),
        })
    }

    fn time(&self, column: usize) -> Result<Option<Timestamp>, Cause> {
        let time = match self.row.get_ref(column)? {
            ValueRef::Text(bytes) => str::from_utf8(bytes)
                .ok()
                .and_then(|text| timestamps::from_database(text, self.zone)),
            ValueRef::Integer(number) => timestamps::from_database(&number.to_string(), self.zone),
            _ => None,
        };
        Ok(time)
    }
}
