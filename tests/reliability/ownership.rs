//! Whoever runs drfctl, and however it ends: the server can write to its database afterwards,
//! or drfctl refused before its first write.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::Command;

use super::{has, is_clean_failure, is_full, not_run};
use crate::cli::{files, is_root, with_token};
use crate::support::{Outcome, Sandbox};

/// The server's user and group.
const SERVER: &str = "33";

/// A member of the server's group.
const DEPLOY: &str = "4242";

/// Who runs drfctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Root,
    /// As in a container that drops the capability.
    RootWithoutChown,
    GroupMember,
    Server,
}

/// How the run ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Itself,
    /// Killed at its `n`th write.
    Killed(usize),
}

fn as_user(id: &str, groups: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", id, "--regid", id, "--groups", groups, "--"]);
    command
}

/// The server's own database in a directory of this mode; `None` where this machine cannot.
fn server_database(mode: u32, journal_mode: &str) -> (Sandbox, PathBuf) {
    let (sandbox, _) = with_token("alice");
    let everybody = Permissions::from_mode(0o755);
    fs::set_permissions(sandbox.path("."), everybody.clone()).expect("chmod");
    // A place that every user can reach, unlike the build's.
    super::copy_drfctl(&sandbox);
    let directory = sandbox.path("srv");
    fs::create_dir(&directory).expect("make a directory");
    let database = directory.join("db");
    super::execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
    fs::copy(sandbox.database(), &database).expect("copy");
    fs::set_permissions(&database, Permissions::from_mode(0o664)).expect("chmod");
    let owner = format!("{SERVER}:{SERVER}");
    Outcome::of(Command::new("chown").args(["-R", &owner]).arg(&directory)).success();
    fs::set_permissions(&directory, Permissions::from_mode(mode)).expect("chmod");
    (sandbox, database)
}

/// Runs drfctl as somebody, to its end or to its death.
fn run(sandbox: &Sandbox, who: Who, end: End, args: &[&str]) -> Outcome {
    let mut command = match who {
        Who::Root => Command::new("env"),
        Who::RootWithoutChown => {
            let mut command = Command::new("setpriv");
            command.args(["--bounding-set=-chown", "--inh-caps=-chown", "--"]);
            command
        }
        Who::GroupMember => as_user(DEPLOY, SERVER),
        Who::Server => as_user(SERVER, SERVER),
    };
    if let End::Killed(nth) = end {
        command.args(["strace", "-f", "-o", "/dev/null", "-e", "trace=pwrite64"]);
        command.args(["-e", &format!("inject=pwrite64:signal=KILL:when={nth}")]);
    }
    command.arg(sandbox.path("drfctl")).args(args);
    command.current_dir(sandbox.path("."));
    Outcome::of(&mut command)
}

/// Writes as the server does.
fn server_writes(sandbox: &Sandbox, database: &str) -> Outcome {
    let script = "import sqlite3, sys\n\
                  c = sqlite3.connect(sys.argv[1], timeout=2)\n\
                  c.execute('UPDATE auth_user SET last_name = last_name || 1')\n\
                  c.commit()\n\
                  print(c.execute('PRAGMA integrity_check').fetchone()[0])";
    let mut python = as_user(SERVER, SERVER);
    python.args(["/usr/bin/python3", "-c", script, database]);
    python.current_dir(sandbox.path("."));
    Outcome::of(&mut python)
}

/// Whether this machine can play all the parts.
fn is_possible() -> bool {
    if !is_root() {
        not_run("root");
    }
    is_root() && has("setpriv", "--version") && has("strace", "-V") && has("/usr/bin/python3", "-V")
}

/// One set-up: the server can write afterwards, or drfctl changed nothing and said how it can.
#[track_caller]
fn locks_nobody_out(who: Who, directory_mode: u32, journal_mode: &str, end: End) {
    let (sandbox, database) = server_database(directory_mode, journal_mode);
    let before = files_in(&database);
    let args = ["-q", "-d", "srv/db", "create-token", "alice", "--reset"];
    let outcome = run(&sandbox, who, end, &args);
    let what = format!("{who:?} {directory_mode:o} {journal_mode} {end:?}: {outcome}");
    if outcome.status == 5 {
        is_clean_failure(&outcome, &what);
        assert!(outcome.stderr.contains("\nhint: "), "{what}");
        assert_eq!(files_in(&database), before, "{what}");
    } else {
        assert!([0, 137].contains(&outcome.status), "{what}");
    }
    let written = server_writes(&sandbox, "srv/db");
    assert_eq!(
        (written.status, written.stdout.as_str()),
        (0, "ok\n"),
        "{what}\n{written}"
    );
}

