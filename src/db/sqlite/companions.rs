//! Rows that a server keeps for each of its users in other tables, such as a profile. Its own
//! code makes them when it creates a user, and drfctl cannot; what it can is to tell.

use rusqlite::Connection;

use super::Database;
use super::layout::{Column, Layout, TOKEN_TABLE, columns, identifier};
use crate::db::{Cause, Error, UserId};

impl Database {
    /// The tables in which most of the last users before this one have a row, and this one has
    /// none.
    pub fn missing_companions(&self, user: &UserId) -> Result<Vec<String>, Error> {
        self.read(|connection, layout| {
            let mut missing = Vec::new();
            for (table, column) in one_to_one(connection, layout)? {
                if is_usual_and_missing(connection, layout, user, &table, &column)? {
                    missing.push(table);
                }
            }
            Ok(missing)
        })
    }
}

/// The tables with at most one row for a user, each with the column that refers to the user.
fn one_to_one(connection: &Connection, layout: &Layout) -> Result<Vec<(String, String)>, Cause> {
    let mut statement = connection.prepare(
        "SELECT m.name, f.\"from\" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f \
         WHERE m.type = 'table' AND m.name NOT IN (?1, ?2) AND f.\"table\" = ?2 COLLATE NOCASE \
         GROUP BY m.name ORDER BY m.name",
    )?;
    let references = statement.query_map([TOKEN_TABLE, &layout.users.name], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let mut found = Vec::new();
    for reference in references {
        let (table, from): (String, String) = reference?;
        let columns = columns(connection, &table)?;
        let keys = columns.iter().filter(|column| column.is_key).count();
        let is_unique = |column: &Column| column.is_unique || column.is_key && keys == 1;
        if columns
            .iter()
            .any(|column| column.name == from && is_unique(column))
        {
            found.push((table, from));
        }
    }
    Ok(found)
}

fn is_usual_and_missing(
    connection: &Connection,
    layout: &Layout,
    user: &UserId,
    table: &str,
    column: &str,
) -> Result<bool, Cause> {
    /// So many users tell what is usual.
    const LAST: u32 = 20;
    let [users, key] = [&layout.users.name, &layout.users.key].map(|name| identifier(name));
    let [table, column] = [table, column].map(identifier);
    let sql = format!(
        "SELECT 2 * count(c.{column}) > count(*) \
             AND NOT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1) \
         FROM (SELECT {key} AS id FROM {users} \
               WHERE rowid < (SELECT rowid FROM {users} WHERE {key} = ?1) \
               ORDER BY rowid DESC LIMIT {LAST}) AS u \
             LEFT JOIN {table} AS c ON c.{column} = u.id"
    );
    Ok(connection.query_row(&sql, [user], |row| row.get(0))?)
}
