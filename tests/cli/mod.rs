//! The binary as its users meet it, on databases that it made itself: nothing here needs
//! Python.

mod arguments;
mod bulk;
mod columns;
mod completion;
mod concurrency;
mod create_token;
mod create_user;
mod database;
mod delete_user;
mod doctor;
mod exit_codes;
mod faults;
mod hostile_names;
mod import;
mod key_files;
mod list;
mod location;
mod memory;
mod migrate;
mod passwords;
mod pipes;
mod revoke;
mod secrets;
mod set_password;
mod show;
mod terminal;
mod update_user;
mod usage_errors;
mod verify;
mod waiting;

use std::fs;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::support::{Engine, Outcome, Sandbox};

/// A password that Django's validators take.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A key that a token may have.
pub(crate) const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

/// A migrated database with these users, who have neither a password nor a token.
#[track_caller]
pub(crate) fn with_users(names: &[&str]) -> Sandbox {
    with_users_on(Engine::Sqlite, names)
}

/// The same on another engine.
#[track_caller]
pub(crate) fn with_users_on(engine: Engine, names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::migrated_on(engine);
    for name in names {
        let create = ["-q", "create-user", name, "--no-password"];
        sandbox.run(create).expect(0, "", "");
    }
    sandbox
}

/// A migrated database with a user, and the user's token.
#[track_caller]
pub(crate) fn with_token(name: &str) -> (Sandbox, String) {
    with_token_on(Engine::Sqlite, name)
}

/// The same on another engine.
#[track_caller]
pub(crate) fn with_token_on(engine: Engine, name: &str) -> (Sandbox, String) {
    let sandbox = with_users_on(engine, &[name]);
    let key = sandbox.run(["create-token", name]).success();
    (sandbox, key.trim_end().to_owned())
}

/// Runs a command line and compares all that comes of it.
#[track_caller]
fn expect(sandbox: &Sandbox, args: &[&str], status: i32, stdout: &str, stderr: &str) {
    let got = sandbox.run(args);
    let wanted = (status, stdout, stderr);
    assert!(
        (got.status, got.stdout.as_str(), got.stderr.as_str()) == wanted,
        "drfctl {args:?}\nwanted:\n{wanted:?}\ngot:\n{got}"
    );
}

/// Runs a command line; the talk may not hold what is on stdin, or any key.
#[track_caller]
fn run_secretly(sandbox: &Sandbox, args: &[&str], stdin: impl AsRef<[u8]>) -> Outcome {
    let outcome = sandbox.run_with_stdin(args, &stdin);
    keeps_secret(&outcome, stdin.as_ref());
    for key in sandbox.sql("SELECT \"key\" FROM authtoken_token") {
        assert!(!outcome.stderr.contains(&key), "{args:?}: {outcome}");
    }
    outcome
}

#[track_caller]
pub(crate) fn keeps_secret(outcome: &Outcome, secret: &[u8]) {
    if let Ok(secret) = str::from_utf8(secret) {
        let secret = secret.trim();
        let shown = outcome.stderr.contains(secret);
        assert!(secret.len() < 4 || !shown, "{outcome}");
    }
}

/// The key that is stored for a user, if there is one.
#[track_caller]
pub(crate) fn stored_key(sandbox: &Sandbox, name: &str) -> Option<String> {
    let sql = format!(
        "SELECT \"key\" FROM authtoken_token JOIN auth_user ON id = user_id \
         WHERE username = '{name}'"
    );
    sandbox.sql(&sql).pop()
}

/// Adds so many users, `user1` and so on, the quick way.
#[track_caller]
pub(crate) fn add_users(sandbox: &Sandbox, count: u32) {
    sandbox.sql(&format!(
        "INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, \
         is_active, date_joined, first_name) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         SELECT '!', false, 'user' || i, '', '', false, true, '2026-01-01 00:00:00', '' FROM n"
    ));
}

/// All rows of the users and the tokens.
#[track_caller]
pub(crate) fn content(sandbox: &Sandbox) -> [Vec<String>; 2] {
    [
        sandbox.sql("SELECT * FROM auth_user ORDER BY id"),
        sandbox.sql("SELECT * FROM authtoken_token ORDER BY user_id"),
    ]
}

/// A number below a million as messages show it.
pub(crate) fn grouped(number: usize) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

/// A time as the database has it, so many hours earlier.
fn hours_before(time: &str, hours: i64) -> String {
    let time: DateTime = time.parse().expect("a time");
    let earlier = time.saturating_sub(hours.hours());
    earlier.strftime("%F %T").to_string()
}

/// Whether a time as the database has it is not long ago.
#[expect(
    clippy::disallowed_methods,
    reason = "the time of the test is the real one"
)]
fn is_recent(time: &str) -> bool {
    let time: DateTime = time.parse().expect("a time");
    let time = time.to_zoned(TimeZone::UTC).expect("a time in range");
    let age = Timestamp::now().duration_since(time.timestamp());
    (0..600).contains(&age.as_secs())
}

/// The names of the files in the sandbox.
#[track_caller]
pub(crate) fn files(sandbox: &Sandbox) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(sandbox.path("."))
        .expect("list the directory")
        .map(|entry| entry.expect("an entry").file_name().display().to_string())
        .collect();
    names.sort();
    names
}

/// Whether this process may do everything, so that the mode of a file keeps it from nothing.
pub(crate) fn is_root() -> bool {
    Outcome::of(std::process::Command::new("id").arg("-u")).success() == "0\n"
}
