//! What the tests stand on: an empty directory with drfctl in it, and real Django servers.

mod django;
mod outcome;
mod sandbox;

pub(crate) use django::{Django, Line, Project, Server, variable};
pub(crate) use outcome::Outcome;
pub(crate) use sandbox::{Sandbox, rows, schema};
