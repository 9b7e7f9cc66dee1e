//! `drfctl set-password`

use serde_json::{Value, json};

use super::{PASSWORD, content, expect, run_secretly, stored_key, with_token_on};
use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    the_new_password_holds_and_nothing_else_changes,
    the_same_password_with_another_hasher_or_count_is_hashed_anew,
    so_few_iterations_as_no_supported_django_has_are_pointed_out,
    a_hasher_that_the_server_may_lack_is_pointed_out_until_one_is_there,
    a_server_with_a_way_of_its_own_to_hash_is_not_given_djangos_unasked,
    json_says_whether_it_changed,
    a_password_similar_to_the_user_is_refused,
    an_unknown_user_is_status_3,
    the_token_is_revoked_with_the_old_password,
    the_token_is_replaced_with_the_old_password,
);

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

fn the_new_password_holds_and_nothing_else_changes(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    let rest = "SELECT id, username, is_active, date_joined, last_login FROM auth_user";
    let before = (sandbox.sql(rest), content(&sandbox)[1].clone());
    let set = run_secretly(&sandbox, &SET, PASSWORD);
    set.expect(0, "", "Changed the password of `alice`.\n");
    assert!(logs_in(&sandbox, PASSWORD) && !logs_in(&sandbox, "another"));
    // Once more is no change, which would end the user's sessions.
    let all = content(&sandbox);
    let again = run_secretly(&sandbox, &SET, PASSWORD);
    again.expect(0, "", "`alice` already has this password.\n");
    assert_eq!(content(&sandbox), all);
    for stderr in [
        "Removed the password of `alice`: nobody can log in with it.\n",
        "`alice` already has no usable password.\n",
    ] {
        let remove = ["set-password", "alice", "--no-password"];
        sandbox.run(remove).expect(0, "", stderr);
    }
    assert!(!logs_in(&sandbox, PASSWORD));
    assert_eq!((sandbox.sql(rest), content(&sandbox)[1].clone()), before);
}

fn the_same_password_with_another_hasher_or_count_is_hashed_anew(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    let stored = |start: &str| {
        let hash = sandbox.sql("SELECT password FROM auth_user").concat();
        assert!(hash.starts_with(start), "{hash}");
    };
    let set = &["set-password", "alice", "--password-stdin"][..];
    let update = &[
        "create-user",
        "alice",
        "--if-exists=update",
        "--password-stdin",
    ];
    for (command, changed, unchanged) in [
        (
            set,
            "Changed the password of `alice`.\n",
            "`alice` already has this password.\n",
        ),
        (
            update,
            "Updated password of user `alice`.\n",
            "User `alice` is already up to date.\n",
        ),
    ] {
        for (options, start) in [
            (&["--iterations=1000"][..], "pbkdf2_sha256$1000$"),
            (&["--iterations=2000"], "pbkdf2_sha256$2000$"),
            (
                &["--hasher=pbkdf2_sha1", "--iterations=2000"],
                "pbkdf2_sha1$2000$",
            ),
        ] {
            for said in [changed, unchanged] {
                let run = run_secretly(&sandbox, &[command, options].concat(), PASSWORD);
                run.expect(0, "", said);
                stored(start);
            }
        }
        run_secretly(&sandbox, command, PASSWORD).expect(0, "", unchanged);
        stored("pbkdf2_sha1$2000$");
    }
}

fn so_few_iterations_as_no_supported_django_has_are_pointed_out(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    run_secretly(&sandbox, &SET, PASSWORD).success();
    let warning = "drfctl: warning: 1000 iterations, as the newest passwords here have, are few: \
                   Django takes 1500000 by now, and `--iterations` as many as you say\n";
    let create = ["create-user", "bob", "--password-stdin"];
    let created = format!("{warning}Created user `bob`.\n");
    run_secretly(&sandbox, &create, PASSWORD).expect(0, "", &created);
    // Said in so many words, or kept, it is nothing to talk about.
    let set = ["set-password", "bob", "--password-stdin"];
    let kept = "`bob` already has this password.\n";
    run_secretly(&sandbox, &set, PASSWORD).expect(0, "", kept);
    run_secretly(&sandbox, &SET, "crocus in autumn").expect(
        0,
        "",
        "Changed the password of `alice`.\n",
    );
}

fn a_hasher_that_the_server_may_lack_is_pointed_out_until_one_is_there(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    let warning = |hasher, package| {
        format!(
            "drfctl: warning: none of the newest passwords here is hashed with {hasher}: a login \
             fails unless the server has the Python package `{package}`\n"
        )
    };
    for (hasher, warning) in [
        ("argon2", warning("argon2", "argon2-cffi")),
        ("argon2", String::new()),
        ("bcrypt_sha256", warning("bcrypt_sha256", "bcrypt")),
        ("scrypt", String::new()),
    ] {
        let name = format!("user{}", sandbox.sql("SELECT id FROM auth_user").len());
        let create = ["create-user", &name, "--password-stdin", "--hasher", hasher];
        let created = format!("{warning}Created user `{name}`.\n");
        run_secretly(&sandbox, &create, PASSWORD).expect(0, "", &created);
    }
}

