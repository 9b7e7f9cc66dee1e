//! What is said of passwords and their hashes: the server's own answer, in the server's own
//! words.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::{execute, is_clean_failure, is_short};
use crate::cli::{PASSWORD, is_root, with_users};
use crate::support::{Outcome, Sandbox};

/// Alice, whose password is stored so.
fn with_hash(hash: &str) -> Sandbox {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        &format!("UPDATE auth_user SET password = '{hash}'"),
    );
    sandbox
}

fn verify(sandbox: &Sandbox, password: impl AsRef<[u8]>, options: &[&str]) -> Outcome {
    let verify = ["verify", "password", "alice", "--password-stdin"];
    sandbox.run_with_stdin([&verify, options].concat(), password)
}

/// The answer of `verify password` in JSON.
#[track_caller]
fn answer(sandbox: &Sandbox, password: impl AsRef<[u8]>) -> Value {
    let outcome = verify(sandbox, password, &["-f", "json"]);
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"))
}

/// The password `lètmein` with the salt `seasalt`, as Django's own tests have it.
const OLD_HASHES: [(&str, &str); 4] = [
    ("md5", "md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3"),
    (
        "sha1",
        "sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8",
    ),
    ("unsalted_md5", "88a434c88cca4e900f7874cd98123f43"),
    (
        "bcrypt",
        "bcrypt$$2b$04$vZo.JDiKQ.ygwQGjZAMeZeNuGNsyGJv.HCrqAVkuvNUUhPu5hEQwC",
    ),
];

#[test]
fn a_hash_that_a_default_server_refuses_is_named() {
    for (hasher, hash) in OLD_HASHES {
        let sandbox = with_hash(hash);
        let plain = verify(&sandbox, "lètmein", &[]);
        is_short(&plain, hasher);
        assert!(plain.stderr.contains("warning: "), "{hasher}: {plain}");
        assert!(
            plain.stderr.contains("PASSWORD_HASHERS"),
            "{hasher}: {plain}"
        );
        let answer = answer(&sandbox, "lètmein");
        assert_eq!(answer["hasher"], hasher, "{answer}");
        assert_eq!(answer["default_hasher"], false, "{answer}");
    }
}

#[test]
fn a_hash_of_a_default_server_is_named_too() {
    let sandbox = with_users(&["alice"]);
    for hasher in [
        "pbkdf2_sha256",
        "pbkdf2_sha1",
        "argon2",
        "bcrypt_sha256",
        "scrypt",
    ] {
        let set = [
            "-q",
            "set-password",
            "alice",
            "--password-stdin",
            "--hasher",
            hasher,
        ];
        sandbox.run_with_stdin(set, PASSWORD).expect(0, "", "");
        let plain = verify(&sandbox, PASSWORD, &[]);
        plain.expect(0, "alice\n", "");
        let answer = answer(&sandbox, PASSWORD);
        assert_eq!(answer["hasher"], hasher, "{answer}");
        assert_eq!(answer["default_hasher"], true, "{answer}");
    }
}

#[test]
fn a_nul_in_a_password_gets_the_servers_answer() {
    let sandbox = with_hash(OLD_HASHES[0].1);
    let answer = answer(&sandbox, "let\0mein");
    assert_eq!(answer["accepted"], false);
    assert_eq!(answer["status"], 400);
    assert_eq!(answer["detail"], "Null characters are not allowed.");
    let plain = verify(&sandbox, "let\0mein", &[]);
    assert_eq!(plain.status, 1, "{plain}");
    assert_eq!(plain.stdout, "Null characters are not allowed.\n");
}

#[test]
fn crypt_is_known_and_said_to_be_unsupported() {
    let sandbox = with_hash("crypt$$ab1Hv2Lg7ltQo");
    let outcome = verify(&sandbox, "lètmein", &[]);
    is_short(&outcome, "crypt");
    assert_ne!(outcome.status, 0, "{outcome}");
    assert!(outcome.stderr.contains("crypt"), "{outcome}");
    assert!(
        !outcome.stderr.contains("no kind that Django ships"),
        "{outcome}"
    );
    // Nor is it foreign: a new password is taken beside it.
    let create = [
        "-q",
        "create-user",
        "bob",
        "--password-stdin",
        "--iterations",
        "1000",
    ];
    let created = sandbox.run_with_stdin(create, PASSWORD);
    assert_eq!(created.status, 0, "{created}");
}

#[test]
fn a_foreign_hash_is_answered_with_djangos_form_of_it() {
    let bcrypt = "$2y$12$vZo.JDiKQ.ygwQGjZAMeZeNuGNsyGJv.HCrqAVkuvNUUhPu5hEQwC";
    let argon2 = "$argon2id$v=19$m=102400,t=2,p=8$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw";
    let passlib =
        "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk";
    for (hash, words) in [
        (bcrypt, &["bcrypt$"][..]),
        (argon2, &["argon2"]),
        (passlib, &["pbkdf2_sha256$"]),
    ] {
        let sandbox = with_users(&["alice"]);
        let set = ["set-password", "alice", "--password-stdin", "--hashed"];
        let refused = sandbox.run_with_stdin(set, hash);
        is_clean_failure(&refused, hash);
        for word in words {
            assert!(refused.stderr.contains(word), "{word}: {refused}");
        }
        // The form, and not the secret.
        assert!(!refused.stderr.contains(&hash[20..]), "{refused}");
    }
    let sandbox = with_users(&["alice"]);
    let set = [
        "-q",
        "set-password",
        "alice",
        "--password-stdin",
        "--hashed",
    ];
    for hash in [
        format!("bcrypt${}", bcrypt.replace("$2y$", "$2b$")),
        format!("argon2{argon2}"),
    ] {
        let taken = sandbox.run_with_stdin(set, &hash);
        assert_eq!(taken.status, 0, "{taken}");
    }
}

