//! Keys on their way to whoever asked for them: stdout that is closed, files, questions.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rexpect::session::spawn_command;

use super::{execute, is_clean_failure, not_run, shown_count, wait_until};
use crate::cli::{add_users, content, files, is_root, stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// Runs with these redirections of the shell's.
fn redirected(sandbox: &Sandbox, args: &[&str], redirections: &str) -> Outcome {
    // Without `exec`, as on a line of a script.
    let line = format!(r#""$0" "$@" {redirections}; exit $?"#);
    Outcome::of(&mut shell(sandbox, args, &line))
}

/// A shell that runs drfctl as the line says.
fn shell(sandbox: &Sandbox, args: &[&str], line: &str) -> Command {
    let drfctl = sandbox.command(args);
    let mut shell = Command::new("sh");
    shell.args(["-c", line]);
    shell.arg(drfctl.get_program()).args(drfctl.get_args());
    shell.current_dir(sandbox.path("."));
    shell
}

#[test]
fn a_key_that_meets_a_closed_stdout_is_an_error_and_can_be_seen_again() {
    for args in [
        &["-q", "create-token", "alice"][..],
        &["-q", "create-token", "alice", "--reset"],
        &["-q", "create-token", "alice", "-f", "json"],
        &["-q", "create-token", "--from", "names"],
        &["-q", "create-user", "bob", "--no-password", "--token"],
        &[
            "-q",
            "create-user",
            "--from",
            "users",
            "--no-password",
            "--token",
        ],
    ] {
        let (sandbox, old) = with_token("alice");
        fs::write(sandbox.path("names"), "alice\n").expect("write");
        fs::write(sandbox.path("users"), "username\nbob\n").expect("write");
        let name = if args[1] == "create-user" {
            "bob"
        } else {
            "alice"
        };
        let lost = redirected(&sandbox, args, ">&-");
        is_clean_failure(&lost, &format!("{args:?}"));
        assert_eq!(lost.status, 1, "{args:?}: {lost}");
        assert!(lost.stderr.contains("stdout"), "{args:?}: {lost}");
        // Either nothing was changed, or the report says what is true and how to see it.
        if let Some(key) = stored_key(&sandbox, name)
            && key != old
        {
            assert!(lost.stderr.contains("\nhint: "), "{args:?}: {lost}");
            let again = sandbox.run(["-q", "create-token", name]);
            again.expect(0, &format!("{key}\n"), "");
        }
    }
}

#[test]
fn where_nobody_can_know_that_stdout_was_closed_the_lost_key_is_a_warning() {
    // The shell is gone, and with it the only trace.
    let (sandbox, old) = with_token("alice");
    let args = ["create-token", "alice", "--reset"];
    let lost = Outcome::of(&mut shell(&sandbox, &args, r#"exec "$0" "$@" >&-"#));
    let key = stored_key(&sandbox, "alice").expect("a token");
    assert!(lost.status != 0 || key != old, "{lost}");
    assert!(lost.stderr.contains("stdout is closed"), "{lost}");
    let again = sandbox.run(["-q", "create-token", "alice"]);
    again.expect(0, &format!("{key}\n"), "");
}

#[test]
fn who_throws_the_key_away_is_not_disturbed() {
    let sandbox = with_users(&["alice"]);
    let args = ["-q", "create-token", "alice"];
    redirected(&sandbox, &args, ">/dev/null").expect(0, "", "");
}

#[test]
fn a_stdout_that_python_throws_away_is_no_closed_one() {
    // `subprocess.DEVNULL` is open for reading and writing, as what Rust puts in the place of a
    // closed stdout is. A shell in between changes nothing.
    let null = || {
        let mut options = File::options();
        options.read(true).write(true).open("/dev/null")
    };
    let key_again = "nobody sees the key; `drfctl create-token` prints it again";
    for args in [
        &["create-token", "alice", "--reset"][..],
        &["create-user", "bob", "--no-password", "--token"],
        &["set-password", "alice", "--no-password", "--reset-token"],
    ] {
        for (line, has_stdin) in [
            (r#"exec "$0" "$@""#, true),
            (r#""$0" "$@"; exit $?"#, true),
            (r#"exec "$0" "$@""#, false),
        ] {
            let (sandbox, old) = with_token("alice");
            let mut command = shell(&sandbox, args, line);
            let stdin = if has_stdin {
                Stdio::piped()
            } else {
                Stdio::from(null().expect("open"))
            };
            command.stdin(stdin).stdout(null().expect("open"));
            let child = command.stderr(Stdio::piped()).spawn().expect("start");
            let outcome = Outcome::from(child.wait_with_output().expect("wait"));
            assert_eq!(outcome.status, 0, "{args:?}: {outcome}");
            // Who has no stdin either is a daemon, and wants no conversation.
            let is_warned = outcome.stderr.contains(key_again);
            assert_eq!(is_warned, has_stdin, "{args:?}: {outcome}");
            let key = stored_key(&sandbox, "alice").expect("a token");
            assert_eq!(key == old, args[0] == "create-user", "{args:?}");
        }
    }
}

#[test]
fn closed_streams_make_nothing_that_nobody_asked_for() {
    // What is opened next gets the number of a closed stream: nothing may be written into it.
    for redirections in ["<&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"] {
        for args in [
            &["create-token", "alice", "--reset"][..],
            &["create-user", "bob", "--no-password"],
            &["list"],
            &["revoke", "alice"],
            &["create-token", "alice", "--out", "key"],
        ] {
            let (sandbox, _) = with_token("alice");
            let outcome = redirected(&sandbox, args, redirections);
            assert!(outcome.status <= 6, "{args:?} {redirections}: {outcome}");
            assert_eq!(sandbox.sqlite("PRAGMA integrity_check"), ["ok"]);
            let stdout = outcome.stdout;
            if outcome.status == 0 && args[0] == "create-token" && !stdout.is_empty() {
                let key = stored_key(&sandbox, "alice").expect("a token");
                assert_eq!(stdout, format!("{key}\n"), "{args:?} {redirections}");
            }
        }
    }
}

#[test]
fn an_error_with_nowhere_to_go_keeps_its_status() {
    let (sandbox, _) = with_token("alice");
    for (args, status) in [
        (&["create-token", "nobody"][..], 3),
        (&["create-user", "alice", "--no-password"], 4),
        (&["-d", "missing", "list"], 5),
        (&["frobnicate"], 2),
    ] {
        for redirections in ["2>&-", "2>/dev/full", "2>/dev/full >/dev/full"] {
            let outcome = redirected(&sandbox, args, redirections);
            assert_eq!(outcome.status, status, "{args:?} {redirections}: {outcome}");
        }
    }
}

#[test]
fn a_reset_of_more_than_named_users_asks_first() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.run(["create-token", "--all"]).success();
    let before = content(&sandbox);
    for args in [
        &["create-token", "--all", "--reset"][..],
        &["create-token", "--active", "--reset"],
        &["create-token", "--username", "a*", "--reset"],
    ] {
        let refused = sandbox.run(args);
        is_clean_failure(&refused, &format!("{args:?}"));
        assert_eq!(refused.status, 2, "{args:?}: {refused}");
        assert!(refused.stderr.contains("--yes"), "{args:?}: {refused}");
        assert!(content(&sandbox) == before, "{args:?}");
    }
    let args = ["-q", "create-token", "--all", "--reset", "--yes"];
    assert_eq!(sandbox.run(args).success().lines().count(), 2);
    assert!(content(&sandbox) != before);
    // Safe to run every hour: nobody is asked.
    let args = ["-q", "create-token", "--all", "--reset-older-than", "1h"];
    assert_eq!(sandbox.run(args).success().lines().count(), 2);
}

#[test]
fn the_question_before_a_reset_says_how_many_and_takes_silence_for_no() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.run(["create-token", "--all"]).success();
    let before = content(&sandbox);
    for answer in ["", "n"] {
        let command = sandbox.command(["create-token", "--all", "--reset"]);
        let mut session = spawn_command(command, Some(20_000)).expect("start");
        let (shown, _) = session.exp_regex("2 [^\n]*[?]").expect("the question");
        assert!(!shown.contains("panicked"), "{shown}");
        session.send_line(answer).expect("answer");
        session.exp_eof().expect("the end");
        assert!(content(&sandbox) == before, "{answer:?}");
    }
}

#[test]
fn a_rehearsal_of_create_token_changes_nothing_and_names_everyone() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.run(["create-token", "alice"]).success();
    let before = content(&sandbox);
    for args in [
        &["create-token", "--all", "--reset", "--dry-run"][..],
        &["create-token", "--all", "-n"],
        &["create-token", "alice", "bob", "--dry-run", "--reset"],
        &[
            "create-token",
            "--all",
            "--reset",
            "--dry-run",
            "-f",
            "jsonl",
        ],
    ] {
        let preview = sandbox.run(args);
        let said = preview.to_string();
        assert_eq!(preview.status, 0, "{args:?}: {said}");
        assert!(said.contains("bob"), "{args:?}: {said}");
        if args.contains(&"--reset") {
            assert!(said.contains("alice"), "{args:?}: {said}");
        }
        assert!(content(&sandbox) == before, "{args:?}");
        let key = stored_key(&sandbox, "alice").expect("a token");
        assert!(!said.contains(&key), "{args:?}");
    }
    let refused = sandbox.run(["create-token", "nobody", "--dry-run"]);
    assert_eq!(refused.status, 3, "{refused}");
    let _ = sandbox.run(["create-token", "--all", "-n", "--out", "keys"]);
    assert!(!files(&sandbox).contains(&"keys".to_owned()));
}

#[test]
fn a_password_that_stays_is_not_said_to_be_set() {
    let (sandbox, old) = with_token("alice");
    let set = ["set-password", "alice", "--no-password", "--reset-token"];
    for (password, is) in [
        ("!", "the password is the same as before"),
        ("md5$salt$x", "the new password is set now"),
    ] {
        execute(
            &sandbox,
            &format!("UPDATE auth_user SET password = '{password}'"),
        );
        redirected(&sandbox, &set, ">/dev/full").expect(
            1,
            "",
            &format!(
                "drfctl: cannot write to stdout: no space left on device; {is}, and the token is \
                 new\nhint: `drfctl create-token alice` prints the new key\n"
            ),
        );
        assert_ne!(stored_key(&sandbox, "alice"), Some(old.clone()));
    }
}

/// Starts a long job that writes its keys into `keys`, and waits for its first commit.
fn begin(sandbox: &Sandbox) -> Child {
    add_users(sandbox, 100_000);
    let stderr = File::create(sandbox.path("stderr")).expect("create");
    let child = sandbox
        .command(["create-token", "--all", "--out", "keys"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .expect("start");
    wait_until("the first commit", || {
        super::count(sandbox, "authtoken_token") > 0
    });
    child
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    Outcome::of(Command::new("kill").args([name, &id])).success();
}

/// The files with keys in them that nobody asked for.
fn leftovers(sandbox: &Sandbox) -> Vec<String> {
    let known = ["db.sqlite3", "keys", "stderr", "stdout"];
    let mut names = files(sandbox);
    names.retain(|name| !known.contains(&name.as_str()) && !name.starts_with("db.sqlite3-"));
    names
}

#[test]
fn a_session_that_closes_ends_a_job_as_ctrl_c_does() {
    let sandbox = with_users(&[]);
    let mut child = begin(&sandbox);
    signal(&child, "-HUP");
    let status = child.wait().expect("wait");
    let stderr = fs::read_to_string(sandbox.path("stderr")).expect("read");
    assert_eq!(status.code(), Some(130), "{stderr}");
    let done = shown_count(super::count(&sandbox, "authtoken_token"));
    assert!(stderr.contains(&done), "{done}: {stderr}");
    assert_eq!(leftovers(&sandbox), [""; 0]);
}

#[test]
fn a_job_that_is_killed_leaves_no_file_of_keys_that_the_next_run_does_not_remove() {
    let sandbox = with_users(&[]);
    let mut child = begin(&sandbox);
    child.kill().expect("kill");
    child.wait().expect("wait");
    let again = ["-q", "create-token", "--all", "--out", "keys"];
    sandbox.run(again).expect(0, "", "");
    assert_eq!(leftovers(&sandbox), [""; 0]);
}

#[test]
fn what_root_writes_with_out_belongs_to_the_owner_of_the_directory() {
    if !is_root() {
        return not_run("root");
    }
    let (sandbox, _) = with_token("alice");
    fs::create_dir(sandbox.path("secrets")).expect("make");
    Outcome::of(
        Command::new("chown")
            .arg("33:34")
            .arg(sandbox.path("secrets")),
    )
    .success();
    for (mode, options, owner) in [
        (0o755, &[][..], (33, 34)),
        (0o755, &["--owner", "7:9"], (7, 9)),
        // A file that is replaced stays its owner's,
        (0o755, &["--format", "key", "--reset"], (7, 9)),
        // but not where anybody may have put it.
        (0o777, &[], (33, 34)),
    ] {
        fs::set_permissions(sandbox.path("secrets"), Permissions::from_mode(mode)).expect("chmod");
        let out = ["-q", "create-token", "alice", "--out", "secrets/key"];
        sandbox.run([&out[..], options].concat()).expect(0, "", "");
        let file = fs::metadata(sandbox.path("secrets/key")).expect("the file");
        assert_eq!((file.uid(), file.gid()), owner);
        assert_eq!(file.mode() & 0o7777, 0o600);
        let written = fs::read_to_string(sandbox.path("secrets/key")).expect("read");
        let key = stored_key(&sandbox, "alice").expect("a token");
        assert_eq!(written, format!("{key}\n"));
    }
}

#[test]
fn a_file_of_keys_that_would_not_change_is_left_alone() {
    let (sandbox, _) = with_token("alice");
    let out = |options: &[&str]| {
        let out = ["-q", "create-token", "alice", "--out", "key"];
        sandbox.run([&out[..], options].concat()).expect(0, "", "");
        let file = fs::metadata(sandbox.path("key")).expect("the file");
        assert_eq!(file.mode() & 0o7777, 0o600);
        (file.ino(), file.mtime_nsec(), file.ctime_nsec())
    };
    let first = out(&[]);
    assert_eq!(out(&[]), first);
    assert_eq!(out(&["--reset-older-than", "90d"]), first);
    assert_eq!(leftovers(&sandbox), ["key"]);
    let second = out(&["--reset"]);
    assert_ne!(second, first);
    assert_ne!(out(&["--format", "env"]), second);
    // Others could read the key.
    let third = out(&[]);
    fs::set_permissions(sandbox.path("key"), Permissions::from_mode(0o644)).expect("chmod");
    assert_ne!(out(&[]), third);
}

#[test]
fn a_key_is_never_printed_into_a_database_that_is_gone() {
    let rounds = if super::is_full() { 20 } else { 3 };
    for mode in ["DELETE", "WAL"] {
        for _ in 0..rounds {
            replaced_meanwhile(mode);
        }
    }
}

/// The file is replaced while drfctl waits for the lock.
#[track_caller]
fn replaced_meanwhile(mode: &str) {
    let (sandbox, _) = with_token("alice");
    execute(&sandbox, &format!("PRAGMA journal_mode = {mode}"));
    let copy = super::copy_of(&sandbox);
    let lock = rusqlite::Connection::open(sandbox.database()).expect("open");
    lock.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let child = sandbox
        .command(["-q", "create-token", "alice", "--reset"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start");
    std::thread::sleep(Duration::from_millis(250));
    fs::copy(copy.database(), sandbox.path("new")).expect("copy");
    fs::rename(sandbox.path("new"), sandbox.database()).expect("replace");
    // The old side files go with the old database, as whoever restores a backup does it.
    for suffix in ["-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(sandbox.path(&format!("db.sqlite3{suffix}")));
    }
    drop(lock);
    let outcome = Outcome::from(child.wait_with_output().expect("wait"));
    if outcome.status == 0 {
        let key = stored_key(&sandbox, "alice").expect("a token");
        assert_eq!(outcome.stdout, format!("{key}\n"), "{mode}: {outcome}");
    } else {
        is_clean_failure(&outcome, mode);
        assert_eq!(outcome.status, 5, "{mode}: {outcome}");
        assert!(outcome.stderr.contains("replaced"), "{mode}: {outcome}");
        assert!(!outcome.stderr.contains("read-only"), "{mode}: {outcome}");
    }
}
