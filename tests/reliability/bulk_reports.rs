//! Jobs of several transactions that fail after the first: what is reported is what is in the
//! database, and no hint makes it worse.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use rusqlite::Connection;

use super::{count, error_of, execute, shown_count, wait_until};
use crate::cli::{add_users, is_root, with_users};
use crate::support::{Outcome, Sandbox};

/// More than a job does in one transaction, on a fast machine too.
const MANY: u32 = 250_000;

/// Users who all have a token from long ago, or none.
#[track_caller]
fn many_users(with_tokens: bool) -> Sandbox {
    let sandbox = with_users(&[]);
    add_users(&sandbox, MANY);
    if with_tokens {
        execute(
            &sandbox,
            "INSERT INTO authtoken_token (key, created, user_id) \
             SELECT printf('%040d', id), '2020-01-01 00:00:00', id FROM auth_user",
        );
    }
    sandbox
}

/// How many keys the job has made.
fn made(connection: &Connection) -> i64 {
    let sql = "SELECT count(*) FROM authtoken_token WHERE created > '2021-01-01'";
    connection.query_row(sql, [], |row| row.get(0)).expect(sql)
}

/// Starts the job, and takes the lock once `is_begun`, for as long as the job lives.
#[track_caller]
fn interrupted_by_a_writer(
    sandbox: &Sandbox,
    args: &[&str],
    is_begun: impl Fn(&Connection) -> bool,
) -> Outcome {
    // Files, not pipes: the job must not wait for this process.
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| sandbox.path(name));
    let create = |path| fs::File::create(path).expect("create");
    let mut child = sandbox
        .command([&["--timeout", "1s"], args].concat())
        .stdin(Stdio::null())
        .stdout(create(&stdout))
        .stderr(create(&stderr))
        .spawn()
        .expect("start");
    let writer = Connection::open(sandbox.database()).expect("open");
    writer.busy_timeout(Duration::from_secs(10)).expect("set");
    wait_until("the first commit", || {
        is_begun(&writer) || child.try_wait().expect("ask").is_some()
    });
    writer.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let status = child.wait().expect("wait");
    drop(writer);
    let read = |path| fs::read(path).expect("read");
    Outcome::from(std::process::Output {
        status,
        stdout: read(&stdout),
        stderr: read(&stderr),
    })
}

/// The job failed for want of the lock, and its report has the true number in it.
#[track_caller]
fn says_how_many(outcome: &Outcome, done: i64) {
    assert_eq!(outcome.status, 6, "{}", outcome.stderr);
    let stderr = &outcome.stderr;
    assert!(0 < done && done < i64::from(MANY), "{done}: {stderr}");
    assert!(!stderr.contains("nothing was changed"), "{stderr}");
    assert!(stderr.contains(&shown_count(done)), "{done}: {stderr}");
    assert!(stderr.contains("\nhint: "), "{stderr}");
    assert!(stderr.lines().count() <= 3, "{stderr}");
}

fn made_in(sandbox: &Sandbox) -> i64 {
    made(&Connection::open(sandbox.database()).expect("open"))
}

/// Every key in this text is live, and there are as many as were made.
#[track_caller]
fn hands_out_all(sandbox: &Sandbox, keys: &str) {
    let live: BTreeSet<String> = sandbox
        .sqlite("SELECT username || char(9) || key FROM authtoken_token JOIN auth_user ON id = user_id WHERE created > '2021-01-01'")
        .into_iter()
        .collect();
    let handed_out: BTreeSet<String> = keys.lines().map(str::to_owned).collect();
    assert!(
        handed_out == live,
        "{} keys are live and {} were handed out",
        live.len(),
        handed_out.len()
    );
}

#[test]
fn a_bulk_job_that_loses_the_lock_says_how_many_tokens_it_made() {
    let sandbox = many_users(false);
    let outcome = interrupted_by_a_writer(&sandbox, &["create-token", "--all"], |c| made(c) > 0);
    let done = made_in(&sandbox);
    says_how_many(&outcome, done);
    hands_out_all(&sandbox, &outcome.stdout);
}

#[test]
fn a_bulk_job_that_loses_the_lock_has_the_number_in_its_json_error() {
    let sandbox = many_users(false);
    let args = ["create-token", "--all", "-f", "jsonl"];
    let outcome = interrupted_by_a_writer(&sandbox, &args, |c| made(c) > 0);
    let done = made_in(&sandbox);
    let error = error_of(&outcome);
    assert_eq!(
        (&error["code"], &error["done"]),
        (&"busy".into(), &done.into())
    );
    assert_eq!(outcome.stdout.lines().count().to_string(), done.to_string());
}

#[test]
fn a_reset_of_all_that_loses_the_lock_does_not_propose_to_reset_again() {
    let sandbox = many_users(true);
    let args = ["create-token", "--all", "--reset", "--yes"];
    let outcome = interrupted_by_a_writer(&sandbox, &args, |c| made(c) > 0);
    let done = made_in(&sandbox);
    says_how_many(&outcome, done);
    hands_out_all(&sandbox, &outcome.stdout);
    let hint = outcome.stderr.split("hint: ").nth(1).unwrap_or_default();
    assert!(!hint.contains("try again"), "{hint}");
    assert!(!hint.starts_with("run it again"), "{hint}");
}

