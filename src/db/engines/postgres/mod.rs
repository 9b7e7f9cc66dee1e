//! PostgreSQL, and what speaks its protocol: a server with many writers at a time. Nothing is
//! kept in a session that a bouncer could hand on to others: no named statement, no setting.

mod catalog;
mod connect;
mod error;
mod files;
mod migrations;
mod session;
mod settings;
mod tls;
mod values;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::join;
use futures_util::{FutureExt as _, TryStreamExt as _};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use self::session::{Patience, Session, Work};
use self::values::{Parameter, PostgresRow, numbered};
use crate::db::engine::{Access, Column, Dialect, Each, Engine, ForeignKey, Glob, Value};
use crate::db::error::Cause;
use crate::db::location::ServerUrl;
use crate::db::settings as db_settings;

/// The fragments in which PostgreSQL's SQL differs.
pub(in crate::db) static DIALECT: Dialect = Dialect {
    quote: '"',
    same: "IS NOT DISTINCT FROM",
    // What the library does to learn what `citext` is, it does with a named statement, and while
    // the rows of more than one packet are under way it waits for ever.
    as_text: "::text",
    time: "",
    glob: Glob::Regex("~"),
    nulls_first: "NULLS FIRST",
    has_one_writer: false,
    has_one_integer_key: false,
    rows_per_statement: 5_000,
    migrations: &migrations::MIGRATIONS,
};

/// The advisory lock of `migrate`, in each database its own: "drfctl" in ASCII.
const MIGRATE_LOCK: i64 = 0x6472_6663_746c;

/// From so many rows on they are first inserted as if none collided: that takes the server a fifth
/// less time, and hardly ever one does.
const MANY: usize = 100;

/// A connection to a PostgreSQL database.
pub(in crate::db) struct Postgres {
    session: Session,
    settings: settings::Settings,
    patience: Patience,
    /// What begins the transaction, until it is sent along with the first statement.
    beginning: RefCell<Option<String>>,
    access: Cell<Access>,
    /// Whether a statement has failed, and with it the transaction.
    has_failed: Cell<bool>,
}

impl Postgres {
    /// Connects to the server that the URL names, or that libpq would find.
    pub(in crate::db) fn connect(
        url: &ServerUrl,
        settings: &db_settings::Settings,
    ) -> Result<Self, Cause> {
        let variable = |name: &str| (settings.variable)(name)?.into_string().ok();
        let patience = Patience {
            timeout: settings.timeout,
            interrupted: settings.interrupted,
            waiting: settings.waiting,
        };
        let settings = settings::Settings::read(url, &variable)?;
        Ok(Self {
            session: connect::open(&settings, patience)?,
            settings,
            patience,
            beginning: RefCell::new(None),
            access: Cell::new(Access::Read),
            has_failed: Cell::new(false),
        })
    }

    /// The statements that begin a transaction. What they set ends with it.
    fn beginning(&self, access: Access) -> String {
        // 0 would mean no limit.
        let limit = self.patience.timeout.as_millis().max(1);
        let mode = match access {
            Access::Read => " READ ONLY",
            Access::Write | Access::Migrate => "",
        };
        // A list may be read slowly, and the change of a large table takes what it takes.
        let statement = match access {
            Access::Write => limit + 500,
            Access::Read | Access::Migrate => 0,
        };
        let mut sql = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED{mode}; SET LOCAL lock_timeout = {limit}; \
             SET LOCAL statement_timeout = {statement}"
        );
        for (name, value) in &self.settings.parameters {
            let (name, value) = (literal(name), literal(value));
            sql.push_str(&format!("; SELECT set_config({name}, {value}, true)"));
        }
        if let Some(role) = &self.settings.role {
            sql.push_str(&format!("; SET LOCAL ROLE {}", DIALECT.quoted(role)));
        }
        if access == Access::Migrate {
            sql.push_str(&format!("; SELECT pg_advisory_xact_lock({MIGRATE_LOCK})"));
        }
        sql
    }

    /// Inserts rows, or none: then the transaction goes on as if nothing had been tried.
    fn insert_all(&self, insert: &str, values: &[Value]) -> Result<u64, Cause> {
        self.batch("SAVEPOINT insert_all")?;
        let inserted = self.execute(insert, values);
        match inserted {
            Ok(_) => self.batch("RELEASE SAVEPOINT insert_all")?,
            Err(Cause::NotUnique(_)) => {
                self.batch("ROLLBACK TO SAVEPOINT insert_all")?;
                self.has_failed.set(false);
            }
            Err(_) => {}
        }
        inserted
    }

    /// Runs what `send` sends, behind the beginning of the transaction if that is still to come:
    /// both go out at once.
    fn run<'a, T, F>(&'a self, send: impl FnOnce(&'a Client) -> F) -> Result<T, Cause>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let client = self.session.client()?;
        let work = match self.access.get() {
            Access::Migrate => Work::Migration,
            Access::Read | Access::Write => Work::Statement,
        };
        let beginning = self.beginning.take();
        let done = self.session.wait(work, async {
            let Some(beginning) = &beginning else {
                return send(client).await;
            };
            let (begun, done) = join(client.batch_execute(beginning), send(client)).await;
            begun.and(done)
        });
        self.has_failed.set(self.has_failed.get() || done.is_err());
        done
    }
}

