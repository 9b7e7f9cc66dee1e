//! `drfctl create-user --from`: many users from JSON Lines or CSV.

use std::fs;

use super::{PASSWORD, expect};
use crate::support::{Engine, Outcome, Sandbox, on_every_engine};

on_every_engine!(
    users_come_from_csv_and_from_json_lines_alike,
    a_file_with_a_fault_creates_nobody_and_the_line_is_named,
    groups_of_a_file_are_joined_and_what_is_ignored_is_named,
    a_fault_in_a_line_names_what_was_found_and_what_is_allowed,
    users_who_exist_are_an_error_or_skipped_or_updated,
    an_error_in_json_is_the_only_thing_on_stderr,
    the_tokens_of_all_users_of_a_file_are_written_to_a_file,
    a_value_that_another_user_has_is_found_before_the_first_write,
);

const NAMES: &str = "SELECT username FROM auth_user ORDER BY id";

/// Reads a file of this content, and the same from stdin.
fn import(engine: Engine, content: &str, options: &[&str]) -> [(Sandbox, Outcome); 2] {
    ["users", "-"].map(|from| {
        let sandbox = Sandbox::migrated_on(engine);
        fs::write(sandbox.path("users"), content).expect("write");
        let args = [&["-q", "create-user", "--from", from], options].concat();
        let outcome = sandbox.run_with_stdin(args, content);
        (sandbox, outcome)
    })
}

fn users_come_from_csv_and_from_json_lines_alike(engine: Engine) {
    let csv = "\u{feff}username,email,is_staff,password\r\n\
               zoë,Zoe@EXAMPLE.com,true,\"correct horse, battery\"\r\n\
               bob,,false,another good one\r\n";
    let jsonl = "{\"username\":\"zoë\",\"email\":\"Zoe@EXAMPLE.com\",\"is_staff\":true,\
                 \"password\":\"correct horse, battery\"}\n\n\
                 {\"username\":\"bob\",\"password\":\"another good one\"}";
    for content in [csv, jsonl] {
        for (sandbox, outcome) in import(engine, content, &["--iterations", "1000"]) {
            outcome.expect(0, "", "");
            let rows = sandbox.sql("SELECT username, email, is_staff FROM auth_user ORDER BY id");
            assert_eq!(rows, ["zoë|Zoe@example.com|1", "bob||0"]);
            for (name, password) in [
                ("zoë", "correct horse, battery"),
                ("bob", "another good one"),
            ] {
                let verify = ["verify", "password", name, "--password-stdin"];
                sandbox
                    .run_with_stdin(verify, password)
                    .expect(0, &format!("{name}\n"), "");
            }
        }
    }
}

fn a_file_with_a_fault_creates_nobody_and_the_line_is_named(engine: Engine) {
    let good = format!("{{\"username\":\"good\",\"password\":\"{PASSWORD}\"}}");
    for (line, status) in [
        ("{\"username\":\"x\",\"password\":\"12345678\"}", 1),
        ("{\"username\":\"two words\",\"password_hash\":\"!\"}", 2),
        ("{\"username\":\"x\",\"password\":\"in the mid", 2),
        ("{\"username\":\"x\",\"unknown\":1}", 2),
        ("{\"username\":\"x\"}", 2),
        ("[]", 2),
    ] {
        let [(sandbox, from_file), (_, from_stdin)] = import(
            engine,
            &format!("{good}\n{line}\n"),
            &["--iterations", "1000"],
        );
        for (outcome, source) in [(from_file, "users"), (from_stdin, "stdin")] {
            assert_eq!(
                (outcome.status, outcome.stdout.as_str()),
                (status, ""),
                "{line}: {outcome}"
            );
            let place = format!("drfctl: `{source}`, line 2: ");
            assert!(outcome.stderr.starts_with(&place), "{line}: {outcome}");
            assert!(outcome.stderr.lines().count() <= 3, "{outcome}");
        }
        assert_eq!(sandbox.sql(NAMES), [""; 0], "{line}");
    }
    for csv in [
        "bob,secret phrase\n",
        "user,password\nbob,x\n",
        "username,unknown\nbob,1\n",
    ] {
        for (sandbox, outcome) in import(engine, csv, &[]) {
            assert_eq!(
                (outcome.status, outcome.stdout.as_str()),
                (2, ""),
                "{csv}: {outcome}"
            );
            assert!(outcome.stderr.contains(", line 1: "), "{outcome}");
            assert_eq!(sandbox.sql(NAMES), [""; 0]);
        }
    }
}

