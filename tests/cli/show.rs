//! `drfctl show`

use serde_json::{Value, json};

use crate::support::Sandbox;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

#[test]
fn everything_about_a_user_is_shown_but_the_secrets() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("INSERT INTO auth_group (name) VALUES ('ops')");
    let create = [
        "-q",
        "create-user",
        "alice",
        "--email=alice@example.org",
        "--password-stdin",
        "--iterations=1000",
        "--group=ops",
        "--token",
    ];
    let key = sandbox
        .run_with_stdin(create, "correct horse battery staple")
        .success();
    let outcome = sandbox.run(["show", "alice", "--format=json"]);
    let shown = json(&outcome.success());
    let hash = &sandbox.sqlite("SELECT password FROM auth_user")[0];
    for secret in [key.trim(), hash.rsplit('$').next().expect("a digest")] {
        assert!(!shown.to_string().contains(secret), "{shown}");
    }
    for (name, value) in [
        ("username", json!("alice")),
        ("user_id", json!(1)),
        ("email", json!("alice@example.org")),
        ("groups", json!(["ops"])),
        ("hasher", json!("pbkdf2_sha256")),
        ("iterations", json!(1000)),
        ("default_hasher", json!(true)),
        ("has_usable_password", json!(true)),
        ("key_prefix", json!(&key[..8])),
        ("token_age_days", json!(0)),
        ("last_login", Value::Null),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let text = sandbox.run(["show", "alice"]).success();
    assert!(text.contains("pbkdf2_sha256, 1000 iterations"), "{text}");
    assert!(!text.contains(key.trim()), "{text}");
    assert!(text.contains("UTC (just now)"), "{text}");
    // The names are empty.
    assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
}

#[test]
fn a_leaked_key_leads_to_its_user() {
    let sandbox = Sandbox::migrated();
    sandbox
        .run(["-q", "create-user", "alice", "--no-password"])
        .success();
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    let show = ["show", "--key-file=-", "--format=json"];
    let shown = json(&sandbox.run_with_stdin(show, &key).success());
    assert_eq!(shown["username"], "alice");
    let outcome = sandbox.run_with_stdin(show, "0123456789012345678901234567890123456789");
    assert_eq!(outcome.status, 3);
    assert_eq!(json(&outcome.stderr)["error"]["code"], "token_not_found");
}

#[test]
fn rows_that_refer_to_the_user_are_counted() {
    let sandbox = Sandbox::migrated();
    sandbox
        .run(["-q", "create-user", "alice", "--no-password"])
        .success();
    sandbox.sqlite(
        "CREATE TABLE blog_post (id integer PRIMARY KEY, author_id integer NOT NULL \
         REFERENCES auth_user (id))",
    );
    sandbox.sqlite("INSERT INTO blog_post (author_id) VALUES (1), (1)");
    let shown = json(&sandbox.run(["show", "alice", "--format=json"]).success());
    assert_eq!(
        shown["references"],
        json!([{"table": "blog_post", "count": 2}])
    );
}

#[test]
fn nobody_is_shown_for_an_unknown_name() {
    let sandbox = Sandbox::migrated();
    let outcome = sandbox.run(["show", "alice", "--format=json"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (3, ""));
}
