//! `drfctl doctor`: each finding with a database that has just that trouble, and one without.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::Sandbox;

fn healthy() -> Sandbox {
    let sandbox = Sandbox::migrated();
    for name in ["alice", "bob", "carol"] {
        sandbox
            .run(["-q", "create-user", name, "--no-password", "--token"])
            .success();
    }
    sandbox
}

/// The codes of the findings, with their counts.
#[track_caller]
fn findings(sandbox: &Sandbox, options: &[&str]) -> Vec<(String, u64)> {
    let args = [&["doctor", "--format=json"], options].concat();
    let outcome = sandbox.run(args);
    let found: Vec<Value> = serde_json::from_str(&outcome.stdout).expect(&outcome.stdout);
    assert_eq!(outcome.status, i32::from(!found.is_empty()), "{outcome}");
    for finding in &found {
        for key in ["code", "severity", "count", "message", "hint", "examples"] {
            assert!(finding.get(key).is_some(), "{finding}");
        }
    }
    found
        .iter()
        .map(|finding| {
            let code = finding["code"].as_str().expect("a code").to_owned();
            (code, finding["count"].as_u64().expect("a count"))
        })
        .collect()
}

#[track_caller]
fn expect(sandbox: &Sandbox, options: &[&str], code: &str, count: u64) {
    assert_eq!(findings(sandbox, options), [(code.to_owned(), count)]);
}

#[test]
fn nothing_is_found_in_a_healthy_database() {
    let sandbox = healthy();
    assert!(findings(&sandbox, &["--older-than=90d"]).is_empty());
    sandbox
        .run(["doctor"])
        .expect(0, "", "Found nothing wrong.\n");
}

#[test]
fn tokens_of_inactive_users_are_found() {
    let sandbox = healthy();
    sandbox
        .run(["-q", "update-user", "bob", "--inactive"])
        .success();
    expect(&sandbox, &[], "inactive_tokens", 1);
    let text = sandbox.run(["doctor"]);
    assert_eq!(text.status, 1);
    assert!(text.stdout.contains("(bob)"), "{text}");
}

#[test]
fn tokens_that_cannot_be_sent_are_found() {
    let sandbox = healthy();
    sandbox.sqlite("UPDATE authtoken_token SET key = 'two words' WHERE user_id = 2");
    expect(&sandbox, &[], "malformed_tokens", 1);
}

#[test]
fn old_tokens_are_found_where_an_age_is_given() {
    let sandbox = healthy();
    sandbox.sqlite("UPDATE authtoken_token SET created = '2020-01-01 00:00:00' WHERE user_id < 3");
    assert!(findings(&sandbox, &[]).is_empty());
    expect(&sandbox, &["--older-than=1y"], "old_tokens", 2);
}

#[test]
fn names_that_look_alike_are_found() {
    let sandbox = healthy();
    sandbox.sqlite("UPDATE auth_user SET username = 'ALICE' WHERE id = 2");
    expect(&sandbox, &[], "similar_usernames", 2);
    sandbox.sqlite("UPDATE auth_user SET username = 'alice' || char(0x1160) WHERE id = 2");
    expect(&sandbox, &[], "similar_usernames", 2);
}

#[test]
fn superusers_with_weak_hashes_are_found() {
    let sandbox = healthy();
    sandbox.sqlite("UPDATE auth_user SET is_superuser = 1 WHERE id < 3");
    assert!(findings(&sandbox, &[]).is_empty());
    sandbox.sqlite(
        "UPDATE auth_user SET password = 'md5$salt$d58a6b9b1d0a3a4e0f6f7d3a1d5f0f0a' WHERE id = 1",
    );
    expect(&sandbox, &[], "weak_superuser_passwords", 1);
}

#[test]
fn users_without_the_rows_of_most_others_are_found() {
    let sandbox = healthy();
    sandbox.sqlite(
        "CREATE TABLE profile (id integer PRIMARY KEY, user_id integer NOT NULL UNIQUE \
         REFERENCES auth_user (id))",
    );
    sandbox.sqlite("INSERT INTO profile (user_id) SELECT id FROM auth_user");
    assert!(findings(&sandbox, &[]).is_empty());
    sandbox.sqlite("DELETE FROM profile WHERE user_id = 3");
    expect(&sandbox, &[], "missing_rows", 1);
}

#[test]
fn a_file_that_everybody_can_read_is_found() {
    let sandbox = healthy();
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(sandbox.database(), mode).expect("change the mode");
    expect(&sandbox, &[], "world_readable", 1);
}

#[test]
fn references_to_rows_that_do_not_exist_are_found() {
    let sandbox = healthy();
    let connection = rusqlite::Connection::open(sandbox.database()).expect("open the database");
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM auth_user WHERE id = 2")
        .expect("delete a user as no Django does");
    assert!(
        findings(&sandbox, &[]).contains(&("broken_references".to_owned(), 1)),
        "{:?}",
        findings(&sandbox, &[])
    );
}

#[test]
fn a_token_table_of_another_package_is_found() {
    let sandbox = healthy();
    sandbox.sqlite(
        "CREATE TABLE knox_authtoken (digest varchar(128) PRIMARY KEY, token_key varchar(25), \
         user_id integer NOT NULL REFERENCES auth_user (id))",
    );
    expect(&sandbox, &[], "other_token_table", 1);
}

#[test]
fn what_is_half_migrated_is_found() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("DELETE FROM django_migrations WHERE name = '0004_alter_tokenproxy_options'");
    expect(&sandbox, &[], "migrations_missing", 1);
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken'");
    sandbox.sqlite("DROP TABLE authtoken_token");
    let found = findings(&sandbox, &[]);
    assert!(
        found.contains(&("migrations_missing".to_owned(), 4)),
        "{found:?}"
    );
}

#[test]
fn what_is_no_database_cannot_be_examined() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(["doctor"]).status, 5);
    fs::write(sandbox.database(), "x".repeat(4096)).expect("write a file");
    assert_eq!(sandbox.run(["doctor"]).status, 5);
}

#[test]
fn nothing_is_changed() {
    let sandbox = healthy();
    let before = fs::read(sandbox.database()).expect("read the database");
    sandbox.run(["-q", "doctor"]).expect(0, "", "");
    assert_eq!(
        before,
        fs::read(sandbox.database()).expect("read the database")
    );
}
