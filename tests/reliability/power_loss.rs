//! The power goes, at any moment of a run: the database is as before or as after it, and a key
//! that has been printed is there.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{execute, has, is_full};
use crate::cli::with_token;
use crate::support::{Outcome, Sandbox};

/// Records a run of this command, and loses the power at each of its moments.
fn lose_power(journal_mode: &str, command: &[&str]) -> Value {
    let (sandbox, _) = with_token("alice");
    if command.contains(&"--all") {
        execute(&sandbox, "DELETE FROM authtoken_token");
    }
    execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
    let trials = if is_full() { "60" } else { "6" };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reliability/power_loss.py");
    let mut python = Command::new("python3");
    python
        .arg(script)
        .arg(sandbox.path("."))
        .args([trials, "7"]);
    python.args(command);
    let result = Outcome::of(&mut python).success();
    serde_json::from_str(&result).expect("JSON")
}

const DRFCTL: [&str; 2] = [env!("CARGO_BIN_EXE_drfctl"), "-q"];

#[track_caller]
fn loses_nothing(args: &[&str]) {
    if !has("strace", "-V") {
        return;
    }
    for journal_mode in ["DELETE", "WAL"] {
        let result = lose_power(journal_mode, &[&DRFCTL, args].concat());
        assert!(
            result["states"].as_u64() > Some(50),
            "{journal_mode}: {result}"
        );
        for count in ["damaged", "neither", "lost"] {
            assert_eq!(result[count], 0, "{journal_mode} {args:?}: {result}");
        }
    }
}

#[test]
fn a_key_that_has_been_printed_survives_the_loss_of_power() {
    loses_nothing(&["create-token", "alice", "--reset"]);
}

#[test]
fn the_keys_of_a_bulk_job_survive_the_loss_of_power() {
    loses_nothing(&["create-token", "--all"]);
}

/// Replaces alice's key in this way of syncing, and prints it.
fn control(synchronous: &str, journal_mode: &str) -> Value {
    let script = format!(
        "import secrets, sqlite3\n\
         c = sqlite3.connect('db.sqlite3', isolation_level=None)\n\
         c.execute('PRAGMA synchronous = {synchronous}')\n\
         key = secrets.token_hex(20)\n\
         c.execute('BEGIN IMMEDIATE')\n\
         c.execute('UPDATE authtoken_token SET key = ?', (key,))\n\
         c.execute('COMMIT')\n\
         print(key, flush=True)"
    );
    lose_power(journal_mode, &["python3", "-c", &script])
}

#[test]
fn the_control_that_does_not_sync_loses_and_damages() {
    if !has("strace", "-V") {
        return;
    }
    let result = control("OFF", "DELETE");
    let bad = |result: &Value| {
        let count = |name: &str| result[name].as_u64().expect("a count");
        count("damaged") + count("neither") + count("lost")
    };
    assert!(bad(&result) > 0, "{result}");
    // Django's own way, in which the removal of the journal is not synced.
    let result = control("FULL", "DELETE");
    assert_eq!(result["damaged"], 0, "{result}");
    assert!(bad(&result) > 0, "{result}");
}

#[test]
fn a_clock_before_1970_is_no_obstacle() {
    if !has("faketime", "--version") {
        return;
    }
    let sandbox = Sandbox::migrated();
    for (args, status) in [
        (&["-q", "create-user", "alice", "--no-password"][..], 0),
        (&["-q", "create-token", "alice"], 0),
        (&["-q", "create-token", "alice", "--reset"], 0),
        (
            &["-q", "create-token", "--all", "--reset-older-than", "1d"],
            0,
        ),
        (&["-q", "list", "--older-than", "400000d"], 0),
        (&["-q", "revoke", "alice"], 0),
    ] {
        let mut faketime = Command::new("faketime");
        faketime.args(["1969-07-20 20:17:40", env!("CARGO_BIN_EXE_drfctl")]);
        faketime.args(args).current_dir(sandbox.path("."));
        let outcome = Outcome::of(&mut faketime);
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (status, ""),
            "{args:?}: {outcome}"
        );
    }
    let joined = sandbox.sqlite("SELECT substr(date_joined, 1, 10) FROM auth_user");
    assert_eq!(joined, ["1969-07-20"]);
}