/// Text as a literal, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "''");
    format!("E'{text}'")
}

fn parameters(values: &[Value]) -> impl Iterator<Item = (Parameter<'_>, Type)> {
    values.iter().map(|value| (Parameter(value), Type::UNKNOWN))
}

impl Engine for Postgres {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn begin(&self, access: Access) -> Result<(), Cause> {
        self.access.set(access);
        self.has_failed.set(false);
        let beginning = self.beginning(access);
        if access == Access::Read {
            self.beginning.replace(Some(beginning));
            return Ok(());
        }
        // Were a beginning to fail that writes follow at once, each of them would be committed.
        self.batch(&beginning)
    }

    fn commit(&self) -> Result<(), Cause> {
        if self.beginning.take().is_some() {
            return Ok(());
        }
        if self.has_failed.get() {
            // The server would roll back, and call that a success.
            return Err(Cause::Other(
                "a statement of the transaction failed before".to_owned(),
            ));
        }
        if self.access.get() == Access::Read {
            // Nothing depends on the answer.
            let client = self.session.client()?;
            self.session.send(client.batch_execute("COMMIT"));
            return Ok(());
        }
        // Django's references are looked at when a transaction ends, and that can have to wait
        // for a lock. Here it can still be called off, and nobody has to ask what came of it.
        self.batch("SET CONSTRAINTS ALL IMMEDIATE")?;
        let client = self.session.client()?;
        self.session
            .wait(Work::Commit, client.batch_execute("COMMIT"))
    }

    fn rollback(&self) {
        if self.beginning.take().is_some() {
            return;
        }
        if let Ok(client) = self.session.client() {
            let _ = self
                .session
                .wait(Work::Statement, client.batch_execute("ROLLBACK"));
        }
    }

    fn reconnect(&mut self) -> Result<(), Cause> {
        const PAUSE: Duration = Duration::from_millis(200);
        let start = Instant::now();
        loop {
            match connect::open(&self.settings, self.patience) {
                Ok(session) => {
                    self.session = session;
                    return Ok(());
                }
                // Another server may be about to take over.
                Err(Cause::Unreachable(_) | Cause::NotReady(_) | Cause::ConnectionLost(_))
                    if start.elapsed() < self.patience.timeout
                        && !(self.patience.interrupted)() =>
                {
                    std::thread::sleep(PAUSE);
                }
                Err(cause) => return Err(cause),
            }
        }
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, Cause> {
        let sql = numbered(sql);
        let parameters: Vec<Parameter<'_>> = values.iter().map(Parameter).collect();
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> = parameters
            .iter()
            .map(|parameter| (parameter as &(dyn ToSql + Sync), Type::UNKNOWN))
            .collect();
        self.run(|client| client.execute_typed(&sql, &parameters))
    }

    fn query(&self, sql: &str, values: &[Value], each: Each<'_>) -> Result<(), Cause> {
        let sql = numbered(sql);
        let rows = self.run(|client| client.query_typed_raw(&sql, parameters(values)))?;
        let mut rows = pin!(rows);
        loop {
            // What has come already needs no waiting.
            let next = match rows.try_next().now_or_never() {
                Some(next) => next.map_err(Cause::from),
                None => self.run(|_| rows.try_next()),
            };
            match next {
                Ok(Some(row)) => {
                    if let Err(cause) = each(&PostgresRow(&row)) {
                        self.session.abandon();
                        self.has_failed.set(true);
                        return Err(cause);
                    }
                }
                Ok(None) => return Ok(()),
                Err(cause) => {
                    self.has_failed.set(true);
                    return Err(cause);
                }
            }
        }
    }

    fn batch(&self, sql: &str) -> Result<(), Cause> {
        self.run(|client| client.batch_execute(sql))
    }

    fn insert_or_ignore(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
    ) -> Result<u64, Cause> {
        let (selected, values) = values::selected(rows, columns.len());
        let insert = format!(
            "INSERT INTO {} ({}) SELECT {selected}",
            DIALECT.quoted(table),
            DIALECT.quoted_list(columns),
        );
        if rows.len() >= MANY {
            match self.insert_all(&insert, &values) {
                Err(Cause::NotUnique(_)) => {}
                result => return result,
            }
        }
        self.execute(&format!("{insert} ON CONFLICT DO NOTHING"), &values)
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
        Ok(!catalog::has_triggers(self, table)?)
    }
}
