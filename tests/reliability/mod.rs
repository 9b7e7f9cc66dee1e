//! What an operator must be able to believe: reports that are true, keys that are not lost, a
//! server that is not locked out, no hang and no abort, whatever fails underneath. Each runs at
//! a size that CI can bear; `DRFCTL_TEST_FULL=1` runs them at full size.

mod bulk_reports;
mod delivery;
mod disk;
mod hostile_schemas;
mod imports;
mod limits;
mod messages;
mod mutations;
mod ownership;
mod passwords;
mod power_loss;
mod projects;
mod properties;
mod races;
mod read_back;
mod system_calls;
mod terminal;
mod user_models;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;

use crate::support::{Outcome, Sandbox, variable};

/// Whether the tests run at full size.
fn is_full() -> bool {
    variable("DRFCTL_TEST_FULL") == "1"
}

/// The error object of a command that was asked for JSON: the last line of stderr, since
/// warnings may stand before it.
#[track_caller]
fn error_of(outcome: &Outcome) -> Value {
    let line = outcome.stderr.lines().last().unwrap_or_default();
    let mut object: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {outcome}"));
    let error = object["error"].take();
    assert_eq!(error["exit_status"], outcome.status, "{outcome}");
    error
}

/// A failure as every failure has to be: a status that the contract knows, nothing on stdout,
/// at most three lines that are safe to look at, and no word of a bug.
#[track_caller]
fn is_clean_failure(outcome: &Outcome, what: &str) {
    assert!((1..=6).contains(&outcome.status), "{what}: {outcome}");
    assert_eq!(outcome.stdout, "", "{what}: {outcome}");
    is_short(outcome, what);
}

/// At most three lines of bounded length on stderr, without a backtrace.
#[track_caller]
fn is_short(outcome: &Outcome, what: &str) {
    let stderr = &outcome.stderr;
    assert!(stderr.lines().count() <= 3, "{what}: {outcome}");
    assert!(stderr.len() <= 2_000, "{what}: {outcome}");
    for word in ["panicked", "bug", "RUST_BACKTRACE", "src/"] {
        assert!(!stderr.contains(word), "{what}: {outcome}");
    }
}

/// A count of rows as messages show it.
fn shown_count(count: i64) -> String {
    crate::cli::grouped(usize::try_from(count).expect("a count"))
}

/// The number of rows in a table.
#[track_caller]
fn count(sandbox: &Sandbox, table: &str) -> i64 {
    let count = sandbox
        .sqlite(&format!("SELECT count(*) FROM {table}"))
        .remove(0);
    count.parse().expect("a number")
}

/// Runs SQL of several statements.
#[track_caller]
fn execute(sandbox: &Sandbox, sql: &str) {
    let connection = Connection::open(sandbox.database()).expect("open the database");
    connection.execute_batch(sql).expect(sql);
}

/// A sandbox with a copy of another's database.
#[track_caller]
fn copy_of(original: &Sandbox) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::copy(original.database(), sandbox.database()).expect("copy the database");
    sandbox
}

/// Puts drfctl into the sandbox, for users who cannot reach where it was built.
///
/// By a process of its own: were the file written by this one, a child that another test starts
/// meanwhile would hold it open for writing, and nobody could execute it.
#[track_caller]
fn copy_drfctl(sandbox: &Sandbox) {
    let mut copy = Command::new("cp");
    copy.arg(env!("CARGO_BIN_EXE_drfctl"))
        .arg(sandbox.path("drfctl"));
    Outcome::of(&mut copy).success();
}

/// Whether a program can be started; a test that needs one that is missing says so.
fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        not_run(program);
    }
    found
}

fn not_run(missing: &str) {
    use std::io::Write as _;
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "\nnot run: {test}, without {missing}");
}

/// Waits until it is so.
#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether nobody sees it, or it moves the rest about: control characters, what Unicode lets be
/// ignored, and the blank that is a letter in Braille.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Nothing but text, line by line; a tab may stand between columns.
#[track_caller]
fn is_safe(text: &str, what: &str) {
    let hidden = text.chars().find(|c| is_hidden(*c) && !"\n\t".contains(*c));
    assert_eq!(hidden, None, "{what}: {text:?}");
}
