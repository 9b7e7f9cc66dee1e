//! drfctl beside Django and DRF themselves, on the same database.

mod concurrency;
mod hashers;
mod migrate;
mod migrate_states;
mod passwords;
mod rows;
mod times;
mod tokens;
mod user_models;
mod validators;
mod verify;
mod ways_to_get_a_token;

use crate::support::{Django, Line, Project, Sandbox};

/// What most tests here need: the newest of the long-term supported Djangos, and DRF, on a
/// database that Django's own `migrate` made. `None` where there is no such Django.
fn stock() -> Option<(Sandbox, Project)> {
    let django = Django::line(Line::D52)?;
    let sandbox = Sandbox::new();
    let project = django.project(sandbox.database()).migrated();
    Some((sandbox, project))
}
