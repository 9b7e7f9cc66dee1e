//! drfctl on servers with many clients, behind a bouncer, on a standby, and through the death of
//! a server.

mod failover;
mod galera;
mod privileges;
mod races;
mod replicas;
mod triggers;
mod waiting;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{DatabaseServer, Outcome, Sandbox};

/// How many processes start together: few, and many.
fn crowds() -> [usize; 2] {
    [8, 64]
}

/// What a process printed on stdout that succeeded without a word on stderr.
#[track_caller]
fn silent_success(outcome: Outcome) -> String {
    assert_eq!(
        (outcome.status, outcome.stderr.as_str()),
        (0, ""),
        "{outcome}"
    );
    outcome.stdout
}

/// Adds so many active users without passwords.
fn add_users(server: &dyn DatabaseServer, database: &str, count: usize) {
    let rows: Vec<String> = (0..count)
        .map(|n| {
            format!("('!', false, 'user{n:06}', '', '', false, true, '2026-01-01 00:00:00', '')")
        })
        .collect();
    for rows in rows.chunks(5_000) {
        let sql = format!(
            "INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, \
             is_active, date_joined, first_name) VALUES {}",
            rows.join(", ")
        );
        server.batch(database, &sql);
    }
}

/// Starts a job whose stdout goes into a file.
fn begin(sandbox: &Sandbox, args: &[&str]) -> Child {
    let file = |name: &str| File::create(sandbox.path(name)).expect("create");
    sandbox
        .command(args)
        .stdin(Stdio::null())
        .stdout(file("printed"))
        .stderr(file("messages"))
        .spawn()
        .expect("start drfctl")
}

/// The keys that such a job has printed.
fn printed_keys(sandbox: &Sandbox) -> BTreeSet<String> {
    let printed = fs::read_to_string(sandbox.path("printed")).expect("read");
    // The last line may be cut off.
    let whole = printed.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| Some(line.split_once('\t')?.1.to_owned()))
        .collect()
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "waiting for {what}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}
