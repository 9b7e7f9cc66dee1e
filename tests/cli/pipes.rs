//! Output that does not arrive: a full disk, a reader who has gone; and how wide a table is.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use super::{stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// Runs with stdout on a device that is always full.
fn to_full_disk(sandbox: &Sandbox, args: &[&str]) -> Outcome {
    let full = OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("open /dev/full");
    let output = sandbox
        .command(args)
        .stdin(Stdio::null())
        .stdout(full)
        .output();
    output.expect("run").into()
}

/// Runs with stdout on a pipe that nobody reads any more.
fn to_nobody(sandbox: &Sandbox, args: &[&str]) -> Outcome {
    let (reader, writer) = std::io::pipe().expect("make a pipe");
    drop(reader);
    let output = sandbox
        .command(args)
        .stdin(Stdio::null())
        .stdout(writer)
        .output();
    output.expect("run").into()
}

#[test]
fn a_new_token_that_is_not_delivered_is_an_error_and_can_be_seen_again() {
    for deliver in [to_full_disk, to_nobody] {
        let sandbox = with_users(&["alice"]);
        let lost = deliver(&sandbox, &["-q", "create-token", "alice"]);
        assert_eq!(lost.status, 1, "{lost}");
        assert!(
            lost.stderr
                .contains("; `alice` has a new token now\nhint: "),
            "{lost}"
        );
        let key = stored_key(&sandbox, "alice").expect("a token");
        assert!(!lost.stderr.contains(&key), "{lost}");
        let again = sandbox.run(["-q", "create-token", "alice"]);
        again.expect(0, &format!("{key}\n"), "");
    }
}

#[test]
fn a_reset_token_that_is_not_delivered_is_an_error_and_can_be_seen_again() {
    for deliver in [to_full_disk, to_nobody] {
        let (sandbox, old) = with_token("alice");
        let lost = deliver(&sandbox, &["-q", "create-token", "alice", "--reset"]);
        assert_eq!(lost.status, 1, "{lost}");
        let truth = "; `alice` has a new token now, and the old one is gone\nhint: ";
        assert!(lost.stderr.contains(truth), "{lost}");
        let new = stored_key(&sandbox, "alice").expect("a token");
        assert_ne!(new, old);
        let again = sandbox.run(["-q", "create-token", "alice"]);
        again.expect(0, &format!("{new}\n"), "");
    }
}

#[test]
fn an_old_token_that_is_not_delivered_is_an_error_and_nothing_has_changed() {
    for deliver in [to_full_disk, to_nobody] {
        let (sandbox, key) = with_token("alice");
        let lost = deliver(&sandbox, &["-q", "create-token", "alice"]);
        assert_eq!(lost.status, 1, "{lost}");
        assert!(lost.stderr.contains("the same token as before"), "{lost}");
        assert_eq!(stored_key(&sandbox, "alice"), Some(key));
    }
}

#[test]
fn the_token_of_a_new_user_that_is_not_delivered_is_an_error_and_can_be_seen_again() {
    for deliver in [to_full_disk, to_nobody] {
        let sandbox = Sandbox::migrated();
        let create = ["-q", "create-user", "alice", "--no-password", "--token"];
        let lost = deliver(&sandbox, &create);
        assert_eq!(lost.status, 1, "{lost}");
        assert!(
            lost.stderr.contains("user `alice` exists now\nhint: "),
            "{lost}"
        );
        let key = stored_key(&sandbox, "alice").expect("a token");
        let again = sandbox.run(["-q", "create-token", "alice"]);
        again.expect(0, &format!("{key}\n"), "");
    }
}

