//! Files that are no database, or not one that can be used: every command says so in one
//! sentence, with exit status 5, and leaves them as they are.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{content, expect, files, is_root, stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// A command line for everything that needs a database.
const COMMANDS: [&[&str]; 8] = [
    &["create-user", "bob", "--no-password"],
    &["create-user", "carol", "--no-password", "--token"],
    &["create-token", "alice"],
    &["revoke", "alice"],
    &["list"],
    &["verify", "token"],
    &["verify", "password", "alice", "--password-env", "HOME"],
    &["set-password", "alice", "--no-password"],
];

const NO_SQLITE: &str = "drfctl: database `db.sqlite3` is not an SQLite database, or is encrypted\n\
                         hint: name the server's database with `--database PATH` or DATABASE_URL\n";

const NOT_MIGRATED: &str = "hint: run `drfctl migrate`, or `manage.py migrate` in the project\n";

/// Every command has the same to say, and changes nothing.
#[track_caller]
fn all_refuse(sandbox: &Sandbox, stderr: &str) {
    let before = (files(sandbox), fs::read(sandbox.database()).ok());
    for command in COMMANDS {
        expect(sandbox, command, 5, "", stderr);
        let after = (files(sandbox), fs::read(sandbox.database()).ok());
        assert!(after == before, "changed by {command:?}");
    }
}

#[test]
fn a_missing_file_is_created_by_migrate_alone() {
    let sandbox = Sandbox::new();
    all_refuse(
        &sandbox,
        "drfctl: database `db.sqlite3` does not exist\n\
         hint: name it with `--database PATH` or DATABASE_URL, or create it with `drfctl migrate`\n",
    );
    assert_eq!(files(&sandbox), [""; 0]);
    sandbox.run(["migrate", "--plan"]).success();
    let check = sandbox.run(["migrate", "--check"]);
    assert_eq!((check.status, files(&sandbox)), (1, Vec::new()));
    sandbox.run(["migrate"]).success();
    assert_eq!(files(&sandbox), ["db.sqlite3"]);
}

#[test]
fn an_empty_file_is_a_database_to_migrate_alone() {
    let sandbox = Sandbox::new();
    File::create(sandbox.database()).expect("make the file");
    let stderr = format!("drfctl: database `db.sqlite3` is empty\n{NOT_MIGRATED}");
    all_refuse(&sandbox, &stderr);
    sandbox.run(["migrate"]).success();
    sandbox.run(["list", "-f", "names"]).expect(0, "", "");
}

#[test]
fn a_directory_is_no_database() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.database()).expect("make the directory");
    let stderr = "drfctl: database `db.sqlite3` is a directory\n\
                  hint: name the server's database with `--database PATH` or DATABASE_URL\n";
    all_refuse(&sandbox, stderr);
    sandbox.run(["migrate"]).expect(5, "", stderr);
}

#[test]
fn a_fifo_is_no_database_and_nothing_waits_for_it() {
    let sandbox = Sandbox::new();
    Outcome::of(Command::new("mkfifo").arg(sandbox.database())).success();
    let stderr = "drfctl: database `db.sqlite3` is not a regular file\n";
    for command in COMMANDS.into_iter().chain([&["migrate"][..]]) {
        expect(&sandbox, command, 5, "", stderr);
    }
}

#[test]
fn a_text_file_is_no_database() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.database(), "hello\n".repeat(500)).expect("write");
    all_refuse(&sandbox, NO_SQLITE);
    sandbox.run(["migrate"]).expect(5, "", NO_SQLITE);
}

#[test]
fn random_bytes_such_as_an_encrypted_database_are_none() {
    let sandbox = Sandbox::new();
    let mut bytes = vec![0; 40_960];
    let mut random = File::open("/dev/urandom").expect("open the source of randomness");
    std::io::Read::read_exact(&mut random, &mut bytes).expect("read");
    fs::write(sandbox.database(), bytes).expect("write");
    all_refuse(&sandbox, NO_SQLITE);
    sandbox.run(["migrate"]).expect(5, "", NO_SQLITE);
}

#[test]
fn a_truncated_database_is_called_damaged_wherever_it_ends() {
    let (sandbox, _) = with_token("alice");
    let whole = fs::read(sandbox.database()).expect("read");
    let pages = whole.len() / 4096;
    assert!(pages > 8, "{pages}");
    for page in (1..pages).step_by(5) {
        fs::write(sandbox.database(), &whole[..page * 4096]).expect("write");
        all_refuse(
            &sandbox,
            "drfctl: database `db.sqlite3` is damaged: database disk image is malformed\n",
        );
    }
}

