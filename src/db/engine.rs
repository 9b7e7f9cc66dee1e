//! What an engine offers to the shared SQL: statements, transactions, a catalogue, and the few
//! fragments in which its dialect differs. An engine decides nothing about users or tokens.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::error::Cause;
use super::glob;
use super::model::FileTrouble;

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

    /// Hands over the rows of a list to `read`, in its order, and calls `pause` now and then.
    /// Only in a pause may rows be printed: where a reader holds off writers, no statement is
    /// open then.
    fn list(
        &self,
        listing: &Listing,
        read: Each<'_>,
        pause: &mut dyn FnMut() -> Result<(), Cause>,
    ) -> Result<(), Cause> {
        const BATCH: usize = 500;
        let sql = listing.sql(self.dialect());
        self.begin(Access::Read)?;
        let mut rows = 0;
        let listed = self
            .query(&sql, &listing.values, &mut |row| {
                read(row)?;
                rows += 1;
                if rows % BATCH == 0 { pause() } else { Ok(()) }
            })
            .and_then(|()| pause())
            .and_then(|()| self.commit());
        if listed.is_err() {
            self.rollback();
        }
        listed
    }

    /// Inserts rows of equal length and returns how many; those that collide with a row that
    /// exists are left out. `columns` are unquoted names.
    fn insert_or_ignore(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<u64, Cause>;

    /// Whether the rows of a table may be read. Asked before, since a statement that fails can be
    /// the end of a transaction.
    fn can_read(&self, table: &str) -> Result<bool, Cause> {
        let _ = table;
        Ok(true)
    }

    /// Whether there is a table, and not a view, of that name.
    fn has_table(&self, table: &str) -> Result<bool, Cause>;

    /// The columns of a table or view, in their order; empty where there is none of that name.
    fn columns(&self, table: &str) -> Result<Vec<Column>, Cause>;

    /// Every foreign key of one column, of all tables.
    fn foreign_keys(&self) -> Result<Vec<ForeignKey>, Cause>;

    /// The names of all tables, sorted.
    fn table_names(&self) -> Result<Vec<String>, Cause>;

    /// The tables that have a column of that name, sorted.
    fn tables_with_column(&self, column: &str) -> Result<Vec<String>, Cause>;

    /// Whether the tables are, to the letter, Django's own user table and DRF's token table:
    /// then there is nothing to find out. `false` is always a safe answer.
    fn has_default_layout(&self) -> Result<bool, Cause> {
        Ok(false)
    }

    /// The tables with references to rows that do not exist, and how many; nothing where the
    /// engine lets no such reference in.
    fn broken_references(&self) -> Result<Vec<(String, u64)>, Cause> {
        Ok(Vec::new())
    }

    /// Whether the number of rows that a write to this table reports can be believed. Where a
    /// trigger may have changed or dropped what was written, it cannot.
    fn reports_writes(&self, table: &str) -> Result<bool, Cause>;

    /// What is wrong with the files, where the database is one.
    fn file_troubles(&self) -> Vec<FileTrouble> {
        Vec::new()
    }

    /// Makes room for a job that writes all over the database.
    fn prepare_bulk_write(&self) -> Result<(), Cause> {
        Ok(())
    }

    /// Runs the statements of a migration. Where each of them commits at once, those that an
    /// interrupted run left behind are passed over.
    fn migrate(&self, sql: &str) -> Result<(), Cause> {
        self.batch(sql)
    }

    /// Refuses a table that was made anew and refers to rows that do not exist, where the engine
    /// does not see to that itself.
    fn check_references(&self, table: &str) -> Result<(), Cause> {
        let _ = table;
        Ok(())
    }
}

/// Queries whose answer is small enough to be held in memory.
pub(super) trait Queries: Engine {
    /// The rows, each read by `read`.
    fn all<T>(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&dyn Row) -> Result<T, Cause>,
    ) -> Result<Vec<T>, Cause> {
        let mut found = Vec::new();
        self.query(sql, values, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row.
    fn first<T>(
        &self,
        sql: &str,
        values: &[Value],
        read: impl FnMut(&dyn Row) -> Result<T, Cause>,
    ) -> Result<Option<T>, Cause> {
        Ok(self.all(sql, values, read)?.into_iter().next())
    }

    /// Whether there is a row.
    fn exists(&self, sql: &str, values: &[Value]) -> Result<bool, Cause> {
        Ok(self.first(sql, values, |_| Ok(()))?.is_some())
    }

    /// What `SELECT count(*)` counts.
    fn count(&self, sql: &str, values: &[Value]) -> Result<u64, Cause> {
        let count = self.first(sql, values, |row| {
            Ok(match row.get(0)? {
                Cell::Integer(count) => count.unsigned_abs(),
                _ => 0,
            })
        })?;
        Ok(count.unwrap_or_default())
    }
}

impl<E: Engine + ?Sized> Queries for E {}

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
    /// Changing tables, as the only `migrate` that does.
    Migrate,
}