#[test]
fn many_tokens_that_are_not_delivered_are_counted() {
    let sandbox = with_users(&["alice", "bob"]);
    let lost = to_full_disk(&sandbox, &["-q", "create-token", "--all"]);
    assert_eq!(lost.status, 1, "{lost}");
    assert!(
        lost.stderr
            .contains("2 users are done: 2 tokens created, 0 replaced"),
        "{lost}"
    );
    assert_eq!(
        sandbox.sqlite("SELECT count(*) FROM authtoken_token"),
        ["2"]
    );
    let lost = to_full_disk(&sandbox, &["create-token", "--all", "-f", "jsonl"]);
    assert!(lost.stderr.contains(r#""done":2}}"#), "{lost}");
}

#[test]
fn a_list_on_a_full_disk_is_an_error_in_every_form() {
    let (sandbox, _) = with_token("alice");
    for format in ["table", "json", "jsonl", "csv", "tsv", "names"] {
        let lost = to_full_disk(&sandbox, &["list", "-f", format]);
        assert_eq!(
            (lost.status, lost.stderr.lines().count()),
            (1, 1),
            "{format}: {lost}"
        );
    }
}

#[test]
fn the_way_to_a_token_that_was_not_printed_can_be_typed_as_it_stands() {
    let (sandbox, _) = with_token("alice");
    for (args, command) in [
        (
            &["create-user", "bob", "--no-password", "--token"][..],
            "`drfctl create-token bob`",
        ),
        (
            &["set-password", "alice", "--no-password", "--reset-token"],
            "`drfctl create-token alice`",
        ),
    ] {
        let lost = to_full_disk(&sandbox, args);
        assert_eq!(lost.status, 1, "{lost}");
        let hint = lost.stderr.lines().nth(1).expect("a hint");
        assert!(hint.contains(command), "{lost}");
    }
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::new();
    let stderr = "drfctl: cannot write to stdout: no space left on device\n";
    for args in [&["--help"][..], &["--version"], &["help", "list"]] {
        to_full_disk(&sandbox, args).expect(1, "", stderr);
    }
}

#[test]
fn talk_that_nobody_reads_does_not_stop_the_work() {
    let (sandbox, key) = with_token("alice");
    let full = OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("open /dev/full");
    let output = sandbox
        .command(["create-token", "alice"])
        .stderr(full)
        .output();
    Outcome::from(output.expect("run")).expect(0, &format!("{key}\n"), "");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error_of_a_list() {
    let (sandbox, _) = with_token("alice");
    super::add_users(&sandbox, 20_000);
    for format in ["table", "json", "jsonl", "csv", "tsv", "names"] {
        to_nobody(&sandbox, &["list", "-f", format]).expect(0, "", "");
        let mut shell = Command::new("bash");
        shell.args([
            "-c",
            r#""$0" list --all-users -f "$1" | head -n 2; exit "${PIPESTATUS[0]}""#,
        ]);
        shell.args([env!("CARGO_BIN_EXE_drfctl"), format]);
        let head = Outcome::of(shell.current_dir(sandbox.path(".")));
        assert_eq!(
            (head.status, head.stderr.as_str()),
            (0, ""),
            "{format}: {head}"
        );
        assert_eq!(head.stdout.lines().count(), 2, "{format}: {head}");
    }
}

#[test]
fn a_table_is_as_wide_as_columns_says() {
    let sandbox = with_users(&["a-user-with-a-very-long-name@a-host.example.com"]);
    sandbox.run(["create-token", "--all"]).success();
    let width = |columns: &str| {
        let mut list = sandbox.command(["list"]);
        let table = Outcome::of(list.env("COLUMNS", columns)).success();
        let lines = table.lines().map(|line| line.chars().count());
        lines.max().expect("a line")
    };
    assert!(width("60") <= 60);
    assert!(width("60") > 40);
    assert!((80..=200).contains(&width("200")));
    // What is no width is none.
    assert_eq!(width("0"), width("wide"));
}

#[test]
fn no_colour_is_ever_in_a_pipe() {
    let (sandbox, _) = with_token("alice");
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "xterm")] {
        for args in [
            &["--help"][..],
            &["list"],
            &["frobnicate"],
            &["create-user", "--help"],
        ] {
            let outcome = Outcome::of(sandbox.command(args).env(name, value));
            let said = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(
                !said.is_empty() && !said.contains('\u{1b}'),
                "{args:?}: {outcome}"
            );
        }
    }
}
