//! The list of users and their tokens, a batch of rows at a time: memory does not grow with
//! their number, and the server can write between two batches however slowly they are read
//! (a reader holds off every commit while it stands in the middle of a statement).

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::Database;
use super::layout::{Layout, TOKEN_TABLE, identifier};
use super::select::{ENTRY_WIDTH, Selected, entry, entry_columns};
use crate::db::{Cause, Entry, Error, Order, Query};

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
        let mut pages = self.read(|connection, layout| {
            let selected = Selected::new(&layout.users, &query.selection, &self.zone)?;
            Pages::new(connection, layout, query, selected)
        })?;
        loop {
            let entries = self.read(|connection, layout| {
                let (sql, parameters) = pages.next();
                let mut statement = connection.prepare_cached(&sql)?;
                let mut found = statement.query(params_from_iter(parameters))?;
                let mut entries = Vec::new();
                while let Some(row) = found.next()? {
                    pages.advance(row)?;
                    entries.push(entry(row, &layout.users, &self.zone)?);
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
    columns: String,
    selected: Selected,
    /// Two expressions that the list is in the order of, and that no two rows share.
    order: String,
    /// Their values in the last row that was read.
    last: Option<(Value, Value)>,
    left: Option<u64>,
}

impl Pages {
    fn new(
        connection: &Connection,
        layout: &Layout,
        query: &Query,
        mut selected: Selected,
    ) -> Result<Self, Cause> {
        let users = &layout.users;
        let key = format!("u.{}", identifier(&users.key));
        let login = format!("u.{}", identifier(&users.login));
        let last_login = if users.has("last_login") {
            "u.last_login"
        } else {
            "NULL"
        };
        let sorted_by = match query.order {
            // The login column has an index: the order costs nothing.
            Order::Username => None,
            Order::Created => Some("t.created"),
            Order::LastLogin => Some(last_login),
        };
        let order = if let Some(sorted_by) = sorted_by {
            // No index has this order: sort once, into a temporary table that SQLite keeps on
            // disk.
            let sort = format!(
                "CREATE TEMP TABLE sorted AS SELECT {key} AS user FROM {} WHERE {} \
                 ORDER BY {sorted_by}, {login} LIMIT {}",
                selected.from,
                selected.conditions,
                limit(query.limit),
            );
            connection.execute(&sort, params_from_iter(selected.parameters))?;
            selected = Selected {
                from: format!(
                    "temp.sorted AS s JOIN {} AS u ON {key} = s.user \
                     LEFT JOIN {TOKEN_TABLE} AS t ON t.user_id = {key}",
                    identifier(&users.name)
                ),
                conditions: "1".to_owned(),
                parameters: Vec::new(),
            };
            "s.rowid, s.user".to_owned()
        } else {
            format!("{login}, {key}")
        };
        Ok(Self {
            columns: format!("{}, {order}", entry_columns(users)),
            selected,
            order,
            last: None,
            left: query.limit,
        })
    }

    /// The next statement and its parameters.
    fn next(&self) -> (String, Vec<Value>) {
        let mut parameters = self.selected.parameters.clone();
        let mut behind = String::new();
        if let Some((first, second)) = &self.last {
            behind = format!(
                " AND ({}) > (?{}, ?{})",
                self.order,
                parameters.len() + 1,
                parameters.len() + 2
            );
            parameters.extend([first.clone(), second.clone()]);
        }
        let sql = format!(
            "SELECT {} FROM {} WHERE {}{behind} ORDER BY {} LIMIT {}",
            self.columns,
            self.selected.from,
            self.selected.conditions,
            self.order,
            limit(Some(self.left.map_or(BATCH, |left| left.min(BATCH)))),
        );
        (sql, parameters)
    }

    fn advance(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<()> {
        self.last = Some((row.get(ENTRY_WIDTH)?, row.get(ENTRY_WIDTH + 1)?));
        self.left = self.left.map(|left| left.saturating_sub(1));
        Ok(())
    }
}

/// SQLite reads a negative limit as none.
fn limit(limit: Option<u64>) -> String {
    limit.map_or_else(|| "-1".to_owned(), |limit| limit.to_string())
}