#[test]
fn the_file_of_another_application_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.sqlite("CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT)");
    let stderr = "drfctl: database `db.sqlite3` holds no Django tables\n\
                  hint: name the server's database with `--database PATH` or DATABASE_URL\n";
    all_refuse(&sandbox, stderr);
    let before = fs::read(sandbox.database()).expect("read");
    sandbox.run(["migrate"]).expect(5, "", stderr);
    assert!(fs::read(sandbox.database()).expect("read") == before);
}

#[test]
fn a_database_without_the_table_of_the_tokens_is_to_be_migrated() {
    let sandbox = with_users(&["alice"]);
    sandbox.sqlite("DROP TABLE authtoken_token");
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken'");
    let stderr = "drfctl: database `db.sqlite3` has no table `authtoken_token`\n\
                  hint: if the project has `rest_framework.authtoken` in INSTALLED_APPS, run \
                  `drfctl migrate`, or `manage.py migrate` in the project\n";
    for command in [
        &["list"][..],
        &["create-token", "alice"],
        &["revoke", "alice"],
        &["verify", "token"],
        &["create-user", "bob", "--no-password", "--token"],
    ] {
        expect(&sandbox, command, 5, "", stderr);
    }
    // Users do not need it.
    let create = ["-q", "create-user", "bob", "--no-password"];
    expect(&sandbox, &create, 0, "", "");
}

#[test]
fn a_database_without_auth_user_waits_for_the_migrations_of_its_project() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("DROP TABLE authtoken_token");
    sandbox.sqlite("DROP TABLE auth_user");
    let stderr = "drfctl: database `db.sqlite3` has no table of users yet\n\
                  hint: run `manage.py migrate` in the project\n";
    for command in COMMANDS {
        expect(&sandbox, command, 5, "", stderr);
    }
}

#[test]
fn a_file_that_may_only_be_read_is_listed_and_never_written() {
    let (sandbox, key) = with_token("alice");
    sandbox
        .run(["create-user", "bob", "--no-password"])
        .success();
    let run = |args: &[&str]| run_without_root(&sandbox, args);
    fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o755)).expect("chmod");
    fs::set_permissions(sandbox.database(), Permissions::from_mode(0o444)).expect("chmod");
    let before = content(&sandbox);
    run(&["list", "-f", "names"]).expect(0, "alice\n", "");
    assert_eq!(
        run(&["-q", "create-token", "alice"]).success().trim_end(),
        key
    );
    let stderr = if is_root() {
        "drfctl: database `db.sqlite3` is read-only: it belongs to another user, and its mode is \
         0444\nhint: run this as the owner of the database, with `sudo -u OWNER`\n"
    } else {
        "drfctl: database `db.sqlite3` is read-only: its mode is 0444\n"
    };
    for command in [
        &["-q", "create-token", "bob"][..],
        &["-q", "create-token", "alice", "--reset"],
        &["-q", "create-user", "carol", "--no-password"],
        &["revoke", "alice"],
        &["set-password", "alice", "--password-env", "PATH"],
    ] {
        run(command).expect(5, "", stderr);
    }
    assert_eq!(content(&sandbox), before);
}

#[test]
fn a_directory_that_takes_no_journal_makes_a_database_read_only() {
    let (sandbox, _) = with_token("alice");
    fs::set_permissions(sandbox.database(), Permissions::from_mode(0o666)).expect("chmod");
    let before = content(&sandbox);
    // The program is copied there before.
    run_without_root(&sandbox, &["--version"]).success();
    fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o555)).expect("chmod");
    let reset = ["-q", "create-token", "alice", "--reset"];
    run_without_root(&sandbox, &reset).expect(
        5,
        "",
        "drfctl: database `db.sqlite3` is read-only: no files can be created in its directory\n",
    );
    fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o755)).expect("chmod");
    assert_eq!(content(&sandbox), before);
}

/// Runs drfctl as somebody whom the modes of files keep from something: another user than root,
/// with a copy of the program in a place that this user can enter.
fn run_without_root(sandbox: &Sandbox, args: &[&str]) -> Outcome {
    let program = sandbox.path("drfctl");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_drfctl"), &program).expect("copy the program");
        fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o755)).expect("chmod");
    }
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command
        .arg(&program)
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    Outcome::of(command.current_dir(sandbox.path(".")))
}

