//! What `doctor` asks of a database. Everything here only reads.

use std::cell::RefCell;

use super::companions::companions;
use super::database::Database;
use super::engine::{Listing, Queries as _};
use super::error::{Cause, Error};
use super::model::{Account, FileTrouble, Missing, Selection, TokenFilter};
use super::rows;
use super::select::Selected;
use crate::django::schema::TOKEN_TABLE;
use crate::secret::PasswordHash;

impl Database {
    /// Calls `each` with every user, in the order of their names; memory does not grow with
    /// their number.
    pub fn accounts(&self, mut each: impl FnMut(Account)) -> Result<(), Error> {
        let tx = self.transaction();
        let everybody = Selection::everybody(TokenFilter::Any);
        let listing = || -> Result<Listing, Cause> {
            let selected = Selected::new(&tx, &everybody)?;
            Ok(Listing {
                columns: tx.sql("{entry_columns}, {password}"),
                from: selected.from,
                conditions: selected.conditions,
                values: selected.values,
                order: None,
                id: tx.sql("u.{id}"),
                username: tx.sql("u.{username}"),
                limit: None,
            })
        };
        let listing = listing().map_err(|cause| self.error(cause))?;
        let accounts = RefCell::new(Vec::new());
        tx.engine
            .list(
                &listing,
                &mut |row| {
                    let password = row.get(rows::ENTRY_WIDTH)?;
                    accounts.borrow_mut().push(Account {
                        entry: rows::entry(row, tx.users)?,
                        password: rows::text(password).map(PasswordHash::new),
                    });
                    Ok(())
                },
                &mut || {
                    accounts.borrow_mut().drain(..).for_each(&mut each);
                    Ok(())
                },
            )
            .map_err(|cause| self.error(cause))
    }

    /// The tables in which the server makes a row for each new user, as far as most users show,
    /// with the users who have none.
    pub fn missing_rows(&self) -> Result<Vec<Missing>, Error> {
        /// Names that are shown.
        const EXAMPLES: usize = 5;
        self.read(|tx| {
            let mut found = Vec::new();
            let all = tx
                .engine
                .count(&tx.sql("SELECT count(*) FROM {users}"), &[])?;
            for companion in companions(tx)? {
                // A user need not have a token.
                if companion.table == TOKEN_TABLE || companion.is_optional {
                    continue;
                }
                let parts = [
                    ("table", &*tx.quoted(&companion.table)),
                    ("column", &*tx.quoted(&companion.column)),
                ];
                let without = tx.sql_with(
                    "FROM {users} AS u LEFT JOIN {table} AS c ON c.{column} = u.{id} \
                     WHERE c.{column} IS NULL",
                    &parts,
                );
                let count = tx
                    .engine
                    .count(&format!("SELECT count(*) {without}"), &[])?;
                if count == 0 || 2 * count >= all {
                    continue;
                }
                // Where nobody has a row before the first login, a visit makes it: users who
                // have not been there yet lack nothing.
                let before_login = tx.sql_with(
                    "SELECT 1 FROM {users} AS u JOIN {table} AS c ON c.{column} = u.{id} \
                     WHERE {last_login} IS NULL LIMIT 1",
                    &parts,
                );
                if !tx.engine.exists(&before_login, &[])? {
                    continue;
                }
                let sql = tx.sql(&format!(
                    "SELECT u.{{username}}{{as_text}} {without} ORDER BY u.{{id}} LIMIT {EXAMPLES}"
                ));
                let examples = tx
                    .engine
                    .all(&sql, &[], |row| Ok(rows::text(row.get(0)?)))?;
                found.push(Missing {
                    table: companion.table,
                    count,
                    examples: examples.into_iter().flatten().collect(),
                });
            }
            Ok(found)
        })
    }

    /// The tables with references to rows that do not exist, and how many.
    pub fn broken_references(&self) -> Result<Vec<(String, u64)>, Error> {
        self.read(|tx| tx.engine.broken_references())
    }

    /// What is wrong with the files, where the database is one.
    #[must_use]
    pub fn file_troubles(&self) -> Vec<FileTrouble> {
        self.transaction().engine.file_troubles()
    }
}
