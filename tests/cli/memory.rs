//! What a debugger or a core file would find in a running process.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rexpect::session::spawn_command;
use rusqlite::Connection;

use super::{PASSWORD, is_root, with_users};
use crate::support::Sandbox;

/// A cheap hash, and how it begins: so odd a count is in no process before it has hashed.
const HASH: [&str; 2] = ["--iterations", "1009"];
const HASHED: &str = "pbkdf2_sha256$1009$";

/// Keeps drfctl waiting, once it has hashed what it is to write.
fn locked(sandbox: &Sandbox) -> Connection {
    let connection = Connection::open(sandbox.database()).expect("open the database");
    connection.execute_batch("BEGIN IMMEDIATE").expect("lock");
    connection
}

/// Everything that the process has in memory and may write to, or `None` where that is nobody's
/// to read.
fn memory(pid: i32) -> Option<Vec<u8>> {
    let mut mem = match File::open(format!("/proc/{pid}/mem")) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return None,
        opened => opened.expect("open the memory"),
    };
    let mut maps = String::new();
    File::open(format!("/proc/{pid}/maps"))
        .and_then(|mut file| file.read_to_string(&mut maps))
        .expect("read the map");
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line.split(' ').next().expect("a range");
        let (start, end) = range.split_once('-').expect("a range");
        let at = |text| u64::from_str_radix(text, 16).expect("an address");
        mem.seek(SeekFrom::Start(at(start))).expect("seek");
        // What has gone in the meantime holds nothing.
        let _ = (&mem).take(at(end) - at(start)).read_to_end(&mut all);
    }
    Some(all)
}

/// Waits until the process has hashed all that it hashes, which it then holds for the lock's sake,
/// and looks for the password. What is forgotten late under load is forgotten all the same: a copy
/// that nobody overwrites stays until the end.
#[track_caller]
fn has_forgotten(pid: i32, hashed: &str, context: &str) {
    let start = Instant::now();
    // Memory is read piece by piece while it changes: one look may miss a copy on its way.
    let mut clean_looks = 0;
    while clean_looks < 2 {
        let Some(memory) = memory(pid) else {
            assert!(!is_root(), "{context}: not even root may look");
            return;
        };
        let holds = |text: &str| {
            memory
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        let (is_hashed, is_held) = (holds(hashed), holds(PASSWORD));
        let is_late = start.elapsed() > Duration::from_secs(20);
        assert!(
            !(is_late && is_held),
            "{context}: the password is in memory"
        );
        assert!(!is_late || is_hashed, "{context}: nothing was hashed");
        clean_looks = if is_hashed && !is_held {
            clean_looks + 1
        } else {
            0
        };
        thread::sleep(Duration::from_millis(100));
    }
}

/// Starts drfctl with this on stdin and looks at it while it waits to write.
#[track_caller]
fn forgets(sandbox: &Sandbox, args: &[&str], stdin: &str, hashed: &str) {
    let lock = locked(sandbox);
    let mut drfctl = sandbox.command(args);
    let mut child = drfctl.stdin(Stdio::piped()).spawn().expect("start");
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(stdin.as_bytes()).expect("write");
    drop(pipe);
    let pid = child.id().try_into().expect("a process");
    has_forgotten(pid, hashed, &format!("{args:?}"));
    drop(lock);
    assert!(child.wait().expect("wait").success(), "{args:?}");
}

#[test]
fn a_password_from_a_pipe_is_forgotten_once_it_is_hashed() {
    let sandbox = with_users(&["alice"]);
    let set = ["set-password", "alice", "--password-stdin"];
    forgets(&sandbox, &[&set[..], &HASH].concat(), PASSWORD, HASHED);
    for (hasher, hashed) in [
        ("pbkdf2_sha1", "pbkdf2_sha1$"),
        ("argon2", "argon2$argon2id$v=19$"),
        ("bcrypt_sha256", "bcrypt_sha256$$2b$12$"),
        ("scrypt", "scrypt$16384$"),
    ] {
        let create = [
            "create-user",
            hasher,
            "--password-stdin",
            "--hasher",
            hasher,
        ];
        forgets(&sandbox, &create, PASSWORD, hashed);
    }
}

#[test]
fn a_password_from_a_file_of_users_is_forgotten_once_it_is_hashed() {
    let sandbox = Sandbox::migrated();
    let create = [&["create-user", "--from", "-"][..], &HASH].concat();
    // The escape is resolved in a buffer of the JSON reader.
    let escaped = PASSWORD.replacen('c', "\\u0063", 1);
    let lines: Vec<_> = (0..20)
        .map(|n| format!("{{\"username\": \"user{n}\", \"password\": \"{escaped}\"}}\n"))
        .collect();
    forgets(&sandbox, &create, &lines.concat(), HASHED);
    let lines: Vec<_> = (20..40).map(|n| format!("user{n},{PASSWORD}\n")).collect();
    let csv = format!("username,password\n{}", lines.concat());
    forgets(&sandbox, &create, &csv, HASHED);
}

#[test]
fn a_password_from_a_prompt_is_forgotten_once_it_is_hashed() {
    let sandbox = with_users(&["alice"]);
    let lock = locked(&sandbox);
    let args = [&["set-password", "alice"][..], &HASH].concat();
    let drfctl = sandbox.command(&args);
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"echo "$$"; exec "$0" "$@""#]);
    shell.arg(drfctl.get_program()).args(drfctl.get_args());
    shell.current_dir(sandbox.path("."));
    let mut session = spawn_command(shell, Some(20_000)).expect("start on a terminal");
    let pid = session.read_line().expect("the process");
    let pid = pid.trim().parse().expect("a process");
    for prompt in ["Password for `alice`: ", "Password (again): "] {
        session.exp_string(prompt).expect("a prompt");
        session.send_line(PASSWORD).expect("type");
    }
    has_forgotten(pid, HASHED, "the prompt");
    drop(lock);
    session.exp_string("Changed the password").expect("the end");
}
