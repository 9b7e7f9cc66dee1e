//! What an engine offers to the shared SQL: statements, transactions, a catalogue, and the few
//! fragments in which its dialect differs. An engine decides nothing about users or tokens.

use std::borrow::Cow;

use jiff::Timestamp;
use uuid::Uuid;

use super::error::Cause;

/// A connection to a database, as `engines::connect` opens one.
///
/// Statements are plain SQL with `?` for each value, names quoted by [`Dialect::quoted`].
pub(super) trait Engine {
    /// The fragments in which this engine's SQL differs.
    fn dialect(&self) -> &'static Dialect;

    /// Begins a transaction at READ COMMITTED, or what comes closest; it waits for locks no
    /// longer than `--timeout`.
    fn begin(&self, access: Access) -> Result<(), Cause>;

    /// Commits the transaction. [`Cause::leaves_commit_unknown`] tells of an error whether the
    /// commit may have succeeded all the same.
    fn commit(&self) -> Result<(), Cause>;

    /// Rolls the transaction back; nothing to do where the connection is gone.
    fn rollback(&self);

    /// Opens the connection again, after a commit whose outcome is unknown.
    fn reconnect(&mut self) -> Result<(), Cause>;

    /// Runs one statement and returns the number of rows that it changed.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, Cause>;

    /// Runs one query and hands over its rows as they come: memory does not grow with their
    /// number. `each` must not run another statement.
    fn query(&self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), Cause>;

    /// Runs several statements that have no values.
    fn batch(&self, sql: &str) -> Result<(), Cause>;

    /// Inserts many rows of equal length; those that collide with a row that is there are left
    /// out. `columns` are unquoted names.
    fn insert_or_ignore(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<(), Cause>;

    /// Whether there is a table, and not a view, of that name.
    fn has_table(&self, table: &str) -> Result<bool, Cause>;

    /// The columns of a table or view, in their order; empty where there is none of that name.
    fn columns(&self, table: &str) -> Result<Vec<Column>, Cause>;

    /// Every foreign key of one column, of all tables.
    fn foreign_keys(&self) -> Result<Vec<ForeignKey>, Cause>;

    /// The tables that have a column of that name, sorted.
    fn tables_with_column(&self, column: &str) -> Result<Vec<String>, Cause>;

    /// Whether the tables are, to the letter, Django's own user table and DRF's token table:
    /// then there is nothing to find out. `false` is always a safe answer.
    fn has_default_layout(&self) -> Result<bool, Cause> {
        Ok(false)
    }

    /// Whether the number of rows that a write to this table reports can be believed. Where a
    /// trigger may have changed or dropped what was written, it cannot.
    fn reports_writes(&self, table: &str) -> Result<bool, Cause>;

    /// Makes room for a job that writes all over the database.
    fn prepare_bulk_write(&self) -> Result<(), Cause> {
        Ok(())
    }
}

/// Takes the rows of a query; an error ends it.
pub(super) type Each<'a> = &'a mut dyn FnMut(&dyn Row) -> Result<(), Cause>;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reading only: takes no lock that a writer would have to wait for.
    Read,
    /// Writing. Where only one can write at a time, the lock is taken at the beginning, so that
    /// what is read is still true when it is written.
    Write,
}

/// The fragments in which the engines differ.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The name of the engine, for messages: `SQLite`.
    pub(super) name: &'static str,
    /// What stands around a name: `"` or a backtick.
    pub(super) quote: char,
    /// An equality that also holds between two NULLs.
    pub(super) same: &'static str,
    /// The time in a column, in a form that compares as times do: `julianday({})`, or `{}`.
    pub(super) time: &'static str,
    /// Compares text byte by byte, whatever its collation: `COLLATE "C"`.
    pub(super) binary: &'static str,
    /// Sorts NULL before all values, in ascending order: nothing, or `NULLS FIRST`.
    pub(super) nulls_first: &'static str,
    /// Whether names that differ in case can be equal, as its collation decides.
    pub(super) folds_case: bool,
    /// How many rows a job reads and writes with one statement.
    pub(super) rows_per_statement: usize,
}

impl Dialect {
    /// `name` as this SQL writes an identifier.
    pub(super) fn quoted(&self, name: &str) -> String {
        let quote = self.quote;
        let doubled = format!("{quote}{quote}");
        format!("{quote}{}{quote}", name.replace(quote, &doubled))
    }
}

/// A value for a statement. The engine gives it the form that Django stores.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// NULL.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text; also numbers with a fraction, dates and times of day, as SQL writes them.
    Text(String),
    /// A UUID.
    Uuid(Uuid),
    /// A moment, with microseconds.
    Time(Timestamp),
}

/// A row of an answer.
pub(super) trait Row {
    /// The value in a column, counted from 0.
    fn get(&self, column: usize) -> Result<Cell<'_>, Cause>;
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// NULL.
    Null,
    /// A boolean, where the engine has them.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text, which need not be UTF-8.
    Text(Cow<'a, [u8]>),
    /// A UUID, where the engine has them.
    Uuid(Uuid),
    /// A moment, where the engine has them.
    Time(Timestamp),
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// What it holds.
    pub(super) kind: Kind,
    /// Whether NULL is refused.
    pub(super) not_null: bool,
    /// Whether the database fills it in by itself (a default, an identity, a sequence).
    pub(super) has_default: bool,
    /// Whether it is (part of) the primary key.
    pub(super) is_key: bool,
    /// Whether it alone is UNIQUE: by a whole, valid index or constraint on just this column,
    /// other than the primary key's.
    pub(super) is_unique: bool,
}

/// What a column holds, in Django's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `BooleanField`.
    Boolean,
    /// The integer fields.
    Integer {
        /// Bytes: 2, 4 or 8.
        bytes: u8,
        /// Whether negative numbers are refused.
        unsigned: bool,
    },
    /// `FloatField`, `DecimalField`.
    Number,
    /// `CharField`: text of at most so many characters, where the column says.
    Text(Option<usize>),
    /// `UUIDField`: `uuid`, or `char(32)` where there is no such type.
    Uuid,
    /// `DateTimeField`.
    DateTime,
    /// `DateField`.
    Date,
    /// `TimeField`.
    Time,
    /// Anything else, as the engine names it.
    Other(String),
}

/// A foreign key of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ForeignKey {
    /// The table that refers.
    pub(super) table: String,
    /// Its column.
    pub(super) column: String,
    /// The table that is referred to.
    pub(super) to: String,
}
