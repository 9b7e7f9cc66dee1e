//! Finding the users that a command line names.

use std::collections::BTreeSet;

use crate::db::{Database, User};
use crate::error::Failure;

/// A user, and the name by which the operator called the user.
pub(super) struct Named {
    pub(super) typed: String,
    pub(super) user: User,
}

/// The users of these names, each once; an error names all that are not there.
pub(super) fn named(database: &Database, names: &[String]) -> anyhow::Result<Vec<Named>> {
    let mut found = Vec::with_capacity(names.len());
    let mut seen = BTreeSet::new();
    let mut missing = Vec::new();
    for typed in names {
        match database.user(typed)? {
            Some(user) => {
                if seen.insert(user.id.clone()) {
                    found.push(Named {
                        typed: typed.clone(),
                        user,
                    });
                }
            }
            None => missing.push(typed.clone()),
        }
    }
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(Failure::NoSuchUser(missing).into())
    }
}

/// Puts results beside their users; an error names the users who went away in between.
pub(super) fn still_there<T>(
    named: Vec<Named>,
    results: Vec<Option<T>>,
) -> anyhow::Result<Vec<(Named, T)>> {
    let mut rows = Vec::with_capacity(named.len());
    let mut missing = Vec::new();
    for (named, result) in named.into_iter().zip(results) {
        match result {
            Some(result) => rows.push((named, result)),
            None => missing.push(named.typed),
        }
    }
    if missing.is_empty() {
        Ok(rows)
    } else {
        Err(Failure::NoSuchUser(missing).into())
    }
}
