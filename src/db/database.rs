//! An open database, and the transactions that everything runs in.

use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::engine::{Access, Dialect, Engine, Kind, Queries as _, Row, Value};
use super::engines;
use super::error::{Cause, Error};
use super::layout::Layout;
use super::rows;
use super::settings::{SILENCE, Settings};
use super::user_table::UserTable;
use crate::django::schema::MIGRATION_TABLE;

/// How long a transaction goes on before it is committed, if there is more to do: a live writer
/// waits this long, and for the commit.
pub(super) const HOLD: Duration = Duration::from_millis(500);

/// A Django database whose layout has been read and is known.
pub struct Database {
    engine: Box<dyn Engine>,
    layout: Layout,
    settings: Settings,
}

/// A transaction: the connection, and the names that its statements are filled with.
pub(super) struct Transaction<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) users: &'a UserTable,
    pub(super) zone: &'a TimeZone,
}

/// Why a transaction ended before its commit.
#[derive(Debug)]
pub(super) enum Stop<E> {
    /// The database failed.
    Database(Cause),
    /// The caller had a reason of its own.
    Caller(E),
}

impl<E> From<Cause> for Stop<E> {
    fn from(cause: Cause) -> Self {
        Self::Database(cause)
    }
}

impl Database {
    /// Opens the database, which has to exist, and finds the tables in it; with `needs_tokens`
    /// also the token table.
    pub fn open(settings: &Settings, needs_tokens: bool) -> Result<Self, Error> {
        let opened = || -> Result<Self, Cause> {
            let engine = engines::connect(settings)?;
            let layout = in_transaction(engine.as_ref(), Access::Read, || {
                let layout = Layout::read(engine.as_ref(), settings)?;
                if needs_tokens {
                    layout.require_tokens(engine.as_ref())?;
                }
                Ok(layout)
            })?;
            Ok(Self {
                engine,
                layout,
                settings: settings.clone(),
            })
        };
        opened().map_err(|cause| settings.error(cause))
    }

    /// The user table.
    #[must_use]
    pub fn users(&self) -> &UserTable {
        &self.layout.users
    }

