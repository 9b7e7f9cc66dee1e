//! Django's migrations as they run on MySQL and MariaDB, and how one process at a time runs them
//! where no transaction takes back a change of a table.

use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::{LOCK_WAIT, Mysql, Stop};
use crate::db::engine::{Engine as _, Kind, Migrations, Queries as _, Value};
use crate::db::error::Cause;
use crate::db::rows;
use crate::django::timestamps;

pub(super) static MIGRATIONS: Migrations = Migrations {
    ledger: include_str!("migrations/ledger.sql"),
    sql,
    reference,
    time: timestamps::to_database,
    insert_or_ignore: "INSERT IGNORE INTO",
    or_ignore: "",
    are_transactional: false,
    longest_name: 64,
    begin: "",
};

migration_files!();

/// The type that Django gives a reference to such a key.
fn reference(kind: &Kind) -> String {
    match kind {
        Kind::Integer { bytes, unsigned } => {
            let name = match bytes {
                1 => "tinyint",
                2 => "smallint",
                3 => "mediumint",
                8 => "bigint",
                _ => "integer",
            };
            let unsigned = if *unsigned { " UNSIGNED" } else { "" };
            format!("{name}{unsigned}")
        }
        Kind::Uuid { is_native: true } => "uuid".to_owned(),
        Kind::Uuid { is_native: false } => "char(32)".to_owned(),
        Kind::Text(Some(width)) => format!("varchar({width})"),
        Kind::Other(declared) => declared.clone(),
        _ => "integer".to_owned(),
    }
}

/// Waits until no other process migrates this database.
pub(super) fn lock(mysql: &Mysql) -> Result<(), Cause> {
    let start = Instant::now();
    loop {
        let answer = mysql.first(
            "SELECT GET_LOCK(?, ?)",
            &[
                lock_name(mysql),
                Value::Integer(LOCK_WAIT.as_secs().try_into().unwrap_or(1)),
            ],
            |row| Ok(rows::integer(&row.get(0)?)),
        )?;
        if answer == Some(1) {
            mysql.has_migration_lock.set(true);
            return Ok(());
        }
        if start.elapsed() >= mysql.timeout || (mysql.interrupted)() {
            return Err(Cause::Busy(mysql.timeout));
        }
    }
}

/// Lets others migrate; the end of the connection would do so, too.
pub(super) fn unlock(mysql: &Mysql) {
    if mysql.has_migration_lock.replace(false) {
        let _ = mysql.query("SELECT RELEASE_LOCK(?)", &[lock_name(mysql)], &mut |_| {
            Ok(())
        });
    }
}

/// The names of locks are the whole server's, and short.
fn lock_name(mysql: &Mysql) -> Value {
    let digest = Sha256::digest(mysql.server.database());
    let short = digest.get(..8).map(hex::encode).unwrap_or_default();
    Value::Text(format!("drfctl.migrate.{short}"))
}

/// Runs statements, a line each. What an interrupted run has left is passed over: the tables were
/// compared with what is expected of them before.
pub(super) fn run(mysql: &Mysql, sql: &str) -> Result<(), Cause> {
    let statements = sql
        .lines()
        .map(|line| line.trim().trim_end_matches(';'))
        .filter(|line| !line.is_empty() && !line.starts_with("--"));
    for statement in statements {
        match mysql.wait_for_locks(statement, &mut |_| Ok(())) {
            Ok(_) => {}
            Err(Stop::Server(::mysql::Error::MySqlError(error)))
                if is_done_already(statement, error.code, &error.message) => {}
            Err(stop) => return Err(mysql.cause(stop)),
        }
    }
    Ok(())
}

/// Whether a statement failed since it has been run before.
fn is_done_already(statement: &str, code: u16, message: &str) -> bool {
    if statement.starts_with("CREATE TABLE ") {
        // Table exists.
        return code == 1050;
    }
    statement.starts_with("ALTER TABLE ")
        && match code {
            // Duplicate column, key or constraint; column to be changed or dropped is gone.
            1054 | 1060 | 1061 | 1091 | 1826 => true,
            // "Can't create table": MariaDB says only behind that that the constraint exists.
            1005 => message.contains("121"),
            _ => false,
        }
}
