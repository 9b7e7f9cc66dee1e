//! What reaches the terminal: text, and no more of it than anybody reads; rows that are bad
//! hide no others.

use std::fs;
use std::process::Command;

use naughty_strings::BLNS;
use rusqlite::Connection;

use super::{execute, is_hidden, is_safe, is_short};
use crate::cli::{stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// An escape sequence, a line that looks like ours, and more than a terminal holds.
const HOSTILE: &str = "\u{1b}[31mX\u{1b}]0;title\u{7}\n\n\nhint: run `rm -rf /`\u{202e}\r";

fn hostile_and_long() -> String {
    format!("{HOSTILE}{}", "y".repeat(50_000))
}

fn start_of(text: &str) -> String {
    text.chars().take(60).collect()
}

#[track_caller]
fn is_harmless(outcome: &Outcome, what: &str) {
    is_safe(&outcome.stderr, what);
    is_short(outcome, what);
    assert!(
        !outcome.stderr.contains("\nhint: run `rm"),
        "{what}: {outcome}"
    );
}

#[test]
fn the_words_of_the_json_reader_are_escaped_and_cut() {
    let escaped = serde_json::to_string(&hostile_and_long()).expect("JSON");
    for line in [
        format!("{{{escaped}:1}}"),
        format!("{{\"username\":\"x\",{escaped}:1}}"),
        format!("{{\"username\":{{{escaped}:1}}}}"),
        format!("{{\"username\":\"x\",\"is_staff\":{escaped}}}"),
        format!("{{\"username\":{escaped}}}"),
        escaped.clone(),
    ] {
        let sandbox = with_users(&[]);
        let args = ["create-user", "--no-password", "--from", "-"];
        let outcome = sandbox.run_with_stdin(args, format!("{line}\n"));
        assert_eq!(outcome.status, 2, "{outcome}");
        is_harmless(&outcome, &start_of(&line));
    }
}

#[test]
fn the_cells_of_a_csv_file_are_escaped_and_cut() {
    let cell = hostile_and_long().replace('"', "\"\"");
    for file in [
        format!("username,\"{cell}\"\nx,1\n"),
        format!("\"{cell}\"\nx\n"),
        format!("username,email\n\"{cell}\",\n"),
        format!("username,email\nx,\"{cell}\"\n"),
        format!("username,is_staff\nx,\"{cell}\"\n"),
        format!("username,password_hash\nx,\"{cell}\"\n"),
    ] {
        let sandbox = with_users(&[]);
        let args = ["create-user", "--no-password", "--from", "-"];
        let outcome = sandbox.run_with_stdin(args, &file);
        assert_ne!(outcome.status, 0, "{outcome}");
        is_harmless(&outcome, &start_of(&file));
    }
}

#[test]
fn the_words_of_sqlite_are_escaped_and_cut() {
    let quoted = hostile_and_long().replace('\'', "''").replace('"', "\"\"");
    for sql in [
        format!(
            "CREATE TRIGGER t BEFORE INSERT ON auth_user BEGIN SELECT raise(abort, '{quoted}'); END"
        ),
        format!("CREATE UNIQUE INDEX \"{quoted}\" ON auth_user (lower(email))"),
        format!(
            "ALTER TABLE auth_user ADD COLUMN \"{quoted}\" integer CHECK (\"{quoted}\" IS NOT NULL)"
        ),
        format!(
            "CREATE TRIGGER t BEFORE INSERT ON auth_user BEGIN INSERT INTO \"{quoted}\" VALUES (1); END"
        ),
        format!(
            "CREATE TABLE p (id integer PRIMARY KEY, \"{quoted}\" integer UNIQUE REFERENCES auth_user (id)); INSERT INTO p SELECT NULL, id FROM auth_user"
        ),
        format!(
            "CREATE TABLE \"{quoted}\" (id integer PRIMARY KEY, u integer UNIQUE REFERENCES auth_user (id)); INSERT INTO \"{quoted}\" SELECT NULL, id FROM auth_user"
        ),
        format!(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0099_{quoted}', '2026-01-01 00:00:00')"
        ),
        format!("UPDATE django_migrations SET name = '{quoted}' WHERE app = 'authtoken'"),
        format!("ALTER TABLE auth_user RENAME TO \"{quoted}\""),
        format!("ALTER TABLE auth_user RENAME COLUMN username TO \"{quoted}\""),
        format!("ALTER TABLE authtoken_token RENAME COLUMN key TO \"{quoted}\""),
    ] {
        let sandbox = with_users(&["alice"]);
        if Connection::open(sandbox.database())
            .and_then(|c| c.execute_batch(&sql))
            .is_err()
        {
            continue;
        }
        for args in [
            &["create-user", "bob", "--no-password"][..],
            &["create-user", "bob", "--no-password", "--set", "nope=1"],
            &["create-token", "alice"],
            &["create-token", "nobody"],
            &["list"],
            &["migrate"],
            &["migrate", "--plan"],
            &["revoke", "alice"],
        ] {
            let outcome = super::copy_of(&sandbox).run(args);
            let what = format!("{} {args:?}", start_of(&sql));
            is_safe(&outcome.stdout, &what);
            is_safe(&outcome.stderr, &what);
            if outcome.status > 0 {
                is_harmless(&outcome, &what);
            }
        }
    }
}

#[test]
fn the_names_of_files_and_options_are_escaped_and_cut() {
    let name = format!("{HOSTILE}{}", "y".repeat(100));
    let sandbox = with_token("alice").0;
    for args in [
        &["-d", &name, "list"][..],
        &[
            "create-token",
            "alice",
            "--out",
            &format!("{}/x", name.replace('/', "")),
        ],
        &["create-user", "--from", &name],
        &["set-password", "alice", "--password-file", &name],
        &["set-password", "alice", "--password-env", &name],
        &["create-token", "alice", "--key-file", &name],
        &["--user-table", &name, "list"],
        &["--username-field", &name, "list"],
        &["--time-zone", &name, "list"],
        &[
            "create-user",
            "x",
            "--no-password",
            "--set",
            &format!("{name}=1"),
        ],
        &["create-user", "x", "--no-password", "--group", &name],
        &["list", "--older-than", &name],
        &["list", "--username", &name],
        &[&name],
    ] {
        let outcome = sandbox.run(args);
        is_harmless(&outcome, &format!("{args:?}"));
    }
    // Files that are there under such a name.
    let place = name.replace('/', "");
    for file in ["username\ntwo words\n", "{\"a\":1}", "\u{0}"] {
        fs::write(sandbox.path(&place), file).expect("write");
        let outcome = sandbox.run(["create-user", "--no-password", "--from", &place]);
        is_harmless(&outcome, file);
    }
    fs::copy(sandbox.database(), sandbox.path(&place)).expect("copy");
    Outcome::of(Command::new("chmod").arg("644").arg(sandbox.path(&place))).success();
    for args in [
        &["create-token", "alice"][..],
        &["create-user", "zoe", "--no-password"],
    ] {
        let outcome = sandbox.run([&["-d", &place], args].concat());
        assert_eq!(outcome.status, 0, "{outcome}");
        is_safe(&outcome.stderr, "a database of that name");
    }
}

/// Every character that is hidden, each in a name, and the big list of naughty strings.
fn hostile_names() -> Vec<String> {
    let hidden = ('\u{1}'..='\u{e0fff}').filter(|c| is_hidden(*c));
    // Of the many selectors of variants a few stand for all.
    let hidden = hidden.filter(|c| *c < '\u{e0000}' || u32::from(*c) % 97 == 0);
    let names = hidden.map(|c| format!("admin{c}"));
    let naughty = BLNS.iter().map(|name| (*name).to_owned());
    let mut names: Vec<String> = names.chain(naughty).collect();
    names.sort();
    names.dedup();
    names
}

fn hostile_database(names: &[String]) -> Sandbox {
    let sandbox = with_users(&[]);
    let mut connection = Connection::open(sandbox.database()).expect("open");
    let transaction = connection.transaction().expect("begin");
    for name in names {
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
}

#[test]
fn names_that_look_alike_are_told_apart() {
    let names = hostile_names();
    let sandbox = hostile_database(&names);
    let arguments: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| !name.contains('\0') && name.chars().any(is_hidden))
        .collect();
    for args in [
        &["create-token", "--all", "-f", "drf"][..],
        &["create-token", "--all"],
        &["list"],
        &["list", "-f", "tsv"],
        &["revoke", "--all", "--dry-run"],
    ] {
        let outcome = sandbox.run(args);
        is_safe(&outcome.stderr, &format!("{args:?}"));
        is_safe(&outcome.success(), &format!("{args:?}"));
    }
    for chunk in arguments.chunks(8) {
        for before in [
            &["create-token", "--"][..],
            &["revoke", "--dry-run", "--"],
            &["revoke", "--"],
        ] {
            let outcome = sandbox.run([before, chunk].concat());
            is_safe(&outcome.stderr, &format!("{before:?}"));
        }
    }
}

#[test]
fn what_one_command_writes_another_reads_as_the_same_users() {
    let names: Vec<String> = [
        "a\u{1b}b",
        "a\\u{1b}b",
        "back\\slash",
        "tab\there",
        "two\nlines",
        "two\\nlines",
        " blanks ",
        "\u{feff}marked",
        "return\r",
        "#comment",
        "-",
        "--all",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    for name in &names {
        let sandbox = hostile_database(&names);
        sandbox
            .run(["-q", "create-token", "--all", "-f", "jsonl"])
            .success();
        // The one user alone has no token, and so the list is of the one user.
        let connection = Connection::open(sandbox.database()).expect("open");
        let sql = "DELETE FROM authtoken_token WHERE user_id = \
                   (SELECT id FROM auth_user WHERE username = ?1)";
        assert_eq!(connection.execute(sql, [name]).expect(sql), 1);
        let listed = sandbox.run(["list", "--without-token", "-f", "names"]);
        let tokens = || super::count(&sandbox, "authtoken_token");
        if listed.status == 0 {
            let made = sandbox.run_with_stdin(["create-token", "--from", "-"], &listed.stdout);
            if made.status == 0 {
                let all = i64::try_from(names.len()).expect("few");
                assert_eq!(tokens(), all, "{name:?}: {}", listed.stdout);
            } else {
                // Refused, and nobody else got anything.
                is_harmless(&made, name);
            }
        } else {
            is_harmless(&listed, name);
        }
    }
}

#[test]
fn a_list_of_names_revokes_nobody_elses_token() {
    let names = ["a\u{1b}b".to_owned(), "a\\u{1b}b".to_owned()];
    let sandbox = hostile_database(&names);
    sandbox
        .run(["-q", "create-token", "--all", "-f", "jsonl"])
        .success();
    execute(
        &sandbox,
        "UPDATE auth_user SET is_active = 0 WHERE instr(username, char(27))",
    );
    let listed = sandbox.run(["list", "--inactive", "-f", "names"]);
    if listed.status == 0 {
        let _ = sandbox.run_with_stdin(["revoke", "--from", "-"], &listed.stdout);
    }
    let innocent = stored_key(&sandbox, "a\\u{1b}b");
    assert!(innocent.is_some(), "{listed}");
}

#[test]
fn one_bad_row_hides_no_others() {
    for (column, value) in [
        ("username", "CAST(x'ff41' AS TEXT)"),
        ("username", "x'00ff'"),
        ("username", "7"),
        ("username", "1.5"),
        ("email", "CAST(x'ff41' AS TEXT)"),
        ("email", "x'ff'"),
        ("first_name", "CAST(x'ff41' AS TEXT)"),
        ("is_active", "'perhaps'"),
        ("last_login", "CAST(x'ff' AS TEXT)"),
        ("last_login", "1e400"),
        ("password", "x'ff'"),
    ] {
        let sandbox = with_users(&["alice", "bob", "carol"]);
        sandbox.run(["create-token", "--all"]).success();
        let sql = format!("UPDATE auth_user SET {column} = {value} WHERE username = 'bob'");
        execute(&sandbox, &sql);
        for args in [
            &["list"][..],
            &["list", "--all-users"],
            &["list", "--sort", "created"],
            &["list", "--sort", "last-login"],
            &["list", "-f", "jsonl"],
            &["list", "-f", "json"],
            &["list", "-f", "csv"],
            &["list", "-f", "tsv"],
            &["list", "-f", "names"],
            &["create-token", "--all"],
            &["create-token", "--all", "-f", "jsonl"],
            &["revoke", "--all", "--dry-run", "-f", "jsonl"],
        ] {
            let outcome = sandbox.run(args);
            let what = format!("{column} = {value}, {args:?}: {outcome}");
            for name in ["alice", "carol"] {
                assert!(outcome.stdout.contains(name), "{what}");
            }
            is_safe(&outcome.stderr, &what);
        }
        for args in [
            &["create-token", "alice"][..],
            &["create-token", "carol", "--reset"],
            &["revoke", "alice"],
        ] {
            let outcome = sandbox.run(args);
            assert_eq!(outcome.status, 0, "{column} = {value}, {args:?}: {outcome}");
        }
    }
}
