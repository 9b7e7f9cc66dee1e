//! Names that a server may have stored and a terminal must not get: every output for people is
//! safe to look at, and every output for programs carries the names exactly.

use std::collections::BTreeSet;

use naughty_strings::BLNS;
use rusqlite::Connection;
use serde_json::Value;

use crate::support::Sandbox;

/// What nobody sees, or what moves the rest about.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The big list of naughty strings, and every hidden character in the middle of a name.
fn hostile_names() -> BTreeSet<String> {
    let hidden = ('\0'..='\u{e0100}').filter(|c| is_hidden(*c));
    let hidden = hidden.map(|c| format!("a{c}b"));
    BLNS.iter()
        .map(|name| (*name).to_owned())
        .chain(hidden)
        .collect()
}

/// A database in which all of them are users with tokens.
fn hostile_database() -> (Sandbox, BTreeSet<String>) {
    let sandbox = Sandbox::migrated();
    let names = hostile_names();
    assert!(names.len() > 650, "{}", names.len());
    let mut connection = Connection::open(sandbox.database()).expect("open");
    let transaction = connection.transaction().expect("begin");
    for name in &names {
        transaction
            .execute(
                "INSERT INTO auth_user (password, is_superuser, username, last_name, email, \
                 is_staff, is_active, date_joined, first_name) \
                 VALUES ('!', 0, ?1, ?1, ?1, 0, 1, '2026-01-01 00:00:00', ?1)",
                [name],
            )
            .expect("insert");
    }
    transaction.commit().expect("commit");
    sandbox
        .run(["-q", "create-token", "--all", "--out", "keys"])
        .expect(0, "", "");
    (sandbox, names)
}

#[track_caller]
fn is_safe(what: &str, text: &str) {
    for line in text.lines() {
        // A tab stands between columns.
        let hidden = line.chars().find(|c| is_hidden(*c) && *c != '\t');
        assert_eq!(hidden, None, "{what}: {line:?}");
    }
    assert!(!text.contains('\r'), "{what}");
}

/// The names as arguments, but for those that no command line can carry.
fn arguments(names: &BTreeSet<String>) -> Vec<&str> {
    names
        .iter()
        .map(String::as_str)
        .filter(|name| !name.contains('\0'))
        .collect()
}

#[test]
fn a_list_for_people_shows_no_hidden_character() {
    let (sandbox, names) = hostile_database();
    for args in [
        &["list"][..],
        &["list", "--all-users", "--show-keys"],
        &["list", "--format", "tsv"],
    ] {
        let outcome = sandbox.run(args);
        is_safe("stderr", &outcome.stderr);
        is_safe(&format!("{args:?}"), &outcome.success());
    }
    let tsv = sandbox.run(["list", "--format", "tsv"]).success();
    assert_eq!(tsv.lines().count(), names.len() + 1);
    assert!(tsv.lines().all(|line| line.split('\t').count() == 9));
}

#[test]
fn a_list_of_names_leaves_out_what_a_line_cannot_hold_and_says_so() {
    let (sandbox, names) = hostile_database();
    let list = sandbox.run(["list", "--format", "names"]);
    is_safe("names", &list.stdout);
    let listed: BTreeSet<String> = list.stdout.lines().map(str::to_owned).collect();
    assert!(listed.is_subset(&names), "{list}");
    assert!(listed.len() < names.len(), "{list}");
    assert_eq!(list.status, 1, "{list}");
    assert!(list.stderr.contains("left out: `--format jsonl`"), "{list}");
}

#[test]
fn a_list_for_programs_carries_every_name_exactly() {
    let (sandbox, names) = hostile_database();
    let json = sandbox.run(["list", "--format", "json"]).success();
    let json: Vec<Value> = serde_json::from_str(&json).expect("JSON");
    let jsonl = sandbox.run(["list", "--format", "jsonl"]).success();
    let jsonl: Vec<Value> = jsonl
        .split_terminator('\n')
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    assert_eq!(json, jsonl);
    for field in ["username", "email"] {
        let got: Vec<_> = json
            .iter()
            .map(|row| row[field].as_str().expect("text"))
            .collect();
        let wanted: BTreeSet<_> = names.iter().map(String::as_str).collect();
        assert_eq!(got.len(), wanted.len());
        assert_eq!(got.into_iter().collect::<BTreeSet<_>>(), wanted);
    }
    let csv = sandbox.run(["list", "--format", "csv"]).success();
    let got: BTreeSet<String> = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .map(|row| row.expect("a row")[0].to_owned())
        .collect();
    assert_eq!(got, names);
}

