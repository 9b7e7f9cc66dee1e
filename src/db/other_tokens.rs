//! Token tables that are not DRF's: a server that keeps `rest_framework.authtoken` installed may
//! all the same take its tokens from one of these.

use std::collections::BTreeMap;

use super::database::{Database, Transaction};
use super::engine::{Kind, Value, places};
use super::error::{Cause, Error};
use super::rows;
use super::tokens::MOST_VALUES;
use crate::django::schema::TOKEN_TABLE;
use crate::secret::Key;

/// A table that a server may take its tokens from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTokens {
    /// Its name.
    pub table: String,
    /// The column with the keys; `None` where only digests are kept.
    key: Option<String>,
}

impl Database {
    /// The tables, besides DRF's own, that the server may take its tokens from.
    pub fn other_tokens(&self) -> Result<Vec<OtherTokens>, Error> {
        self.read(other_tokens)
    }

    /// For each of the keys the table of these, if any, that has it.
    pub fn tables_with_keys(
        &self,
        others: &[OtherTokens],
        keys: &[&Key],
    ) -> Result<Vec<Option<String>>, Error> {
        let mut tables = vec![None; keys.len()];
        let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
        for (position, key) in keys.iter().enumerate() {
            positions.insert(key.expose(), position);
        }
        for other in others {
            let Some(column) = &other.key else { continue };
            self.read(|tx| {
                if !tx.engine.can_read(&other.table)? {
                    return Ok(());
                }
                for keys in keys.chunks(MOST_VALUES) {
                    let sql = format!(
                        "SELECT {column} FROM {} WHERE {column} IN ({})",
                        tx.quoted(&other.table),
                        places(keys.len()),
                        column = tx.quoted(column),
                    );
                    let values: Vec<Value> = keys
                        .iter()
                        .map(|key| Value::Text(key.expose().to_owned()))
                        .collect();
                    tx.engine.query(&sql, &values, &mut |row| {
                        let key = Key::new(rows::text(row.get(0)?).unwrap_or_default());
                        if let Some(position) = positions.get(key.expose())
                            && let Some(table) = tables.get_mut(*position)
                        {
                            *table = Some(other.table.clone());
                        }
                        Ok(())
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(tables)
    }
}

/// A table counts if it belongs to the users, is named as a token, and has a column of keys or
/// of their digests.
fn other_tokens(tx: &Transaction<'_>) -> Result<Vec<OtherTokens>, Cause> {
    let mut found: Vec<OtherTokens> = Vec::new();
    // To look at every table's references takes longer than most commands.
    if !tx
        .engine
        .table_names()?
        .iter()
        .any(|name| is_named_so(name))
    {
        return Ok(found);
    }
    for key in tx.engine.foreign_keys()? {
        let is_candidate = key.to.eq_ignore_ascii_case(&tx.users.name)
            && is_named_so(&key.table)
            && !found.iter().any(|other| other.table == key.table);
        if !is_candidate {
            continue;
        }
        let columns = tx.engine.columns(&key.table)?;
        let has_text = |name: &str| {
            columns
                .iter()
                .any(|column| column.name == name && matches!(column.kind, Kind::Text(_)))
        };
        if has_text("key") {
            found.push(OtherTokens {
                table: key.table,
                key: Some("key".to_owned()),
            });
        } else if has_text("digest") || has_text("token_key") {
            found.push(OtherTokens {
                table: key.table,
                key: None,
            });
        }
    }
    Ok(found)
}

/// Whether a table is named as one of tokens, other than DRF's, and not for something else than
/// the API.
fn is_named_so(table: &str) -> bool {
    const FOR_SOMETHING_ELSE: [&str; 14] = [
        "feed", "social", "refresh", "reset", "invit", "confirm", "email", "mail", "push",
        "device", "ical", "calendar", "subscri", "verif",
    ];
    let table = table.to_lowercase();
    table != TOKEN_TABLE
        && (table.ends_with("token") || table.ends_with("apikey"))
        && !FOR_SOMETHING_ELSE.iter().any(|word| table.contains(word))
}
