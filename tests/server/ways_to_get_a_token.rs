//! Every way to get a token that DRF's documentation and the tutorials name, each beside
//! drfctl: whoever came first, both know one token.

use serde_json::{Value, json};

use super::stock_on;
use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    the_endpoint_obtain_auth_token,
    a_customised_view_that_tells_the_user_too,
    the_management_command,
    the_management_command_with_reset,
    the_admin,
    a_receiver_that_gives_every_new_user_a_token,
    the_shell,
);

const PASSWORD: &str = "correct horse battery staple";

/// Makes `early`, who gets a token from drfctl at once, and `late`, who has none yet. The
/// key of `early` is the answer.
#[track_caller]
fn early_and_late(sandbox: &Sandbox) -> String {
    for user in ["early", "late"] {
        let create = ["create-user", user, "--password-stdin"];
        sandbox.run_with_stdin(create, PASSWORD).success();
    }
    key_of(sandbox, "early")
}

#[track_caller]
fn key_of(sandbox: &Sandbox, user: &str) -> String {
    let line = sandbox.run(["create-token", user]).success();
    line.trim_end().to_owned()
}

/// Checks that drfctl lists exactly these tokens, and that it returns them.
#[track_caller]
fn drfctl_knows(sandbox: &Sandbox, tokens: &[(&str, &str)]) {
    let list = [
        "list",
        "--show-keys",
        "--sort",
        "username",
        "--format",
        "json",
    ];
    let listed: Value = serde_json::from_str(&sandbox.run(list).success()).expect("JSON");
    let listed: Vec<_> = listed
        .as_array()
        .expect("an array")
        .iter()
        .map(|row| (text(&row["username"]), text(&row["key"])))
        .collect();
    assert_eq!(listed, tokens);
    for &(user, key) in tokens {
        assert_eq!(key_of(sandbox, user), key);
    }
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn the_endpoint_obtain_auth_token(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let early = early_and_late(&sandbox);
    server
        .log_in("early", PASSWORD)
        .expect(200, &json!({"token": early}));
    // A form above; JSON here, as HTTPie sends it.
    let fields = json!({"username": "late", "password": PASSWORD});
    let reply = server.post_json("/api-token-auth/", &fields);
    drfctl_knows(
        &sandbox,
        &[("early", &early), ("late", text(&reply.body["token"]))],
    );
}

fn a_customised_view_that_tells_the_user_too(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let early = early_and_late(&sandbox);
    let post =
        |user| server.post_form("/get-token/", &[("username", user), ("password", PASSWORD)]);
    post("early").expect(200, &json!({"token": early, "user_id": 1, "email": ""}));
    let reply = post("late");
    assert_eq!(
        (&reply.body["user_id"], &reply.body["email"]),
        (&json!(2), &json!(""))
    );
    drfctl_knows(
        &sandbox,
        &[("early", &early), ("late", text(&reply.body["token"]))],
    );
}

fn the_management_command(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let early = early_and_late(&sandbox);
    for user in ["early", "late"] {
        let djangos = project.manage(["drf_create_token", user]).success();
        sandbox
            .run(["--quiet", "create-token", user, "--format", "drf"])
            .expect(0, &djangos, "");
    }
    let late = key_of(&sandbox, "late");
    drfctl_knows(&sandbox, &[("early", &early), ("late", &late)]);
}

fn the_management_command_with_reset(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let early = early_and_late(&sandbox);
    let line = project
        .manage(["drf_create_token", "--reset", "early"])
        .success();
    assert!(!line.contains(&early), "the key is still {early}");
    let key = key_of(&sandbox, "early");
    assert_eq!(line, format!("Generated token {key} for user early\n"));
}

fn the_admin(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let early = early_and_late(&sandbox);
    let request = json!({"op": "create_token_in_admin", "username": "late"});
    let late = project.oracle().ask(&request);
    drfctl_knows(&sandbox, &[("early", &early), ("late", text(&late))]);
}

fn a_receiver_that_gives_every_new_user_a_token(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let mut oracle = project.with("TOKEN_RECEIVER", "1").oracle();
    oracle.ask(&json!({"op": "create_user", "username": "alice"}));
    let tokens = oracle.ask(&json!({"op": "tokens"}));
    drfctl_knows(&sandbox, &[("alice", text(&tokens["alice"]))]);
}

fn the_shell(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let early = early_and_late(&sandbox);
    let script = "
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
early, made = Token.objects.get_or_create(user=User.objects.get(username='early'))
late = Token.objects.create(user=User.objects.get(username='late'))
print(early.key, made, late.key)";
    let printed = project.manage(["shell", "--command", script]).success();
    // From Django 5.2 the shell first says what it has imported.
    let printed = printed.lines().last().expect("a line");
    let late = printed
        .strip_prefix(&format!("{early} False "))
        .unwrap_or_else(|| panic!("not the key of `early`: {printed}"));
    drfctl_knows(&sandbox, &[("early", &early), ("late", late)]);
}