#[test]
fn a_password_file_that_others_can_read_is_a_warning() {
    let set = [
        "set-password",
        "alice",
        "--iterations",
        "1000",
        "--password-file",
        "pw",
    ];
    for mode in [0o644, 0o444, 0o640] {
        let sandbox = with_users(&["alice"]);
        fs::write(sandbox.path("pw"), PASSWORD).expect("write");
        fs::set_permissions(sandbox.path("pw"), Permissions::from_mode(mode)).expect("chmod");
        let outcome = sandbox.run(set);
        assert_eq!(outcome.status, 0, "{mode:o}: {outcome}");
        assert!(outcome.stderr.contains("warning: "), "{mode:o}: {outcome}");
        assert!(outcome.stderr.contains("`pw`"), "{mode:o}: {outcome}");
        let key = ["create-token", "alice", "--reset", "--key-file", "key"];
        fs::write(sandbox.path("key"), "an-old-key-that-others-can-read").expect("write");
        fs::set_permissions(sandbox.path("key"), Permissions::from_mode(mode)).expect("chmod");
        let outcome = sandbox.run(key);
        assert_eq!(outcome.status, 0, "{mode:o}: {outcome}");
        assert!(outcome.stderr.contains("`key`"), "{mode:o}: {outcome}");
    }
}

#[test]
fn a_secret_that_a_container_mounts_is_no_warning() {
    if !is_root() {
        return super::not_run("root");
    }
    for read_only in [false, true] {
        let sandbox = with_users(&["alice"]);
        let disk = super::disk::Disk::of_kilobytes(&sandbox, 64);
        let secret = disk.path("pw");
        fs::write(&secret, PASSWORD).expect("write");
        fs::set_permissions(&secret, Permissions::from_mode(0o444)).expect("chmod");
        if read_only {
            disk.make_read_only();
        }
        let path = secret.to_str().expect("a path");
        let set = [
            "-q",
            "set-password",
            "alice",
            "--iterations",
            "1000",
            "--password-file",
            path,
        ];
        sandbox.run(set).expect(0, "", "");
    }
}

/// Users as a project has them that hashes so.
fn with_newest_hash(hash: &str) -> Sandbox {
    let sandbox = with_users(&["one", "two", "three"]);
    execute(
        &sandbox,
        &format!("UPDATE auth_user SET password = '{hash}'"),
    );
    sandbox
}

#[test]
fn a_new_password_is_hashed_as_the_newest_users_are() {
    let argon2 = "argon2$argon2id$v=19$m=102400,t=2,p=8$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw";
    let scrypt = "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==";
    let bcrypt = "bcrypt_sha256$$2b$12$WBBWOeuP5y5VBCTqNZTNu.c4n46nQxEPMbVcGl0uhgfhUtiFWlkpK";
    for (hash, start) in [
        (argon2, "argon2$argon2id$v=19$m=102400,t=2,p=8$"),
        (scrypt, "scrypt$16384$"),
        (bcrypt, "bcrypt_sha256$$2b$12$"),
    ] {
        let sandbox = with_newest_hash(hash);
        let create = ["create-user", "bob", "--password-stdin"];
        let outcome = sandbox.run_with_stdin(create, PASSWORD);
        assert_eq!(outcome.status, 0, "{outcome}");
        let stored = sandbox
            .sqlite("SELECT password FROM auth_user WHERE username = 'bob'")
            .remove(0);
        if !stored.starts_with(start) {
            // Or the truth, and the remedy.
            let remedy = format!("--hasher {}", hash.split('$').next().unwrap_or_default());
            assert!(outcome.stderr.contains(&remedy), "{stored}: {outcome}");
        }
    }
}

#[test]
fn the_hasher_follows_the_servers_rows_and_not_drfctls_own() {
    let argon2 = "argon2$argon2id$v=19$m=102400,t=2,p=8$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw";
    let sandbox = with_newest_hash(argon2);
    for n in 0..4 {
        let name = format!("service{n}");
        sandbox
            .run(["-q", "create-user", &name, "--no-password"])
            .expect(0, "", "");
    }
    for n in 0..3 {
        let name = format!("user{n}");
        let create = ["create-user", &name, "--password-stdin"];
        let outcome = sandbox.run_with_stdin(create, PASSWORD);
        let sql = format!("SELECT password FROM auth_user WHERE username = '{name}'");
        let stored = sandbox.sqlite(&sql).remove(0);
        let is_told = outcome.stderr.contains("--hasher argon2");
        assert!(
            stored.starts_with("argon2$") || is_told,
            "{name}: {outcome}"
        );
    }
}
