//! `drfctl create-token`

use std::fs;

use serde_json::{Value, json};

use super::{content, expect, hours_before, stored_key, with_token, with_token_on, with_users_on};
use crate::support::{Engine, on_every_engine};

on_every_engine!(
    a_token_is_made_once_and_printed_ever_after,
    a_token_is_printed_in_the_form_that_is_asked_for,
    several_tokens_are_printed_with_their_users,
    a_reset_replaces_the_key_and_its_time,
    only_a_token_that_is_older_is_replaced,
    one_unknown_name_among_many_stops_them_all_unless_it_is_skipped,
    the_token_of_an_inactive_user_is_made_with_a_warning,
    no_token_is_older_than_pythons_years,
);

fn talk(name: &str, created: &str) -> String {
    format!("`{name}` already has a token (created {created} UTC).\n")
}

fn a_token_is_made_once_and_printed_ever_after(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice"]);
    let first = sandbox.run(["create-token", "alice"]);
    let key = stored_key(&sandbox, "alice").expect("a token");
    assert_eq!(key.len(), 40);
    assert!(
        key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
        "{key}"
    );
    first.expect(0, &format!("{key}\n"), "Created a token for `alice`.\n");
    let before = content(&sandbox);
    let created = sandbox.sql("SELECT created FROM authtoken_token");
    let again = sandbox.run(["create-token", "alice"]);
    again.expect(0, &format!("{key}\n"), &talk("alice", &created[0][..19]));
    assert_eq!(content(&sandbox), before);
}

fn a_token_is_printed_in_the_form_that_is_asked_for(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    sandbox.sql("UPDATE auth_user SET email = 'a@example.com'");
    sandbox.sql("UPDATE authtoken_token SET created = '2026-01-02 03:04:05.678901'");
    let object = format!(
        "{{\"username\":\"alice\",\"user_id\":1,\"email\":\"a@example.com\",\"token\":\"{key}\",\
         \"created\":\"2026-01-02T03:04:05.678901Z\",\"result\":\"existing\"}}\n"
    );
    for (format, stdout) in [
        ("key", format!("{key}\n")),
        ("json", object.clone()),
        ("jsonl", object),
        ("header", format!("Authorization: Token {key}\n")),
        ("env", format!("DRF_TOKEN={key}\n")),
        ("drf", format!("Generated token {key} for user alice\n")),
    ] {
        let stderr = talk("alice", "2026-01-02 03:04:05");
        expect(
            &sandbox,
            &["create-token", "alice", "-f", format],
            0,
            &stdout,
            &stderr,
        );
        expect(
            &sandbox,
            &["-f", format, "-q", "create-token", "alice"],
            0,
            &stdout,
            "",
        );
    }
}

fn several_tokens_are_printed_with_their_users(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice", "bob"]);
    sandbox.run(["create-token", "--all"]).success();
    let [alice, bob] = ["alice", "bob"].map(|name| stored_key(&sandbox, name).expect("a token"));
    sandbox.sql("UPDATE authtoken_token SET created = '2026-01-02 03:04:05'");
    let object = |name: &str, id: u32, key: &str| {
        format!(
            "{{\"username\":\"{name}\",\"user_id\":{id},\"email\":\"\",\"token\":\"{key}\",\
             \"created\":\"2026-01-02T03:04:05Z\",\"result\":\"existing\"}}"
        )
    };
    let (first, second) = (object("bob", 2, &bob), object("alice", 1, &alice));
    // In the order in which they are named, and each once.
    for (format, stdout) in [
        ("key", format!("bob\t{bob}\nalice\t{alice}\n")),
        ("json", format!("[{first},\n {second}]\n")),
        ("jsonl", format!("{first}\n{second}\n")),
        (
            "drf",
            format!("Generated token {bob} for user bob\nGenerated token {alice} for user alice\n"),
        ),
    ] {
        let args = ["-q", "create-token", "bob", "alice", "bob", "-f", format];
        expect(&sandbox, &args, 0, &stdout, "");
    }
    for format in ["header", "env"] {
        let refused = sandbox.run(["create-token", "bob", "alice", "-f", format]);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (2, ""),
            "{refused}"
        );
    }
}

