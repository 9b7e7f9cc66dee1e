//! Errors that name their cause, and hints that can be followed and never make things worse.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use rexpect::session::spawn_command;
use rusqlite::Connection;

use super::disk::Disk;
use super::{execute, has, is_clean_failure, not_run};
use crate::cli::{content, is_root, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// The command fails so, with all of these words and none of those.
#[track_caller]
fn fails(sandbox: &Sandbox, args: &[&str], status: i32, words: &[&str], not: &[&str]) {
    let outcome = sandbox.run(args);
    is_so(&outcome, &format!("{args:?}"), status, words, not);
}

#[track_caller]
fn is_so(outcome: &Outcome, what: &str, status: i32, words: &[&str], not: &[&str]) {
    is_clean_failure(outcome, what);
    assert_eq!(outcome.status, status, "{what}: {outcome}");
    for word in words {
        assert!(outcome.stderr.contains(word), "{word}: {what}: {outcome}");
    }
    for word in not {
        assert!(!outcome.stderr.contains(word), "{word}: {what}: {outcome}");
    }
}

/// A database on a disk of its own, in this journal mode.
fn on_a_disk(journal_mode: &str, spare: u64) -> (Sandbox, Disk, String) {
    let (sandbox, _) = with_token("alice");
    execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
    let size = fs::metadata(sandbox.database()).expect("size").len() / 1024;
    let disk = Disk::of_kilobytes(&sandbox, size + spare);
    let database = disk.path("db.sqlite3");
    fs::copy(sandbox.database(), &database).expect("copy");
    let path = database.to_str().expect("a path").to_owned();
    (sandbox, disk, path)
}

#[test]
fn a_read_only_mount_is_named_as_one() {
    if !is_root() {
        return not_run("root");
    }
    let (sandbox, disk, path) = on_a_disk("WAL", 64);
    disk.make_read_only();
    let reset = ["-d", &path, "create-token", "alice", "--reset"];
    let hidden = ["unable to open"];
    fails(&sandbox, &reset, 5, &["read-only"], &hidden);
    let listed = sandbox.run(["-d", &path, "list"]);
    if listed.status != 0 {
        is_so(&listed, "list", 5, &["read-only"], &hidden);
    }
    drop(disk);
    let sandbox = with_token("alice").0;
    let disk = Disk::of_kilobytes(&sandbox, 1024);
    let path = disk.path("db").to_str().expect("a path").to_owned();
    fs::copy(sandbox.database(), &path).expect("copy");
    disk.make_read_only();
    let reset = ["-d", &path, "create-token", "alice", "--reset"];
    fails(&sandbox, &reset, 5, &["read-only"], &hidden);
    sandbox.run(["-q", "-d", &path, "list"]).success();
    let migrated = sandbox.run(["-d", disk.path("new").to_str().expect("a path"), "migrate"]);
    is_so(&migrated, "migrate", 5, &["read-only"], &hidden);
}

#[test]
fn a_full_disk_is_named_as_one_in_every_journal_mode() {
    if !is_root() {
        return not_run("root");
    }
    for journal_mode in ["DELETE", "WAL"] {
        for spare in [0, 4, 8, 36, 40] {
            let (sandbox, disk, path) = on_a_disk(journal_mode, spare);
            // Pages enough that the write does not fit.
            let before = super::mutations::tables(disk.path("db.sqlite3").as_path());
            for args in [
                &["create-token", "alice", "--reset"][..],
                &["create-user", "bob", "--no-password"],
                &["revoke", "alice"],
            ] {
                let outcome = sandbox.run([&["-q", "-d", &path], args].concat());
                let what = format!("{journal_mode} {spare} {args:?}");
                if outcome.status == 0 {
                    break;
                }
                is_so(&outcome, &what, 5, &["full"], &["I/O"]);
                let after = super::mutations::tables(disk.path("db.sqlite3").as_path());
                assert!(after.is_none() || after == before, "{what}");
            }
        }
    }
}

#[test]
fn a_journal_that_a_reader_may_not_roll_back_is_named() {
    if !is_root() || !has("setpriv", "--version") || !has("strace", "-V") {
        return not_run("root");
    }
    let (sandbox, _) = with_token("alice");
    let mut killed = Command::new("strace");
    killed.args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64"]);
    // The first write to the database itself, when the journal holds what was there.
    killed.args(["-e", "inject=pwrite64:signal=KILL:when=1"]);
    killed.arg("-P").arg(sandbox.path("db.sqlite3"));
    killed.arg(env!("CARGO_BIN_EXE_drfctl"));
    killed
        .args(["create-token", "alice", "--reset"])
        .current_dir(sandbox.path("."));
    assert_eq!(Outcome::of(&mut killed).status, 137);
    assert!(sandbox.path("db.sqlite3-journal").exists());
    super::copy_drfctl(&sandbox);
    fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o755)).expect("chmod");
    fs::set_permissions(sandbox.database(), Permissions::from_mode(0o644)).expect("chmod");
    let journal = sandbox.path("db.sqlite3-journal");
    fs::set_permissions(journal, Permissions::from_mode(0o644)).expect("chmod");
    let mut reader = Command::new("setpriv");
    reader.args([
        "--reuid",
        "54321",
        "--regid",
        "54321",
        "--clear-groups",
        "--",
    ]);
    reader
        .arg(sandbox.path("drfctl"))
        .arg("list")
        .current_dir(sandbox.path("."));
    let outcome = Outcome::of(&mut reader);
    is_so(&outcome, "list", 5, &["journal"], &[]);
    // Whoever may write rolls it back.
    sandbox.run(["-q", "list"]).success();
}

