//! `drfctl verify`: what DRF would say, as far as it can be told without DRF.

use serde_json::{Value, json};

use super::{
    KEY, PASSWORD, content, run_secretly, with_token, with_token_on, with_users, with_users_on,
};
use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    the_token_of_an_inactive_user_is_refused,
    a_token_is_read_from_a_file,
    a_hash_that_would_take_hours_is_not_tried,
);

const FAILED: &str = "Unable to log in with provided credentials.";

#[test]
fn a_token_is_accepted_or_refused_in_drfs_words() {
    let (sandbox, key) = with_token("alice");
    for (sent, detail) in [
        (key.clone(), None),
        (format!("Token {key}"), None),
        (format!("Authorization: Token {key}\r\n"), None),
        (format!("authorization: tOkEn  {key}"), None),
        (key.to_uppercase(), Some("Invalid token.")),
        (KEY.to_owned(), Some("Invalid token.")),
        (
            String::new(),
            Some("Invalid token header. No credentials provided."),
        ),
        (
            "Token".to_owned(),
            Some("Invalid token header. No credentials provided."),
        ),
        (
            format!("Token {key} {key}"),
            Some("Invalid token header. Token string should not contain spaces."),
        ),
        (
            format!("Authorization: Bearer {key}"),
            Some("Authentication credentials were not provided."),
        ),
    ] {
        let verdict = run_secretly(&sandbox, &["verify", "token"], &sent);
        match detail {
            None => verdict.expect(0, "alice\n", ""),
            Some(detail) => verdict.expect(1, &format!("{detail}\n"), ""),
        }
        let json = run_secretly(&sandbox, &["verify", "token", "-f", "json"], &sent);
        let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
        let wanted = match detail {
            None => json!({
                "accepted": true, "status": 200, "detail": null, "username": "alice", "user_id": 1,
            }),
            Some(_) => json!({
                "accepted": false, "status": 401, "detail": detail, "username": null,
                "user_id": null,
            }),
        };
        assert_eq!(json, wanted, "{sent}");
    }
    let invalid = sandbox.run_with_stdin(["verify", "token"], b"Token \xff\xfe");
    let detail = "Invalid token header. Token string should not contain invalid characters.\n";
    invalid.expect(1, detail, "");
}

fn the_token_of_an_inactive_user_is_refused(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    sandbox.sql("UPDATE auth_user SET is_active = false");
    let verdict = run_secretly(&sandbox, &["verify", "token"], &key);
    verdict.expect(1, "User inactive or deleted.\n", "");
}

fn a_token_is_read_from_a_file(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    sandbox
        .run([
            "create-token",
            "alice",
            "--format",
            "header",
            "--out",
            "key",
        ])
        .success();
    sandbox
        .run(["verify", "token", "--key-file", "key"])
        .expect(0, "alice\n", "");
    assert_eq!(
        sandbox
            .run(["verify", "token", "--key-file", "none"])
            .status,
        2
    );
}

/// What `verify password` says of this name and password.
#[track_caller]
fn log_in(sandbox: &Sandbox, name: &str, password: &str) -> (i32, String) {
    let verify = ["verify", "password", name, "--password-stdin"];
    let verdict = run_secretly(sandbox, &verify, password);
    assert_eq!(verdict.stderr, "");
    (verdict.status, verdict.stdout)
}

#[test]
fn a_login_succeeds_with_the_right_name_and_password_alone() {
    let sandbox = with_users(&["nobody"]);
    let create = [
        "-q",
        "create-user",
        "finn",
        "--password-stdin",
        "--iterations",
        "1000",
    ];
    run_secretly(&sandbox, &create, PASSWORD).expect(0, "", "");
    let before = content(&sandbox);
    let failed = (1, format!("{FAILED}\n"));
    assert_eq!(log_in(&sandbox, "finn", PASSWORD), (0, "finn\n".to_owned()));
    for (name, password) in [
        ("finn", "another password"),
        ("finn", "correct horse battery staple "),
        ("Finn", PASSWORD),
        // The server does not normalise the name of a login.
        ("ﬁnn", PASSWORD),
        ("nil", PASSWORD),
        ("nobody", PASSWORD),
        ("nobody", "!"),
    ] {
        assert_eq!(
            log_in(&sandbox, name, password),
            failed,
            "{name} {password}"
        );
    }
    assert_eq!(content(&sandbox), before);
    sandbox.sqlite("UPDATE auth_user SET is_active = 0");
    assert_eq!(log_in(&sandbox, "finn", PASSWORD), failed);
    let json = [
        "verify",
        "password",
        "finn",
        "--password-stdin",
        "-f",
        "json",
    ];
    let json = run_secretly(&sandbox, &json, PASSWORD);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let wanted = json!({
        "accepted": false, "status": 400, "detail": FAILED, "username": null, "user_id": null,
        "hasher": "pbkdf2_sha256", "default_hasher": true,
    });
    assert_eq!(json, wanted);
}

fn a_hash_that_would_take_hours_is_not_tried(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice"]);
    for hash in [
        "pbkdf2_sha256$4000000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "argon2$argon2id$v=19$m=4000000000,t=2,p=8$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt$1073741824$salt$8$5$AAAA",
        "bcrypt_sha256$$2b$31$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyz01234567890",
    ] {
        sandbox.sql(&format!("UPDATE auth_user SET password = '{hash}'"));
        let start = std::time::Instant::now();
        let verify = ["verify", "password", "alice", "--password-stdin"];
        let verdict = sandbox.run_with_stdin(verify, PASSWORD);
        assert!(verdict.status > 0, "{hash}: {verdict}");
        assert!(verdict.stderr.lines().count() <= 3, "{hash}: {verdict}");
        assert!(start.elapsed().as_secs() < 5, "{hash}");
    }
}