fn files_in(database: &std::path::Path) -> Vec<String> {
    let directory = database.parent().expect("a directory");
    let mut names: Vec<String> = fs::read_dir(directory)
        .expect("list")
        .map(|entry| entry.expect("an entry").file_name().display().to_string())
        .collect();
    names.sort();
    names
}

/// The writes at which a run is killed: the journal's first ones, and those of the database.
fn ends() -> Vec<End> {
    let kills: &[usize] = if is_full() {
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    } else {
        &[1, 3, 8]
    };
    let kills = kills.iter().map(|nth| End::Killed(*nth));
    [End::Itself].into_iter().chain(kills).collect()
}

fn in_all_modes(who: Who) {
    if !is_possible() {
        return;
    }
    for directory_mode in [0o775, 0o2775, 0o755] {
        for journal_mode in ["DELETE", "WAL"] {
            for end in ends() {
                locks_nobody_out(who, directory_mode, journal_mode, end);
            }
        }
    }
}

#[test]
fn root_locks_the_server_out_of_nothing() {
    in_all_modes(Who::Root);
}

#[test]
fn root_that_may_not_give_files_away_locks_the_server_out_of_nothing() {
    in_all_modes(Who::RootWithoutChown);
}

#[test]
fn a_member_of_the_servers_group_locks_the_server_out_of_nothing() {
    in_all_modes(Who::GroupMember);
}

#[test]
fn the_servers_own_user_can_always_work() {
    if !is_possible() {
        return;
    }
    for journal_mode in ["DELETE", "WAL"] {
        locks_nobody_out(Who::Server, 0o755, journal_mode, End::Itself);
        let (sandbox, _) = server_database(0o755, journal_mode);
        let args = ["-q", "-d", "srv/db", "create-token", "alice", "--reset"];
        run(&sandbox, Who::Server, End::Itself, &args).success();
    }
}

#[test]
fn whoever_may_leave_no_journal_behind_may_still_read() {
    if !is_possible() {
        return;
    }
    for who in [Who::RootWithoutChown, Who::GroupMember] {
        let (sandbox, _) = server_database(0o775, "DELETE");
        for args in [&["list"][..], &["create-token", "alice"]] {
            let args = [&["-q", "-d", "srv/db"], args].concat();
            let outcome = run(&sandbox, who, End::Itself, &args);
            assert_eq!(outcome.status, 0, "{who:?} {args:?}: {outcome}");
        }
    }
}

#[test]
fn a_migration_that_is_refused_leaves_no_file() {
    if !is_possible() {
        return;
    }
    let sandbox = server_database(0o775, "DELETE").0;
    let database = sandbox.path("srv/new.sqlite3");
    for _ in 0..2 {
        let args = ["-d", "srv/new.sqlite3", "migrate"];
        let outcome = run(&sandbox, Who::RootWithoutChown, End::Itself, &args);
        if outcome.status == 0 {
            let owner = fs::metadata(&database).expect("the file").uid();
            assert_eq!(owner.to_string(), SERVER);
        } else {
            is_clean_failure(&outcome, "migrate");
            assert_eq!(outcome.status, 5, "{outcome}");
            assert!(!database.exists(), "{outcome}");
        }
    }
}

#[test]
fn a_migration_on_a_full_disk_leaves_no_file() {
    if !is_root() {
        return not_run("root");
    }
    for kilobytes in [8, 64, 100] {
        let sandbox = Sandbox::new();
        let disk = super::disk::Disk::of_kilobytes(&sandbox, kilobytes);
        let database = disk.path("db.sqlite3");
        let outcome = sandbox.run(["-d", database.to_str().expect("a path"), "migrate"]);
        is_clean_failure(&outcome, "migrate");
        assert_eq!(outcome.status, 5, "{outcome}");
        assert!(outcome.stderr.contains("full"), "{outcome}");
        assert!(!database.exists(), "{kilobytes}: {outcome}");
        assert_eq!(files(&sandbox), ["disk"]);
    }
}

#[test]
fn what_migrate_makes_as_root_belongs_to_the_owner_of_the_directory() {
    if !is_possible() {
        return;
    }
    let sandbox = server_database(0o755, "DELETE").0;
    let args = ["-d", "srv/new.sqlite3", "migrate"];
    run(&sandbox, Who::Root, End::Itself, &args).success();
    let file = fs::metadata(sandbox.path("srv/new.sqlite3")).expect("the file");
    assert_eq!((file.uid(), file.gid()), (33, 33));
    assert_eq!(server_writes(&sandbox, "srv/new.sqlite3").success(), "ok\n");
}
