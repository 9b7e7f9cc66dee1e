//! MySQL and MariaDB: a server of their own protocol. Statements of many writers run side by
//! side; changes of tables cannot be taken back.

mod catalog;
mod connect;
mod error;
mod migrations;
mod option_files;
mod values;

use std::cell::{Cell as Slot, RefCell};
use std::mem;
use std::time::{Duration, Instant};

use ::mysql::Conn;
use ::mysql::prelude::Queryable as _;
use jiff::tz::TimeZone;

use self::connect::Server;
use super::super::engine::{
    Access, Cell, Column, Dialect, Each, Engine, ForeignKey, Glob, Row, Value,
};
use super::super::error::Cause;
use super::super::location::ServerUrl;
use super::super::rows;
use super::super::settings::Settings;
use crate::escape::quoted;

/// The fragments in which the SQL of MySQL and MariaDB differs.
pub(in crate::db) static DIALECT: Dialect = Dialect {
    quote: '`',
    same: "<=>",
    as_text: "",
    time: "",
    // By the column's collation, as all names are compared.
    glob: Glob::Regex("REGEXP"),
    nulls_first: "",
    has_one_writer: false,
    has_one_integer_key: false,
    rows_per_statement: 500,
    migrations: &migrations::MIGRATIONS,
};

/// How long the server waits for a lock before it says so. Whether to go on waiting is decided
/// here, so that Ctrl-C ends a wait.
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// A connection to a MySQL or MariaDB server.
pub(in crate::db) struct Mysql {
    server: Server,
    connection: RefCell<Option<Conn>>,
    stage: Slot<Stage>,
    has_migration_lock: Slot<bool>,
    /// Tables that were looked at and cannot be written to, each with its storage engine.
    without_transactions: RefCell<Vec<(String, String)>>,
    timeout: Duration,
    interrupted: fn() -> bool,
    waiting: fn(&str),
    zone: TimeZone,
}

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// There is none: each statement commits by itself.
    Autocommit,
    /// It begins with the next statement, in the same round trip.
    Beginning,
    /// It has read.
    Reading,
    /// It has written.
    Writing,
}

/// What came of the last of some statements.
#[derive(Clone, Copy, Default)]
struct Outcome {
    /// How many rows it found and changed.
    rows: u64,
    /// How many warnings it has.
    warnings: u16,
}

/// Why a statement ended early.
enum Stop {
    Server(::mysql::Error),
    Caller(Cause),
}

impl From<::mysql::Error> for Stop {
    fn from(error: ::mysql::Error) -> Self {
        Self::Server(error)
    }
}

impl Mysql {
    /// Connects to the server that `url` and the surroundings name.
    pub(in crate::db) fn connect(url: &ServerUrl, settings: &Settings) -> Result<Self, Cause> {
        let mysql = Self {
            server: Server::of(url, settings)?,
            connection: RefCell::new(None),
            stage: Slot::new(Stage::Autocommit),
            has_migration_lock: Slot::new(false),
            without_transactions: RefCell::default(),
            timeout: settings.timeout,
            interrupted: settings.interrupted,
            waiting: settings.waiting,
            zone: settings.zone.clone(),
        };
        mysql.open(Some(mysql.silence()))?;
        Ok(mysql)
    }

    /// Opens the connection, anew if there is one. The server may be silent for so long.
    fn open(&self, silence: Option<Duration>) -> Result<(), Cause> {
        self.stage.set(Stage::Autocommit);
        self.has_migration_lock.set(false);
        let mut slot = self.connection.borrow_mut();
        *slot = None;
        *slot = Some(self.server.connect(self.timeout, silence)?);
        Ok(())
    }

    /// How long the server may be silent: even if nobody is waited for, a statement takes its
    /// time.
    fn silence(&self) -> Duration {
        const SHORTEST: Duration = Duration::from_secs(5);
        self.timeout.max(SHORTEST)
    }

    fn cause(&self, stop: Stop) -> Cause {
        match stop {
            Stop::Caller(cause) => cause,
            Stop::Server(error) => error::cause(error, self.server.place()),
        }
    }

    /// Runs statements with their values filled in.
    fn run(&self, sql: &str, each: Each<'_>) -> Result<Outcome, Cause> {
        self.wait_for_locks(sql, each)
            .map_err(|stop| self.cause(stop))
    }