fn groups_of_a_file_are_joined_and_what_is_ignored_is_named(engine: Engine) {
    let csv = "username,groups,key_prefix,created\nalice,\"ops, dev\",0a1b2c3d,\nbob,,,\n";
    let jsonl = "{\"username\":\"alice\",\"groups\":[\"ops\",\"dev\"],\"key_prefix\":null,\
                 \"created\":null}\n{\"username\":\"bob\",\"groups\":[]}\n";
    for content in [csv, jsonl] {
        let sandbox = Sandbox::migrated_on(engine);
        for group in ["ops", "dev"] {
            sandbox.sql(&format!("INSERT INTO auth_group (name) VALUES ('{group}')"));
        }
        let import = ["create-user", "--from=-", "--no-password", "--group=ops"];
        let stderr = "Users: 2 created, 0 updated, 0 unchanged.\n\
                      Ignored columns: `created`, `key_prefix`.\n";
        sandbox
            .run_with_stdin(import, content)
            .expect(0, "", stderr);
        let members = sandbox.sql(
            "SELECT username, name FROM auth_user_groups m JOIN auth_user u ON u.id = user_id \
             JOIN auth_group g ON g.id = group_id ORDER BY username, name",
        );
        assert_eq!(members, ["alice|dev", "alice|ops", "bob|ops"]);
        let stderr = "drfctl: `stdin`, line 2: no group named `typo`\n\
                      hint: create it in the admin, or with the project's own migrations\n";
        sandbox
            .run_with_stdin(import, "username,group\ncarol,typo\n")
            .expect(3, "", stderr);
    }
}

fn a_fault_in_a_line_names_what_was_found_and_what_is_allowed(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let fields = "`username`, `email`, `first_name`, `last_name`, `is_staff`, `is_superuser`, \
                  `is_active`, `password`, `password_hash`, and the columns of the user table";
    for (content, problem) in [
        (
            "username\nzoe\nbob\nzoe\n",
            "line 4: user `zoe` is in line 2 already",
        ),
        (
            "username,is_active\nzoe,ja\n",
            "line 2: `is_active` has to be `true` or `false`, not `ja`",
        ),
        (
            "username,is_active\nzoe,hunter2hunter2\n",
            "line 2: `is_active` has to be `true` or `false`",
        ),
        (
            "{\"username\":\"zoe\",\"mail\":\"z@example.com\"}",
            "line 1: there is no field or column `mail`: did you mean `email`?",
        ),
        (
            "{\"username\":\"zoe\",\"frob\":1}",
            &format!("line 1: there is no field or column `frob`: the fields are {fields}"),
        ),
    ] {
        let import = ["create-user", "--from=-", "--no-password"];
        let stderr = format!("drfctl: `stdin`, {problem}\n");
        sandbox
            .run_with_stdin(import, content)
            .expect(2, "", &stderr);
    }
    assert_eq!(sandbox.sql(NAMES), [""; 0]);
}

fn users_who_exist_are_an_error_or_skipped_or_updated(engine: Engine) {
    let content = "username,email\nalice,new@example.com\nbob,\n";
    for (if_exists, status, names, email) in [
        ("error", 4, &["alice"][..], "old@example.com"),
        ("skip", 0, &["alice", "bob"], "old@example.com"),
        ("update", 0, &["alice", "bob"], "new@example.com"),
    ] {
        let sandbox = Sandbox::migrated_on(engine);
        let create = [
            "-q",
            "create-user",
            "alice",
            "--no-password",
            "--email",
            "old@example.com",
        ];
        expect(&sandbox, &create, 0, "", "");
        fs::write(sandbox.path("users"), content).expect("write");
        let args = [
            "create-user",
            "--from",
            "users",
            "--no-password",
            "--if-exists",
            if_exists,
        ];
        let outcome = sandbox.run(args);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (status, ""),
            "{outcome}"
        );
        assert_eq!(sandbox.sql(NAMES), names, "{if_exists}");
        let emails = sandbox.sql("SELECT email FROM auth_user WHERE username = 'alice'");
        assert_eq!(emails, [email], "{if_exists}");
    }
}

fn a_value_that_another_user_has_is_found_before_the_first_write(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    sandbox.sql("CREATE UNIQUE INDEX one_email ON auth_user (email)");
    let create = [
        "-q",
        "create-user",
        "alice",
        "--no-password",
        "--email=a@example.com",
    ];
    expect(&sandbox, &create, 0, "", "");
    // More than one transaction takes.
    let mut csv = "username,email\n".to_owned();
    for n in 0..6_000 {
        csv.push_str(&format!("user{n},user{n}@example.com\n"));
    }
    csv.push_str("bob,a@EXAMPLE.com\n");
    fs::write(sandbox.path("users.csv"), csv).expect("write");
    let import = ["-q", "create-user", "--from=users.csv", "--no-password"];
    expect(
        &sandbox,
        &import,
        4,
        "",
        "drfctl: `users.csv`, line 6002: column `email` is UNIQUE, and user `alice` already has \
         the value given for it\n",
    );
    assert_eq!(sandbox.sql(NAMES), ["alice"]);
    // The user's own value is no obstacle.
    fs::write(
        sandbox.path("users.csv"),
        "username,email\nalice,a@example.com\n",
    )
    .expect("write");
    expect(
        &sandbox,
        &[&import[..], &["--if-exists=update"]].concat(),
        0,
        "",
        "",
    );
}