#[test]
fn a_reset_of_all_into_a_file_that_loses_the_lock_hands_out_what_it_replaced() {
    let sandbox = many_users(true);
    let args = ["create-token", "--all", "--reset", "--yes", "--out", "keys"];
    let outcome = interrupted_by_a_writer(&sandbox, &args, |c| made(c) > 0);
    let done = made_in(&sandbox);
    says_how_many(&outcome, done);
    assert_eq!(outcome.stdout, "");
    // In the file, or by the command that the hint names.
    if let Ok(keys) = fs::read_to_string(sandbox.path("keys")) {
        hands_out_all(&sandbox, &keys);
    } else {
        let hint = outcome.stderr.split("hint: ").nth(1).unwrap_or_default();
        let names_it = hint.contains("drfctl create-token") || hint.contains("without `--reset`");
        assert!(names_it, "{outcome}");
    }
}

#[test]
fn an_import_that_loses_the_lock_says_how_many_users_it_made_and_how_to_go_on() {
    let sandbox = with_users(&[]);
    let rows: Vec<String> = (0..60_000).map(|n| format!("user{n},!\n")).collect();
    let csv = format!("username,password_hash\n{}", rows.concat());
    fs::write(sandbox.path("users.csv"), csv).expect("write");
    let args = ["create-user", "--from", "users.csv"];
    let users = |connection: &Connection| -> i64 {
        let sql = "SELECT count(*) FROM auth_user";
        connection.query_row(sql, [], |row| row.get(0)).expect(sql)
    };
    let outcome = interrupted_by_a_writer(&sandbox, &args, |c| users(c) > 0);
    says_how_many(&outcome, count(&sandbox, "auth_user"));
    // Without it the next run meets the first user and stops with status 4.
    assert!(outcome.stderr.contains("--if-exists skip"), "{outcome}");
    let again = [&args[..], &["--if-exists", "skip"]].concat();
    sandbox.run(again).success();
    assert_eq!(count(&sandbox, "auth_user"), 60_000);
}

#[test]
fn an_import_into_a_file_that_loses_the_lock_hands_out_what_it_made() {
    let sandbox = with_users(&[]);
    let rows: Vec<String> = (0..60_000).map(|n| format!("user{n},!\n")).collect();
    let csv = format!("username,password_hash\n{}", rows.concat());
    fs::write(sandbox.path("users.csv"), csv).expect("write");
    let args = [
        "create-user",
        "--from",
        "users.csv",
        "--token",
        "--out",
        "keys",
    ];
    let outcome = interrupted_by_a_writer(&sandbox, &args, |c| made(c) > 0);
    let done = made_in(&sandbox);
    says_how_many(&outcome, done);
    assert_eq!(outcome.stdout, "");
    assert!(
        outcome.stderr.contains("their keys are in `keys`"),
        "{outcome}"
    );
    let keys = fs::read_to_string(sandbox.path("keys")).expect("read");
    assert_eq!(
        keys.lines().count(),
        usize::try_from(done).expect("a number")
    );
    hands_out_all(&sandbox, &keys);
}

#[test]
fn a_bulk_revocation_that_loses_the_lock_tells_the_truth() {
    let sandbox = many_users(true);
    let left = |connection: &Connection| -> i64 {
        let sql = "SELECT count(*) FROM authtoken_token";
        connection.query_row(sql, [], |row| row.get(0)).expect(sql)
    };
    // It may also do all of it in one transaction, and then it cannot be overtaken.
    let args = ["-q", "revoke", "--all", "--yes"];
    let outcome = interrupted_by_a_writer(&sandbox, &args, |c| left(c) < i64::from(MANY));
    let done = i64::from(MANY) - count(&sandbox, "authtoken_token");
    if outcome.status == 0 {
        assert_eq!(done, i64::from(MANY));
    } else {
        says_how_many(&outcome, done);
    }
}

#[test]
fn a_bulk_job_on_a_disk_that_fills_says_how_many_tokens_it_made() {
    if !is_root() {
        return super::not_run("root");
    }
    let sandbox = many_users(false);
    let size = fs::metadata(sandbox.database()).expect("size").len() / 1024;
    // Room for the first transactions and not for all.
    let disk = super::disk::Disk::of_kilobytes(&sandbox, size + 24 * 1024);
    let database = disk.path("db.sqlite3");
    fs::copy(sandbox.database(), &database).expect("copy");
    let url = database.to_str().expect("a path");
    let outcome = sandbox.run(["-d", url, "create-token", "--all", "-f", "jsonl"]);
    let done = made(&Connection::open(&database).expect("open"));
    assert!(0 < done && done < i64::from(MANY), "{done}");
    let error = error_of(&outcome);
    assert_eq!(
        (outcome.status, &error["code"], &error["done"]),
        (5, &"disk_full".into(), &done.into())
    );
    assert_eq!(outcome.stdout.lines().count().to_string(), done.to_string());
}
