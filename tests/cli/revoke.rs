//! `drfctl revoke`

use serde_json::{Value, json};

use super::{KEY, content, expect, run_secretly, stored_key, with_token_on, with_users_on};
use crate::support::{Engine, on_every_engine};

on_every_engine!(
    a_token_is_gone_and_the_second_time_it_is_already_so,
    json_says_what_became_of_each,
    a_leaked_key_is_revoked_whosever_it_is_and_however_it_was_found,
    a_key_with_something_around_it_is_refused_and_not_called_unknown,
    every_name_that_may_have_been_meant_is_shown,
    several_leaked_keys_are_revoked_and_the_unknown_ones_named,
    one_unknown_name_stops_them_all,
    keys_and_names_and_filters_do_not_mix,
);

fn a_token_is_gone_and_the_second_time_it_is_already_so(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    let prefix = &key[..8];
    let stderr = format!("Revoked the token `{prefix}…` of `alice`.\n");
    expect(&sandbox, &["revoke", "alice"], 0, "", &stderr);
    assert_eq!(stored_key(&sandbox, "alice"), None);
    expect(
        &sandbox,
        &["revoke", "alice"],
        0,
        "",
        "`alice` has no token.\n",
    );
    assert_eq!(sandbox.sql("SELECT username FROM auth_user"), ["alice"]);
}

fn json_says_what_became_of_each(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    sandbox
        .run(["create-user", "bob", "--no-password"])
        .success();
    let run = |args: &[&str]| -> Value {
        let args = [&["-q", "-f", "json", "revoke"], args].concat();
        serde_json::from_str(&sandbox.run(args).success()).expect("JSON")
    };
    let alice = |result: &str, prefix: Option<&str>| json!({"username": "alice", "user_id": 1, "key_prefix": prefix, "result": result});
    let bob = json!({"username": "bob", "user_id": 2, "key_prefix": null, "result": "absent"});
    let before = content(&sandbox);
    assert_eq!(
        run(&["alice", "--dry-run"]),
        alice("would_revoke", Some(&key[..8]))
    );
    assert_eq!(run(&["bob", "-n"]), bob);
    assert_eq!(
        run(&["--all", "-n"]),
        json!([alice("would_revoke", Some(&key[..8]))])
    );
    assert_eq!(content(&sandbox), before);
    assert_eq!(
        run(&["bob", "alice"]),
        json!([bob, alice("revoked", Some(&key[..8]))])
    );
    assert_eq!(run(&["alice"]), alice("absent", None));
    assert_eq!(run(&["--all", "--yes"]), json!([]));
}

fn a_leaked_key_is_revoked_whosever_it_is_and_however_it_was_found(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice", "bob"]);
    for found in [
        KEY.to_owned(),
        format!("{KEY}\n"),
        format!("Token {KEY}\r\n"),
        format!("Authorization: Token {KEY}\n"),
    ] {
        run_secretly(&sandbox, &["create-token", "bob", "--key-file", "-"], KEY).success();
        sandbox.run(["create-token", "alice"]).success();
        let revoke = ["revoke", "--key-file", "-"];
        let preview = run_secretly(&sandbox, &[&revoke[..], &["-n"]].concat(), &found);
        preview.expect(0, "", "Would revoke the token `0a1b2c3d…` of `bob`.\n");
        let revoked = run_secretly(&sandbox, &revoke, &found);
        revoked.expect(0, "", "Revoked the token `0a1b2c3d…` of `bob`.\n");
        assert_eq!(stored_key(&sandbox, "bob"), None);
        assert!(stored_key(&sandbox, "alice").is_some());
        run_secretly(&sandbox, &revoke, &found).expect(3, "", "drfctl: no token with that key\n");
    }
    for nonsense in ["", "\n", "two words", "Authorization: Basic abc"] {
        let refused = run_secretly(&sandbox, &["revoke", "--key-file", "-"], nonsense);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (1, ""),
            "{nonsense}: {refused}"
        );
    }
}

