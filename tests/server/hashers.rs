//! Every hash that drfctl makes or takes is one that the server checks.

use serde_json::json;

use super::stock;
use crate::support::{Django, Line, Sandbox};

const PASSWORD: &str = "correct horse battery staple";

/// What `--hasher` calls it, and Django's class.
const HASHERS: [(&str, &str); 5] = [
    ("pbkdf2_sha256", "PBKDF2PasswordHasher"),
    ("pbkdf2_sha1", "PBKDF2SHA1PasswordHasher"),
    ("argon2", "Argon2PasswordHasher"),
    ("bcrypt_sha256", "BCryptSHA256PasswordHasher"),
    ("scrypt", "ScryptPasswordHasher"),
];

#[test]
fn the_server_takes_the_hash_of_every_hasher() {
    let Some((sandbox, project)) = stock() else {
        return;
    };
    let server = project.serve();
    for (hasher, _) in HASHERS {
        let create = [
            "create-user",
            hasher,
            "--password-stdin",
            "--hasher",
            hasher,
        ];
        sandbox.run_with_stdin(create, PASSWORD).success();
        assert_eq!(server.log_in(hasher, "wrong").status, 400, "{hasher}");
        assert_eq!(server.log_in(hasher, PASSWORD).status, 200, "{hasher}");
    }
}

#[test]
fn on_the_newest_django_no_hash_is_written_anew_at_the_login() {
    let Some(django) = Django::line(Line::D61) else {
        return;
    };
    let sandbox = Sandbox::migrated();
    for (hasher, class) in HASHERS {
        let create = [
            "create-user",
            hasher,
            "--password-stdin",
            "--hasher",
            hasher,
        ];
        sandbox.run_with_stdin(create, PASSWORD).success();
        let project = django.project(sandbox.database());
        let request = json!({"op": "must_update", "username": hasher});
        let must_update = project.with("FIRST_HASHER", class).oracle().ask(&request);
        assert_eq!(must_update, json!(false), "{hasher}");
    }
}

#[test]
fn on_every_django_the_hash_is_as_strong_as_its_own() {
    for django in Line::ALL.into_iter().filter_map(Django::line) {
        let sandbox = Sandbox::new();
        let project = django.project(sandbox.database()).migrated();
        let mut oracle = project.oracle();
        oracle.ask(&json!({"op": "create_user", "username": "root", "password": PASSWORD}));
        let create = ["create-user", "alice", "--password-stdin"];
        sandbox.run_with_stdin(create, PASSWORD).success();
        let request = json!({"op": "must_update", "username": "alice"});
        assert_eq!(oracle.ask(&request), json!(false));
    }
}

#[test]
fn a_hash_that_django_made_is_stored_as_it_is() {
    let Some((sandbox, project)) = stock() else {
        return;
    };
    let mut oracle = project.oracle();
    oracle.ask(&json!({"op": "create_user", "username": "root", "password": PASSWORD}));
    let hash = sandbox.sqlite("SELECT password FROM auth_user").concat();
    let create = ["create-user", "alice", "--password-stdin", "--hashed"];
    sandbox.run_with_stdin(create, hash).success();
    let check = json!({"op": "check_password", "username": "alice", "password": PASSWORD});
    assert_eq!(oracle.ask(&check), json!(true));
    assert_eq!(
        sandbox.sqlite("SELECT count(DISTINCT password) FROM auth_user"),
        ["1"]
    );
}
