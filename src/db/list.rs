//! The list of users and their tokens.

use std::cell::RefCell;

use super::database::{Database, Transaction};
use super::engine::Listing;
use super::error::{Cause, Error};
use super::model::{Entry, Order, Query};
use super::rows;
use super::select::Selected;

impl Database {
    /// Calls `each` with every row of the list until it returns an error. Memory does not grow
    /// with the number of rows, and the server can write however slowly they are taken.
    ///
    /// The outer error is the database's, the inner one that of `each`.
    pub fn list<E>(
        &self,
        query: &Query,
        mut each: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<Result<(), E>, Error> {
        let tx = self.transaction();
        let listing = listing(&tx, query).map_err(|cause| self.error(cause))?;
        let entries = RefCell::new(Vec::new());
        let mut failed = None;
        let listed = tx.engine.list(
            &listing,
            &mut |row| {
                entries.borrow_mut().push(rows::entry(row, tx.users)?);
                Ok(())
            },
            &mut || {
                for entry in entries.borrow_mut().drain(..) {
                    if let Err(error) = each(entry) {
                        failed = Some(error);
                        // Ends the list; the caller gets the error itself.
                        return Err(Cause::Interrupted);
                    }
                }
                Ok(())
            },
        );
        match failed {
            Some(error) => Ok(Err(error)),
            None => listed.map(Ok).map_err(|cause| self.error(cause)),
        }
    }
}

fn listing(tx: &Transaction<'_>, query: &Query) -> Result<Listing, Cause> {
    let selected = Selected::new(tx, &query.selection)?;
    let order = match query.order {
        Order::Username => None,
        Order::Created => Some("t.created".to_owned()),
        Order::LastLogin => Some(tx.sql("{last_login}")),
    };
    Ok(Listing {
        columns: tx.sql("{entry_columns}"),
        from: selected.from,
        conditions: selected.conditions,
        values: selected.values,
        order,
        id: tx.sql("u.{id}"),
        username: tx.sql("u.{username}"),
        limit: query.limit,
    })
}
