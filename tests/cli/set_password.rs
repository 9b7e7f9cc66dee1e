//! `drfctl set-password`

use serde_json::{Value, json};

use super::{PASSWORD, content, expect, run_secretly, with_token};
use crate::support::Sandbox;

const SET: [&str; 5] = [
    "set-password",
    "alice",
    "--password-stdin",
    "--iterations",
    "1000",
];

#[track_caller]
fn logs_in(sandbox: &Sandbox, password: &str) -> bool {
    let verify = ["verify", "password", "alice", "--password-stdin"];
    run_secretly(sandbox, &verify, password).status == 0
}

#[test]
fn the_new_password_holds_and_nothing_else_changes() {
    let (sandbox, _) = with_token("alice");
    let rest = "SELECT id, username, is_active, date_joined, last_login FROM auth_user";
    let before = (sandbox.sqlite(rest), content(&sandbox)[1].clone());
    let set = run_secretly(&sandbox, &SET, PASSWORD);
    set.expect(0, "", "Changed the password of `alice`.\n");
    assert!(logs_in(&sandbox, PASSWORD) && !logs_in(&sandbox, "another"));
    // Once more is no change, which would end the user's sessions.
    let all = content(&sandbox);
    let again = run_secretly(&sandbox, &SET, PASSWORD);
    again.expect(0, "", "`alice` already has this password.\n");
    assert_eq!(content(&sandbox), all);
    sandbox
        .run(["set-password", "alice", "--no-password"])
        .success();
    assert!(!logs_in(&sandbox, PASSWORD));
    assert_eq!((sandbox.sqlite(rest), content(&sandbox)[1].clone()), before);
}

#[test]
fn json_says_whether_it_changed() {
    let (sandbox, _) = with_token("alice");
    for result in ["updated", "unchanged"] {
        let set = run_secretly(
            &sandbox,
            &[&SET[..], &["-q", "-f", "json"]].concat(),
            PASSWORD,
        );
        assert_eq!(set.stderr, "");
        let row: Value = serde_json::from_str(&set.success()).expect("JSON");
        assert_eq!(
            row,
            json!({"username": "alice", "user_id": 1, "result": result})
        );
    }
}

#[test]
fn a_password_similar_to_the_user_is_refused() {
    let (sandbox, _) = with_token("alice");
    sandbox.sqlite("UPDATE auth_user SET email = 'wonderland@example.com'");
    let before = content(&sandbox);
    let refused = sandbox.run_with_stdin(SET, "wonderland9");
    let stderr = "drfctl: the password is too weak: The password is too similar to the email \
                  address.\nhint: take another, or insist with `--allow-weak-password`\n";
    refused.expect(1, "", stderr);
    assert_eq!(content(&sandbox), before);
    let insist = [&SET[..], &["--allow-weak-password"]].concat();
    sandbox.run_with_stdin(insist, "wonderland9").success();
    assert!(logs_in(&sandbox, "wonderland9"));
}

#[test]
fn an_unknown_user_is_status_3() {
    let (sandbox, _) = with_token("alice");
    let stderr = "drfctl: no user named `bob`\nhint: create it with `drfctl create-user bob`\n";
    expect(
        &sandbox,
        &["set-password", "bob", "--no-password"],
        3,
        "",
        stderr,
    );
}
