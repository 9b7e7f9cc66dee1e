//! Schemas and rows that no Django made: every command ends in seconds, with a sentence or with a
//! true result.

use std::fs;
use std::process::Command;
use std::time::Instant;

use rusqlite::Connection;
use serde_json::Value;

use super::{copy_of, execute, is_safe, is_short};
use crate::cli::with_token;
use crate::support::Outcome;

#[test]
fn hostile_schemas_end_in_a_sentence() {
    let long = "x".repeat(10_000);
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    for sql in [
        "DROP TABLE auth_user; CREATE VIEW auth_user AS SELECT 1 AS id, 'alice' AS username",
        "ALTER TABLE auth_user RENAME TO real; CREATE VIEW auth_user AS SELECT * FROM real",
        "DROP TABLE authtoken_token; CREATE VIEW authtoken_token AS SELECT 'k' AS key, 1 AS user_id, '' AS created",
        "DROP TABLE django_migrations; CREATE VIEW django_migrations AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'auth' AS app, i AS name, '' AS applied FROM n",
        "CREATE TRIGGER t AFTER INSERT ON authtoken_token BEGIN INSERT INTO authtoken_token VALUES (hex(randomblob(20)), '', new.user_id + 1); END",
        "CREATE TABLE a (id integer PRIMARY KEY, b integer UNIQUE REFERENCES auth_user (id), c integer REFERENCES a (id))",
        "DROP TABLE authtoken_token; CREATE TABLE authtoken_token (key, created, user_id)",
        "DROP TABLE authtoken_token; CREATE TABLE authtoken_token (key blob PRIMARY KEY, created, user_id REFERENCES auth_user)",
        "DROP TABLE authtoken_token; CREATE TABLE authtoken_token (key, user_id integer REFERENCES authtoken_token (key), created)",
        "DROP TABLE authtoken_token; CREATE TABLE authtoken_token (id integer PRIMARY KEY, token text, user integer)",
        "DROP TABLE authtoken_token; CREATE TABLE authtoken_token (key text PRIMARY KEY, created datetime GENERATED ALWAYS AS ('x') STORED, user_id integer UNIQUE REFERENCES auth_user (id))",
        "DROP TABLE auth_user; CREATE TABLE auth_user (id, username, password)",
        "DROP TABLE auth_user; CREATE TABLE auth_user (\"id\" PRIMARY KEY, \"user\"\"name\" UNIQUE, password)",
        "DROP TABLE auth_user; CREATE TABLE auth_user (id integer PRIMARY KEY, username text UNIQUE, password text, is_active AS (1), x NOT NULL CHECK (x > 1))",
        "UPDATE auth_user SET id = -9223372036854775807",
        "UPDATE auth_user SET is_active = 'perhaps', date_joined = x'ff', last_login = 1e300",
        "UPDATE authtoken_token SET created = 9223372036854775807, key = x'00ff00'",
        "UPDATE authtoken_token SET user_id = 'nobody'",
        "UPDATE django_migrations SET name = x'ff00', app = 1.5",
        "INSERT INTO django_migrations (app, name, applied) SELECT 'auth', name, applied FROM django_migrations",
        &format!(
            "CREATE TABLE \"{long}\" (id integer PRIMARY KEY, \"{long}\" integer UNIQUE REFERENCES auth_user (id))"
        ),
        &format!("ALTER TABLE auth_user ADD COLUMN deep integer CHECK (deep IS NULL OR {deep})"),
    ] {
        let original = with_token("alice").0;
        let connection = Connection::open(original.database()).expect("open");
        connection
            .pragma_update(None, "foreign_keys", false)
            .expect("set");
        if connection.execute_batch(sql).is_err() {
            continue;
        }
        drop(connection);
        for args in [
            &["list"][..],
            &["list", "--all-users", "-f", "json"],
            &["create-token", "alice"],
            &["create-token", "alice", "--reset"],
            &["create-token", "--all"],
            &["create-user", "bob", "--no-password", "--token"],
            &["revoke", "alice"],
            &["set-password", "alice", "--no-password"],
            &["verify", "token", "--key-file", "key"],
            &["migrate", "--check"],
            &["migrate"],
        ] {
            let sandbox = copy_of(&original);
            fs::write(sandbox.path("key"), "a key").expect("write");
            let start = Instant::now();
            let outcome = Outcome::of(
                Command::new("timeout")
                    .args(["10", env!("CARGO_BIN_EXE_drfctl")])
                    .args(args)
                    .current_dir(sandbox.path(".")),
            );
            let what = format!("{} {args:?}", &sql[..sql.len().min(120)]);
            assert!(outcome.status <= 6, "{what}: {outcome}");
            is_safe(&outcome.stderr, &what);
            if outcome.status > 1 {
                is_short(&outcome, &what);
            }
            assert!(start.elapsed().as_secs() < 5, "{what}");
        }
    }
}

#[test]
fn the_answer_in_json_stays_json_whatever_the_rows_hold() {
    let (sandbox, _) = with_token("alice");
    execute(
        &sandbox,
        "UPDATE auth_user SET email = 1.5, last_login = 'never', is_staff = 7",
    );
    let list = sandbox.run(["list", "-f", "jsonl"]).success();
    let row: Value = serde_json::from_str(list.trim_end()).expect("JSON");
    assert_eq!(row["username"], "alice");
}
