//! `drfctl doctor`: each finding with a database that has just that trouble, and one without.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::Command;

use serde_json::Value;

use crate::cli::is_root;
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
    sandbox.sqlite("UPDATE auth_user SET username = 'Alice' WHERE id = 1");
    expect(&sandbox, &[], "similar_usernames", 2);
    sandbox.sqlite("UPDATE auth_user SET username = 'Bob' WHERE id = 2");
    assert!(findings(&sandbox, &[]).is_empty());
}

#[test]
fn superusers_with_weak_hashes_are_found() {
    let sandbox = healthy();
    sandbox.sqlite("UPDATE auth_user SET is_superuser = 1 WHERE id < 3");
    assert!(findings(&sandbox, &[]).is_empty());
    for hash in [
        "md5$salt$d58a6b9b1d0a3a4e0f6f7d3a1d5f0f0a",
        "pbkdf2_sha256$1000$salt$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
    ] {
        sandbox.sqlite(&format!(
            "UPDATE auth_user SET password = '{hash}' WHERE id = 1"
        ));
        expect(&sandbox, &[], "weak_superuser_passwords", 1);
    }
}

#[test]
fn the_hash_of_a_superuser_on_an_older_django_is_not_weak() {
    let sandbox = healthy();
    // Django 2.2 and 3.2.
    for iterations in [150_000, 260_000] {
        sandbox.sqlite(&format!(
            "UPDATE auth_user SET is_superuser = 1, password = 'pbkdf2_sha256${iterations}$salt$\
             MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=' WHERE id = 1"
        ));
        assert!(findings(&sandbox, &[]).is_empty(), "{iterations}");
    }
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

/// A table with a row for each user but the third; of the others, two have logged in.
fn with_rows_of_visitors(column: &str) -> Sandbox {
    let sandbox = healthy();
    sandbox.sqlite(&format!(
        "CREATE TABLE app_rows (id integer PRIMARY KEY, {column})"
    ));
    let column = column.split(' ').next().expect("a name");
    sandbox.sqlite(&format!(
        "INSERT INTO app_rows ({column}) SELECT id FROM auth_user WHERE id < 3"
    ));
    sandbox.sqlite("UPDATE auth_user SET last_login = '2026-02-01 00:00:00' WHERE id < 3");
    sandbox
}

#[test]
fn a_row_that_a_visit_makes_is_not_missed_before_it() {
    let sandbox =
        with_rows_of_visitors("user_id integer NOT NULL UNIQUE REFERENCES auth_user (id)");
    assert!(findings(&sandbox, &[]).is_empty());
    // Somebody who never visited has one: the server makes it with the user.
    sandbox.sqlite("UPDATE auth_user SET last_login = NULL WHERE id = 1");
    expect(&sandbox, &[], "missing_rows", 1);
}

#[test]
fn a_row_that_not_every_user_is_to_have_is_not_missed() {
    for column in [
        "user_id integer NULL UNIQUE REFERENCES auth_user (id)",
        "user_ptr_id integer NOT NULL UNIQUE REFERENCES auth_user (id)",
    ] {
        let sandbox = with_rows_of_visitors(column);
        sandbox.sqlite("UPDATE auth_user SET last_login = NULL");
        assert!(findings(&sandbox, &[]).is_empty(), "{column}");
    }
}

/// The text of the only finding.
#[track_caller]
fn line(sandbox: &Sandbox, options: &[&str]) -> String {
    let text = sandbox.run([&["doctor"], options].concat());
    assert_eq!(
        (
            text.status,
            text.stdout.lines().count(),
            text.stderr.as_str()
        ),
        (1, 1, ""),
        "{text}"
    );
    text.stdout
}

/// Runs the first command that the finding names, and looks again. `options` and `password`
/// stand for what a person answers.
#[track_caller]
fn remedy(sandbox: &Sandbox, found: &str, options: &[&str], password: &str) {
    let command = found.split('`').nth(1).expect("a command");
    let mut words = command.split(' ').map(str::to_owned);
    let program = words.next().expect("a program");
    let words: Vec<String> = words
        .chain(options.iter().map(|&option| option.into()))
        .collect();
    if program == "drfctl" {
        sandbox.run_with_stdin(words, password).success();
    } else {
        let status = Command::new(&program)
            .args(words)
            .current_dir(sandbox.path(""))
            .status();
        assert!(status.expect("run the remedy").success(), "{command}");
    }
    assert_eq!(sandbox.run(["doctor"]).stdout, "", "after {command}");
}

#[test]
fn remedies_can_be_run_as_they_are_printed() {
    let one = "UPDATE auth_user SET is_active = 0 WHERE id = 2";
    let two = "UPDATE auth_user SET is_active = 0 WHERE id > 1";
    for (users, text) in [
        (one, "warning: 1 inactive user holds a token"),
        (two, "warning: 2 inactive users hold tokens"),
    ] {
        let sandbox = healthy();
        sandbox.sqlite(users);
        let found = line(&sandbox, &[]);
        assert!(found.starts_with(text), "{found}");
        remedy(&sandbox, &found, &["--yes"], "");
    }
    for users in ["id = 2", "id > 1"] {
        let sandbox = healthy();
        sandbox.sqlite(&format!(
            "UPDATE authtoken_token SET key = 'a b' || user_id WHERE user_{users}"
        ));
        remedy(&sandbox, &line(&sandbox, &[]), &[], "");
    }
    let sandbox = healthy();
    sandbox.sqlite(
        "UPDATE auth_user SET is_superuser = 1, \
         password = 'pbkdf2_sha256$1000$salt$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=' \
         WHERE id = 3",
    );
    let password = "correct horse battery staple";
    remedy(
        &sandbox,
        &line(&sandbox, &[]),
        &["--password-stdin"],
        password,
    );
    let sandbox = healthy();
    fs::set_permissions(sandbox.database(), fs::Permissions::from_mode(0o644))
        .expect("change the mode");
    remedy(&sandbox, &line(&sandbox, &[]), &[], "");
    let sandbox = healthy();
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken' AND name > '0002'");
    remedy(
        &sandbox,
        &line(&sandbox, &[]).replace("manage.py migrate", "drfctl migrate"),
        &[],
        "",
    );
}

#[test]
fn the_remedy_for_old_tokens_leaves_the_younger_ones() {
    let sandbox = healthy();
    sandbox.sqlite(
        "UPDATE authtoken_token SET created = strftime('%Y-%m-%d %H:%M:%S', 'now', '-13 hours') \
         WHERE user_id = 2",
    );
    // Who has no token gets none.
    sandbox
        .run(["-q", "create-user", "tokenless", "--no-password"])
        .success();
    let keys = || sandbox.sqlite("SELECT key FROM authtoken_token ORDER BY user_id");
    let before = keys();
    let found = line(&sandbox, &["--older-than=12h"]);
    assert!(
        found.contains("1 user holds a token that is older than 12h"),
        "{found}"
    );
    remedy(&sandbox, &found, &["--yes", "--format=json"], "");
    let after = keys();
    assert_eq!((&before[0], &before[2]), (&after[0], &after[2]));
    assert_ne!(before[1], after[1]);
    assert_eq!(before.len(), after.len());
}

#[test]
fn a_file_that_everybody_can_read_is_found() {
    let sandbox = healthy();
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(sandbox.database(), mode).expect("change the mode");
    expect(&sandbox, &[], "world_readable", 1);
}

#[test]
fn an_owner_who_may_write_to_the_directory_is_no_stranger_there() {
    if !is_root() {
        return;
    }
    let sandbox = healthy();
    let directory = sandbox.path("");
    let mode = |mode| fs::set_permissions(&directory, fs::Permissions::from_mode(mode));
    chown(sandbox.database(), Some(33), Some(33)).expect("give the database away");
    expect(&sandbox, &[], "foreign_owner", 1);
    chown(&directory, Some(0), Some(33)).expect("give the directory to the group");
    mode(0o775).expect("let the group in");
    assert!(findings(&sandbox, &[]).is_empty());
    mode(0o755).expect("keep the group out");
    let found = line(&sandbox, &[]);
    assert!(
        found.contains("`chown --reference=. db.sqlite3`"),
        "{found}"
    );
    remedy(&sandbox, &found, &[], "");
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
fn a_project_on_an_older_line_lacks_no_migrations() {
    let sandbox = Sandbox::migrated();
    // DRF before 3.15, and Django before 3.1.
    sandbox.sqlite("DELETE FROM django_migrations WHERE name = '0004_alter_tokenproxy_options'");
    assert!(findings(&sandbox, &[]).is_empty());
    sandbox.sqlite(
        "DELETE FROM django_migrations WHERE name = '0012_alter_user_first_name_max_length'",
    );
    assert!(findings(&sandbox, &[]).is_empty());
}

#[test]
fn what_is_half_migrated_is_found() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken' AND name > '0002'");
    expect(&sandbox, &[], "migrations_missing", 3);
    sandbox.run(["-q", "migrate"]).success();
    assert!(findings(&sandbox, &[]).is_empty());
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken'");
    sandbox.sqlite("DROP TABLE authtoken_token");
    let found = findings(&sandbox, &[]);
    assert!(
        found.contains(&("migrations_missing".to_owned(), 4)),
        "{found:?}"
    );
}

#[test]
fn a_table_that_was_dropped_is_not_made_anew_by_forgetting_the_others() {
    for (table, way_out, harm) in [
        ("authtoken_token", "migrate --fake authtoken zero", "backup"),
        ("auth_user_groups", "sqlmigrate auth 0001", "--fake"),
        (
            "auth_user_user_permissions",
            "sqlmigrate auth 0001",
            "--fake",
        ),
    ] {
        let sandbox = healthy();
        sandbox.sqlite(&format!("DROP TABLE {table}"));
        let text = sandbox.run(["doctor"]).stdout;
        let first = text.lines().next().expect("a finding");
        assert!(first.contains(way_out) && !first.contains(harm), "{first}");
    }
}

#[test]
fn a_history_with_a_gap_is_found_with_a_next_step() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("DELETE FROM django_migrations WHERE name = '0003_tokenproxy'");
    expect(&sandbox, &[], "half_migrated", 1);
    let text = sandbox.run(["doctor"]).stdout;
    assert!(text.contains("; `manage.py showmigrations`"), "{text}");
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