/// The fragments in which the engines differ.
#[derive(Debug)]
pub(super) struct Dialect {
    /// What stands around a name: `"` or a backtick.
    pub(super) quote: char,
    /// An equality that also holds between two NULLs.
    pub(super) same: &'static str,
    /// What makes text of whatever type readable as text: a cast, or nothing.
    pub(super) as_text: &'static str,
    /// What makes a time of a column or a value comparable: a function, or nothing.
    pub(super) time: &'static str,
    /// How a name is compared with a pattern of `*`, `?` and `[…]`.
    pub(super) glob: Glob,
    /// Sorts NULL before all values, in ascending order: nothing, or `NULLS FIRST`.
    pub(super) nulls_first: &'static str,
    /// Whether there is one writer at a time, so that nothing changes between a look and a
    /// write.
    pub(super) has_one_writer: bool,
    /// Whether `AutoField` and `BigAutoField` keys are declared alike.
    pub(super) has_one_integer_key: bool,
    /// How many rows a job reads and writes with one statement.
    pub(super) rows_per_statement: usize,
    /// Django's migrations in this SQL.
    pub(super) migrations: &'static Migrations,
}

/// Django's migrations, as they run on one engine.
pub(super) struct Migrations {
    /// Creates `django_migrations`.
    pub(super) ledger: &'static str,
    /// The statements of a migration, a line each, by `app.name`; `None` where it does nothing.
    /// `{users}`, `{id}` and `{user_id}` stand for the user table, its key, and the type of a
    /// reference to it, `{fk}` for the name of that constraint.
    pub(super) sql: fn(&str) -> Option<&'static str>,
    /// The type of a reference to a key of that kind.
    pub(super) reference: fn(&Kind) -> String,
    /// A moment as a literal, in the project's zone.
    pub(super) time: fn(Timestamp, &TimeZone) -> String,
    /// Begins an INSERT that leaves out rows that exist.
    pub(super) insert_or_ignore: &'static str,
    /// Ends it.
    pub(super) or_ignore: &'static str,
    /// Whether a transaction takes back changes of tables, too.
    pub(super) are_transactional: bool,
    /// How many characters the name of a constraint may have.
    pub(super) longest_name: usize,
    /// Begins the transaction that `migrate --sql` shows.
    pub(super) begin: &'static str,
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Migrations")
    }
}

/// How an engine compares a name with a pattern of `*`, `?` and `[…]`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Glob {
    /// It has an operator for just that.
    Operator(&'static str),
    /// The pattern is turned into a regular expression for this operator.
    Regex(&'static str),
}

impl Dialect {
    /// The time in a column or a value, in a form that compares as times do.
    pub(super) fn time_of(&self, expression: &str) -> String {
        match self.time {
            "" => expression.to_owned(),
            function => format!("{function}({expression})"),
        }
    }

    /// The condition that a column matches a pattern, and the value that it has to be given.
    pub(super) fn glob(&self, column: &str, pattern: &str) -> (String, String) {
        match self.glob {
            Glob::Operator(operator) => (format!("{column} {operator} ?"), pattern.to_owned()),
            Glob::Regex(operator) => (format!("{column} {operator} ?"), glob::to_regex(pattern)),
        }
    }

    /// `names` as this SQL lists identifiers.
    pub(super) fn quoted_list(&self, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| self.quoted(name)).collect();
        names.join(", ")
    }

    /// `name` as this SQL writes an identifier.
    pub(super) fn quoted(&self, name: &str) -> String {
        let quote = self.quote;
        let doubled = format!("{quote}{quote}");
        format!("{quote}{}{quote}", name.replace(quote, &doubled))
    }
}

/// The places of so many values in a statement.
pub(super) fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// A list as SQL, in which the user table is called `u` and the token table `t`.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// The columns of a row.
    pub(super) columns: String,
    /// What stands behind FROM.
    pub(super) from: String,
    /// What stands behind WHERE.
    pub(super) conditions: String,
    /// The values.
    pub(super) values: Vec<Value>,
    /// What the rows are sorted by before the name; nothing where the name alone counts.
    pub(super) order: Option<String>,
    /// The primary key of a user, which no two rows share.
    pub(super) id: String,
    /// The name of a user.
    pub(super) username: String,
    /// How many rows at most.
    pub(super) limit: Option<u64>,
}

impl Listing {
    /// The list as one statement.
    pub(super) fn sql(&self, dialect: &Dialect) -> String {
        let Self {
            columns,
            from,
            conditions,
            order,
            id,
            username,
            limit,
            ..
        } = self;
        let first = order
            .as_ref()
            .map(|order| format!("{order} {}, ", dialect.nulls_first))
            .unwrap_or_default();
        let limit = limit
            .map(|limit| format!(" LIMIT {limit}"))
            .unwrap_or_default();
        format!(
            "SELECT {columns} FROM {from} WHERE {conditions} ORDER BY {first}{username}, {id}{limit}"
        )
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

    /// The moment in a column; `None` where Django would read none.
    fn time(&self, column: usize) -> Result<Option<Timestamp>, Cause> {
        Ok(match self.get(column)? {
            Cell::Time(time) => Some(time),
            _ => None,
        })
    }
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
    /// `UUIDField`: in a type of the engine's own, or as 32 digits in `char(32)`.
    Uuid {
        /// Whether the engine has such a type, and the column is of it.
        is_native: bool,
    },
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