fn a_server_with_a_way_of_its_own_to_hash_is_not_given_djangos_unasked(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    sandbox.sql("UPDATE auth_user SET password = '{SHA512-CRYPT}$6$rounds=70000$salt$hash'");
    let before = content(&sandbox);
    let refusal = "drfctl: most passwords in this database use a custom hasher; the server may \
                   not accept a hash that Django ships\n\
                   hint: `--hasher NAME` makes one all the same, for a server that has it in \
                   `PASSWORD_HASHERS`\n";
    for command in [
        &["set-password", "alice"][..],
        &["create-user", "bob"],
        &["create-user", "alice", "--if-exists", "update"],
    ] {
        let command = [command, &["--password-stdin"]].concat();
        run_secretly(&sandbox, &command, PASSWORD).expect(1, "", refusal);
    }
    let users = format!("username,password\nbob,{PASSWORD}\n");
    let import = sandbox.run_with_stdin(["create-user", "--from=-"], users);
    let in_line = refusal.replacen("drfctl: ", "drfctl: `stdin`, line 2: ", 1);
    import.expect(1, "", &in_line);
    // A file is refused before the first of its users is written, however many there are.
    let mut users: String = "username,password,password_hash\n".to_owned();
    for number in 0..6_000 {
        users += &format!("user{number},,!\n");
    }
    users += &format!("last,{PASSWORD},\n");
    std::fs::write(sandbox.path("users.csv"), users).expect("write");
    let import = sandbox.run(["create-user", "--from=users.csv", "--token", "-f", "json"]);
    assert_eq!((import.status, &*import.stdout), (1, ""), "{import}");
    assert!(import.stderr.contains("line 6002"), "{import}");
    assert_eq!(content(&sandbox), before);

    let verify = ["verify", "password", "alice", "--password-stdin"];
    run_secretly(&sandbox, &verify, PASSWORD).expect(
        1,
        "Unable to log in with provided credentials.\n",
        "drfctl: warning: the stored password uses a custom hasher, which Django does not ship: \
         the server may answer otherwise\n",
    );

    // What needs no hash, and what is asked for in so many words.
    let service = ["create-user", "service", "--no-password"];
    sandbox
        .run(service)
        .expect(0, "", "Created user `service`.\n");
    let insist = [&SET[..], &["--hasher", "pbkdf2_sha256"]].concat();
    let insist = run_secretly(&sandbox, &insist, PASSWORD);
    insist.expect(0, "", "Changed the password of `alice`.\n");
}

fn json_says_whether_it_changed(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
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

fn a_password_similar_to_the_user_is_refused(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    sandbox.sql("UPDATE auth_user SET email = 'wonderland@example.com'");
    let before = content(&sandbox);
    let refused = sandbox.run_with_stdin(SET, "wonderland9");
    let stderr = "drfctl: the password is too weak: The password is too similar to the email \
                  address.\nhint: choose another, or override with `--allow-weak-password`\n";
    refused.expect(1, "", stderr);
    assert_eq!(content(&sandbox), before);
    let insist = [&SET[..], &["--allow-weak-password"]].concat();
    sandbox.run_with_stdin(insist, "wonderland9").success();
    assert!(logs_in(&sandbox, "wonderland9"));
}

fn an_unknown_user_is_status_3(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    let stderr = "drfctl: no user named `bob`\nhint: `drfctl list --all-users` shows all users\n";
    expect(
        &sandbox,
        &["set-password", "bob", "--no-password"],
        3,
        "",
        stderr,
    );
}

fn the_token_is_revoked_with_the_old_password(engine: Engine) {
    let (sandbox, _) = with_token_on(engine, "alice");
    let revoke = [&["-q", "-f", "json"], &SET[..], &["--revoke-token"]].concat();
    for (result, token_result) in [("updated", "revoked"), ("unchanged", "absent")] {
        let outcome = run_secretly(&sandbox, &revoke, PASSWORD);
        let json: Value = serde_json::from_str(&outcome.success()).expect("JSON");
        let wanted = json!({
            "username": "alice", "user_id": 1, "result": result, "token_result": token_result,
        });
        assert_eq!(json, wanted);
        assert_eq!(stored_key(&sandbox, "alice"), None);
    }
    assert!(logs_in(&sandbox, PASSWORD));
}

fn the_token_is_replaced_with_the_old_password(engine: Engine) {
    let (sandbox, old) = with_token_on(engine, "alice");
    let reset = [&["-q"], &SET[..], &["--reset-token"]].concat();
    // Also where the password is the same.
    let mut keys = vec![old];
    for _ in 0..2 {
        let printed = run_secretly(&sandbox, &reset, PASSWORD).success();
        let key = printed.trim_end().to_owned();
        assert_eq!(stored_key(&sandbox, "alice"), Some(key.clone()));
        assert!(!keys.contains(&key));
        keys.push(key);
    }
    assert!(logs_in(&sandbox, PASSWORD));
    sandbox.run(["-q", "revoke", "alice"]).expect(0, "", "");
    let json = run_secretly(&sandbox, &[&reset[..], &["-f", "json"]].concat(), PASSWORD);
    let json: Value = serde_json::from_str(&json.success()).expect("JSON");
    assert_eq!(json["token_result"], "created");
    assert_eq!(
        json["token"].as_str(),
        stored_key(&sandbox, "alice").as_deref()
    );
}
