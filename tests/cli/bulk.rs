//! Many users at once: from a file, all of them, or those that the filters leave.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{content, expect, stored_key, with_users};
use crate::support::{Outcome, Sandbox};

const NO_TOKENS: [&str; 0] = [];

#[test]
fn a_job_that_fails_before_its_first_commit_prints_nothing() {
    let sandbox = with_users(&["alice", "bob"]);
    let lock = rusqlite::Connection::open(sandbox.database()).expect("open");
    lock.execute_batch("BEGIN IMMEDIATE").expect("lock");
    for format in ["key", "json", "jsonl"] {
        let create = ["create-token", "--all", "--timeout", "0s", "-f", format];
        let outcome = sandbox.run(create);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (6, ""),
            "{outcome}"
        );
    }
}

#[test]
fn a_job_on_more_users_than_memory_has_pages_for_comes_to_its_end() {
    const USERS: u32 = 300_000;
    let sandbox = Sandbox::migrated();
    super::add_users(&sandbox, USERS);
    for args in [&[][..], &["--reset", "--yes"]] {
        let create = ["-q", "create-token", "--all", "--out", "keys"];
        sandbox.run([&create[..], args].concat()).expect(0, "", "");
        let keys = fs::read_to_string(sandbox.path("keys")).expect("read");
        assert_eq!(keys.lines().count(), USERS as usize);
    }
}

#[test]
fn names_are_read_from_files_of_every_system() {
    for (text, names) in [
        ("alice\nbob\n", &["alice", "bob"][..]),
        ("alice\r\nbob\r\n", &["alice", "bob"]),
        ("\u{feff}alice\nbob", &["alice", "bob"]),
        ("\n\nalice\n   \n\r\nbob\n\n", &["alice", "bob"]),
        ("bob\nalice\nbob\nalice\n", &["bob", "alice"]),
        ("", &[]),
        ("\u{feff}\r\n", &[]),
    ] {
        let sandbox = with_users(&["alice", "bob"]);
        fs::write(sandbox.path("names"), text).expect("write");
        let from_file = sandbox.run(["-q", "create-token", "--from", "names"]);
        let mut keys = String::new();
        for name in names {
            let key = stored_key(&sandbox, name).expect("a token");
            keys.extend([name, "\t", &key, "\n"]);
        }
        from_file.expect(0, &keys, "");
        let from_stdin = ["-q", "create-token", "--from", "-"];
        sandbox
            .run_with_stdin(from_stdin, text)
            .expect(0, &keys, "");
        let json = sandbox.run(["-q", "create-token", "--from", "names", "-f", "json"]);
        let json: Vec<Value> = serde_json::from_str(&json.success()).expect("an array");
        assert_eq!(json.len(), names.len());
    }
}

#[test]
fn a_file_that_cannot_be_understood_stops_everything_before_it_begins() {
    let sandbox = with_users(&["alice", "bob"]);
    for (bytes, place) in [
        (b"alice\nzo\xeb\nbob\n".to_vec(), "names, line 2"),
        (
            [&b"alice\n"[..], &vec![b'x'; 10 << 20], b"\nbob\n"].concat(),
            "names, line 2",
        ),
        (b"\xff\xfea\0l\0i\0c\0e\0".to_vec(), "names, line 1"),
    ] {
        fs::write(sandbox.path("names"), &bytes).expect("write");
        for command in [
            &["create-token"][..],
            &["revoke", "--dry-run"],
            &["create-token", "--skip-missing"],
        ] {
            let args = [command, &["--from", "names"]].concat();
            let refused = sandbox.run(&args);
            assert_eq!(
                (refused.status, refused.stdout.as_str()),
                (2, ""),
                "{refused}"
            );
            let said = refused.stderr.replace('`', "");
            assert!(said.starts_with(&format!("drfctl: {place}: ")), "{refused}");
            assert!(refused.stderr.len() < 500, "{refused}");
        }
    }
    assert_eq!(sandbox.sqlite("SELECT key FROM authtoken_token"), NO_TOKENS);
    for place in ["missing", "."] {
        let refused = sandbox.run(["create-token", "--from", place]);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (2, ""),
            "{refused}"
        );
    }
}

