//! Whom an unknown name may have meant. Asked only where there is no such user.

use super::database::Database;
use super::engine::Value;
use super::error::Error;
use super::rows;

impl Database {
    /// The other UNIQUE column of the user table that has this value: some projects keep a
    /// username beside an e-mail login.
    pub fn column_with_value(&self, value: &str) -> Result<Option<String>, Error> {
        self.read(|tx| {
            for column in tx.users.other_unique_columns() {
                let sql = tx.sql_with(
                    "SELECT 1 FROM {users} AS u WHERE u.{column} = ?",
                    &[("column", &tx.engine.dialect().quoted(&column.name))],
                );
                let mut is_there = false;
                tx.engine
                    .query(&sql, &[Value::Text(value.to_owned())], &mut |_| {
                        is_there = true;
                        Ok(())
                    })?;
                if is_there {
                    return Ok(Some(column.name.clone()));
                }
            }
            Ok(None)
        })
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
            let found = tx.all(
                "SELECT u.{username}{as_text} FROM {users} AS u \
                 WHERE lower(u.{username}) = lower(?) AND u.{username} <> ?",
                &values,
                |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
            )?;
            Ok(found.into_iter().next())
        })
    }

    /// The name that is most like this one, if any is.
    pub fn similar_username(&self, username: &str) -> Result<Option<String>, Error> {
        /// Names that are compared: those that begin alike.
        const MOST: usize = 20_000;
        /// From here on a name is like another (Jaro-Winkler).
        const ALIKE: f64 = 0.85;
        if let Some(twin) = self.case_twin(username)? {
            return Ok(Some(twin));
        }
        let Some(first) = username.chars().next() else {
            return Ok(None);
        };
        self.read(|tx| {
            // A pattern of LIKE, whose own characters mean themselves.
            let pattern = match first {
                '%' | '_' | '\\' => return Ok(None),
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
            Ok(best.map(|(_, name)| name))
        })
    }
}