    fn wait_for_locks(&self, sql: &str, each: Each<'_>) -> Result<Outcome, Stop> {
        let start = Instant::now();
        let mut is_told = false;
        loop {
            let is_beginning = self.stage.get() == Stage::Beginning;
            let begun = is_beginning.then(|| format!("START TRANSACTION; {sql}"));
            let mut has_rows = false;
            let result = self.attempt(begun.as_deref().unwrap_or(sql), &mut |row| {
                has_rows = true;
                each(row)
            });
            match result {
                Err(Stop::Server(error)) if error::is_lock_wait_timeout(&error) => {
                    // The server takes back the statement that waited in vain, or with
                    // `innodb_rollback_on_timeout` the whole transaction. Only where that has
                    // written nothing do both come to the same.
                    if self.stage.get() == Stage::Writing {
                        let words = "a lock was held for too long".to_owned();
                        return Err(Stop::Caller(Cause::Contention(words)));
                    }
                    let is_over = start.elapsed() >= self.timeout;
                    if has_rows || is_over || (self.interrupted)() {
                        return Err(Stop::Server(error));
                    }
                    if !is_told {
                        is_told = true;
                        (self.waiting)("another writer");
                    }
                }
                result => {
                    if is_beginning && result.is_ok() {
                        self.stage.set(Stage::Reading);
                    }
                    return result;
                }
            }
        }
    }

    fn attempt(&self, sql: &str, each: Each<'_>) -> Result<Outcome, Stop> {
        let Ok(mut slot) = self.connection.try_borrow_mut() else {
            let words = "a statement was run within another".to_owned();
            return Err(Stop::Caller(Cause::Other(words)));
        };
        let Some(connection) = slot.as_mut() else {
            let words = format!("{}: it is closed", self.server.place());
            return Err(Stop::Caller(Cause::ConnectionLost(words)));
        };
        let result = self.run_on(connection, sql, each);
        if !matches!(
            &result,
            Ok(_) | Err(Stop::Server(::mysql::Error::MySqlError(_)))
        ) {
            // It is gone, or has rows left that would be taken for the answer to the next
            // statement. The server rolls back when it goes.
            *slot = None;
        }
        result
    }

    /// Hands over the rows as they come.
    fn run_on(&self, connection: &mut Conn, sql: &str, each: Each<'_>) -> Result<Outcome, Stop> {
        let mut outcome = Outcome::default();
        let mut results = connection.query_iter(sql)?;
        loop {
            let Some(mut rows) = results.iter() else {
                return Ok(outcome);
            };
            outcome = Outcome {
                rows: rows.affected_rows(),
                warnings: rows.warnings(),
            };
            let zone = &self.zone;
            let handed_over = rows.try_for_each(|row| {
                let row = row?;
                each(&MysqlRow { row, zone }).map_err(Stop::Caller)
            });
            if let Err(stop) = handed_over {
                // Dropped, both would read what is left; but the connection is given up.
                mem::forget(rows);
                mem::forget(results);
                return Err(stop);
            }
        }
    }

    /// Runs a statement that has no rows.
    fn perform(&self, sql: &str) -> Result<Outcome, Cause> {
        self.run(sql, &mut |_| Ok(()))
    }

    /// Notes that the transaction, if there is one, has written.
    fn has_written(&self) {
        if self.stage.get() == Stage::Reading {
            self.stage.set(Stage::Writing);
        }
    }

    /// Refuses to write where that could not be taken back: to `MyISAM`, for instance.
    fn require_transactions(&self) -> Result<(), Cause> {
        match self.without_transactions.borrow().first() {
            None => Ok(()),
            Some((table, engine)) => Err(Cause::Layout(format!(
                "table {} is stored by {engine}, which has no transactions",
                quoted(table)
            ))),
        }
    }

    /// Refuses warnings other than that a row exists: INSERT IGNORE makes warnings of what
    /// otherwise are errors, such as a value that was cut.
    fn check_warnings(&self, warnings: u16) -> Result<(), Cause> {
        if warnings == 0 {
            return Ok(());
        }
        self.run("SHOW WARNINGS", &mut |row| {
            let code = match row.get(1)? {
                Cell::Integer(code) => u16::try_from(code).unwrap_or_default(),
                _ => 0,
            };
            if code == error::DUPLICATE || rows::text(row.get(0)?).as_deref() == Some("Note") {
                return Ok(());
            }
            let message = rows::text(row.get(2)?).unwrap_or_default();
            Err(error::warning_cause(code, message))
        })?;
        Ok(())
    }
}