#[test]
fn an_unknown_name_in_the_middle_stops_everything_before_it_begins() {
    let sandbox = with_users(&[]);
    super::add_users(&sandbox, 3_000);
    let names: Vec<String> = (1..=3_000).map(|n| format!("user{n}")).collect();
    let mut with_unknown = names.clone();
    with_unknown.insert(1_234, "nobody".to_owned());
    let (names, with_unknown) = (names.join("\n"), with_unknown.join("\n"));
    for (command, hint) in [
        ("create-token", "create it with `drfctl create-user nobody`"),
        ("revoke", "`drfctl list --all-users` shows all users"),
    ] {
        let stderr = format!("drfctl: no user named `nobody`\nhint: {hint}\n");
        let refused = sandbox.run_with_stdin([command, "--from", "-"], &with_unknown);
        refused.expect(3, "", &stderr);
    }
    assert_eq!(sandbox.sqlite("SELECT key FROM authtoken_token"), NO_TOKENS);
    let skip = ["create-token", "--from", "-", "--skip-missing"];
    let skipped = sandbox.run_with_stdin(skip, &with_unknown);
    assert_eq!(skipped.stdout.lines().count(), 3_000);
    let stderr = "drfctl: warning: no user named `nobody`; skipped\n\
                  Created 3,000 tokens.\n";
    assert_eq!((skipped.status, skipped.stderr.as_str()), (0, stderr));
    let again = sandbox.run_with_stdin(["create-token", "--from", "-"], &names);
    assert_eq!(again.stderr, "Kept 3,000 tokens.\n");
    assert_eq!(again.success(), skipped.stdout);
}

#[test]
fn what_a_list_names_is_what_from_reads() {
    let sandbox = with_users(&["alice", "bob", "zoë", "名前"]);
    let names = sandbox
        .run(["list", "--without-token", "-f", "names"])
        .success();
    assert_eq!(names, "alice\nbob\nzoë\n名前\n");
    sandbox
        .run_with_stdin(["create-token", "--from", "-"], &names)
        .success();
    expect(
        &sandbox,
        &["list", "--without-token", "-f", "names"],
        0,
        "",
        "",
    );
    sandbox
        .run_with_stdin(["revoke", "--from", "-"], &names)
        .success();
    assert_eq!(sandbox.sqlite("SELECT key FROM authtoken_token"), NO_TOKENS);
}

/// Sixteen users who differ in everything that the filters ask for.
fn different_users() -> Sandbox {
    let sandbox = with_users(&[]);
    super::add_users(&sandbox, 16);
    sandbox.run(["create-token", "--all"]).success();
    for sql in [
        "UPDATE auth_user SET is_staff = id & 1, is_superuser = (id & 2) / 2, \
         is_active = (id & 4) = 0",
        "UPDATE auth_user SET last_login = datetime('now', '-' || id || ' days', '-1 hour') \
         WHERE id > 6",
        "UPDATE authtoken_token SET created = datetime('now', '-' || (30 * user_id) || ' days')",
    ] {
        sandbox.sqlite(sql);
    }
    sandbox
}

const FILTERS: [(&[&str], &str); 12] = [
    (&["--staff"], "is_staff"),
    (&["--superuser"], "is_superuser"),
    (&["--active"], "is_active"),
    (&["--inactive"], "NOT is_active"),
    (&["--never-logged-in"], "last_login IS NULL"),
    (&["--last-login-before", "10d"], "id >= 10"),
    (&["--older-than", "200d"], "id > 6"),
    (&["--username", "user1?"], "username GLOB 'user1?'"),
    (&["--username", "user[2-5]"], "username GLOB 'user[2-5]'"),
    (&["--username", "nobody*"], "0"),
    (
        &["--staff", "--active", "--older-than", "60d"],
        "is_staff AND is_active AND id > 2",
    ),
    (
        &[
            "--superuser",
            "--inactive",
            "--last-login-before",
            "6d",
            "--username",
            "user*",
        ],
        "is_superuser AND NOT is_active AND id > 6",
    ),
];

