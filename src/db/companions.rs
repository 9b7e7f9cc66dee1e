//! Rows that a server keeps for each of its users in other tables, such as a profile. Its own
//! code creates them when it creates a user, and drfctl cannot; what it can do is say so.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::database::{Database, Transaction};
use super::engine::{Column, Queries as _, Value, places};
use super::error::{Cause, Error};
use super::model::UserId;
use super::rows;
use super::tokens::MOST_VALUES;
use crate::django::schema::TOKEN_TABLE;

/// A table with at most one row for each user.
pub(super) struct Companion {
    /// The table.
    pub(super) table: String,
    /// The column that refers to the user.
    pub(super) column: String,
    /// Whether some users have no row there by design: the reference may be NULL, as that of
    /// employees of whom some have an account, or the rows are those of a child model.
    pub(super) is_optional: bool,
}

/// One of the newest users, who shows what is usual.
struct Witness {
    id: UserId,
    has_logged_in: bool,
}

impl Database {
    /// The tables in which the newest other users have a row and some of these users have none,
    /// and how many of them.
    ///
    /// Users without any such row who never logged in do not count: drfctl may have created
    /// them, too.
    pub fn missing_companions(&self, users: &[UserId]) -> Result<Vec<(String, usize)>, Error> {
        self.read(|tx| {
            let companions = companions(tx)?;
            if companions.is_empty() || users.is_empty() {
                return Ok(Vec::new());
            }
            let witnesses = witnesses(tx, users)?;
            let mut usual: Vec<(&Companion, BTreeSet<UserId>)> = Vec::new();
            let ids: Vec<&UserId> = witnesses.iter().map(|witness| &witness.id).collect();
            let mut count: BTreeSet<&UserId> = witnesses
                .iter()
                .filter(|witness| witness.has_logged_in)
                .map(|witness| &witness.id)
                .collect();
            for companion in companions.iter().filter(|one| one.table != TOKEN_TABLE) {
                let with_row = with_row(tx, companion, &ids)?;
                count.extend(ids.iter().filter(|id| with_row.contains(**id)));
                usual.push((companion, with_row));
            }
            let mut lacked: Vec<&Companion> = usual
                .into_iter()
                .filter(|(_, with_row)| {
                    let having = count.iter().filter(|id| with_row.contains(**id)).count();
                    2 * having > count.len()
                })
                .map(|(companion, _)| companion)
                .collect();
            let tokens = companions.iter().find(|one| one.table == TOKEN_TABLE);
            if let Some(tokens) = tokens
                && gives_tokens(tx, &ids)?
            {
                lacked.push(tokens);
            }
            let mut missing = Vec::new();
            let users: Vec<&UserId> = users.iter().collect();
            for companion in lacked {
                let lacking = users.len() - with_row(tx, companion, &users)?.len();
                if lacking > 0 {
                    missing.push((companion.table.clone(), lacking));
                }
            }
            Ok(missing)
        })
    }
}

/// The tables with at most one row for each user, sorted; not those that this role may not read.
pub(super) fn companions(tx: &Transaction<'_>) -> Result<Vec<Companion>, Cause> {
    let mut found: Vec<Companion> = Vec::new();
    for key in tx.engine.foreign_keys()? {
        let is_candidate = key.to.eq_ignore_ascii_case(&tx.users.name)
            && key.table != tx.users.name
            && !found.iter().any(|companion| companion.table == key.table);
        if !is_candidate || !tx.engine.can_read(&key.table)? {
            continue;
        }
        let columns = tx.engine.columns(&key.table)?;
        let keys = columns.iter().filter(|column| column.is_key).count();
        let is_unique = |column: &Column| column.is_unique || column.is_key && keys == 1;
        let column = columns.into_iter().find(|column| column.name == key.column);
        if let Some(column) = column.filter(is_unique) {
            found.push(Companion {
                table: key.table,
                is_optional: !(column.not_null || column.is_key)
                    || column.name.ends_with("_ptr_id"),
                column: column.name,
            });
        }
    }
    found.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(found)
}

/// The newest users but for these.
fn witnesses(tx: &Transaction<'_>, but: &[UserId]) -> Result<Vec<Witness>, Cause> {
    /// So many users show what is usual.
    const NEWEST: usize = 100;
    let newest = tx.users.newest_first();
    let limit = NEWEST + but.len().min(1_000);
    let mut witnesses = tx.all(
        &format!(
            "SELECT u.{{id}}, {{last_login}} FROM {{users}} AS u ORDER BY {newest} LIMIT {limit}"
        ),
        &[],
        |row| {
            Ok(Witness {
                id: rows::user_id(row.get(0)?, tx.users),
                has_logged_in: rows::text(row.get(1)?).is_some(),
            })
        },
    )?;
    let but: BTreeSet<&UserId> = but.iter().collect();
    witnesses.retain(|witness| !but.contains(&witness.id));
    witnesses.truncate(NEWEST);
    Ok(witnesses)
}

/// Whether the server gives its users a token when it creates them. One that was given by hand
/// later shows nothing about the others.
fn gives_tokens(tx: &Transaction<'_>, witnesses: &[&UserId]) -> Result<bool, Cause> {
    /// Fewer show nothing: an operator may have made them by hand.
    const FEWEST: usize = 5;
    /// Between the user and the token the server has hashed a password.
    const AT_ONCE: SignedDuration = SignedDuration::from_secs(2);
    let mut given = 0;
    for users in witnesses.chunks(MOST_VALUES) {
        let values: Vec<Value> = users.iter().map(|id| id.to_value()).collect();
        let sql = tx.sql_with(
            "SELECT {date_joined}, t.created FROM {users} AS u \
             JOIN authtoken_token AS t ON t.user_id = u.{id} WHERE u.{id} IN ({places})",
            &[("places", &places(values.len()))],
        );
        tx.engine.query(&sql, &values, &mut |row| {
            if let (Some(joined), Some(created)) = (row.time(0)?, row.time(1)?)
                && created.duration_since(joined).abs() <= AT_ONCE
            {
                given += 1;
            }
            Ok(())
        })?;
    }
    Ok(given >= FEWEST && 2 * given > witnesses.len())
}

/// Which of the users have a row in the table.
fn with_row(
    tx: &Transaction<'_>,
    companion: &Companion,
    users: &[&UserId],
) -> Result<BTreeSet<UserId>, Cause> {
    let mut found = BTreeSet::new();
    for users in users.chunks(MOST_VALUES) {
        let values: Vec<Value> = users.iter().map(|id| id.to_value()).collect();
        let sql = tx.sql_with(
            "SELECT {column} FROM {table} WHERE {column} IN ({places})",
            &[
                ("table", &tx.quoted(&companion.table)),
                ("column", &tx.quoted(&companion.column)),
                ("places", &places(values.len())),
            ],
        );
        found.extend(tx.engine.all(&sql, &values, |row| {
            Ok(rows::user_id(row.get(0)?, tx.users))
        })?);
    }
    Ok(found)
}
