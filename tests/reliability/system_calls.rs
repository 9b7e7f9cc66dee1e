//! A fault at every system call on the database's files and on `--out`, for every command that
//! writes: the database stays whole, and the exit status and the words agree with what is in it.
//! `strace` injects them; every few only, unless at full size.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use super::{copy_of, execute, has, is_full, is_safe};
use crate::cli::{add_users, stored_key, with_token};
use crate::support::{Outcome, Sandbox};

/// What can befall a call. Those that `--out` makes on a file without a name known beforehand
/// are counted wherever they happen, the others on the database's files alone.
const FAULTS: [(&str, Where, &[&str]); 13] = [
    (
        "pwrite64",
        Database,
        &["signal=KILL", "error=EIO", "error=ENOSPC", "error=EINTR"],
    ),
    (
        "pread64",
        Database,
        &["error=EIO", "error=EINTR", "error=ENOMEM"],
    ),
    ("fdatasync", Database, &["signal=KILL", "error=EIO"]),
    (
        "openat",
        Database,
        &[
            "signal=KILL",
            "error=EIO",
            "error=EMFILE",
            "error=ENOMEM",
            "error=EACCES",
        ],
    ),
    (
        "unlink",
        Database,
        &["signal=KILL", "error=EIO", "error=EACCES"],
    ),
    (
        "fcntl",
        Database,
        &["signal=KILL", "error=EIO", "error=ENOLCK", "error=EAGAIN"],
    ),
    (
        "ftruncate",
        Database,
        &["signal=KILL", "error=EIO", "error=ENOSPC"],
    ),
    (
        "fsync",
        Anywhere,
        &["signal=KILL", "error=EIO", "error=ENOSPC"],
    ),
    (
        "write",
        Anywhere,
        &["signal=KILL", "error=EIO", "error=ENOSPC", "error=EINTR"],
    ),
    (
        "renameat",
        Anywhere,
        &["signal=KILL", "error=EIO", "error=ENOSPC", "error=EACCES"],
    ),
    (
        "renameat2",
        Anywhere,
        &["signal=KILL", "error=EIO", "error=ENOSPC"],
    ),
    (
        "linkat",
        Anywhere,
        &["signal=KILL", "error=EIO", "error=EPERM"],
    ),
    ("fchown", Anywhere, &["error=EIO", "error=EPERM"]),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Database,
    Anywhere,
}

use Where::{Anywhere, Database};

/// What is true of the database.
#[derive(Debug, PartialEq, Eq)]
struct State {
    users: Vec<String>,
    keys: Vec<String>,
    schema: Vec<String>,
}

impl State {
    fn of(sandbox: &Sandbox) -> Option<Self> {
        assert_eq!(sandbox.sqlite("PRAGMA integrity_check"), ["ok"]);
        let schema = crate::support::schema(&sandbox.database());
        let has_tables = schema.iter().any(|line| line.contains("authtoken_token"));
        has_tables.then(|| Self {
            users: sandbox.sqlite("SELECT username, password, email FROM auth_user ORDER BY id"),
            keys: sandbox.sqlite("SELECT user_id, key FROM authtoken_token ORDER BY user_id"),
            schema,
        })
    }
}

fn strace(sandbox: &Sandbox, options: &[&str], place: Where, args: &[&str]) -> (Outcome, String) {
    let trace = sandbox.path("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o"]).arg(&trace).args(options);
    if place == Database {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let file = sandbox.path(&format!("db.sqlite3{suffix}"));
            strace.arg("-P").arg(file);
        }
    }
    strace
        .args([
            "timeout",
            "-s",
            "KILL",
            "20",
            env!("CARGO_BIN_EXE_drfctl"),
            "--timeout",
            "1s",
        ])
        .args(args)
        .current_dir(sandbox.path("."));
    let outcome = Outcome::of(&mut strace);
    let trace = fs::read_to_string(trace).expect("the trace");
    (outcome, trace)
}

/// How often a run makes each of the calls.
fn calls(original: &Sandbox, args: &[&str]) -> Vec<(&'static str, Where, usize)> {
    let traces = [Database, Anywhere].map(|place| {
        let sandbox = copy_of(original);
        prepare(&sandbox);
        let (outcome, trace) = strace(&sandbox, &["-e", "trace=all"], place, args);
        assert_eq!(outcome.status, 0, "{args:?}: {outcome}");
        trace
    });
    FAULTS
        .iter()
        .map(|(call, place, _)| {
            let begins = format!(" {call}(");
            let trace = &traces[usize::from(*place == Anywhere)];
            (
                *call,
                *place,
                trace.lines().filter(|line| line.contains(&begins)).count(),
            )
        })
        .collect()
}

/// What the commands find beside the database.
fn prepare(sandbox: &Sandbox) {
    let rows: Vec<String> = (0..30).map(|n| format!("new{n},!\n")).collect();
    let csv = format!("username,password_hash\n{}", rows.concat());
    fs::write(sandbox.path("users"), csv).expect("write");
    fs::write(sandbox.path("keys"), "an older file\n").expect("write");
}