/// The names in the rows of JSON Lines.
fn names_in(jsonl: &str) -> BTreeSet<String> {
    jsonl
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|row| row["username"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn list_and_revoke_and_create_token_mean_the_same_users_by_the_same_filters() {
    for (filters, condition) in FILTERS {
        let sandbox = different_users();
        let wanted: BTreeSet<_> = sandbox
            .sqlite(&format!("SELECT username FROM auth_user WHERE {condition}"))
            .into_iter()
            .collect();
        let run = |args: &[&str]| {
            let args = [&["-q", "-f", "jsonl"], args, filters].concat();
            names_in(&sandbox.run(args).success())
        };
        assert_eq!(run(&["list"]), wanted, "{filters:?}");
        assert_eq!(run(&["revoke", "--dry-run"]), wanted, "{filters:?}");
        assert_eq!(run(&["create-token", "--all"]), wanted, "{filters:?}");
        assert_eq!(run(&["revoke", "--yes"]), wanted, "{filters:?}");
        let left = sandbox.run(["list", "-q", "-f", "jsonl"]).success();
        assert_eq!(names_in(&left).len(), 16 - wanted.len(), "{filters:?}");
    }
}

#[test]
fn a_preview_changes_nothing_and_names_everyone() {
    let sandbox = different_users();
    let before = content(&sandbox);
    let preview = sandbox.run(["revoke", "--all", "--dry-run"]);
    assert_eq!((preview.status, preview.stdout.as_str()), (0, ""));
    assert_eq!(
        preview.stderr.matches("Would revoke the token ").count(),
        16,
        "{preview}"
    );
    assert_eq!(content(&sandbox), before);
}

#[test]
fn rotation_replaces_the_old_keys_and_keeps_the_others() {
    let sandbox = different_users();
    let keys = || sandbox.sqlite("SELECT key FROM authtoken_token ORDER BY user_id");
    let before = keys();
    let rotate = ["create-token", "--all", "--reset-older-than", "299d"];
    let first = sandbox.run(rotate);
    assert!(
        first.stderr.starts_with("Replaced 7 and kept 9 tokens.\n"),
        "{first}"
    );
    let after = keys();
    assert_eq!(after[..9], before[..9]);
    assert!(after[9..].iter().all(|key| !before.contains(key)));
    let second = sandbox.run(rotate);
    assert!(second.stderr.starts_with("Kept 16 tokens.\n"), "{second}");
    assert_eq!(second.stdout, first.stdout);
    sandbox
        .run([
            "-q",
            "create-token",
            "--older-than",
            "200d",
            "--reset",
            "--yes",
        ])
        .success();
    assert_eq!(keys()[9..], after[9..], "they are new");
    assert!(keys()[6..9].iter().all(|key| !after.contains(key)));
}

/// Begins a job of several transactions, and waits until the first of them is done.
fn begin_job(sandbox: &Sandbox) -> Child {
    super::add_users(sandbox, 250_000);
    let stdout = File::create(sandbox.path("keys")).expect("create");
    let mut job = sandbox.command(["create-token", "--all"]);
    let child = job
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("start");
    let start = Instant::now();
    while count(sandbox) == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "nothing happens");
        thread::sleep(Duration::from_millis(5));
    }
    child
}

fn count(sandbox: &Sandbox) -> usize {
    let count = sandbox
        .sqlite("SELECT count(*) FROM authtoken_token")
        .remove(0);
    count.parse().expect("a number")
}

fn signal(child: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.expect("run kill").success());
}

/// What is stored is what was handed out, and running it again does the rest.
#[track_caller]
fn the_next_run_completes_it(sandbox: &Sandbox) {
    let done = count(sandbox);
    assert!(0 < done && done < 250_000, "{done}");
    assert_eq!(sandbox.sqlite("PRAGMA integrity_check"), ["ok"]);
    let broken = "SELECT count(*) FROM authtoken_token WHERE length(key) <> 40 OR created IS NULL \
                  OR user_id NOT IN (SELECT id FROM auth_user)";
    assert_eq!(sandbox.sqlite(broken), ["0"]);
    let again = sandbox.run(["create-token", "--all", "--out", "all"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{again}");
    let said = again.stderr.replace(',', "");
    let wanted = format!("Created {} and kept {done} tokens", 250_000 - done);
    assert!(said.starts_with(&wanted), "{again}");
    assert_eq!(count(sandbox), 250_000);
}

#[test]
fn ctrl_c_ends_a_job_between_two_transactions() {
    for name in ["-INT", "-TERM"] {
        let sandbox = with_users(&[]);
        let child = begin_job(&sandbox);
        signal(&child, name);
        let ended = Outcome::from(child.wait_with_output().expect("wait"));
        let done = count(&sandbox);
        let shown = super::grouped(done);
        let stderr = format!(
            "drfctl: interrupted; {shown} users are done: {shown} tokens created, 0 replaced\n\
                              hint: run it again to go on\n"
        );
        assert_eq!(ended.status, 130, "{name}: {ended}");
        assert!(ended.stderr.ends_with(&stderr), "{name}: {ended}");
        let keys = fs::read_to_string(sandbox.path("keys")).expect("read");
        assert_eq!(
            keys.lines().count(),
            done,
            "the keys that are made are handed out"
        );
        the_next_run_completes_it(&sandbox);
    }
}

#[test]
fn a_job_that_is_killed_leaves_whole_tokens() {
    let sandbox = with_users(&[]);
    let mut child = begin_job(&sandbox);
    child.kill().expect("kill");
    child.wait().expect("wait");
    the_next_run_completes_it(&sandbox);
    // What was handed out is true.
    let keys = fs::read_to_string(sandbox.path("keys")).expect("read");
    let all = fs::read_to_string(sandbox.path("all")).expect("read");
    let all: BTreeSet<_> = all.lines().collect();
    // Whatever was being written when the end came has no line break.
    let whole = keys
        .split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'));
    let handed_out: Vec<_> = whole.collect();
    assert!(handed_out.iter().all(|line| all.contains(line)));
}
