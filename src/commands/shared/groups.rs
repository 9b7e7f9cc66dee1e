//! Groups by their names.

use crate::db::{Database, Group};
use crate::error::Failure;

/// Looks up groups to join, which must all exist.
pub(crate) fn find(names: &[String], database: &Database) -> Result<Vec<Group>, Failure> {
    find_all(names, true, database)
}

/// Looks up a group to join, which must exist.
pub(crate) fn find_one(name: &str, database: &Database) -> Result<Group, Failure> {
    one(name, true, database)
}

/// Looks up groups that somebody may be in already.
pub(crate) fn find_existing(names: &[String], database: &Database) -> Result<Vec<Group>, Failure> {
    find_all(names, false, database)
}

fn find_all(
    names: &[String],
    is_to_join: bool,
    database: &Database,
) -> Result<Vec<Group>, Failure> {
    let groups = names.iter().map(|name| one(name, is_to_join, database));
    groups.collect()
}

fn one(name: &str, is_to_join: bool, database: &Database) -> Result<Group, Failure> {
    database.group(name)?.ok_or_else(|| Failure::NoSuchGroup {
        name: name.to_owned(),
        is_to_join,
    })
}
