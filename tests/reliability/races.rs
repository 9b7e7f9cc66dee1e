//! Many processes at once beside writers that behave as Django does: no command fails, every
//! key that is printed is true, and the server's own writes come through.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{count, execute, is_full};
use crate::cli::{PASSWORD, content, stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// A writer as Django is one, until it is stopped.
struct Server {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(sandbox: &Sandbox, how: &str, rounds: Option<u32>) -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reliability/django_writer.py");
        let mut python = Command::new("python3");
        python.arg(script).arg(sandbox.database()).arg(how);
        python.args(rounds.map(|rounds| rounds.to_string()));
        let mut child = python
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut ready = String::new();
        stdout.read_line(&mut ready).expect("read");
        assert_eq!(ready, "ready\n");
        Self { child, stdout }
    }

    /// How many of its writes came through, and how many did not.
    fn stop(mut self) -> (u64, u64) {
        drop(self.child.stdin.take());
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("read");
        assert!(self.child.wait().expect("wait").success());
        let mut numbers = line
            .split_whitespace()
            .map(|n| n.parse().expect("a number"));
        let mut next = || numbers.next().expect("two numbers");
        (next(), next())
    }
}

/// The servers that write meanwhile.
const SERVERS: [&[&str]; 4] = [
    &[],
    &["loop"],
    &["atomic"],
    &["atomic", "atomic", "atomic", "atomic"],
];

/// All at once beside these servers; none may fail. Says what they printed.
#[track_caller]
fn all_succeed(sandbox: &Sandbox, servers: &[&str], commands: &[Vec<String>]) -> Vec<String> {
    let servers: Vec<_> = servers
        .iter()
        .map(|how| (*how, Server::start(sandbox, how, None)))
        .collect();
    let outcomes = Outcome::of_all(commands.iter().map(|args| sandbox.command(args)));
    for (how, server) in servers {
        let (writes, errors) = server.stop();
        // A transaction begun DEFERRED fails beside any other writer; an update does not.
        assert!(
            how != "loop" || (writes > 0 && errors == 0),
            "{how}: {errors} of {writes}"
        );
    }
    assert_eq!(sandbox.sqlite("PRAGMA integrity_check"), ["ok"]);
    let succeed = |outcome: Outcome| {
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (0, ""),
            "{outcome}"
        );
        outcome.stdout
    };
    outcomes.into_iter().map(succeed).collect()
}

fn line(words: &[&str]) -> Vec<String> {
    ["-q"]
        .iter()
        .chain(words)
        .map(|word| (*word).to_owned())
        .collect()
}

/// Every combination of journal, servers and number of processes.
fn in_all_surroundings(race: impl Fn(&Sandbox, &[&str], usize)) {
    let (sizes, rounds): (&[usize], _) = if is_full() { (&[8, 64], 5) } else { (&[8], 1) };
    for journal_mode in ["DELETE", "WAL"] {
        for servers in SERVERS {
            for size in sizes {
                for _ in 0..rounds {
                    let (sandbox, _) = with_token("server");
                    execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
                    race(&sandbox, servers, *size);
                }
            }
        }
    }
}

#[test]
fn all_who_ask_for_the_same_token_get_the_same_one() {
    in_all_surroundings(|sandbox, servers, size| {
        sandbox
            .run(["-q", "create-user", "alice", "--no-password"])
            .success();
        let commands = vec![line(&["create-token", "alice"]); size];
        let printed = all_succeed(sandbox, servers, &commands);
        let key = stored_key(sandbox, "alice").expect("a token");
        assert_eq!(printed, vec![format!("{key}\n"); size]);
        assert_eq!(count(sandbox, "authtoken_token"), 2);
    });
}

#[test]
fn all_who_ask_for_different_tokens_get_their_own() {
    in_all_surroundings(|sandbox, servers, size| {
        crate::cli::add_users(sandbox, u32::try_from(size).expect("few"));
        let names: Vec<String> = (1..=size).map(|n| format!("user{n}")).collect();
        let commands = names
            .iter()
            .map(|name| line(&["create-token", name]))
            .collect::<Vec<_>>();
        let printed = all_succeed(sandbox, servers, &commands);
        for (name, printed) in names.iter().zip(printed) {
            let key = stored_key(sandbox, name).expect("a token");
            assert_eq!(printed, format!("{key}\n"));
        }
    });
}

#[test]
fn of_all_who_reset_a_token_the_last_has_the_live_one() {
    in_all_surroundings(|sandbox, servers, size| {
        sandbox
            .run(["-q", "create-user", "alice", "--no-password", "--token"])
            .success();
        let commands = vec![line(&["create-token", "alice", "--reset"]); size];
        let printed: BTreeSet<_> = all_succeed(sandbox, servers, &commands)
            .into_iter()
            .collect();
        assert_eq!(printed.len(), size);
        let key = stored_key(sandbox, "alice").expect("a token");
        assert!(printed.contains(&format!("{key}\n")));
        assert_eq!(count(sandbox, "authtoken_token"), 2);
    });
}