impl Engine for Mysql {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn begin(&self, access: Access) -> Result<(), Cause> {
        match access {
            // At READ COMMITTED each statement sees the database as it is then, in a transaction
            // or not; and without one no table is kept from being altered.
            Access::Read => Ok(()),
            Access::Write => {
                self.require_transactions()?;
                self.stage.set(Stage::Beginning);
                Ok(())
            }
            Access::Migrate => {
                self.require_transactions()?;
                // To rebuild a large table takes what it takes.
                self.open(None)?;
                migrations::lock(self)
            }
        }
    }

    fn commit(&self) -> Result<(), Cause> {
        migrations::unlock(self);
        let stage = self.stage.replace(Stage::Autocommit);
        if matches!(stage, Stage::Autocommit | Stage::Beginning) {
            return Ok(());
        }
        self.perform("COMMIT").map(drop)
    }

    fn rollback(&self) {
        migrations::unlock(self);
        let stage = self.stage.replace(Stage::Autocommit);
        let has_begun = matches!(stage, Stage::Reading | Stage::Writing);
        if has_begun && self.connection.borrow().is_some() {
            let _ = self.perform("ROLLBACK");
        }
    }

    fn reconnect(&mut self) -> Result<(), Cause> {
        self.open(Some(self.silence()))
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, Cause> {
        let sql = values::fill_in(sql, values, &self.zone)?;
        let outcome = self.perform(&sql)?;
        self.has_written();
        Ok(outcome.rows)
    }

    fn query(&self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), Cause> {
        let sql = values::fill_in(sql, values, &self.zone)?;
        self.run(&sql, each).map(drop)
    }

    fn batch(&self, sql: &str) -> Result<(), Cause> {
        self.perform(sql)?;
        self.has_written();
        Ok(())
    }

    fn insert_or_ignore(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<u64, Cause> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut sql = format!(
            "INSERT IGNORE INTO {} ({}) VALUES ",
            DIALECT.quoted(table),
            DIALECT.quoted_list(columns)
        );
        for (number, row) in rows.iter().enumerate() {
            sql.push_str(if number == 0 { "(" } else { "), (" });
            for (position, value) in row.iter().enumerate() {
                if position > 0 {
                    sql.push_str(", ");
                }
                values::push(&mut sql, value, &self.zone);
            }
        }
        sql.push(')');
        let outcome = self.perform(&sql)?;
        self.has_written();
        self.check_warnings(outcome.warnings)?;
        Ok(outcome.rows)
    }

    fn can_read(&self, table: &str) -> Result<bool, Cause> {
        catalog::can_read(self, table)
    }

    fn has_table(&self, table: &str) -> Result<bool, Cause> {
        catalog::has_table(self, table)
    }

    fn columns(&self, table: &str) -> Result<Vec<Column>, Cause> {
        catalog::columns(self, table)
    }

    fn foreign_keys(&self) -> Result<Vec<ForeignKey>, Cause> {
        catalog::foreign_keys(self)
    }

    fn table_names(&self) -> Result<Vec<String>, Cause> {
        catalog::table_names(self)
    }

    fn tables_with_column(&self, column: &str) -> Result<Vec<String>, Cause> {
        catalog::tables_with_column(self, column)
    }

    fn has_default_layout(&self) -> Result<bool, Cause> {
        catalog::has_default_layout(self)
    }

    fn reports_writes(&self, table: &str) -> Result<bool, Cause> {
        catalog::has_certainly_no_triggers(self, table)
    }

    fn migrate(&self, sql: &str) -> Result<(), Cause> {
        migrations::run(self, sql)
    }
}

/// A row of an answer.
struct MysqlRow<'a> {
    row: ::mysql::Row,
    zone: &'a TimeZone,
}

impl Row for MysqlRow<'_> {
    fn get(&self, column: usize) -> Result<Cell<'_>, Cause> {
        values::cell(&self.row, column, self.zone)
            .ok_or_else(|| Cause::Other("an answer has fewer columns than expected".to_owned()))
    }
}