#[test]
fn a_process_that_may_open_no_more_files_says_so() {
    if !has("prlimit", "--version") {
        return;
    }
    for limit in 3..12 {
        let (sandbox, _) = with_token("alice");
        let before = content(&sandbox);
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={limit}")).arg("--");
        command.arg(env!("CARGO_BIN_EXE_drfctl"));
        command
            .args(["create-token", "alice", "--reset"])
            .current_dir(sandbox.path("."));
        let outcome = Outcome::of(&mut command);
        if outcome.status == 0 || outcome.status == 127 {
            continue;
        }
        let what = format!("{limit} files");
        is_so(
            &outcome,
            &what,
            outcome.status,
            &["too many open files"],
            &["unable to open"],
        );
        assert!(content(&sandbox) == before, "{what}");
    }
}

#[test]
fn who_is_in_the_way_is_named() {
    for index in [
        "CREATE UNIQUE INDEX username_ci ON auth_user (lower(username))",
        "CREATE UNIQUE INDEX username_ci ON auth_user (username COLLATE NOCASE)",
    ] {
        let sandbox = with_users(&["alice"]);
        execute(&sandbox, index);
        for if_exists in ["error", "skip", "update"] {
            let create = [
                "create-user",
                "ALICE",
                "--no-password",
                "--if-exists",
                if_exists,
            ];
            let outcome = sandbox.run(create);
            is_so(&outcome, if_exists, 4, &["`alice`"], &["username_ci"]);
        }
    }
}

#[test]
fn a_foreign_key_that_matches_nothing_names_the_column_and_the_value() {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        "CREATE TABLE org (slug varchar(20) NOT NULL PRIMARY KEY); INSERT INTO org VALUES ('acme');
         ALTER TABLE auth_user ADD COLUMN org_id varchar(20)
         REFERENCES org (slug) DEFERRABLE INITIALLY DEFERRED;",
    );
    let create = |set| ["create-user", "bob", "--no-password", "--set", set];
    let raw = ["FOREIGN KEY constraint failed"];
    let words = ["`org`", "`nope`", "`org_id`"];
    let outcome = sandbox.run(create("org_id=nope"));
    is_so(&outcome, "org_id=nope", outcome.status, &words[1..], &raw);
    fails(
        &sandbox,
        &create("org=acme"),
        2,
        &["`org_id`", "hint: "],
        &[],
    );
    sandbox
        .run([&["-q"], &create("org_id=acme")[..]].concat())
        .expect(0, "", "");
}

#[test]
fn another_scheme_gets_the_words_of_the_server() {
    let (sandbox, key) = with_token("alice");
    for header in ["Bearer", "Basic", "JWT", "Authorization: Bearer"] {
        let outcome = sandbox.run_with_stdin(["verify", "token"], format!("{header} {key}\n"));
        outcome.expect(1, "Authentication credentials were not provided.\n", "");
    }
}

#[test]
fn a_masked_key_is_said_to_be_masked() {
    let (sandbox, key) = with_token("alice");
    for masked in [
        format!("{}…", &key[..8]),
        key[..8].to_owned(),
        format!("{}...", &key[..8]),
    ] {
        for args in [
            &["revoke", "--key-file", "-"][..],
            &["revoke", "--key-file", "-", "--dry-run"],
        ] {
            let outcome = sandbox.run_with_stdin(args, &masked);
            assert!([1, 3].contains(&outcome.status), "{outcome}");
            is_so(&outcome, &masked, outcome.status, &["list"], &[]);
            assert!(
                outcome.stderr.contains("mask") || outcome.stderr.contains("--show-keys"),
                "{outcome}"
            );
        }
    }
}

