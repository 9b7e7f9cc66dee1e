//! Django's migrations as they run on SQLite, taken down from its own schema editor, so that the
//! tables come out the same to the letter. A file for each migration that does anything.

use crate::db::engine::{Kind, Migrations};
use crate::django::timestamps;

pub(super) static MIGRATIONS: Migrations = Migrations {
    ledger: include_str!("migrations/ledger.sql"),
    sql,
    reference,
    time: timestamps::to_database,
    insert_or_ignore: "INSERT OR IGNORE INTO",
    or_ignore: "",
    are_transactional: true,
    longest_name: usize::MAX,
    begin: "BEGIN IMMEDIATE",
};

migration_files!();

/// The type that Django gives a reference. For `AutoField` and `BigAutoField` keys, which are
/// declared alike, another reference to the table tells which it is.
fn reference(kind: &Kind) -> String {
    match kind {
        Kind::Integer { bytes: 8, .. } => "bigint".to_owned(),
        Kind::Integer { bytes: 2, .. } => "smallint".to_owned(),
        Kind::Uuid { .. } => "char(32)".to_owned(),
        Kind::Text(Some(width)) => format!("varchar({width})"),
        Kind::Text(None) => "text".to_owned(),
        Kind::Other(declared) => declared.clone(),
        _ => "integer".to_owned(),
    }
}

/// The statements that SQLite keeps of Django's user table and of DRF's token table once all
/// migrations have run.
pub(super) fn default_tables() -> [String; 2] {
    let users = include_str!("migrations/auth.0012_alter_user_first_name_max_length.sql");
    let tokens = include_str!("migrations/authtoken.0001_initial.sql");
    let first = |sql: &str| sql.split(';').next().unwrap_or_default().to_owned();
    [
        first(users).replace("\"new__auth_user\"", "\"auth_user\""),
        first(tokens)
            .replace("{users}", "\"auth_user\"")
            .replace("{id}", "\"id\"")
            .replace("{user_id}", "integer"),
    ]
}