#[test]
fn all_who_write_something_else_get_it_done() {
    in_all_surroundings(|sandbox, servers, size| {
        crate::cli::add_users(sandbox, 40);
        let commands = (0..size).map(|n| match n % 8 {
            0 => line(&["create-user", &format!("new{n}"), "--no-password"]),
            1 => line(&["set-password", "user1", "--no-password"]),
            2 => line(&["create-token", "--all", "--out", &format!("keys{n}")]),
            3 => line(&["revoke", "user2"]),
            4 => line(&[
                "create-user",
                "same",
                "--no-password",
                "--if-exists",
                "update",
                "--staff",
            ]),
            5 => line(&["create-token", "user3", "--reset"]),
            6 => line(&["migrate"]),
            _ => line(&["revoke", "--username", "user1?", "--yes"]),
        });
        all_succeed(sandbox, servers, &commands.collect::<Vec<_>>());
        let broken = "SELECT count(*) FROM authtoken_token WHERE length(key) <> 40 \
                      OR user_id NOT IN (SELECT id FROM auth_user)";
        assert_eq!(sandbox.sqlite(broken), ["0"]);
    });
}

#[test]
fn the_control_that_begins_deferred_fails_in_the_same_race() {
    // What would show if drfctl did the same: else these tests prove nothing.
    let (sandbox, _) = with_token("alice");
    execute(&sandbox, "PRAGMA journal_mode = WAL");
    let servers = ["atomic", "atomic"].map(|how| Server::start(&sandbox, how, None));
    let control: Vec<_> = (0..8)
        .map(|_| Server::start(&sandbox, "tokens", Some(10)))
        .collect();
    let errors: u64 = control.into_iter().map(|writer| writer.stop().1).sum();
    for server in servers {
        server.stop();
    }
    assert!(errors > 0, "the race is too tame to prove anything");
}

/// Holds the write lock for so long.
fn locked(sandbox: &Sandbox, hold: Duration) -> std::thread::JoinHandle<()> {
    let writer = Connection::open(sandbox.database()).expect("open");
    writer
        .execute_batch("BEGIN IMMEDIATE; UPDATE auth_user SET last_name = 'x'")
        .expect("lock");
    std::thread::spawn(move || {
        std::thread::sleep(hold);
        writer.execute_batch("COMMIT").expect("commit");
    })
}

#[test]
fn a_bulk_job_of_the_servers_is_waited_for() {
    let holds: &[u64] = if is_full() { &[4, 7, 28] } else { &[2] };
    for journal_mode in ["DELETE", "WAL"] {
        for hold in holds {
            let (sandbox, _) = with_token("alice");
            execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
            let server = locked(&sandbox, Duration::from_secs(*hold));
            let reset = line(&["create-token", "alice", "--reset"]);
            let outcomes = Outcome::of_all((0..8).map(|_| sandbox.command(&reset)));
            server.join().expect("the server");
            for outcome in outcomes {
                assert_eq!(outcome.success().len(), 41);
            }
        }
    }
}

#[test]
fn a_wait_that_runs_out_ends_within_a_second_of_its_time() {
    let (sandbox, _) = with_token("alice");
    let before = content(&sandbox)[1].clone();
    let server = locked(&sandbox, Duration::from_secs(5));
    let start = Instant::now();
    let args = ["--timeout", "1s", "create-token", "alice", "--reset"];
    let outcomes = Outcome::of_all((0..8).map(|_| sandbox.command(args)));
    let took = start.elapsed();
    server.join().expect("the server");
    for outcome in outcomes {
        assert_eq!(outcome.status, 6, "{outcome}");
        assert!(outcome.stderr.contains("nothing was changed"), "{outcome}");
    }
    assert!(
        Duration::from_secs(1) <= took && took < Duration::from_secs(3),
        "{took:?}"
    );
    assert_eq!(content(&sandbox)[1], before);
}

#[test]
fn what_only_reads_takes_no_write_lock() {
    for journal_mode in ["DELETE", "WAL"] {
        let (sandbox, key) = with_token("alice");
        execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
        let server = locked(&sandbox, Duration::from_secs(2));
        for args in [
            &["create-token", "alice"][..],
            &["create-token", "--all"],
            &["create-token", "alice", "--reset-older-than", "1d"],
            &["list"],
            &["revoke", "--all", "--dry-run"],
            &["migrate"],
            &["migrate", "--check"],
            &[
                "create-user",
                "alice",
                "--no-password",
                "--if-exists",
                "skip",
            ],
        ] {
            let outcome = sandbox.run([&["-q", "--timeout", "0s"], args].concat());
            assert_eq!(outcome.status, 0, "{journal_mode} {args:?}: {outcome}");
        }
        let verify = ["--timeout", "0s", "verify", "token"];
        sandbox
            .run_with_stdin(verify, &key)
            .expect(0, "alice\n", "");
        server.join().expect("the server");
    }
}

#[test]
fn no_lock_is_held_while_a_password_is_hashed() {
    for journal_mode in ["DELETE", "WAL"] {
        let sandbox = with_users(&["alice"]);
        execute(&sandbox, &format!("PRAGMA journal_mode = {journal_mode}"));
        let set = [
            "set-password",
            "alice",
            "--password-env",
            "PW",
            "--iterations",
            "9000000",
        ];
        let mut child = sandbox
            .command(set)
            .env("PW", PASSWORD)
            .stderr(Stdio::null())
            .spawn()
            .expect("start");
        let server = Connection::open(sandbox.database()).expect("open");
        server.busy_timeout(Duration::ZERO).expect("set");
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(250));
            let locked = server.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
            let is_hashing = child.try_wait().expect("ask").is_none();
            assert!(is_hashing, "the hash was done before anybody could look");
            locked.expect("no lock while it hashes");
        }
        assert!(child.wait().expect("wait").success());
    }
}
