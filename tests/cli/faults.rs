//! Faults at every system call on the database's files: whatever fails, the database is whole,
//! and what drfctl says of it is true. `strace` injects them; without it nothing here runs, and
//! says so.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use super::with_token;
use crate::support::{Outcome, Sandbox, variable};

/// Only every so many of a run's calls are tried; all of them with `DRFCTL_TEST_ALL_FAULTS=1`.
const STRIDE: usize = 4;

const CALLS: [&str; 6] = [
    "pwrite64",
    "fsync",
    "fdatasync",
    "openat",
    "unlink",
    "fcntl",
];

/// What is true of the database.
#[derive(Debug, PartialEq, Eq)]
struct State {
    users: Vec<String>,
    keys: Vec<String>,
}

impl State {
    fn of(sandbox: &Sandbox) -> Self {
        assert_eq!(sandbox.sqlite("PRAGMA integrity_check"), ["ok"]);
        Self {
            users: sandbox.sqlite("SELECT username FROM auth_user ORDER BY id"),
            keys: sandbox.sqlite("SELECT key FROM authtoken_token ORDER BY user_id"),
        }
    }
}

/// A database on which every one of the commands has work to do.
fn prepared(journal_mode: &str) -> Sandbox {
    let (sandbox, _) = with_token("alice");
    sandbox.sqlite(&format!("PRAGMA journal_mode = {journal_mode}"));
    sandbox
}

fn copy_of(prepared: &Sandbox) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::copy(prepared.database(), sandbox.database()).expect("copy the database");
    sandbox
}

/// Runs the command with a fault at the `nth` of the calls; `None` if there are fewer.
fn with_fault(
    sandbox: &Sandbox,
    args: &[&str],
    call: &str,
    fault: &str,
    nth: usize,
) -> Option<Outcome> {
    let trace = sandbox.path("trace");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-o"])
        .arg(&trace)
        .args(["-e", &format!("trace={call}")])
        .args(["-e", &format!("inject={call}:{fault}:when={nth}")]);
    for suffix in ["", "-journal", "-wal", "-shm"] {
        strace
            .arg("-P")
            .arg(sandbox.path(&format!("db.sqlite3{suffix}")));
    }
    strace
        .arg(env!("CARGO_BIN_EXE_drfctl"))
        .args(args)
        .current_dir(sandbox.path(""));
    let outcome = Outcome::of(&mut strace);
    let trace = fs::read_to_string(trace).expect("the trace");
    (trace.contains("INJECTED") || trace.contains("killed by")).then_some(outcome)
}

#[test]
fn whatever_fails_the_report_agrees_with_the_database() {
    if Command::new("strace").arg("-V").output().is_err() {
        let _ = std::io::stderr().write_all(b"\nnot run: the fault injection, without strace\n");
        return;
    }
    let stride = if variable("DRFCTL_TEST_ALL_FAULTS").is_empty() {
        STRIDE
    } else {
        1
    };
    let commands: [&[&str]; 3] = [
        &["-q", "create-token", "alice", "--reset"],
        &["-q", "create-user", "bob", "--no-password", "--token"],
        &["-q", "revoke", "alice"],
    ];
    let mut points = 0;
    for journal_mode in ["DELETE", "WAL"] {
        let original = prepared(journal_mode);
        let before = State::of(&original);
        for args in commands {
            let done = copy_of(&original);
            done.run(args).success();
            let users = State::of(&done).users;
            for call in CALLS {
                for fault in ["signal=KILL", "error=EIO", "error=ENOSPC"] {
                    for nth in (1..).step_by(stride) {
                        let sandbox = copy_of(&original);
                        let Some(outcome) = with_fault(&sandbox, args, call, fault, nth) else {
                            break;
                        };
                        points += 1;
                        let after = State::of(&sandbox);
                        let at = format!("{journal_mode} {args:?} {call} {fault} {nth}: {outcome}");
                        check(&outcome, &before, &after, &users, &at);
                    }
                }
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "\nfaults at {points} points");
}

/// A success is in the database, an error left it as it was, and a process that was killed may
/// have done either.
fn check(outcome: &Outcome, before: &State, after: &State, users: &[String], at: &str) {
    match outcome.status {
        0 => {
            assert_eq!(after.users, users, "{at}");
            assert_ne!(after.keys, before.keys, "{at}");
            let printed: Vec<&str> = outcome.stdout.lines().collect();
            assert!(
                printed
                    .iter()
                    .all(|key| after.keys.iter().any(|k| k == key)),
                "{at}"
            );
        }
        5 | 6 => {
            assert_eq!(after, before, "{at}");
            assert_eq!(outcome.stdout, "", "{at}");
            assert!((1..=3).contains(&outcome.stderr.lines().count()), "{at}");
        }
        _ => assert!(at.contains("KILL"), "{at}"),
    }
}