#[test]
fn a_person_is_told_which_database_was_written_to() {
    let sandbox = with_users(&[]);
    let command = sandbox.command(["create-user", "zoe", "--no-password"]);
    let mut session = spawn_command(command, Some(20_000)).expect("start");
    let shown = session.exp_eof().expect("the end");
    assert!(
        shown.contains("zoe") && shown.contains("db.sqlite3"),
        "{shown:?}"
    );
}

#[test]
fn what_may_be_a_typing_mistake_is_not_proposed_to_be_created() {
    let sandbox = with_users(&["admin", "alice"]);
    for (typed, meant) in [
        ("Admin", "admin"),
        ("ADMIN", "admin"),
        ("alise", "alice"),
        ("alcie", "alice"),
    ] {
        for args in [
            &["create-token", typed][..],
            &["revoke", typed],
            &["set-password", typed, "--no-password"],
        ] {
            let meant = format!("did you mean `{meant}`?");
            fails(
                &sandbox,
                args,
                3,
                &[&format!("`{typed}`"), &meant],
                &["create-user"],
            );
        }
    }
    for args in [
        &["revoke", "nosuch"][..],
        &["set-password", "nosuch", "--no-password"],
    ] {
        fails(
            &sandbox,
            args,
            3,
            &["`nosuch`"],
            &["create-user", "did you mean"],
        );
    }
    fails(
        &sandbox,
        &["create-token", "nosuch"],
        3,
        &["drfctl create-user nosuch"],
        &[],
    );
}

#[test]
fn a_name_that_differs_only_in_case_is_a_warning() {
    let sandbox = with_users(&["admin"]);
    let outcome = sandbox.run(["create-user", "Admin", "--no-password"]);
    assert_eq!(outcome.status, 0, "{outcome}");
    assert!(outcome.stderr.contains("warning: "), "{outcome}");
    assert!(outcome.stderr.contains("`admin`"), "{outcome}");
    let outcome = sandbox.run_with_stdin(
        ["create-user", "--no-password", "--from", "-"],
        "username\nADMIN\nzoe\n",
    );
    assert_eq!(outcome.status, 0, "{outcome}");
    assert!(outcome.stderr.contains("`ADMIN`"), "{outcome}");
}

#[test]
fn a_place_that_cannot_be_written_to_has_a_hint() {
    let (sandbox, _) = with_token("alice");
    let before = content(&sandbox);
    for out in ["nodir/f", "nodir/deeper/f"] {
        let args = ["create-token", "alice", "--reset", "--out", out];
        fails(
            &sandbox,
            &args,
            1,
            &[&format!("`{out}`"), "\nhint: ", "`nodir"],
            &[],
        );
    }
    assert!(content(&sandbox) == before);
}

#[test]
fn a_hint_with_a_name_in_it_can_be_pasted() {
    // Whatever the shell makes of it, it may not run anything else.
    let sandbox = Sandbox::migrated();
    for name in [
        "$(touch pwned)",
        "`touch pwned`",
        "a; touch pwned",
        "'; touch pwned; '",
        "-rf",
    ] {
        let outcome = sandbox.run(["create-token", "--", name]);
        assert_eq!(outcome.status, 3, "{outcome}");
        let hint = outcome.stderr.split("hint: ").nth(1).unwrap_or_default();
        for command in hint.split('`').filter(|part| part.starts_with("drfctl ")) {
            let command = command.replace("drfctl", env!("CARGO_BIN_EXE_drfctl"));
            let mut shell = Command::new("sh");
            let _ = Outcome::of(shell.args(["-c", &command]).current_dir(sandbox.path(".")));
            assert!(!sandbox.path("pwned").exists(), "{name}: {hint}");
        }
    }
}

#[test]
fn sqlite_is_new_enough_to_be_safe_beside_another_writer() {
    // Until 3.51.3 two checkpoints at the same instant could corrupt a database.
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
    let connection = Connection::open_in_memory().expect("open");
    let version: String = connection
        .query_row("SELECT sqlite_version()", [], |row| row.get(0))
        .expect("the version");
    assert_eq!(version, rusqlite::version());
}
