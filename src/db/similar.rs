//! Names and values that are like others: whom an unknown name may have meant, and whom a new
//! name could be taken for.

use std::collections::BTreeMap;

use super::database::Database;
use super::engine::{Column, Queries as _, Value};
use super::error::Error;
use super::rows;

/// A column that the server may log users in with, other than the one that was detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginColumn {
    /// Its name.
    pub name: String,
    /// Whether another user has the value that was asked for.
    pub is_taken: bool,
}

impl Database {
    /// The other UNIQUE column, if any, in which another user has this value.
    pub fn column_with_value(&self, value: &str) -> Result<Option<String>, Error> {
        if self.users().other_unique_columns().next().is_none() {
            return Ok(None);
        }
        self.read(|tx| {
            for column in tx.users.other_unique_columns() {
                let sql = tx.sql_with(
                    "SELECT 1 FROM {users} AS u WHERE u.{column} = ? \
                     AND NOT u.{username} {same} u.{column}",
                    &[("column", &tx.quoted(&column.name))],
                );
                if tx.engine.exists(&sql, &[Value::Text(value.to_owned())])? {
                    return Ok(Some(column.name.clone()));
                }
            }
            Ok(None)
        })
    }

    /// The other column, if any, that the server may log users in with where a new one is to be
    /// called `username`: one in which a user has that very value, or `email` for an address.
    /// There is none where the operator has named the column.
    pub fn other_login_column(&self, username: &str) -> Result<Option<LoginColumn>, Error> {
        let users = self.users();
        if users.is_field_named {
            return Ok(None);
        }
        if let Some(name) = self.column_with_value(username)? {
            let is_taken = true;
            return Ok(Some(LoginColumn { name, is_taken }));
        }
        let is_other = |column: &Column| column.name == "email" && username.contains('@');
        let column = users.other_unique_columns().find(|column| is_other(column));
        Ok(column.map(|column| LoginColumn {
            name: column.name.clone(),
            is_taken: false,
        }))
    }

    /// The names that begin with `prefix`, sorted, at most `limit` of them.
    pub fn usernames_from(&self, prefix: &str, limit: usize) -> Result<Vec<String>, Error> {
        self.read(|tx| {
            // A range, for which every engine has the index; LIKE has none in some collations.
            let end = Value::Text(format!("{prefix}{}", char::MAX));
            tx.all(
                &format!(
                    "SELECT u.{{username}}{{as_text}} FROM {{users}} AS u \
                     WHERE u.{{username}} >= ? AND u.{{username}} <= ? \
                     ORDER BY u.{{username}} LIMIT {limit}"
                ),
                &[Value::Text(prefix.to_owned()), end],
                |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
            )
        })
        .map(|mut names| {
            names.retain(|name| name.starts_with(prefix));
            names
        })
    }

    /// The name that differs from this one only in case.
    pub fn case_twin(&self, username: &str) -> Result<Option<String>, Error> {
        self.read(|tx| {
            let values = [
                Value::Text(username.to_lowercase()),
                Value::Text(username.to_owned()),
            ];
            let found = tx.first(
                "SELECT u.{username}{as_text} FROM {users} AS u \
                 WHERE lower(u.{username}) = lower(?) AND u.{username} <> ?",
                &values,
                |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
            )?;
            Ok(found)
        })
    }

    /// Which of these names differ from another user's only in case, each with such a name.
    pub fn case_twins(&self, usernames: &[String]) -> Result<Vec<(String, String)>, Error> {
        if let [username] = usernames {
            let twin = self.case_twin(username)?;
            return Ok(twin
                .map(|twin| (username.clone(), twin))
                .into_iter()
                .collect());
        }
        let mut of_lower: BTreeMap<String, &String> = BTreeMap::new();
        for username in usernames {
            of_lower.insert(username.to_lowercase(), username);
        }
        let mut twins = Vec::new();
        self.read(|tx| {
            // No index helps: one look at every name, however many are asked for.
            tx.engine.query(
                &tx.sql("SELECT u.{username}{as_text} FROM {users} AS u"),
                &[],
                &mut |row| {
                    let name = rows::text(row.get(0)?).unwrap_or_default();
                    if let Some(username) = of_lower.get(&name.to_lowercase())
                        && **username != name
                    {
                        twins.push(((*username).clone(), name));
                    }
                    Ok(())
                },
            )
        })?;
        Ok(twins)
    }

    /// The names that this one may have meant: those that differ only in case, else the one that
    /// is most like it, if any is.
    pub fn similar_usernames(&self, username: &str) -> Result<Vec<String>, Error> {
        /// Names that are compared: those that begin alike.
        const MOST: usize = 20_000;
        /// From here on a name is like another (Jaro-Winkler).
        const ALIKE: f64 = 0.85;
        let twins = self.read(|tx| {
            tx.all(
                "SELECT u.{username}{as_text} FROM {users} AS u \
                 WHERE lower(u.{username}) = lower(?) ORDER BY u.{username}",
                &[Value::Text(username.to_lowercase())],
                |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
            )
        })?;
        if !twins.is_empty() {
            return Ok(twins);
        }
        let Some(first) = username.chars().next() else {
            return Ok(Vec::new());
        };
        self.read(|tx| {
            // A pattern of LIKE, whose own characters mean themselves.
            let pattern = match first {
                '%' | '_' | '\\' => return Ok(Vec::new()),
                first => format!("{first}%"),
            };
            let mut best: Option<(f64, String)> = None;
            let sql = tx.sql(&format!(
                "SELECT u.{{username}}{{as_text}} FROM {{users}} AS u WHERE u.{{username}} LIKE ? LIMIT {MOST}"
            ));
            tx.engine.query(&sql, &[Value::Text(pattern)], &mut |row| {
                let name = rows::text(row.get(0)?).unwrap_or_default();
                let likeness = strsim::jaro_winkler(username, &name);
                if likeness >= ALIKE && best.as_ref().is_none_or(|(best, _)| likeness > *best) {
                    best = Some((likeness, name));
                }
                Ok(())
            })?;
            Ok(best.map(|(_, name)| name).into_iter().collect())
        })
    }
}