fn an_error_in_json_is_the_only_thing_on_stderr(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let args = ["create-user", "--from", "-", "--format", "json"];
    let refused = sandbox.run_with_stdin(args, "username,unknown\nbob,1\n");
    assert_eq!(
        (refused.status, refused.stdout.as_str()),
        (2, ""),
        "{refused}"
    );
    let error: serde_json::Value =
        serde_json::from_str(&refused.stderr).unwrap_or_else(|error| panic!("{error}: {refused}"));
    assert_eq!(error["error"]["exit_status"], 2);
}

#[test]
fn an_error_after_the_first_transaction_says_how_many_users_are_done_and_how_to_go_on() {
    let mut users: Vec<String> = (1..=5_000).map(|n| format!("user{n}")).collect();
    users.push("no blanks please".to_owned());
    let content = format!("username\n{}\n", users.join("\n"));
    let sandbox = Sandbox::migrated();
    let args = ["create-user", "--from", "-", "--no-password"];
    let stopped = sandbox.run_with_stdin(args, &content);
    let stderr = "drfctl: `stdin`, line 5002: user name `no blanks please` is refused: Enter a \
                  valid username. This value may contain only letters, numbers, and @/./+/-/_ \
                  characters; 5,000 users are done: 5,000 created, 0 updated\n\
                  hint: `--if-exists skip` goes on with the others\n";
    stopped.expect(2, "", stderr);

    let args = [&args[..], &["--if-exists", "skip", "-f", "json"]].concat();
    let content = content.replace("no blanks please", "another");
    let resumed = sandbox.run_with_stdin(args, content);
    assert_eq!(resumed.status, 0, "{resumed}");
    assert_eq!(sandbox.sqlite("SELECT count(*) FROM auth_user"), ["5001"]);
}

fn the_tokens_of_all_users_of_a_file_are_written_to_a_file(engine: Engine) {
    for (format, begins) in [
        ("key", "alice\t"),
        ("drf", "Generated token "),
        ("json", "[{\"user_id\":"),
        ("jsonl", "{\"user_id\":"),
    ] {
        let sandbox = Sandbox::migrated_on(engine);
        fs::write(sandbox.path("users"), "username\nalice\nbob\n").expect("write");
        fs::write(sandbox.path("keys"), "an older file\n").expect("write");
        let import = ["-q", "create-user", "--from", "users", "--no-password"];
        let out = ["--token", "--out", "keys", "--format", format];
        sandbox.run([&import[..], &out].concat()).expect(0, "", "");
        let file = fs::read_to_string(sandbox.path("keys")).expect("read");
        assert!(file.starts_with(begins), "{file}");
        for name in ["alice", "bob"] {
            let key = super::stored_key(&sandbox, name).expect("a token");
            assert!(file.contains(&key), "{format}: {name}");
        }
        let mode = fs::metadata(sandbox.path("keys"))
            .expect("the file")
            .permissions();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
            0o600
        );
        // The same without a file.
        let again = ["--if-exists", "skip", "--token", "--format", format];
        let printed = sandbox.run([&import[..], &again].concat()).success();
        assert_eq!(printed.lines().count(), file.lines().count(), "{format}");
    }
}

#[test]
fn a_file_of_users_that_fails_leaves_the_older_file_of_tokens() {
    let sandbox = Sandbox::migrated();
    fs::write(sandbox.path("keys"), "an older file\n").expect("write");
    let import = ["-q", "create-user", "--from", "-", "--no-password"];
    let out = ["--token", "--out", "keys"];
    let args = [&import[..], &out].concat();
    let outcome = sandbox.run_with_stdin(&args, "username\nbob\nno one\n");
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (2, ""),
        "{outcome}"
    );
    let file = fs::read_to_string(sandbox.path("keys")).expect("read");
    assert_eq!(file, "an older file\n");
    assert_eq!(sandbox.sqlite(NAMES), [""; 0]);
    let needs = sandbox.run([&import[..], &["--out", "keys"]].concat());
    assert_eq!(needs.status, 2, "{needs}");
    for place in [".", "no/such", "link"] {
        let _ = std::os::unix::fs::symlink("keys", sandbox.path("link"));
        let out = ["--token", "--out", place];
        let outcome = sandbox.run_with_stdin([&import[..], &out].concat(), "username\nbob\n");
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (1, ""),
            "{outcome}"
        );
        assert_eq!(sandbox.sqlite(NAMES), [""; 0], "{place}");
    }
}
