//! Rows that a server keeps for each of its users in other tables, such as a profile. Its own
//! code creates them when it creates a user, and drfctl cannot; what it can do is say so.

use super::database::{Database, Transaction};
use super::engine::Column;
use super::error::{Cause, Error};
use super::layout::TOKEN_TABLE;
use super::model::UserId;
use super::rows;

/// A table with at most one row for each user.
pub(super) struct Companion {
    /// The table.
    pub(super) table: String,
    /// The column that refers to the user.
    pub(super) column: String,
}

impl Database {
    /// The tables in which most of the last users before this one have a row, and this one has
    /// none.
    pub fn missing_companions(&self, user: &UserId) -> Result<Vec<String>, Error> {
        self.read(|tx| {
            let mut missing = Vec::new();
            for companion in companions(tx)? {
                if is_usual_and_missing(tx, user, &companion)? {
                    missing.push(companion.table);
                }
            }
            Ok(missing)
        })
    }
}

pub(super) fn companions(tx: &Transaction<'_>) -> Result<Vec<Companion>, Cause> {
    let mut found: Vec<Companion> = Vec::new();
    for key in tx.engine.foreign_keys()? {
        let is_candidate = key.to.eq_ignore_ascii_case(&tx.users.name)
            && key.table != TOKEN_TABLE
            && key.table != tx.users.name
            && !found.iter().any(|companion| companion.table == key.table);
        if !is_candidate {
            continue;
        }
        let columns = tx.engine.columns(&key.table)?;
        let keys = columns.iter().filter(|column| column.is_key).count();
        let is_unique = |column: &Column| column.is_unique || column.is_key && keys == 1;
        if columns
            .iter()
            .any(|column| column.name == key.column && is_unique(column))
        {
            found.push(Companion {
                table: key.table,
                column: key.column,
            });
        }
    }
    found.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(found)
}

fn is_usual_and_missing(
    tx: &Transaction<'_>,
    user: &UserId,
    companion: &Companion,
) -> Result<bool, Cause> {
    /// So many users show what is usual.
    const LAST: u32 = 20;
    let dialect = tx.engine.dialect();
    let [table, column] = [&companion.table, &companion.column].map(|name| dialect.quoted(name));
    let newest = tx.users.newest_first();
    let earlier = if tx.users.has_counted_key() {
        "<"
    } else {
        "<>"
    };
    let sql = tx.sql_with(
        &format!(
            "SELECT count(c.{{column}}), count(*), \
                 (SELECT count(*) FROM {{table}} WHERE {{column}} = ?) \
             FROM (SELECT u.{{id}} AS id FROM {{users}} AS u WHERE u.{{id}} {earlier} ? \
                   ORDER BY {newest} LIMIT {LAST}) AS u \
             LEFT JOIN {{table}} AS c ON c.{{column}} = u.id"
        ),
        &[("table", &table), ("column", &column)],
    );
    let user = user.to_value();
    let mut is_missing = false;
    tx.engine.query(&sql, &[user.clone(), user], &mut |row| {
        let [with, all, own] = [0, 1, 2].map(|column| row.get(column).map(|c| rows::integer(&c)));
        is_missing = 2 * with? > all? && own? == 0;
        Ok(())
    })?;
    Ok(is_missing)
}
