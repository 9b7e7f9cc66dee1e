//! What drfctl writes, a live server accepts; what it takes away, the server refuses.

use serde_json::json;

use super::{stock, stock_on};
use crate::support::{Engine, on_every_engine};

on_every_engine!(
    a_token_opens_the_protected_endpoint_until_it_is_revoked,
    after_a_reset_only_the_new_key_is_accepted,
    the_header_format_is_what_a_client_sends,
    the_token_of_an_inactive_user_is_made_and_refused,
    a_user_logs_in_and_gets_the_token_that_drfctl_made_before,
    a_user_logs_in_and_drfctl_prints_the_token_that_the_server_made,
    a_service_account_without_password_cannot_log_in,
);

const PASSWORD: &str = "correct horse battery staple";

fn a_token_opens_the_protected_endpoint_until_it_is_revoked(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    sandbox
        .run(["create-user", "alice", "--no-password"])
        .success();
    let key = sandbox.run(["create-token", "alice"]).success();
    let key = key.trim_end();
    server
        .protected(key)
        .expect(200, &json!({"username": "alice"}));

    sandbox.run(["revoke", "alice"]).success();
    let reply = server.protected(key);
    reply.expect(401, &json!({"detail": "Invalid token."}));
    assert_eq!(reply.headers["www-authenticate"], "Token");
}

fn after_a_reset_only_the_new_key_is_accepted(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    sandbox
        .run(["create-user", "alice", "--no-password"])
        .success();
    let old = sandbox.run(["create-token", "alice"]).success();
    let new = sandbox.run(["create-token", "alice", "--reset"]).success();
    server
        .protected(old.trim_end())
        .expect(401, &json!({"detail": "Invalid token."}));
    server
        .protected(new.trim_end())
        .expect(200, &json!({"username": "alice"}));
}

fn the_header_format_is_what_a_client_sends(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    sandbox
        .run(["create-user", "alice", "--no-password"])
        .success();
    let line = sandbox
        .run(["create-token", "alice", "--format", "header"])
        .success();
    let header = line
        .strip_prefix("Authorization: ")
        .expect("the header's name");
    let reply = project
        .serve()
        .get("/protected/", Some(header.trim_end().as_bytes()));
    reply.expect(200, &json!({"username": "alice"}));
}

fn the_token_of_an_inactive_user_is_made_and_refused(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let inactive = ["create-user", "alice", "--no-password", "--inactive"];
    sandbox.run(inactive).success();
    let key = sandbox.run(["create-token", "alice"]).success();
    let reply = project.serve().protected(key.trim_end());
    reply.expect(401, &json!({"detail": "User inactive or deleted."}));
}

fn a_user_logs_in_and_gets_the_token_that_drfctl_made_before(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let create = ["create-user", "alice", "--password-stdin"];
    sandbox.run_with_stdin(create, PASSWORD).success();
    let key = sandbox.run(["create-token", "alice"]).success();
    let reply = project.serve().log_in("alice", PASSWORD);
    reply.expect(200, &json!({"token": key.trim_end()}));
}

fn a_user_logs_in_and_drfctl_prints_the_token_that_the_server_made(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let server = project.serve();
    let create = ["create-user", "alice", "--password-stdin"];
    sandbox.run_with_stdin(create, PASSWORD).success();

    let refused = server.log_in("alice", "another password");
    let unable = json!({"non_field_errors": ["Unable to log in with provided credentials."]});
    refused.expect(400, &unable);

    let reply = server.log_in("alice", PASSWORD);
    let key = sandbox.run(["create-token", "alice"]).success();
    reply.expect(200, &json!({"token": key.trim_end()}));
}

fn a_service_account_without_password_cannot_log_in(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let create = ["create-user", "robot", "--no-password", "--token"];
    let key = sandbox.run(create).success();
    let server = project.serve();
    server
        .protected(key.trim_end())
        .expect(200, &json!({"username": "robot"}));
    assert_eq!(server.log_in("robot", "!").status, 400);
}

#[test]
fn a_database_in_wal_mode_is_served_and_stays_in_it() {
    let Some((sandbox, project)) = stock() else {
        return;
    };
    sandbox.sqlite("PRAGMA journal_mode = WAL");
    let server = project.serve();
    let create = ["create-user", "robot", "--no-password", "--token"];
    let key = sandbox.run(create).success();
    server
        .protected(key.trim_end())
        .expect(200, &json!({"username": "robot"}));
    sandbox.run(["revoke", "robot"]).success();
    server
        .protected(key.trim_end())
        .expect(401, &json!({"detail": "Invalid token."}));
    assert_eq!(sandbox.sqlite("PRAGMA journal_mode"), ["wal"]);
}
