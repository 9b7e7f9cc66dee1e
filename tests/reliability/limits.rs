//! Bounds: on memory, on time, on threads. Input without an end, cells without an end, an
//! index that leads in a circle, and signals that somebody waits for.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{count, error_of, execute, has, is_clean_failure, is_full, is_short, shown_count};
use crate::cli::{PASSWORD, add_users, is_root, stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// What came of a command, and the most memory that it took.
struct Measured {
    outcome: Outcome,
    peak_mib: u64,
    took: Duration,
}

/// Runs drfctl and measures it; after `seconds` it is ended with status 124.
fn measured(sandbox: &Sandbox, args: &[&str], stdin: Stdio, seconds: u32) -> Measured {
    let drfctl = sandbox.command(args);
    let mut python = Command::new("python3");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reliability/peak.py");
    python
        .arg(script)
        .arg(sandbox.path("peak"))
        .arg(seconds.to_string());
    python.arg(drfctl.get_program()).args(drfctl.get_args());
    python.current_dir(sandbox.path(".")).stdin(stdin);
    let start = Instant::now();
    let output = python.output().expect("run");
    let took = start.elapsed();
    let peak = fs::read_to_string(sandbox.path("peak")).expect("the peak");
    let kib: u64 = peak.trim().parse().expect("a number");
    Measured {
        outcome: output.into(),
        peak_mib: kib / 1024,
        took,
    }
}

/// A failure in one sentence, within the bounds.
#[track_caller]
fn is_refused_cheaply(measured: &Measured, what: &str) {
    is_clean_failure(&measured.outcome, what);
    let (peak, took) = (measured.peak_mib, measured.took);
    assert!(peak < 100, "{what}: {peak} MiB");
    assert!(took < Duration::from_secs(20), "{what}: {took:?}");
}

fn from(path: &Path) -> Stdio {
    File::open(path).expect("open").into()
}

#[test]
fn a_cell_that_never_ends_is_refused_in_one_sentence() {
    let megabytes = if is_full() { 600 } else { 100 };
    for start in [
        "username,password\nok1,\"",
        "username,password\nok1,",
        "username,\"",
        "username,",
        "{\"username\":\"",
    ] {
        let sandbox = with_users(&[]);
        let path = sandbox.path("users");
        let mut file = File::create(&path).expect("create");
        file.write_all(start.as_bytes()).expect("write");
        let block = vec![b'x'; 1 << 20];
        for _ in 0..megabytes {
            file.write_all(&block).expect("write");
        }
        for from_stdin in [false, true] {
            let name = if from_stdin { "-" } else { "users" };
            let args = ["create-user", "--no-password", "--from", name];
            let stdin = if from_stdin {
                from(&path)
            } else {
                Stdio::null()
            };
            let measured = measured(&sandbox, &args, stdin, 30);
            is_refused_cheaply(&measured, &format!("{start:?} {name}"));
            assert_eq!(measured.outcome.status, 2, "{}", measured.outcome);
        }
        assert_eq!(count(&sandbox, "auth_user"), 0);
    }
}

#[test]
fn a_device_that_never_ends_is_refused_in_one_sentence() {
    for args in [
        &["create-user", "--no-password", "--from", "/dev/zero"][..],
        &["create-user", "--no-password", "--from", "-"],
        &["create-token", "--from", "/dev/zero"],
        &["create-token", "--from", "-"],
        &["revoke", "--from", "-"],
        &["create-token", "alice", "--key-file", "/dev/zero"],
        &["revoke", "--key-file", "-"],
        &["verify", "token"],
        &["verify", "token", "--key-file", "/dev/zero"],
        &["verify", "password", "alice", "--password-stdin"],
        &["set-password", "alice", "--password-stdin"],
        &["set-password", "alice", "--password-file", "/dev/zero"],
    ] {
        let sandbox = with_users(&["alice"]);
        let measured = measured(&sandbox, args, from(Path::new("/dev/zero")), 10);
        is_refused_cheaply(&measured, &format!("{args:?}"));
    }
}

#[test]
fn a_name_that_is_there_a_million_times_takes_memory_once() {
    let rows = if is_full() { 1_000_000 } else { 500_000 };
    let sandbox = with_users(&["alice"]);
    fs::write(sandbox.path("names"), "alice\n".repeat(rows)).expect("write");
    let args = ["-q", "create-token", "--from", "names"];
    let measured = measured(&sandbox, &args, Stdio::null(), 600);
    assert_eq!(measured.outcome.status, 0, "{}", measured.outcome.stderr);
    let peak = measured.peak_mib;
    assert!(peak < 150, "{peak} MiB");
}

#[test]
fn a_gigantic_cell_of_the_database_is_bounded() {
    let megabytes = if is_full() { 900 } else { 200 };
    for column in ["email", "first_name", "username", "password"] {
        let (sandbox, _) = with_token("alice");
        execute(
            &sandbox,
            &format!(
                "INSERT INTO auth_user (password, is_superuser, username, last_name, email, \
                 is_staff, is_active, date_joined, first_name) \
                 VALUES ('!', 0, 'zoe', '', '', 0, 1, '2026-01-01 00:00:00', '');
                 UPDATE auth_user SET {column} = replace(hex(zeroblob({megabytes} << 19)), '0', 'a') \
                 WHERE username = 'zoe';"
            ),
        );
        for args in [
            &["list", "--all-users"][..],
            &["list", "--all-users", "-f", "jsonl"],
            &["list", "--all-users", "-f", "csv"],
            &["list", "-f", "json"],
            &["create-token", "--all"],
            &["create-token", "alice"],
            &["create-user", "bob", "--no-password"],
            &["revoke", "--all", "--dry-run"],
        ] {
            let measured = measured(&sandbox, args, Stdio::null(), 20);
            let what = format!("{column} {args:?}");
            let peak = measured.peak_mib;
            assert!(peak < 150, "{what}: {peak} MiB");
            let Outcome { status, stdout, .. } = &measured.outcome;
            assert!([0, 5].contains(status), "{what}: {status}");
            assert!(stdout.len() < 10 << 20, "{what}: {} bytes", stdout.len());
            assert!(measured.outcome.stderr.len() < 2_000, "{what}");
        }
    }
}

/// Makes the last row of the users say that it is an earlier one, as a damaged page would.
fn damage_order(sandbox: &Sandbox, last: u32) {
    execute(sandbox, "VACUUM");
    let mut bytes = fs::read(sandbox.database()).expect("read");
    let name = format!("user{last}");
    let page_size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let varint = |value: u32| {
        [
            0x80 | u8::try_from(value >> 7).expect("two bytes"),
            u8::try_from(value & 0x7f).expect("seven bits"),
        ]
    };
    let mut changed = 0;
    for page in (0..bytes.len()).step_by(page_size).skip(1) {
        if bytes[page] != 0x0d {
            continue;
        }
        let cells = usize::from(u16::from_be_bytes([bytes[page + 3], bytes[page + 4]]));
        for cell in 0..cells {
            let pointer = page + 8 + 2 * cell;
            let at = page + usize::from(u16::from_be_bytes([bytes[pointer], bytes[pointer + 1]]));
            let content = &bytes[at..(at + 80).min(bytes.len())];
            let has_name = content
                .windows(name.len())
                .any(|part| part == name.as_bytes());
            if has_name && content[1..3] == varint(last) {
                bytes[at + 1..at + 3].copy_from_slice(&varint(130));
                changed += 1;
            }
        }
    }
    assert_eq!(changed, 1, "the row of {name}");
    fs::write(sandbox.database(), bytes).expect("write");
}

#[test]
fn an_index_out_of_order_is_damage_and_no_circle() {
    let (sandbox, last) = (with_users(&[]), 3_000);
    add_users(&sandbox, last);
    sandbox
        .run(["-q", "create-token", "--all", "--out", "keys"])
        .success();
    damage_order(&sandbox, last);
    for args in [
        &["-q", "create-token", "--all"][..],
        &["-q", "create-token", "--all", "--reset", "--yes"],
        &["-q", "revoke", "--all", "--dry-run"],
        &["-q", "revoke", "--all", "--yes"],
        &["-q", "list"],
        &["-q", "list", "--all-users", "-f", "jsonl"],
        &["-q", "list", "--sort", "created"],
    ] {
        let sandbox = super::copy_of(&sandbox);
        let measured = measured(&sandbox, args, Stdio::null(), 10);
        let outcome = &measured.outcome;
        assert!(
            [0, 5].contains(&outcome.status),
            "{args:?}: {}",
            outcome.stderr
        );
        let lines = outcome.stdout.lines().count();
        assert!(lines <= 2 * last as usize, "{args:?}: {lines} lines");
        if outcome.status == 5 {
            let said = &outcome.stderr;
            assert!(
                said.contains("damaged") || said.contains("malformed"),
                "{args:?}: {said}"
            );
        }
    }
}

/// Starts an import with more hashes than anybody wants to wait for.
fn begin_hashing(sandbox: &Sandbox, options: &[&str], environment: &[(&str, &str)]) -> Child {
    let rows: Vec<String> = (0..500)
        .map(|n| format!("user{n},{PASSWORD} {n}\n"))
        .collect();
    let csv = format!("username,password\n{}", rows.concat());
    fs::write(sandbox.path("users"), csv).expect("write");
    let stderr = File::create(sandbox.path("stderr")).expect("create");
    let args = [&["create-user", "--from", "users"], options].concat();
    let child = sandbox
        .command(args)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .expect("start");
    std::thread::sleep(Duration::from_millis(1_500));
    child
}

/// How long it took to end after the signal, and with which status; it is killed if it stays.
fn ended_after(child: &mut Child, signal: &str) -> (Duration, Option<i32>) {
    let id = child.id().to_string();
    let start = Instant::now();
    Outcome::of(Command::new("kill").args([signal, &id])).success();
    loop {
        if let Some(status) = child.try_wait().expect("ask") {
            return (start.elapsed(), status.code());
        }
        if start.elapsed() > Duration::from_secs(40) {
            child.kill().expect("kill");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_signal_is_looked_for_between_two_hashes() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let sandbox = with_users(&[]);
        let mut child = begin_hashing(&sandbox, &[], &[]);
        let (took, status) = ended_after(&mut child, signal);
        let stderr = fs::read_to_string(sandbox.path("stderr")).expect("read");
        // `docker stop` kills after ten.
        assert!(took < Duration::from_secs(5), "{signal}: {took:?}");
        assert_eq!(status, Some(130), "{signal}: {stderr}");
        let done = count(&sandbox, "auth_user");
        if done == 0 {
            assert!(stderr.contains("nothing was changed"), "{signal}: {stderr}");
        } else {
            assert!(stderr.contains(&shown_count(done)), "{signal}: {stderr}");
        }
    }
}

/// The threads of a process.
fn threads(child: &Child) -> usize {
    let tasks = fs::read_dir(format!("/proc/{}/task", child.id())).expect("the threads");
    tasks.count()
}

#[test]
fn an_environment_variable_of_a_library_starts_no_thousand_threads() {
    let sandbox = with_users(&[]);
    let mut child = begin_hashing(&sandbox, &[], &[("RAYON_NUM_THREADS", "100000")]);
    let threads = threads(&child);
    let (took, status) = ended_after(&mut child, "-TERM");
    assert!(threads < 300, "{threads} threads");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(status, Some(130));
}

/// Runs drfctl under `prlimit`, as a user whom the limits hold.
fn limited(sandbox: &Sandbox, limit: &str, as_nobody: bool, args: &[&str]) -> Outcome {
    let mut command = Command::new("prlimit");
    command.arg(limit).arg("--");
    if as_nobody {
        command.args(["setpriv", "--reuid", "54321", "--clear-groups", "--"]);
    }
    command.arg(sandbox.path("drfctl")).args(args);
    command.current_dir(sandbox.path("."));
    Outcome::of(&mut command)
}

/// A database that a user can use who owns nothing else, and drfctl beside it.
fn for_nobody() -> Sandbox {
    let (sandbox, _) = with_token("alice");
    let rows: Vec<String> = (0..4)
        .map(|n| format!("user{n},{PASSWORD} {n}\n"))
        .collect();
    let csv = format!("username,password\n{}", rows.concat());
    fs::write(sandbox.path("users"), csv).expect("write");
    super::copy_drfctl(&sandbox);
    let mut chown = Command::new("chown");
    Outcome::of(chown.args(["-R", "54321:54321"]).arg(sandbox.path("."))).success();
    sandbox
}

#[test]
fn where_no_thread_can_be_started_one_does_all_the_work() {
    if !is_root() || !has("prlimit", "--version") || !has("setpriv", "--version") {
        return super::not_run("root");
    }
    for limit in ["--nproc=1:1", "--nproc=2:2"] {
        let sandbox = for_nobody();
        let args = [
            "-q",
            "create-user",
            "--from",
            "users",
            "--iterations",
            "1000",
        ];
        limited(&sandbox, limit, true, &args).expect(0, "", "");
        assert_eq!(count(&sandbox, "auth_user"), 5, "{limit}");
        let args = ["-q", "create-token", "--all"];
        let made = limited(&sandbox, limit, true, &args).success();
        assert_eq!(made.lines().count(), 5, "{limit}");
    }
}

#[test]
fn memory_that_runs_out_is_no_bug_of_drfctls() {
    if !is_root() || !has("prlimit", "--version") {
        return super::not_run("root");
    }
    let sizes: Vec<u64> = if is_full() {
        (12..120).collect()
    } else {
        (12..120).step_by(9).collect()
    };
    let mut begun = 0;
    for size in sizes {
        let limit = format!("--as={}", size << 20);
        // Where the program itself does not fit, the kernel or the loader ends it before `main`.
        // Where little more fits, Rust aborts it, which nothing but `unsafe` code can prevent.
        let tighter = format!("--as={}", (size - 4) << 20);
        let version = limited(&for_nobody(), &tighter, false, &["--version"]);
        if [127, 139].contains(&version.status) {
            continue;
        }
        begun += 1;
        for args in [
            &["-q", "create-token", "alice", "--reset"][..],
            &[
                "-q",
                "create-user",
                "--from",
                "users",
                "--iterations",
                "1000",
            ],
            &["-q", "list"],
        ] {
            let sandbox = for_nobody();
            let old = stored_key(&sandbox, "alice");
            let outcome = limited(&sandbox, &limit, false, args);
            let what = format!("{size} MiB {args:?}: {outcome}");
            is_short(&outcome, &what);
            assert!(outcome.status <= 6, "{what}");
            if outcome.status != 0 && args.contains(&"--reset") {
                assert_eq!(stored_key(&sandbox, "alice"), old, "{what}");
            }
        }
    }
    assert!(begun > 5, "{begun} limits leave room for the program");
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_signal() {
    if !has("prlimit", "--version") {
        return;
    }
    let (sandbox, _) = with_token("alice");
    super::copy_drfctl(&sandbox);
    let before = crate::cli::content(&sandbox);
    for args in [
        &["create-token", "alice", "--reset"][..],
        &["create-user", "bob", "--no-password"],
        &["revoke", "alice"],
    ] {
        let outcome = limited(&sandbox, "--fsize=4096", false, args);
        is_clean_failure(&outcome, &format!("{args:?}"));
        assert_eq!(outcome.status, 5, "{args:?}: {outcome}");
        assert!(crate::cli::content(&sandbox) == before, "{args:?}");
    }
}

#[test]
fn a_hole_of_gigabytes_in_a_password_file_is_not_read() {
    let sandbox = with_users(&["alice"]);
    let mut file = File::create(sandbox.path("pw")).expect("create");
    file.seek(SeekFrom::Start(8 << 30)).expect("seek");
    file.write_all(b"x").expect("write");
    Outcome::of(Command::new("chmod").arg("600").arg(sandbox.path("pw"))).success();
    let args = ["set-password", "alice", "--password-file", "pw"];
    let measured = measured(&sandbox, &args, Stdio::null(), 20);
    is_refused_cheaply(&measured, "--password-file");
}

/// Runs drfctl with a fault at every call for random bytes.
fn without_entropy(sandbox: &Sandbox, error: &str, args: &[&str]) -> Outcome {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", "trace=getrandom"]);
    strace.args(["-e", &format!("inject=getrandom:error={error}")]);
    strace.arg(env!("CARGO_BIN_EXE_drfctl")).args(args);
    strace.current_dir(sandbox.path("."));
    Outcome::of(&mut strace)
}

#[test]
fn without_random_bytes_nothing_is_made_and_nothing_is_a_bug() {
    if !has("strace", "-V") {
        return;
    }
    for error in ["EIO", "EAGAIN", "EFAULT"] {
        let (sandbox, key) = with_token("alice");
        for args in [
            &["create-token", "alice", "--reset"][..],
            &["create-user", "bob", "--no-password"],
            &["create-user", "bob", "--no-password", "--token"],
        ] {
            let outcome = without_entropy(&sandbox, error, args);
            let what = format!("{error} {args:?}");
            is_clean_failure(&outcome, &what);
            assert_eq!(outcome.status, 1, "{what}: {outcome}");
            assert!(outcome.stderr.contains("random"), "{what}: {outcome}");
            let json = without_entropy(&sandbox, error, &[args, &["-f", "json"]].concat());
            assert_eq!(error_of(&json)["code"], "no_randomness", "{what}");
        }
        // What needs none does its work.
        for args in [
            &["-q", "list"][..],
            &["-q", "create-token", "alice"],
            // The user has no password already.
            &["-q", "set-password", "alice", "--no-password"],
            &["-q", "revoke", "alice"],
        ] {
            let outcome = without_entropy(&sandbox, error, args);
            assert_eq!(outcome.status, 0, "{error} {args:?}: {outcome}");
        }
        assert_eq!(count(&sandbox, "auth_user"), 1);
        assert!(!key.is_empty());
    }
}

#[test]
fn a_kernel_without_getrandom_is_no_obstacle() {
    if !has("strace", "-V") {
        return;
    }
    let sandbox = with_users(&["alice"]);
    // The second is how a sandbox refuses the call: `/dev/urandom` is asked then.
    for error in ["ENOSYS", "EPERM"] {
        let reset = ["-q", "create-token", "alice", "--reset"];
        let made = without_entropy(&sandbox, error, &reset).success();
        assert_eq!(made.trim_end().len(), 40, "{error}");
    }
}
