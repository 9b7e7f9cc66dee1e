//! Django's migrations as they run on PostgreSQL, taken down from its own schema editor. A file
//! for each migration that does anything.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::db::engine::{Kind, Migrations};

pub(super) static MIGRATIONS: Migrations = Migrations {
    ledger: include_str!("migrations/ledger.sql"),
    sql,
    reference,
    time,
    insert_or_ignore: "INSERT INTO",
    or_ignore: " ON CONFLICT DO NOTHING",
    are_transactional: true,
    longest_name: 63,
    begin: "BEGIN",
};

migration_files!();

/// The type that Django gives a reference.
fn reference(kind: &Kind) -> String {
    match kind {
        Kind::Integer { bytes: 8, .. } => "bigint".to_owned(),
        Kind::Integer { bytes: 2, .. } => "smallint".to_owned(),
        Kind::Uuid { .. } => "uuid".to_owned(),
        Kind::Text(Some(width)) => format!("varchar({width})"),
        Kind::Text(None) => "text".to_owned(),
        Kind::Other(declared) => declared.clone(),
        _ => "integer".to_owned(),
    }
}

/// The column keeps the moment, whatever the project's zone is.
fn time(time: Timestamp, _: &TimeZone) -> String {
    time.to_string()
}
