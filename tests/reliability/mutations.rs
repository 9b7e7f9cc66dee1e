//! Databases with damage in them, byte by byte and page by page: whatever the bytes are, every
//! command ends within seconds, in a sentence or with a result.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{is_full, is_safe};
use crate::cli::{add_users, with_token};
use crate::support::{Outcome, Sandbox};

/// The users and the tokens in a file, if they can be read.
pub(super) fn tables(database: &Path) -> Option<[Vec<String>; 2]> {
    let connection = Connection::open(database).ok()?;
    let read = |sql: &str| -> Option<Vec<String>> {
        let mut statement = connection.prepare(sql).ok()?;
        let rows = statement.query_map([], |row| row.get(0)).ok()?;
        rows.collect::<Result<_, _>>().ok()
    };
    Some([
        read("SELECT username || '|' || password FROM auth_user ORDER BY id")?,
        read("SELECT key || '|' || user_id FROM authtoken_token ORDER BY user_id")?,
    ])
}

const COMMANDS: [&[&str]; 9] = [
    &["list", "-f", "jsonl"],
    &["list", "--all-users", "--sort", "created"],
    &["create-token", "alice"],
    &["create-token", "alice", "--reset"],
    &["create-token", "--all"],
    &["create-user", "bob", "--no-password", "--token"],
    &["revoke", "--all", "--yes"],
    &["set-password", "alice", "--no-password"],
    &["migrate"],
];

/// Numbers that look like chance and are the same in every run.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            chance.below(2);
        }
        chance
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("it is below")
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("it is below")
    }
}

/// Where damage hurts most: the header, the heads of the pages, and anywhere.
fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) -> String {
    let page_size = 4096;
    let pages = bytes.len() / page_size;
    match chance.below(8) {
        0 => {
            let at = chance.below(100);
            bytes[at] = chance.byte();
            format!("header byte {at}")
        }
        1 | 2 => {
            let page = chance.below(pages);
            let at = page * page_size + if page == 0 { 100 } else { 0 } + chance.below(40);
            bytes[at] = chance.byte();
            format!("head of page {page}, byte {at}")
        }
        3 => {
            let page = chance.below(pages);
            let value = chance.byte();
            bytes[page * page_size..(page + 1) * page_size].fill(value);
            format!("page {page} is {value:#x}")
        }
        4 => {
            let (from, to) = (chance.below(pages), chance.below(pages));
            bytes.copy_within(from * page_size..(from + 1) * page_size, to * page_size);
            format!("page {to} is page {from}")
        }
        5 => {
            let length = chance.below(bytes.len());
            bytes.truncate(length);
            format!("cut to {length} bytes")
        }
        6 => {
            let start = chance.below(bytes.len() - 64);
            for byte in &mut bytes[start..start + 64] {
                *byte ^= 1 << (start % 8);
            }
            format!("64 bytes from {start}")
        }
        _ => {
            for _ in 0..20 {
                let at = chance.below(bytes.len());
                bytes[at] = chance.byte();
            }
            "20 bytes anywhere".to_owned()
        }
    }
}

/// Runs drfctl for at most five seconds.
fn bounded(sandbox: &Sandbox, args: &[&str]) -> (Outcome, Duration) {
    let start = Instant::now();
    let output = Command::new("timeout")
        .args(["-s", "KILL", "15", env!("CARGO_BIN_EXE_drfctl")])
        .args(["-q", "--timeout", "1s"])
        .args(args)
        .current_dir(sandbox.path("."))
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .expect("run");
    (output.into(), start.elapsed())
}

fn original() -> Sandbox {
    let (sandbox, _) = with_token("alice");
    add_users(&sandbox, 300);
    sandbox
        .run(["-q", "create-token", "--username", "user1*"])
        .success();
    sandbox
}

/// Runs one command on each of so many damaged databases.
#[track_caller]
fn survives(rounds: u64, journal_mode: &str, hurt: impl Fn(&mut Vec<u8>, &mut Chance) -> String) {
    let original = original();
    super::execute(&original, &format!("PRAGMA journal_mode = {journal_mode}"));
    let whole = fs::read(original.database()).expect("read");
    let sandbox = Sandbox::new();
    for round in 0..rounds {
        let mut chance = Chance::new(round);
        let mut bytes = whole.clone();
        let what = hurt(&mut bytes, &mut chance);
        for suffix in ["-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(sandbox.path(&format!("db.sqlite3{suffix}")));
        }
        fs::write(sandbox.database(), bytes).expect("write");
        let args = COMMANDS[chance.below(COMMANDS.len())];
        let (outcome, took) = bounded(&sandbox, args);
        let what = format!("round {round}: {what}: {args:?}: {}", outcome.stderr);
        assert!(outcome.status <= 6, "status {}: {what}", outcome.status);
        assert!(took < Duration::from_secs(5), "{took:?}: {what}");
        assert!(outcome.stderr.lines().count() <= 3, "{what}");
        assert!(!outcome.stderr.contains("bug"), "{what}");
        is_safe(&outcome.stderr, &what);
        if outcome.status > 1 && !args.contains(&"--all") && !args.contains(&"list") {
            assert_eq!(outcome.stdout, "", "{what}");
        }
    }
}

#[test]
fn a_damaged_database_ends_every_command_in_seconds() {
    survives(
        if super::is_full() { 10_000 } else { 400 },
        "DELETE",
        damage,
    );
}

#[test]
fn a_damaged_database_in_wal_mode_ends_every_command_in_seconds() {
    survives(if super::is_full() { 2_000 } else { 100 }, "WAL", damage);
}

#[test]
fn every_byte_of_the_header_may_be_anything() {
    // Each of the 100 bytes, and each of the first page's.
    let values: &[u8] = if is_full() {
        &[0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]
    } else {
        &[0xff]
    };
    for value in values {
        let at = std::cell::Cell::new(0);
        survives(140, "DELETE", |bytes, _| {
            let position = at.replace(at.get() + 1);
            bytes[position] = *value;
            format!("byte {position} is {value:#x}")
        });
    }
}

#[test]
fn a_file_beside_the_database_may_be_anything() {
    let (sandbox, _) = with_token("alice");
    let whole = fs::read(sandbox.database()).expect("read");
    for suffix in ["-journal", "-wal", "-shm"] {
        for garbage in [&b""[..], b"x", &[0xff; 5000], &whole, &vec![0; 70_000]] {
            for args in COMMANDS {
                let sandbox = Sandbox::new();
                fs::write(sandbox.database(), &whole).expect("write");
                fs::write(sandbox.path(&format!("db.sqlite3{suffix}")), garbage).expect("write");
                let (outcome, took) = bounded(&sandbox, args);
                let what = format!("{suffix} {args:?}: {}", outcome.stderr);
                assert!(outcome.status <= 6, "{what}");
                assert!(took < Duration::from_secs(5), "{took:?}: {what}");
                is_safe(&outcome.stderr, &what);
            }
        }
    }
}
