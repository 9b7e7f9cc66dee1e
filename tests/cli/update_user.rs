//! `drfctl update-user`

use serde_json::{Value, json};

use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    a_group_on_both_sides_is_a_contradiction,
    a_group_with_a_name_much_like_it_is_proposed,
    a_primary_key_never_changes,
    a_key_that_a_file_has_twice_is_named_by_its_line,
);

fn with_users(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::migrated();
    for name in names {
        sandbox
            .run(["-q", "create-user", name, "--no-password"])
            .success();
    }
    sandbox
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

#[test]
fn only_what_is_named_changes() {
    let sandbox = with_users(&["alice"]);
    let others = "SELECT id, password, last_login, is_superuser, username, last_name, is_staff, \
                  is_active, date_joined, first_name FROM auth_user";
    let before = sandbox.sqlite(others);
    let update = ["update-user", "alice", "--email", "Alice@EXAMPLE.org"];
    sandbox
        .run(update)
        .expect(0, "", "Updated email of user `alice`.\n");
    assert_eq!(
        sandbox.sqlite("SELECT email FROM auth_user"),
        ["Alice@example.org"]
    );
    assert_eq!(sandbox.sqlite(others), before);
    sandbox
        .run(update)
        .expect(0, "", "User `alice` is already up to date.\n");
}

#[test]
fn a_user_is_switched_off_and_on_again_and_keeps_the_token() {
    let sandbox = with_users(&["alice"]);
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    sandbox.run(["update-user", "alice", "--inactive"]).expect(
        0,
        "",
        "Deactivated `alice`.\n\
         The token of `alice` is kept; the server refuses it until the user is active again.\n",
    );
    let verify = ["verify", "token", "--key-file=-"];
    sandbox
        .run_with_stdin(verify, &key)
        .expect(1, "User inactive or deleted.\n", "");
    sandbox
        .run(["update-user", "alice", "--active"])
        .expect(0, "", "Activated `alice`.\n");
    sandbox
        .run_with_stdin(verify, &key)
        .expect(0, "alice\n", "");
}

#[test]
fn the_report_in_json_is_that_of_create_user() {
    let sandbox = with_users(&["alice"]);
    sandbox.sqlite("INSERT INTO auth_group (name) VALUES ('ops')");
    let update = [
        "update-user",
        "alice",
        "--superuser",
        "--group=ops",
        "--format=json",
    ];
    let report = json(&sandbox.run(update).success());
    assert_eq!(
        report,
        json!({
            "user_id": 1, "username": "alice", "email": "", "is_active": true, "is_staff": true,
            "is_superuser": true, "groups": ["ops"], "result": "updated",
            "changed": ["is_staff", "is_superuser", "groups"], "token_revoked": false
        })
    );
    let report = json(&sandbox.run(update).success());
    assert_eq!(
        (&report["result"], &report["changed"]),
        (&json!("unchanged"), &json!([]))
    );
    let leave = ["update-user", "alice", "--no-group=ops", "--format=json"];
    let report = json(&sandbox.run(leave).success());
    assert_eq!(
        (&report["groups"], &report["changed"]),
        (&json!([]), &json!(["groups"]))
    );
}

#[test]
fn a_new_name_is_validated_and_must_be_free() {
    let sandbox = with_users(&["alice", "bob"]);
    let rename = |new: &str| sandbox.run(["update-user", "alice", "--rename", new]);
    rename("bob").expect(4, "", "drfctl: there is already a user `bob`\n");
    assert_eq!(rename("a b").status, 2);
    let outcome = rename("BOB");
    assert_eq!(outcome.status, 0);
    assert!(
        outcome
            .stderr
            .contains("`BOB` differs from the existing user `bob` only in case"),
        "{outcome}"
    );
    assert_eq!(
        sandbox.sqlite("SELECT username FROM auth_user ORDER BY id"),
        ["BOB", "bob"]
    );
    let update = ["update-user", "BOB", "--rename", "carol", "--staff"];
    let stderr = "Renamed `BOB` to `carol`.\nUpdated is_staff of user `carol`.\n";
    sandbox.run(update).expect(0, "", stderr);
}

#[test]
fn an_unknown_user_or_group_changes_nothing() {
    let sandbox = with_users(&["alice"]);
    assert_eq!(sandbox.run(["update-user", "bob", "--staff"]).status, 3);
    let outcome = sandbox.run([
        "update-user",
        "alice",
        "--staff",
        "--group=nope",
        "-f",
        "json",
    ]);
    assert_eq!(outcome.status, 3);
    assert_eq!(json(&outcome.stderr)["error"]["code"], "group_not_found");
    assert_eq!(sandbox.sqlite("SELECT is_staff FROM auth_user"), ["0"]);
    let leave = ["update-user", "alice", "--no-group=nope"];
    let stderr = "drfctl: no group named `nope`\n";
    sandbox.run(leave).expect(3, "", stderr);
    assert_eq!(sandbox.run(["update-user", "alice"]).status, 2);
}

#[test]
fn the_last_active_superuser_does_not_go_unasked() {
    let sandbox = with_users(&["alice"]);
    sandbox
        .run(["-q", "update-user", "alice", "--superuser"])
        .success();
    for change in [
        "--inactive",
        "--no-superuser",
        "--set=is_active=False",
        "--set=is_superuser=0",
    ] {
        let stderr = "drfctl: `alice` is the last active superuser: a confirmation is needed, and \
                      there is no terminal to ask on\n\
                      hint: give it with `--yes`\n";
        sandbox
            .run(["update-user", "alice", change])
            .expect(2, "", stderr);
    }
    let outcome = sandbox.run(["update-user", "alice", "--no-superuser", "--yes"]);
    assert_eq!(outcome.status, 0);
    assert!(
        outcome.stderr.contains("last active superuser"),
        "{outcome}"
    );
}

#[test]
fn a_command_that_never_asks_warns_of_losing_the_last_active_superuser() {
    let sandbox = with_users(&["alice", "bob"]);
    let reset = || {
        sandbox.sqlite(
            "UPDATE auth_user SET is_active = 1, is_superuser = username = 'alice', \
             password = 'md5$a$b'",
        )
    };
    let update = ["create-user", "--if-exists", "update"];
    let warning = "drfctl: warning: `alice` is the last active superuser\n";
    for (args, stdin) in [
        (&["alice", "--inactive"][..], ""),
        (&["alice", "--no-password"], ""),
        (&["alice", "--set", "is_superuser=false"], ""),
        (&["--from=-"], "username,is_active\nbob,true\nalice,false\n"),
        (
            &["--from=-"],
            r#"{"username":"alice","is_superuser":false}"#,
        ),
    ] {
        reset();
        let outcome = sandbox.run_with_stdin([&update[..], args].concat(), stdin);
        assert_eq!(outcome.status, 0, "{args:?}: {outcome}");
        assert!(outcome.stderr.starts_with(warning), "{args:?}: {outcome}");
    }
    reset();
    let outcome = sandbox.run(["set-password", "alice", "--no-password"]);
    assert!(outcome.stderr.starts_with(warning), "{outcome}");
    // Who was none before, and who is not the last one, is no reason to warn.
    reset();
    sandbox.sqlite("UPDATE auth_user SET is_superuser = 1");
    let outcome = sandbox.run([&update[..], &["bob", "--inactive"]].concat());
    assert!(!outcome.stderr.contains("superuser"), "{outcome}");
    sandbox.sqlite("UPDATE auth_user SET is_active = 1");
    let stderr = "drfctl: `alice`, `bob` are the last active superusers: a confirmation is \
                  needed, and there is no terminal to ask on\n\
                  hint: give it with `--yes`\n";
    sandbox
        .run(["delete-user", "alice", "bob"])
        .expect(2, "", stderr);
}

#[test]
fn a_token_goes_in_the_same_transaction() {
    let sandbox = with_users(&["alice"]);
    sandbox.run(["-q", "create-token", "alice"]).success();
    let update = ["update-user", "alice", "--inactive", "--revoke-token"];
    let outcome = sandbox.run(update);
    assert_eq!(outcome.status, 0);
    assert!(outcome.stderr.contains("Revoked the token"), "{outcome}");
    let outcome = sandbox.run(update);
    assert!(
        outcome.stderr.ends_with("`alice` has no token.\n"),
        "{outcome}"
    );
    assert_eq!(
        sandbox.sqlite("SELECT count(*) FROM authtoken_token"),
        ["0"]
    );
}

/// A database with `alice`, `bob`, and a group `ops`.
fn with_ops(engine: Engine) -> Sandbox {
    let sandbox = Sandbox::migrated_on(engine);
    for name in ["alice", "bob"] {
        sandbox
            .run(["-q", "create-user", name, "--no-password"])
            .success();
    }
    sandbox.sql("INSERT INTO auth_group (name) VALUES ('ops')");
    sandbox
}

fn a_group_on_both_sides_is_a_contradiction(engine: Engine) {
    let sandbox = with_ops(engine);
    sandbox
        .run(["update-user", "alice", "--group=ops", "--no-group=ops"])
        .expect(
            2,
            "",
            "drfctl: `--group` and `--no-group` both name `ops`\n",
        );
}

fn a_group_with_a_name_much_like_it_is_proposed(engine: Engine) {
    let sandbox = with_ops(engine);
    for (name, hint) in [
        ("opps", "did you mean `ops`?"),
        (
            "auditors",
            "create it in the admin, or with the project's own migrations",
        ),
    ] {
        let said = format!("drfctl: no group named `{name}`\nhint: {hint}\n");
        sandbox
            .run(["update-user", "alice", "--group", name])
            .expect(3, "", &said);
    }
}

fn a_primary_key_never_changes(engine: Engine) {
    let sandbox = with_ops(engine);
    for args in [
        &["update-user", "alice", "--set=id=77"][..],
        &["create-user", "alice", "--if-exists=update", "--set=id=77"],
    ] {
        let refused = sandbox.run(args);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (2, ""),
            "{refused}"
        );
        assert!(refused.stderr.contains("is the primary key"), "{refused}");
    }
}

fn a_key_that_a_file_has_twice_is_named_by_its_line(engine: Engine) {
    let sandbox = with_ops(engine);
    let key = "aaaaaaaaaabbbbbbbbbbccccccccccffffffffff";
    let time = "\"created\":\"2126-01-01T00:00:00Z\"";
    let line = |name: &str| format!("{{\"username\":\"{name}\",\"key\":\"{key}\",{time}}}\n");
    let take = ["create-token", "--from=-", "--with-keys"];
    sandbox
        .run_with_stdin(take, [line("alice"), line("bob")].concat())
        .expect(
            2,
            "",
            "drfctl: `stdin`, line 2: this key is already further up\n",
        );
    let taken = sandbox.run_with_stdin(take, line("alice"));
    assert_eq!(taken.status, 0, "{taken}");
    assert!(
        taken.stderr.contains("1 token has a time in the future"),
        "{taken}"
    );
}
