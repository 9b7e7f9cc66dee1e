//! drfctl beside Django and DRF themselves, on the same database.

mod accounts;
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

use crate::support::{Django, Engine, Line, Project, Sandbox};

/// What most tests here need: the newest of the long-term supported Djangos, and DRF, on a
/// database that Django's own `migrate` made. `None` where there is no such Django.
fn stock() -> Option<(Sandbox, Project)> {
    stock_on(Engine::Sqlite)
}

/// The same on another engine.
fn stock_on(engine: Engine) -> Option<(Sandbox, Project)> {
    let django = Django::line(Line::D52)?;
    let sandbox = Sandbox::on(engine);
    let project = django.project(&sandbox).migrated();
    Some((sandbox, project))
}