#[test]
fn keys_are_handed_out_line_by_line_whatever_the_names_are() {
    let (sandbox, names) = hostile_database();
    for format in ["key", "drf"] {
        let outcome = sandbox.run(["create-token", "--all", "-f", format]);
        is_safe("stderr", &outcome.stderr);
        let stdout = outcome.success();
        is_safe(format, &stdout);
        assert_eq!(stdout.lines().count(), names.len(), "{format}");
    }
    let json = sandbox
        .run(["-q", "create-token", "--all", "-f", "json"])
        .success();
    let json: Vec<Value> = serde_json::from_str(&json).expect("JSON");
    let got: BTreeSet<String> = json
        .iter()
        .map(|row| row["username"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(got, names);
}

#[test]
fn talk_about_users_shows_no_hidden_character() {
    let (sandbox, names) = hostile_database();
    let names = arguments(&names);
    for before in [
        &["create-token", "--format", "drf", "--"][..],
        &["revoke", "--dry-run", "--"],
        &["revoke", "--dry-run", "--format", "json", "--"],
    ] {
        for names in names.chunks(100) {
            let outcome = sandbox.run([before, names].concat());
            is_safe("stderr", &outcome.stderr);
            if before.contains(&"drf") {
                is_safe("stdout", &outcome.stdout);
            }
            assert_eq!(outcome.status, 0, "{outcome}");
        }
    }
    // One at a time they have a sentence each.
    for name in names.iter().filter(|name| name.chars().any(is_hidden)) {
        let outcome = sandbox.run(["create-token", "--", name]);
        is_safe("stderr", &outcome.stderr);
        assert_eq!(
            (outcome.status, outcome.stderr.lines().count()),
            (0, 1),
            "{outcome}"
        );
        let outcome = sandbox.run(["set-password", "--no-password", "--", name]);
        is_safe("stderr", &outcome.stderr);
        assert_eq!(
            (outcome.status, outcome.stderr.lines().count()),
            (0, 1),
            "{outcome}"
        );
    }
}

#[test]
fn errors_about_users_show_no_hidden_character() {
    let sandbox = Sandbox::migrated();
    let names = hostile_names();
    for names in arguments(&names).chunks(20) {
        let outcome = sandbox.run([&["create-token", "--"], names].concat());
        is_safe("stderr", &outcome.stderr);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (3, ""),
            "{outcome}"
        );
        assert!(outcome.stderr.lines().count() <= 3, "{outcome}");
    }
    for name in names.iter().filter(|name| name.chars().any(is_hidden)) {
        if name.contains('\0') {
            continue;
        }
        for args in [
            &["create-user", "--no-password", "--", name][..],
            &["create-user", "--no-password", "x", "--email", name],
            &["create-user", "--no-password", "x", "--set", name],
            &["create-token", "--from", name],
            &["create-token", name, "--out", &format!("{name}/file")],
            &["list", "--database", name],
            &["list", "--format", name],
            &["list", "--time-zone", name],
            &["list", name],
            &[name],
        ] {
            let outcome = sandbox.run(args);
            is_safe(&format!("{args:?}"), &outcome.stderr);
            // Django's validator accepts some of them, such as the Hangul fillers.
            let is_error = outcome.status > 0 || args[0] == "create-user";
            assert!(is_error, "{args:?}: {outcome}");
            assert!(outcome.stderr.lines().count() <= 3, "{args:?}: {outcome}");
        }
    }
}

#[test]
fn a_verdict_shows_no_hidden_character() {
    let sandbox = Sandbox::migrated();
    sandbox.run(["create-user", "x", "--no-password"]).success();
    let key = sandbox.run(["create-token", "x"]).success();
    sandbox.sqlite("UPDATE auth_user SET username = 'a' || char(27, 8238, 8203) || 'b'");
    let verdict = sandbox.run_with_stdin(["verify", "token"], &key);
    verdict.expect(0, "a\\u{1b}\\u{202e}\\u{200b}b\n", "");
}

#[test]
fn an_error_shows_nothing_raw_or_endless_of_an_input_file() {
    let sandbox = Sandbox::migrated();
    let args = ["create-user", "--no-password", "--from", "-"];
    for key in [
        r"\u001b[31mX\n\n\n",
        "a\u{202e}b\u{1160}",
        &"x".repeat(60_000),
    ] {
        let refused = sandbox.run_with_stdin(args, format!("{{\"{key}\":1}}\n"));
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
        is_safe(key, &refused.stderr);
        assert_eq!(refused.stderr.lines().count(), 1, "{refused}");
        assert!(refused.stderr.len() < 2_000, "{refused}");
    }
}