/// Every fault at every call of this command.
#[track_caller]
fn sweep(args: &[&str], hurt: impl Fn(&Sandbox)) {
    if !has("strace", "-V") {
        return;
    }
    let mut points = 0;
    for journal_mode in ["DELETE", "WAL"] {
        let (original, _) = with_token("alice");
        add_users(&original, 20);
        execute(&original, "UPDATE auth_user SET password = 'md5$salt$x'");
        hurt(&original);
        execute(&original, &format!("PRAGMA journal_mode = {journal_mode}"));
        let before = State::of(&original);
        for (kind, (call, place, count)) in calls(&original, args).into_iter().enumerate() {
            let faults = FAULTS[kind].2;
            for (position, fault) in faults.iter().enumerate() {
                // At full size each call, else a few of a kind, not the same for each fault.
                let stride = if is_full() {
                    1
                } else {
                    count.div_ceil(3).max(1)
                };
                for nth in (1 + (2 * position + kind) % stride..=count).step_by(stride) {
                    let sandbox = copy_of(&original);
                    prepare(&sandbox);
                    let inject = format!("inject={call}:{fault}:when={nth}");
                    let trace = format!("trace={call}");
                    let options = ["-e", &trace, "-e", &inject];
                    let (outcome, _) = strace(&sandbox, &options, place, args);
                    points += 1;
                    let what = format!("{journal_mode} {args:?} {inject}: {outcome}");
                    is_true(&sandbox, &outcome, before.as_ref(), &what);
                }
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "\n{args:?}: faults at {points} points");
}

/// The report agrees with the database.
#[track_caller]
fn is_true(sandbox: &Sandbox, outcome: &Outcome, before: Option<&State>, what: &str) {
    let after = State::of(sandbox);
    let is_killed = outcome.status > 128;
    assert!(
        outcome.status <= 6 || (is_killed && what.contains("KILL")),
        "{what}"
    );
    assert!(!outcome.stderr.contains("bug"), "{what}");
    is_safe(&outcome.stderr, what);
    let changed = after.as_ref() != before;
    // What has been printed or written to the file is live, or was there before.
    let file = fs::read_to_string(sandbox.path("keys")).unwrap_or_default();
    for line in outcome.stdout.lines().chain(file.lines()) {
        let key = line.split('\t').next_back().unwrap_or_default();
        if key.len() == 40 {
            let keys = &after.as_ref().expect("tables").keys;
            assert!(keys.iter().any(|row| row.ends_with(key)), "{what}");
        }
    }
    match outcome.status {
        0 => assert!(changed, "{what}"),
        status if !is_killed => {
            assert!(outcome.stderr.lines().count() <= 3, "{what}");
            let says_nothing = outcome.stderr.contains("nothing was changed");
            assert!(!(changed && says_nothing), "{what}");
            if changed {
                // Then it says so: what is true now, or how many are done.
                let stderr = &outcome.stderr;
                let is_told = [
                    "done",
                    "now",
                    "are there",
                    "were made",
                    "are applied",
                    "revoked",
                ];
                assert!(is_told.iter().any(|word| stderr.contains(word)), "{what}");
                let names_how_many = ["done", "revoked"];
                let is_counted = names_how_many.iter().any(|word| stderr.contains(word));
                assert!(status != 6 || is_counted, "{what}");
            }
        }
        _ => {}
    }
    // Nothing keeps the next command from its work.
    let again = sandbox.run(["-q", "create-token", "alice"]);
    if after.is_some() {
        let key = stored_key(sandbox, "alice").map(|key| format!("{key}\n"));
        assert_eq!(
            (again.status, Some(again.stdout.clone())),
            (0, key),
            "{what}\n{again}"
        );
    }
}

fn unhurt(_: &Sandbox) {}

#[test]
fn faults_while_a_token_is_reset_are_told_truly() {
    sweep(&["-q", "create-token", "alice", "--reset"], unhurt);
}

#[test]
fn faults_while_all_tokens_are_made_are_told_truly() {
    sweep(&["-q", "create-token", "--all"], unhurt);
}

#[test]
fn faults_while_tokens_are_written_to_a_file_are_told_truly() {
    sweep(&["-q", "create-token", "--all", "--out", "keys"], unhurt);
    sweep(
        &["-q", "create-token", "alice", "--reset", "--out", "keys"],
        unhurt,
    );
}

#[test]
fn faults_while_users_are_imported_are_told_truly() {
    sweep(&["-q", "create-user", "--from", "users"], unhurt);
}

#[test]
fn faults_while_the_tokens_of_an_import_are_written_to_a_file_are_told_truly() {
    let out = ["--token", "--out", "keys"];
    let args = [&["-q", "create-user", "--from", "users"][..], &out].concat();
    sweep(&args, unhurt);
}

#[test]
fn faults_while_a_user_is_created_are_told_truly() {
    sweep(
        &["-q", "create-user", "bob", "--no-password", "--token"],
        unhurt,
    );
}

#[test]
fn faults_while_a_user_is_updated_are_told_truly() {
    let args = [
        "-q",
        "create-user",
        "alice",
        "--if-exists",
        "update",
        "--email",
        "a@example.com",
    ];
    sweep(&args, unhurt);
}

#[test]
fn faults_while_a_password_is_set_are_told_truly() {
    sweep(&["-q", "set-password", "alice", "--no-password"], unhurt);
}

#[test]
fn faults_while_a_token_is_revoked_are_told_truly() {
    sweep(&["-q", "revoke", "alice"], unhurt);
}

#[test]
fn faults_while_all_tokens_are_revoked_are_told_truly() {
    sweep(&["-q", "revoke", "--all", "--yes"], unhurt);
}

#[test]
fn faults_while_tables_are_migrated_are_told_truly() {
    sweep(&["-q", "migrate"], |sandbox| {
        execute(
            sandbox,
            "DROP TABLE authtoken_token; DELETE FROM django_migrations WHERE app = 'authtoken'",
        );
    });
}