#[test]
fn a_name_is_looked_up_exactly_and_then_as_django_normalises_it() {
    let (sandbox, key) = with_token("finn");
    // What `drf_create_token` prints is the name as it was given.
    let printed = format!("Generated token {key} for user ﬁnn\n");
    let args = ["-q", "create-token", "ﬁnn", "--format", "drf"];
    expect(&sandbox, &args, 0, &printed, "");
    // A server that did not normalise has both.
    sandbox
        .run(["create-user", "other", "--no-password"])
        .success();
    sandbox.sqlite("UPDATE auth_user SET username = 'ﬁnn' WHERE username = 'other'");
    let other = sandbox.run(["-q", "create-token", "ﬁnn"]).success();
    assert_ne!(other.trim_end(), key);
    assert_eq!(sandbox.run(["-q", "create-token", "Finn"]).status, 3);
}

fn a_reset_replaces_the_key_and_its_time(engine: Engine) {
    let (sandbox, old) = with_token_on(engine, "alice");
    sandbox.sql("UPDATE authtoken_token SET created = '2020-01-01 00:00:00'");
    let reset = sandbox.run(["create-token", "alice", "--reset"]);
    let new = stored_key(&sandbox, "alice").expect("a token");
    assert_ne!(new, old);
    let stderr = "Replaced the token of `alice`; the old key is refused now.\n";
    reset.expect(0, &format!("{new}\n"), stderr);
    let created = sandbox.sql("SELECT created > '2026-01-01' FROM authtoken_token");
    assert_eq!(created, ["1"]);
    // Who has none gets one.
    sandbox.run(["revoke", "alice"]).success();
    let made = sandbox.run(["create-token", "alice", "-r", "-f", "json"]);
    let made: Value = serde_json::from_str(&made.success()).expect("JSON");
    assert_eq!(made["result"], json!("created"));
}

fn only_a_token_that_is_older_is_replaced(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    let result = |age: &str| {
        let args = [
            "-q",
            "create-token",
            "alice",
            "--reset-older-than",
            age,
            "-f",
            "json",
        ];
        let row: Value = serde_json::from_str(&sandbox.run(args).success()).expect("JSON");
        (row["result"].clone(), row["token"].clone())
    };
    assert_eq!(result("1d"), (json!("existing"), json!(key)));
    let created = sandbox.sql("SELECT created FROM authtoken_token");
    let created = hours_before(&created[0], 25);
    sandbox.sql(&format!("UPDATE authtoken_token SET created = '{created}'"));
    assert_eq!(result("26h"), (json!("existing"), json!(key)));
    let (done, new) = result("1d");
    assert_eq!(done, json!("reset"));
    assert_ne!(new, json!(key));
    assert_eq!(result("1d"), (json!("existing"), new.clone()));
    assert_eq!(stored_key(&sandbox, "alice").map(Value::from), Some(new));
}

fn one_unknown_name_among_many_stops_them_all_unless_it_is_skipped(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice", "bob"]);
    let args = ["create-token", "alice", "nobody", "bob", "nil"];
    let stderr = "drfctl: no users named `nobody`, `nil`\n\
                  hint: `drfctl list --all-users` shows all users\n";
    expect(&sandbox, &args, 3, "", stderr);
    let stderr =
        "drfctl: no user named `nobody`\nhint: create it with `drfctl create-user nobody`\n";
    expect(&sandbox, &["create-token", "nobody"], 3, "", stderr);
    assert_eq!(sandbox.sql("SELECT * FROM authtoken_token"), [""; 0]);

    let skipped = sandbox.run([&args[..], &["--skip-missing"]].concat());
    let [alice, bob] = ["alice", "bob"].map(|name| stored_key(&sandbox, name).expect("a token"));
    let stderr = "drfctl: warning: no users named `nobody`, `nil`; skipped\n\
                  Created a token for `alice`.\nCreated a token for `bob`.\n";
    skipped.expect(0, &format!("alice\t{alice}\nbob\t{bob}\n"), stderr);
    let stderr = "drfctl: warning: no user named `nobody`; skipped\n";
    expect(
        &sandbox,
        &["create-token", "nobody", "--skip-missing"],
        0,
        "",
        stderr,
    );
}

