//! One table of what can go wrong: the exit status, and the error in words and in JSON.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;

use super::{PASSWORD, content, with_token, with_users_on};
use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    status_1_is_refused,
    status_2_is_a_command_line_that_cannot_be_understood,
    status_3_is_nobody_and_nothing,
    status_4_is_what_exists_already,
);

/// A command line, what is on its stdin, and how it fails.
type Row<'a> = (&'a [&'a str], &'a str, i32, &'a str);

/// The words for people and the object for scripts say the same; nothing is changed, and
/// nothing is on stdout.
#[track_caller]
fn fails(sandbox: &Sandbox, (args, stdin, status, code): Row<'_>) {
    let before = content(sandbox);
    let plain = sandbox.run_with_stdin(args, stdin);
    assert_eq!(
        (plain.status, plain.stdout.as_str()),
        (status, ""),
        "{args:?}: {plain}"
    );
    let lines: Vec<&str> = plain.stderr.lines().collect();
    assert!((1..=3).contains(&lines.len()), "{args:?}: {plain}");
    let message = lines[0].strip_prefix("drfctl: ").expect("the sentence");
    let hint = lines[1..].join("\n");
    let hint = hint.strip_prefix("hint: ");
    assert!(lines.len() == 1 || hint.is_some(), "{args:?}: {plain}");

    let json = sandbox.run_with_stdin([args, &["--format", "json"]].concat(), stdin);
    assert_eq!(
        (json.status, json.stdout.as_str()),
        (status, ""),
        "{args:?}: {json}"
    );
    let parsed: Value = serde_json::from_str(&json.stderr)
        .unwrap_or_else(|error| panic!("{args:?}: {error}: {json}"));
    let wanted = serde_json::json!({"error": {
        "code": code, "exit_status": status, "message": message, "hint": hint,
    }});
    assert_eq!(parsed, wanted, "{args:?}");
    assert_eq!(content(sandbox), before, "{args:?}");
}

/// Alice has a token and bob has one too, carol has none.
fn three_users(engine: Engine) -> Sandbox {
    let sandbox = with_users_on(engine, &["alice", "bob", "carol"]);
    sandbox.run(["create-token", "alice", "bob"]).success();
    sandbox
}

fn status_1_is_refused(engine: Engine) {
    let sandbox = three_users(engine);
    fs::write(sandbox.path("short"), "1234567890").expect("write");
    for row in [
        (
            &["create-user", "x", "--password-stdin"][..],
            "12345678",
            1,
            "password_too_weak",
        ),
        (
            &["create-user", "x", "--password-stdin"],
            "",
            1,
            "password_refused",
        ),
        (
            &["create-user", "x", "--password-stdin", "--hashed"],
            "md5$",
            1,
            "password_refused",
        ),
        (
            &["set-password", "alice", "--password-stdin"],
            "alice",
            1,
            "password_too_weak",
        ),
        (
            &["create-token", "carol", "--key-file", "short"],
            "",
            1,
            "key_refused",
        ),
        (
            &["create-token", "carol", "--key-file", "-"],
            "",
            1,
            "key_refused",
        ),
        (
            &["create-token", "carol", "--out", "no/such/directory"],
            "",
            1,
            "output_failed",
        ),
        (
            &["create-token", "carol", "--out", "."],
            "",
            1,
            "output_failed",
        ),
    ] {
        fails(&sandbox, row);
    }
}

#[rustfmt::skip] // A row is a line.
const USAGE: &[Row<'_>] = &[
    (&["frobnicate"], "", 2, "usage"),
    (&["list", "--frobnicate"], "", 2, "usage"),
    (&["list", "alice"], "", 2, "usage"),
    (&["list", "--limit", "some"], "", 2, "usage"),
    (&["list", "--older-than", "5"], "", 2, "usage"),
    (&["list", "--all-users", "--without-token"], "", 2, "usage"),
    (&["list", "--active", "--inactive"], "", 2, "usage"),
    (&["list", "--time-zone", "Mars/Olympus"], "", 2, "usage"),
    (&["list", "-d", ""], "", 2, "usage"),
    (&["create-token"], "", 2, "usage"),
    (&["create-token", "alice", "--all"], "", 2, "usage"),
    (&["create-token", "alice", "--staff"], "", 2, "usage"),
    (&["create-token", "alice", "bob", "--key-file", "x"], "", 2, "usage"),
    (&["create-token", "alice", "--reset", "--reset-older-than", "1d"], "", 2, "usage"),
    (&["create-token", "--from", "missing"], "", 2, "input_unreadable"),
    (&["create-token", "--from", "latin1"], "", 2, "bad_input"),
    (&["create-token", "carol", "--key-file", "missing"], "", 2, "input_unreadable"),
    (&["revoke"], "", 2, "usage"),
    (&["revoke", "alice", "--all"], "", 2, "usage"),
    (&["revoke", "--all"], "", 2, "no_terminal"),
    (&["verify", "password", "alice"], "", 2, "no_terminal"),
    (&["set-password", "alice"], "", 2, "no_terminal"),
    (&["set-password", "alice", "--password-env", "NONE"], "", 2, "usage"),
    (&["create-user", "x"], "", 2, "no_terminal"),
    (&["create-user", "two words", "--no-password"], "", 2, "invalid_value"),
    (&["create-user", "line\n", "--no-password"], "", 2, "invalid_value"),
    (&["create-user", "", "--no-password"], "", 2, "invalid_value"),
    (&["create-user", "x", "--no-password", "--email", "nowhere"], "", 2, "invalid_value"),
    (&["create-user", "x", "--if-exists", "update", "--staff"], "", 2, "usage"),
    (&["create-user", "x", "--no-password", "--set", "nothing"], "", 2, "usage"),
    (&["create-user", "x", "--password-stdin", "--iterations", "0"], PASSWORD, 2, "usage"),
    (&["create-user", "x", "--password-stdin", "--no-password"], PASSWORD, 2, "usage"),
    (&["create-user", "x", "--hashed"], PASSWORD, 2, "usage"),
    (&["migrate", "--plan", "--check"], "", 2, "usage"),
];

fn status_2_is_a_command_line_that_cannot_be_understood(engine: Engine) {
    let sandbox = three_users(engine);
    fs::write(sandbox.path("latin1"), b"alice\nzo\xeb\n").expect("write");
    for row in USAGE {
        fails(&sandbox, *row);
    }
}

fn status_3_is_nobody_and_nothing(engine: Engine) {
    let sandbox = three_users(engine);
    let unknown = "f".repeat(39) + "0";
    for row in [
        (&["create-token", "nobody"][..], "", 3, "user_not_found"),
        (
            &["create-token", "carol", "nobody", "nil"],
            "",
            3,
            "user_not_found",
        ),
        (
            &["create-token", "--from", "-"],
            "carol\nnobody\n",
            3,
            "user_not_found",
        ),
        (&["revoke", "nobody"], "", 3, "user_not_found"),
        (&["revoke", "alice", "nobody"], "", 3, "user_not_found"),
        (
            &["revoke", "alice", "nobody", "--dry-run"],
            "",
            3,
            "user_not_found",
        ),
        (
            &["revoke", "--key-file", "-"],
            &unknown,
            3,
            "token_not_found",
        ),
        (
            &["revoke", "--key-file", "-", "--dry-run"],
            &unknown,
            3,
            "token_not_found",
        ),
        (
            &["set-password", "nobody", "--no-password"],
            "",
            3,
            "user_not_found",
        ),
        (&["set-password", "nobody"], "", 3, "user_not_found"),
    ] {
        fails(&sandbox, row);
    }
}

fn status_4_is_what_exists_already(engine: Engine) {
    let sandbox = three_users(engine);
    let bobs = super::stored_key(&sandbox, "bob").expect("bob has a token");
    let new = "0a1b2c3d4e".repeat(4);
    for row in [
        (
            &["create-user", "alice", "--no-password"][..],
            "",
            4,
            "user_exists",
        ),
        (
            &["create-user", "ａｌｉｃｅ", "--no-password"],
            "",
            4,
            "user_exists",
        ),
        (&["create-user", "alice"], "", 4, "user_exists"),
        (
            &["create-token", "alice", "--key-file", "-"],
            &new,
            4,
            "token_exists",
        ),
        (
            &["create-token", "carol", "--key-file", "-"],
            &bobs,
            4,
            "key_taken",
        ),
        (
            &["create-token", "alice", "--key-file", "-", "--reset"],
            &bobs,
            4,
            "key_taken",
        ),
    ] {
        fails(&sandbox, row);
    }
}

#[test]
fn status_5_is_a_database_that_cannot_be_used() {
    let sandbox = three_users(Engine::Sqlite);
    fs::write(sandbox.path("text"), "no database\n".repeat(100)).expect("write");
    fs::write(sandbox.path("empty"), "").expect("write");
    let whole = fs::read(sandbox.database()).expect("read");
    fs::write(sandbox.path("half"), &whole[..whole.len() / 8192 * 4096]).expect("write");
    let other = Connection::open(sandbox.path("other")).expect("open");
    other
        .execute_batch("CREATE TABLE other (id)")
        .expect("create");
    for (name, code) in [
        ("missing", "database_missing"),
        ("no/such/directory", "database_missing"),
        ("/dev/null", "not_a_file"),
        (".", "not_a_file"),
        ("text", "not_a_database"),
        ("half", "corrupt"),
        ("empty", "not_migrated"),
        ("other", "not_a_django_database"),
    ] {
        for command in [
            &["list"][..],
            &["create-token", "alice"],
            &["create-user", "x", "--no-password"],
            &["revoke", "--all", "--yes"],
            &["set-password", "alice", "--no-password"],
            &["verify", "token"],
        ] {
            fails(&sandbox, (&[&["-d", name], command].concat(), "", 5, code));
        }
    }
    for (name, code) in [
        ("no/such/directory", "directory_missing"),
        ("/dev/null", "not_a_file"),
        ("text", "not_a_database"),
        ("half", "corrupt"),
        ("other", "not_a_django_database"),
    ] {
        fails(&sandbox, (&["-d", name, "migrate"], "", 5, code));
    }
}

#[test]
fn status_6_is_busy() {
    let (sandbox, _) = with_token("alice");
    let writer = Connection::open(sandbox.database()).expect("open");
    writer.execute_batch("BEGIN IMMEDIATE").expect("lock");
    for command in [
        &["create-token", "alice", "--reset"][..],
        &["create-user", "bob", "--no-password"],
        &["revoke", "alice"],
        &["revoke", "--all", "--yes"],
        &["set-password", "alice", "--password-env", "HOME"],
    ] {
        fails(
            &sandbox,
            (&[command, &["--timeout", "0s"]].concat(), "", 6, "busy"),
        );
    }
}

#[test]
fn a_migration_that_has_to_wait_too_long_is_busy_too() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("DROP TABLE authtoken_token");
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken'");
    let writer = Connection::open(sandbox.database()).expect("open");
    writer.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let stderr = "drfctl: database `db.sqlite3` is locked by another writer (waited 0s)\n\
                  hint: nothing was changed; try again, or wait longer with `--timeout`\n";
    sandbox
        .run(["migrate", "--timeout", "0s"])
        .expect(6, "", stderr);
    writer.execute_batch("ROLLBACK").expect("unlock");
    let applied = sandbox.run(["migrate", "--timeout", "0s"]).success();
    assert_eq!(applied.lines().count(), 4, "{applied}");
}
