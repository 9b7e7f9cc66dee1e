//! The list of users and their tokens, a batch of rows at a time: memory does not grow with
//! their number, and the server can write between two batches however slowly they are read
//! (a reader holds off every commit while it stands in the middle of a statement).

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::layout::{Layout, TOKEN_TABLE, identifier};
use super::{Database, rows};
use crate::db::{Cause, Entry, Error, Holding, Order, Query};

/// Rows that are read before any is handed on: long enough that the start of a statement does
/// not count, short enough for the server never to notice.
const BATCH: u64 = 2_000;

impl Database {
    /// Calls `each` with every row of the list until it returns an error.
    ///
    /// The outer error is the database's, the inner one that of `each`.
    pub fn list<E>(
        &self,
        query: &Query,
        mut each: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<Result<(), E>, Error> {
        let mut pages = self.read(|connection, layout| Pages::new(connection, layout, query))?;
        loop {
            let entries = self.read(|connection, layout| {
                let mut statement = connection.prepare_cached(&pages.sql())?;
                let mut found = statement.query(params_from_iter(pages.parameters()))?;
                let mut entries = Vec::new();
                while let Some(row) = found.next()? {
                    pages.advance(row)?;
                    entries.push(Entry {
                        user: rows::user(row, &layout.users)?,
                        last_login: rows::time(row.get_ref(rows::USER_WIDTH)?, &self.zone),
                        token: rows::token(row, rows::USER_WIDTH + 1, &self.zone)?,
                    });
                }
                Ok(entries)
            })?;
            if entries.is_empty() {
                return Ok(Ok(()));
            }
            for entry in entries {
                if let Err(error) = each(entry) {
                    return Ok(Err(error));
                }
            }
        }
    }
}

/// A position in the list, and the statement that reads on from there.
struct Pages {
    select: String,
    conditions: Vec<String>,
    order: String,
    /// The order's values in the last row that was read.
    last: Option<(Value, Value)>,
    left: Option<u64>,
}

impl Pages {
    fn new(connection: &Connection, layout: &Layout, query: &Query) -> Result<Self, Cause> {
        let users = &layout.users;
        let key = format!("u.{}", identifier(&users.key));
        let login = format!("u.{}", identifier(&users.login));
        let last_login = if users.has("last_login") {
            "u.last_login"
        } else {
            "NULL"
        };
        let join = if query.holding == Holding::Token {
            "JOIN"
        } else {
            "LEFT JOIN"
        };
        let from = format!(
            "{} AS u {join} {TOKEN_TABLE} AS t ON t.user_id = {key}",
            identifier(&users.name)
        );
        let mut conditions = Vec::new();
        if query.holding == Holding::Nothing {
            conditions.push("t.key IS NULL".to_owned());
        }
        let columns = format!(
            "{}, {last_login}, t.key, t.created",
            rows::user_columns(users)
        );
        let sorted_by = match query.order {
            // The login column has an index: the order costs nothing.
            Order::Username => {
                return Ok(Self {
                    select: format!("SELECT {columns}, {login}, {key} FROM {from}"),
                    conditions,
                    order: format!("{login}, {key}"),
                    last: None,
                    left: query.limit,
                });
            }
            Order::Created => "t.created",
            Order::LastLogin => last_login,
        };
        // No index has this order: sort once, into a temporary table that SQLite keeps on disk.
        let sort = format!(
            "CREATE TEMP TABLE sorted AS SELECT {key} AS user FROM {from} {} \
             ORDER BY {sorted_by}, {login} LIMIT {}",
            where_clause(&conditions),
            limit(query.limit),
        );
        connection.execute_batch(&sort)?;
        Ok(Self {
            select: format!(
                "SELECT {columns}, s.rowid, 0 FROM temp.sorted AS s \
                 JOIN {} AS u ON {key} = s.user {join} {TOKEN_TABLE} AS t ON t.user_id = {key}",
                identifier(&users.name)
            ),
            conditions,
            order: "s.rowid, 0".to_owned(),
            last: None,
            left: query.limit,
        })
    }

    fn sql(&self) -> String {
        let mut conditions = self.conditions.clone();
        if self.last.is_some() {
            conditions.push(format!("({}) > ($1, $2)", self.order));
        }
        format!(
            "{} {} ORDER BY {} LIMIT {}",
            self.select,
            where_clause(&conditions),
            self.order,
            limit(Some(self.left.map_or(BATCH, |left| left.min(BATCH)))),
        )
    }

    fn parameters(&self) -> Vec<Value> {
        match &self.last {
            Some((first, second)) => vec![first.clone(), second.clone()],
            None => Vec::new(),
        }
    }

    fn advance(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<()> {
        let at = rows::USER_WIDTH + 3;
        self.last = Some((row.get(at)?, row.get(at + 1)?));
        self.left = self.left.map(|left| left.saturating_sub(1));
        Ok(())
    }
}

fn where_clause(conditions: &[String]) -> String {
    if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {}", conditions.join(" AND "))
    }
}

/// SQLite reads a negative limit as none.
fn limit(limit: Option<u64>) -> String {
    limit.map_or_else(|| "-1".to_owned(), |limit| limit.to_string())
}
