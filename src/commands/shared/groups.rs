//! Groups by their names.

use crate::db::{Database, Group};
use crate::error::Failure;
use crate::escape::quoted;

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
    match database.group(name)? {
        Some(group) => Ok(group),
        None => Err(Failure::NoSuchGroup {
            name: name.to_owned(),
            meant: similar(name, database)?,
            is_to_join,
        }),
    }
}

/// Groups that stand on both sides of one command.
pub(crate) fn check_apart(join: &[Group], leave: &[Group]) -> Result<(), Failure> {
    match join
        .iter()
        .find(|group| leave.iter().any(|other| other.id == group.id))
    {
        None => Ok(()),
        Some(group) => Err(Failure::usage(format!(
            "`--group` and `--no-group` both name {}",
            quoted(&group.name)
        ))),
    }
}

/// The group whose name is most like this one, if any is.
fn similar(name: &str, database: &Database) -> Result<Option<String>, Failure> {
    /// From here on a name is like another (Jaro-Winkler).
    const ALIKE: f64 = 0.85;
    let folded = name.to_lowercase();
    let likeness = |other: &String| strsim::jaro_winkler(&folded, &other.to_lowercase());
    Ok(database
        .group_names()?
        .into_iter()
        .filter(|other| likeness(other) >= ALIKE)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other))))
}