fn the_token_of_an_inactive_user_is_made_with_a_warning(engine: Engine) {
    let sandbox = with_users_on(engine, &[]);
    let create = ["-q", "create-user", "alice", "--no-password", "--inactive"];
    expect(&sandbox, &create, 0, "", "");
    let made = sandbox.run(["create-token", "alice"]);
    let key = stored_key(&sandbox, "alice").expect("a token");
    let stderr = "Created a token for `alice`.\n\
                  drfctl: warning: `alice` is not active: the server refuses the token until that \
                  changes\n";
    made.expect(0, &format!("{key}\n"), stderr);
}

#[test]
fn a_command_that_has_nothing_to_do_says_so() {
    let (sandbox, _) = with_token("alice");
    let nothing = "Nothing matches.\n";
    for (args, stderr) in [
        (&["--older-than", "1d"][..], nothing),
        (&["--older-than", "1d", "--dry-run"], nothing),
        (&["--from", "/dev/null"], nothing),
        (
            &["--all", "--reset-older-than", "1d", "--dry-run"],
            "No tokens to create or replace.\n",
        ),
        (&["--quiet", "--older-than", "1d"], ""),
    ] {
        let args = [&["create-token"], args].concat();
        expect(&sandbox, &args, 0, "", stderr);
    }
}

#[test]
fn a_group_that_does_not_exist_is_no_empty_one() {
    let (sandbox, _) = with_token("alice");
    let before = content(&sandbox);
    for command in [
        &["list"][..],
        &["revoke", "--yes"],
        &["create-token", "--reset", "--yes"],
    ] {
        let args = [command, &["--group", "typo"]].concat();
        expect(&sandbox, &args, 3, "", "drfctl: no group named `typo`\n");
    }
    assert_eq!(content(&sandbox), before);
}

#[test]
fn a_database_that_everybody_can_read_is_warned_of_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let (sandbox, key) = with_token("alice");
    fs::set_permissions(sandbox.database(), fs::Permissions::from_mode(0o644)).expect("chmod");
    let outcome = sandbox.run(["create-token", "alice", "alice"]);
    assert_eq!(
        (outcome.status, outcome.stdout),
        (0, format!("alice\t{key}\n"))
    );
    let warnings = outcome
        .stderr
        .matches("every user of this machine can read `db.sqlite3`");
    assert_eq!(warnings.count(), 1, "{}", outcome.stderr);
    for args in [
        &["list", "--show-keys"][..],
        &["create-user", "bob", "--no-password"],
    ] {
        let outcome = sandbox.run(args);
        assert!(
            outcome.stderr.contains("every user of this machine"),
            "{args:?}: {outcome}"
        );
    }
    let list = sandbox.run(["list"]);
    assert_eq!(list.stderr, "");
}

fn no_token_is_older_than_pythons_years(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice"]);
    let key = super::KEY;
    for created in [
        "0000-01-01T00:00:00Z",
        "-000043-03-15T12:00:00Z",
        "0001-01-01T00:00:01+01:59",
        "9999-12-31T23:59:59-01:00",
    ] {
        let line = json!({"username": "alice", "key": key, "created": created});
        let args = ["create-token", "--from", "-", "--with-keys"];
        let stderr = "drfctl: `stdin`, line 1: `created` is no time\n";
        let outcome = sandbox.run_with_stdin(args, line.to_string());
        outcome.expect(2, "", stderr);
        assert_eq!(stored_key(&sandbox, "alice"), None, "{created}");
    }
    // What an engine stores all the same is as unknown as it is to Django.
    let line = json!({"username": "alice", "key": key}).to_string();
    let args = ["-q", "create-token", "--from", "-", "--with-keys"];
    sandbox.run_with_stdin(args, line).success();
    let time = match engine {
        Engine::Sqlite => "0001-01-01 00:00:01+01:59",
        Engine::Postgres => "0043-03-15 12:00:00+00 BC",
        Engine::Mariadb => return,
    };
    sandbox.sql(&format!("UPDATE authtoken_token SET created = '{time}'"));
    sandbox.sql(&format!("UPDATE auth_user SET last_login = '{time}'"));
    let list: Value =
        serde_json::from_str(&sandbox.run(["list", "-f", "json"]).success()).expect("JSON");
    assert_eq!(
        (&list[0]["created"], &list[0]["last_login"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!sandbox.run(["show", "alice"]).success().contains("0043"));
}
