//! The binary as its users meet it, on databases that it made itself: nothing here needs
//! Python.

mod arguments;
mod bulk;
mod columns;
mod concurrency;
mod create_token;
mod create_user;
mod database;
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
mod terminal;
mod verify;

use std::fs;

use crate::support::{Outcome, Sandbox};

/// A password that Django's validators take.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A key that a token may have.
pub(crate) const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

/// A migrated database with these users, who have neither a password nor a token.
#[track_caller]
pub(crate) fn with_users(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::migrated();
    for name in names {
        let create = ["-q", "create-user", name, "--no-password"];
        sandbox.run(create).expect(0, "", "");
    }
    sandbox
}

/// A migrated database with a user, and the user's token.
#[track_caller]
pub(crate) fn with_token(name: &str) -> (Sandbox, String) {
    let sandbox = with_users(&[name]);
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
    for key in sandbox.sqlite("SELECT key FROM authtoken_token") {
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
        "SELECT key FROM authtoken_token JOIN auth_user ON id = user_id WHERE username = '{name}'"
    );
    sandbox.sqlite(&sql).pop()
}

/// Adds so many users, `user1` and so on, the quick way.
#[track_caller]
pub(crate) fn add_users(sandbox: &Sandbox, count: u32) {
    sandbox.sqlite(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, \
         is_active, date_joined, first_name) \
         SELECT '!', 0, 'user' || i, '', '', 0, 1, '2026-01-01 00:00:00', '' FROM n"
    ));
}

/// All rows of the users and the tokens.
#[track_caller]
pub(crate) fn content(sandbox: &Sandbox) -> [Vec<String>; 2] {
    [
        sandbox.sqlite("SELECT * FROM auth_user ORDER BY id"),
        sandbox.sqlite("SELECT * FROM authtoken_token ORDER BY user_id"),
    ]
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
