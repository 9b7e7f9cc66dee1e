//! What the tests stand on: an empty directory with drfctl in it, database servers, and real
//! Django servers.

mod daemon;
mod django;
mod engine;
mod galera;
mod mariadb;
mod optional;
mod outcome;
mod pgbouncer;
mod postgres;
mod sandbox;
mod standby;

pub(crate) use django::{Django, Line, Project, Server};
pub(crate) use engine::{DatabaseServer, Engine, on_every_engine, url};
pub(crate) use galera::Galera;
pub(crate) use mariadb::Mariadb;
pub(crate) use optional::{Optional, variable};
pub(crate) use outcome::Outcome;
pub(crate) use pgbouncer::PgBouncer;
pub(crate) use postgres::Postgres;
pub(crate) use sandbox::{Sandbox, ServerDatabase, rows, schema};
pub(crate) use standby::Replicated;

/// The variable that insists on a database server of each kind.
const REQUIRE_SERVERS: &str = "DRFCTL_TEST_REQUIRE_SERVERS";
