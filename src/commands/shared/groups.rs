//! Groups by their names.

use crate::db::{Database, Group};
use crate::error::Failure;

/// Looks up groups to join, which must all exist.
pub(crate) fn find(names: &[String], database: &Database) -> Result<Vec<Group>, Failure> {
    find_all(names, true, database)
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
    let mut groups = Vec::with_capacity(names.len());
    for name in names {
        let group = database.group(name)?;
        groups.push(group.ok_or_else(|| Failure::NoSuchGroup {
            name: name.clone(),
            is_to_join,
        })?);
    }
    Ok(groups)
}