#[test]
fn a_writer_that_does_not_let_go_in_time_is_status_6_and_nothing_is_changed() {
    let (sandbox, _) = with_token("alice");
    sandbox
        .run(["create-user", "bob", "--no-password"])
        .success();
    let before = content(&sandbox);
    let writer = Connection::open(sandbox.database()).expect("open");
    writer.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let stderr = "drfctl: database `db.sqlite3` is locked by another writer (waited 0s)\n\
                  hint: nothing was changed; try again, or wait longer with `--timeout`\n";
    for command in [
        &["create-token", "bob"][..],
        &["create-token", "alice", "--reset"],
        &["create-token", "--all", "--reset-older-than", "1s"],
        &["create-user", "carol", "--no-password"],
        &["create-user", "bob", "--if-exists", "update", "--staff"],
        &["revoke", "alice"],
        &["revoke", "--all", "--yes"],
        &["set-password", "alice", "--password-env", "HOME"],
    ] {
        let args = [command, &["--timeout", "0s"]].concat();
        expect(&sandbox, &args, 6, "", stderr);
    }
    let start = Instant::now();
    let waited = sandbox.run(["create-token", "bob", "--timeout", "1s"]);
    waited.expect(6, "", &stderr.replace("0s", "1s"));
    let waited = start.elapsed();
    assert!((1.0..3.0).contains(&waited.as_secs_f64()), "{waited:?}");
    drop(writer);
    assert_eq!(content(&sandbox), before);
}

#[test]
fn a_writer_that_lets_go_in_time_is_waited_for() {
    let sandbox = with_users(&["alice"]);
    let writer = Connection::open(sandbox.database()).expect("open");
    writer.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let key = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| sandbox.run(["create-token", "alice"]));
        std::thread::sleep(Duration::from_millis(500));
        writer.execute_batch("COMMIT").expect("unlock");
        waiting.join().expect("no panic").success()
    });
    assert_eq!(
        Some(key.trim_end().to_owned()),
        stored_key(&sandbox, "alice")
    );
}

#[test]
fn what_is_already_so_takes_no_lock() {
    for mode in ["DELETE", "WAL"] {
        let (sandbox, key) = with_token("alice");
        sandbox
            .run(["create-user", "bob", "--no-password"])
            .success();
        sandbox.sqlite(&format!("PRAGMA journal_mode = {mode}"));
        let writer = Connection::open(sandbox.database()).expect("open");
        writer.execute_batch("BEGIN IMMEDIATE").expect("lock");
        for (command, stdout) in [
            (&["create-token", "alice"][..], format!("{key}\n")),
            (
                &["create-token", "alice", "--reset-older-than", "1d"],
                format!("{key}\n"),
            ),
            (
                &[
                    "create-user",
                    "alice",
                    "--no-password",
                    "--if-exists",
                    "skip",
                    "--token",
                ],
                format!("{key}\n"),
            ),
            (&["revoke", "bob"], String::new()),
            (&["list", "--format", "names"], "alice\n".to_owned()),
            (&["migrate"], String::new()),
        ] {
            let args = [&["--quiet", "--timeout", "0s"], command].concat();
            expect(&sandbox, &args, 0, &stdout, "");
        }
    }
}

#[test]
fn what_belongs_to_the_server_stays_as_it_is() {
    for mode in ["delete", "wal"] {
        let (sandbox, _) = with_token("alice");
        sandbox.sqlite(&format!("PRAGMA journal_mode = {mode}"));
        for setting in ["PRAGMA user_version = 7", "PRAGMA application_id = 4711"] {
            sandbox.sqlite(setting);
        }
        fs::set_permissions(sandbox.database(), Permissions::from_mode(0o640)).expect("chmod");
        if is_root() {
            let owner = Command::new("chown")
                .arg("65534:65534")
                .arg(sandbox.database())
                .status();
            assert!(owner.expect("chown").success());
        }
        let state = || {
            let mut stat = Command::new("stat");
            let stat = Outcome::of(stat.args(["-c", "%a %u %g"]).arg(sandbox.database()));
            let file = fs::read(sandbox.database()).expect("read");
            (stat.success(), file[18..20].to_vec(), file[60..72].to_vec())
        };
        let before = state();
        for command in COMMANDS.into_iter().chain([
            &["migrate"][..],
            &["create-token", "--all", "--reset", "--yes"],
            &["revoke", "--all", "--yes"],
            &[
                "create-user",
                "alice",
                "--no-password",
                "--staff",
                "--if-exists",
                "update",
            ],
        ]) {
            let outcome = sandbox.run(command);
            assert!(outcome.status <= 1, "{command:?}: {outcome}");
            assert_eq!(state(), before, "{mode} {command:?}");
        }
        assert_eq!(files(&sandbox), ["db.sqlite3"], "{mode}");
    }
}
