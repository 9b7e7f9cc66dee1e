//! Groups by their names.

use crate::db::{Database, Group};
use crate::error::Failure;
use crate::escape::quoted;

/// Looks up groups, which must all exist.
pub(crate) fn find(names: &[String], database: &Database) -> Result<Vec<Group>, Failure> {
    let mut groups = Vec::with_capacity(names.len());
    for name in names {
        let group = database.group(name)?;
        let Some(group) = group else {
            return Err(Failure::NoSuchGroup {
                name: name.clone(),
                meant: similar(name, database)?,
            });
        };
        groups.push(group);
    }
    Ok(groups)
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
