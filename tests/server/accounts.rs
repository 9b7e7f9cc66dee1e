//! What an operator does to accounts between two deployments, and what a live server then answers.

use serde_json::{Value, json};

use super::{stock, stock_on};
use crate::support::{Engine, Sandbox, Server, on_every_engine};

on_every_engine!(
    an_inactive_user_is_refused_and_an_active_one_let_in,
    permissions_come_and_go_with_a_group,
    a_superuser_needs_no_permission,
    a_renamed_user_keeps_the_token_and_the_password,
    a_deleted_user_has_no_way_in,
    a_leaked_password_takes_the_token_with_it,
    a_token_that_was_moved_opens_the_new_server,
);

const PASSWORD: &str = "correct horse battery staple";

/// A user with a password and a token; returns the key.
fn alice(sandbox: &Sandbox) -> String {
    let create = [
        "-q",
        "create-user",
        "alice",
        "--password-stdin",
        "--iterations=1000",
        "--token",
    ];
    let key = sandbox.run_with_stdin(create, PASSWORD).success();
    key.trim_end().to_owned()
}

/// The status with which the server answers whoever sends this key to the view that asks for the
/// permission to view groups.
#[track_caller]
fn groups_status(server: &Server, key: &str) -> u16 {
    let header = format!("Token {key}");
    server.get("/groups/", Some(header.as_bytes())).status
}

fn an_inactive_user_is_refused_and_an_active_one_let_in(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let key = alice(&sandbox);
    let lets_in = json!({"username": "alice"});
    server.protected(&key).expect(200, &lets_in);
    sandbox
        .run(["-q", "update-user", "alice", "--inactive"])
        .expect(0, "", "");
    let refused = json!({"detail": "User inactive or deleted."});
    server.protected(&key).expect(401, &refused);
    assert_eq!(server.log_in("alice", PASSWORD).status, 400);
    sandbox
        .run(["-q", "update-user", "alice", "--active"])
        .expect(0, "", "");
    server.protected(&key).expect(200, &lets_in);
    server
        .log_in("alice", PASSWORD)
        .expect(200, &json!({ "token": key }));
}

fn permissions_come_and_go_with_a_group(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    sandbox.sql("INSERT INTO auth_group (name) VALUES ('auditors')");
    sandbox.sql(
        "INSERT INTO auth_group_permissions (group_id, permission_id) \
         SELECT g.id, p.id FROM auth_group g, auth_permission p WHERE p.codename = 'view_group'",
    );
    let key = alice(&sandbox);
    assert_eq!(groups_status(&server, &key), 403);
    for (option, status) in [("--group", 200), ("--no-group", 403)] {
        sandbox
            .run(["-q", "update-user", "alice", option, "auditors"])
            .expect(0, "", "");
        assert_eq!(groups_status(&server, &key), status, "{option}");
    }
    let create = [
        "-q",
        "create-user",
        "bob",
        "--no-password",
        "--token",
        "--group=auditors",
    ];
    let key = sandbox.run(create).success();
    assert_eq!(groups_status(&server, key.trim_end()), 200);
}

fn a_superuser_needs_no_permission(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let key = alice(&sandbox);
    for (option, status) in [("--superuser", 200), ("--no-superuser", 403)] {
        sandbox
            .run(["-q", "update-user", "alice", option, "--yes"])
            .success();
        assert_eq!(groups_status(&server, &key), status, "{option}");
    }
}

fn a_renamed_user_keeps_the_token_and_the_password(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let key = alice(&sandbox);
    sandbox
        .run(["-q", "update-user", "alice", "--rename", "zoë"])
        .expect(0, "", "");
    server
        .protected(&key)
        .expect(200, &json!({"username": "zoë"}));
    assert_eq!(server.log_in("alice", PASSWORD).status, 400);
    server
        .log_in("zoë", PASSWORD)
        .expect(200, &json!({ "token": key }));
}

fn a_deleted_user_has_no_way_in(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    sandbox.sql("INSERT INTO auth_group (name) VALUES ('auditors')");
    let key = alice(&sandbox);
    sandbox
        .run(["-q", "update-user", "alice", "--group=auditors"])
        .expect(0, "", "");
    sandbox
        .run(["-q", "delete-user", "alice", "--yes"])
        .expect(0, "", "");
    server
        .protected(&key)
        .expect(401, &json!({"detail": "Invalid token."}));
    assert_eq!(server.log_in("alice", PASSWORD).status, 400);
}

fn a_leaked_password_takes_the_token_with_it(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let old = alice(&sandbox);
    let new_password = "tr0ub4dor and three friends";
    let set = [
        "-q",
        "set-password",
        "alice",
        "--password-stdin",
        "--reset-token",
    ];
    let new = sandbox.run_with_stdin(set, new_password).success();
    server
        .protected(&old)
        .expect(401, &json!({"detail": "Invalid token."}));
    assert_eq!(server.log_in("alice", PASSWORD).status, 400);
    server
        .log_in("alice", new_password)
        .expect(200, &json!({"token": new.trim_end()}));
}

/// From this engine to each.
fn a_token_that_was_moved_opens_the_new_server(engine: Engine) {
    let Some((sandbox, _)) = stock_on(engine) else {
        return;
    };
    let key = alice(&sandbox);
    let old = sandbox
        .run(["-q", "list", "--show-keys", "--format=jsonl"])
        .success();
    for to in Engine::ALL {
        to.run(|to| {
            let (new, project) = stock_on(to).expect("the Django of a moment ago");
            new.run(["-q", "create-user", "somebody", "--no-password"])
                .success();
            new.run(["-q", "create-user", "alice", "--no-password"])
                .success();
            let server = project.serve();
            let take = [
                "-q",
                "create-token",
                "--from=-",
                "--with-keys",
                "--format=jsonl",
            ];
            let taken: Value =
                serde_json::from_str(&new.run_with_stdin(take, &old).success()).expect("JSON");
            assert_eq!(
                (&taken["token"], &taken["result"]),
                (&json!(key), &json!("created"))
            );
            server
                .protected(&key)
                .expect(200, &json!({"username": "alice"}));
            let list: Value = serde_json::from_str(
                &new.run(["-q", "list", "--show-keys", "--format=jsonl"])
                    .success(),
            )
            .expect("JSON");
            let before: Value = serde_json::from_str(&old).expect("JSON");
            assert_eq!(list["created"], before["created"], "{to:?}");
        });
    }
}

#[test]
fn the_admin_shows_a_user_in_the_groups_that_drfctl_chose() {
    let Some((sandbox, project)) = stock() else {
        return;
    };
    sandbox.sqlite("INSERT INTO auth_group (name) VALUES ('auditors')");
    alice(&sandbox);
    sandbox
        .run(["-q", "update-user", "alice", "--group=auditors", "--staff"])
        .expect(0, "", "");
    let shell = [
        "shell",
        "-c",
        "from django.contrib.auth.models import User; u = User.objects.get(username='alice'); \
         print([g.name for g in u.groups.all()], u.is_staff, u.check_password('correct horse battery staple'))",
    ];
    let said = project.manage(shell).success();
    assert!(said.contains("['auditors'] True True"), "{said}");
}