fn a_key_with_something_around_it_is_refused_and_not_called_unknown(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice"]);
    run_secretly(&sandbox, &["create-token", "alice", "--key-file", "-"], KEY).success();
    let more = "there is more than the key";
    let unread = "no server would read it as one";
    for (found, problem) in [
        (format!("\"{KEY}\""), more),
        (format!("'{KEY}'"), more),
        (format!("{KEY},"), more),
        (format!("DRF_TOKEN={KEY}"), more),
        (format!("{{\"token\":\"{KEY}\"}}"), more),
        (format!("alice\t{KEY}"), unread),
        (format!("{{\"token\": \"{KEY}\"}}"), unread),
        (format!("Authorization: Bearer {KEY}"), unread),
        (format!("Bearer {KEY}"), unread),
        ("'another-kind-of-key'".to_owned(), more),
    ] {
        let hint = "hint: give the key alone, or as `Token KEY`; several, one per line\n";
        let refused = format!("the key is refused: {problem}\n{hint}");
        let stderr = format!("drfctl: `stdin`, line 1: {refused}");
        run_secretly(&sandbox, &["revoke", "--key-file", "-"], &found).expect(1, "", &stderr);
        let stderr = format!("drfctl: {refused}");
        run_secretly(&sandbox, &["show", "--key-file", "-"], &found).expect(1, "", &stderr);
        let create = ["create-token", "alice", "--reset", "--key-file", "-"];
        let refused = run_secretly(&sandbox, &create, &found);
        let hint = refused.stderr.lines().nth(1);
        assert_eq!(
            (refused.status, hint),
            (1, Some("hint: give the key alone"))
        );
    }
    assert_eq!(stored_key(&sandbox, "alice").as_deref(), Some(KEY));
}

fn every_name_that_may_have_been_meant_is_shown(engine: Engine) {
    // MariaDB tells names apart as its collation does.
    if engine == Engine::Mariadb {
        return;
    }
    let sandbox = with_users_on(engine, &["Admin", "admin"]);
    let revoke = ["revoke", "admin", "ADMIN"];
    let refused = sandbox.run(revoke);
    assert_eq!(refused.status, 3);
    let hints = [
        "hint: did you mean `Admin` or `admin`?",
        "hint: did you mean `admin` or `Admin`?",
    ];
    let hint = refused.stderr.lines().nth(1).expect("a hint");
    assert!(hints.contains(&hint), "{refused}");
}

fn several_leaked_keys_are_revoked_and_the_unknown_ones_named(engine: Engine) {
    let sandbox = with_users_on(engine, &["alice", "bob", "carol"]);
    let keys =
        ["alice", "bob", "carol"].map(|name| sandbox.run(["-q", "create-token", name]).success());
    let [alice, bob, carol] = &keys;
    let revoke = ["-q", "revoke", "--key-file", "-"];
    let both = format!("{alice}\nToken {bob}{alice}");
    run_secretly(&sandbox, &revoke, &both).expect(0, "", "");
    assert_eq!(stored_key(&sandbox, "alice"), None);
    assert_eq!(stored_key(&sandbox, "bob"), None);
    let some = format!("{alice}{carol}{KEY}\n");
    let stderr = "drfctl: no tokens with the keys in lines 1, 3; 1 token is revoked\n";
    run_secretly(&sandbox, &revoke, &some).expect(3, "", stderr);
    assert_eq!(stored_key(&sandbox, "carol"), None);
}

fn one_unknown_name_stops_them_all(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    let stderr = "drfctl: no users named `nobody`, `nil`\n\
                  hint: `drfctl list --all-users` shows all users\n";
    expect(
        &sandbox,
        &["revoke", "alice", "nobody", "nil"],
        3,
        "",
        stderr,
    );
    assert_eq!(stored_key(&sandbox, "alice"), Some(key));
}

fn keys_and_names_and_filters_do_not_mix(engine: Engine) {
    let (sandbox, key) = with_token_on(engine, "alice");
    for args in [
        &["revoke", "alice", "--key-file", "-"][..],
        &["revoke", "--all", "--key-file", "-"],
        &["revoke", "--staff", "--key-file", "-"],
        &["revoke", "--from", "-", "--key-file", "-"],
        &["revoke", "alice", "--staff", "--yes"],
        &["revoke", "alice", "--from", "-"],
    ] {
        let refused = run_secretly(&sandbox, args, &key);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (2, ""),
            "{args:?}: {refused}"
        );
    }
    assert_eq!(stored_key(&sandbox, "alice"), Some(key));
}