    /// Whether there is a token table.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        self.layout.has_tokens
    }

    /// Whether everybody on the machine may read the file, and every key in it.
    #[must_use]
    pub fn is_world_readable(&self) -> bool {
        self.settings
            .location
            .file()
            .is_some_and(engines::is_world_readable)
    }

    /// How many migrations are recorded.
    pub fn migration_count(&self) -> Result<i64, Error> {
        self.read(|tx| {
            if !tx.engine.has_table(MIGRATION_TABLE)? {
                return Ok(0);
            }
            let count = tx.first("SELECT count(*) FROM django_migrations", &[], |row| {
                Ok(rows::integer(&row.get(0)?))
            })?;
            Ok(count.unwrap_or_default())
        })
    }

    /// Makes room in memory for a job that writes to pages all over the database.
    pub fn prepare_bulk_write(&self) -> Result<(), Error> {
        self.engine
            .prepare_bulk_write()
            .map_err(|cause| self.error(cause))
    }

    /// Runs reads in one transaction, which sees the database at one moment where the engine
    /// can do that without being in a writer's way.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Cause>,
    ) -> Result<T, Error> {
        self.look(work).map_err(|cause| self.error(cause))
    }

    /// Runs `work` in one transaction that may write, again if it lost a race, and commits it.
    ///
    /// `landed` tells from the database whether the change of `work`'s result is there. It is
    /// asked when the commit reports an error, since the commit can have succeeded all the same
    /// (the connection can break, or unlocking a file can fail, just after it), and a wrong
    /// report would be worse than none.
    pub(super) fn write<T, E: From<Error>>(
        &mut self,
        mut work: impl FnMut(&Transaction<'_>) -> Result<T, Stop<E>>,
        mut landed: impl FnMut(&Transaction<'_>, &T) -> Result<bool, Cause>,
    ) -> Result<T, E> {
        let start = Instant::now();
        let mut pause = Duration::from_millis(5);
        let mut is_told = false;
        loop {
            match self.attempt(&mut work, &mut landed) {
                Ok(result) => return Ok(result),
                Err(Stop::Caller(error)) => return Err(error),
                Err(Stop::Database(Cause::Contention(_)))
                    if start.elapsed() < self.settings.timeout
                        && !(self.settings.interrupted)() =>
                {
                    if !is_told && start.elapsed() >= SILENCE {
                        is_told = true;
                        (self.settings.waiting)("another writer");
                    }
                    // A little different in each process, so that those who met once do not
                    // meet again.
                    thread::sleep(pause + Duration::from_millis(u64::from(std::process::id() % 8)));
                    pause = (pause * 2).min(Duration::from_millis(200));
                }
                Err(Stop::Database(cause)) => return Err(self.error(cause).into()),
            }
        }
    }

    fn attempt<T, E>(
        &mut self,
        work: &mut impl FnMut(&Transaction<'_>) -> Result<T, Stop<E>>,
        landed: &mut impl FnMut(&Transaction<'_>, &T) -> Result<bool, Cause>,
    ) -> Result<T, Stop<E>> {
        self.engine.begin(Access::Write)?;
        let result = match work(&self.transaction()) {
            Ok(result) => result,
            Err(stop) => {
                self.engine.rollback();
                return Err(stop);
            }
        };
        let Err(cause) = self.engine.commit() else {
            return Ok(result);
        };
        self.engine.rollback();
        if !cause.leaves_commit_unknown() {
            return Err(cause.into());
        }
        let unknown = |_| Cause::CommitUnknown(cause.to_string());
        self.engine.reconnect().map_err(unknown)?;
        if self.look(|tx| landed(tx, &result)).map_err(unknown)? {
            Ok(result)
        } else {
            Err(cause.into())
        }
    }

    fn look<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Cause>) -> Result<T, Cause> {
        in_transaction(self.engine.as_ref(), Access::Read, || {
            work(&self.transaction())
        })
    }

    pub(super) fn error(&self, cause: Cause) -> Error {
        self.settings.error(cause)
    }

    pub(super) fn transaction(&self) -> Transaction<'_> {
        Transaction {
            engine: self.engine.as_ref(),
            users: &self.layout.users,
            zone: &self.settings.zone,
        }
    }
}

/// Runs `work` between the beginning and the end of a transaction.
pub(super) fn in_transaction<T>(
    engine: &dyn Engine,
    access: Access,
    work: impl FnOnce() -> Result<T, Cause>,
) -> Result<T, Cause> {
    engine.begin(access)?;
    let done = work().and_then(|result| engine.commit().map(|()| result));
    if done.is_err() {
        engine.rollback();
    }
    done
}

impl Transaction<'_> {
    /// Fills in the names that every statement may use: `{users}`, `{id}`, `{username}`, the
    /// columns of a user `{user_columns}`, `{key}` (reserved in SQL of some engines), and the dialect's
    /// `{same}`, `{as_text}`, `{nulls_first}`.
    pub(super) fn sql(&self, template: &str) -> String {
        self.sql_with(template, &[])
    }

    /// As [`Self::sql`], with `parts` of the caller's own.
    pub(super) fn sql_with(&self, template: &str, parts: &[(&str, &str)]) -> String {
        let Dialect {
            same,
            as_text,
            nulls_first,
            ..
        } = self.engine.dialect();
        let mut sql = String::with_capacity(template.len() * 2);
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('{') {
            sql.push_str(before);
            let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
            rest = behind;
            if let Some((_, part)) = parts.iter().find(|(part, _)| *part == name) {
                sql.push_str(part);
                continue;
            }
            match name {
                "users" => sql.push_str(&self.quoted(&self.users.name)),
                "id" => sql.push_str(&self.quoted(&self.users.key)),
                "username" => sql.push_str(&self.quoted(&self.users.username_field)),
                "key" => sql.push_str(&self.quoted("key")),
                "user_columns" => sql.push_str(&self.user_columns()),
                "entry_columns" => sql.push_str(&self.entry_columns()),
                "same" => sql.push_str(same),
                "as_text" => sql.push_str(as_text),
                "nulls_first" => sql.push_str(nulls_first),
                column => sql.push_str(&self.column_or_null(column)),
            }
        }
        sql.push_str(rest);
        sql
    }

    /// `name` as the engine's SQL writes an identifier.
    pub(super) fn quoted(&self, name: &str) -> String {
        self.engine.dialect().quoted(name)
    }

    fn user_columns(&self) -> String {
        self.sql("u.{id}, u.{username}{as_text}, {email}, {is_active}, {is_staff}, {is_superuser}")
    }

    fn entry_columns(&self) -> String {
        self.sql("{user_columns}, {last_login}, t.{key}, t.created")
    }

    /// A column of the user table, called `u`, to be read, or NULL where the user model has none.
    fn column_or_null(&self, name: &str) -> String {
        let Some(column) = self.users.column(name) else {
            return "NULL".to_owned();
        };
        let as_text = match column.kind {
            Kind::Text(_) => self.engine.dialect().as_text,
            _ => "",
        };
        format!("u.{}{as_text}", self.quoted(name))
    }

    /// Runs a statement and returns the number of rows that it changed.
    pub(super) fn execute(&self, template: &str, values: &[Value]) -> Result<u64, Cause> {
        self.engine.execute(&self.sql(template), values)
    }

    /// The rows of a query, each read by `read`.
    pub(super) fn all<T>(
        &self,
        template: &str,
        values: &[Value],
        read: impl FnMut(&dyn Row) -> Result<T, Cause>,
    ) -> Result<Vec<T>, Cause> {
        self.engine.all(&self.sql(template), values, read)
    }

    /// The first row of a query.
    pub(super) fn first<T>(
        &self,
        template: &str,
        values: &[Value],
        read: impl FnMut(&dyn Row) -> Result<T, Cause>,
    ) -> Result<Option<T>, Cause> {
        self.engine.first(&self.sql(template), values, read)
    }

    /// Whether a query has a row.
    pub(super) fn exists(&self, template: &str, values: &[Value]) -> Result<bool, Cause> {
        self.engine.exists(&self.sql(template), values)
    }
}
