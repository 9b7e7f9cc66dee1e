//! Groups by their names.

use crate::db::{Database, Group};
use crate::error::Failure;

/// Looks up groups, which must all exist.
pub(crate) fn find(names: &[String], database: &Database) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::with_capacity(names.len());
    for name in names {
        let group = database.group(name)?;
        groups.push(group.ok_or_else(|| Failure::NoSuchGroup(name.clone()))?);
    }
    Ok(groups)
}
