//! What becomes of a new password: judged, hashed, and verified.

use super::{PASSWORD, run_secretly, with_users};
use crate::support::Sandbox;

const NAMES: &str = "SELECT username FROM auth_user";

#[test]
fn a_weak_password_is_refused_in_djangos_words_unless_it_is_insisted_on() {
    let sandbox = with_users(&[]);
    for (password, messages) in [
        (
            "Xk9$",
            "This password is too short. It must contain at least 8 characters.",
        ),
        ("password1", "This password is too common."),
        ("8264917305", "This password is entirely numeric."),
        (
            "alice-smith",
            "The password is too similar to the username.",
        ),
        (
            "anderson-x",
            "The password is too similar to the last name.",
        ),
        (
            "me@example.com",
            "The password is too similar to the email address.",
        ),
        (
            "1234",
            "This password is too short. It must contain at least 8 characters. This password is \
             too common. This password is entirely numeric.",
        ),
    ] {
        let create = [
            "create-user",
            "alice-smith",
            "--email",
            "me@example.com",
            "--last-name",
            "anderson",
            "--password-stdin",
            "--iterations",
            "1000",
        ];
        let stderr = format!(
            "drfctl: the password is too weak: {messages}\n\
             hint: choose another, or override with `--allow-weak-password`\n"
        );
        sandbox
            .run_with_stdin(create, password)
            .expect(1, "", &stderr);
        assert_eq!(sandbox.sqlite(NAMES), [""; 0]);
        let insist = [&create[..], &["--allow-weak-password", "-q"]].concat();
        sandbox.run_with_stdin(insist, password).expect(0, "", "");
        sandbox.sqlite("DELETE FROM auth_user");
    }
}

#[test]
fn a_hash_is_made_as_it_is_asked_for_and_can_be_verified() {
    let sandbox = Sandbox::migrated();
    for (name, options, start) in [
        ("a", &["--iterations", "1234"][..], "pbkdf2_sha256$1234$"),
        ("b", &[], "pbkdf2_sha256$1234$"),
        (
            "c",
            &["--hasher", "pbkdf2_sha1", "--iterations", "1000"],
            "pbkdf2_sha1$1000$",
        ),
        (
            "d",
            &["--hasher", "argon2"],
            "argon2$argon2id$v=19$m=102400,t=2,p=8$",
        ),
        ("e", &["--hasher", "bcrypt_sha256"], "bcrypt_sha256$$2b$12$"),
        ("f", &["--hasher", "scrypt"], "scrypt$16384$"),
    ] {
        let create = [&["-q", "create-user", name, "--password-stdin"], options].concat();
        sandbox.run_with_stdin(create, PASSWORD).expect(0, "", "");
        let sql = format!("SELECT password FROM auth_user WHERE username = '{name}'");
        let hash = sandbox.sqlite(&sql).remove(0);
        assert!(hash.starts_with(start), "{hash}");
        let verify = ["verify", "password", name, "--password-stdin"];
        sandbox
            .run_with_stdin(verify, PASSWORD)
            .expect(0, &format!("{name}\n"), "");
        // A hash that another system made is stored as it is.
        let copy = format!("{name}2");
        let create = ["-q", "create-user", &copy, "--password-stdin", "--hashed"];
        sandbox.run_with_stdin(create, &hash).expect(0, "", "");
        let sql = format!("SELECT password FROM auth_user WHERE username = '{copy}'");
        assert_eq!(sandbox.sqlite(&sql), [hash]);
    }
}

#[test]
fn where_the_server_hashes_as_drfctl_never_does_the_way_out_is_a_hash_of_the_servers() {
    let sandbox = with_users(&["alice"]);
    let md5 = "md5$salt$8fa9d84b546d123e7ad74934b9b658b9";
    sandbox.sqlite(&format!("UPDATE auth_user SET password = '{md5}'"));
    let create = [
        "create-user",
        "bob",
        "--password-stdin",
        "--iterations",
        "1000",
    ];
    run_secretly(&sandbox, &create, PASSWORD).expect(
        0,
        "",
        "drfctl: warning: most of the newest passwords here are md5 hashes, and this one is \
         pbkdf2_sha256: if the server refuses it, set it again with `--hashed` and a hash that the \
         server has made\nCreated user `bob`.\n",
    );
    let hashed = ["-q", "set-password", "bob", "--password-stdin", "--hashed"];
    run_secretly(&sandbox, &hashed, md5).expect(0, "", "");
    run_secretly(
        &sandbox,
        &["-q", "verify", "password", "bob", "--password-stdin"],
        "something secret",
    )
    .expect(0, "bob\n", "");
}

#[test]
fn a_hash_that_django_could_not_read_is_refused() {
    let sandbox = Sandbox::migrated();
    for hash in [
        "plain",
        "unknown$1$salt$hash",
        "pbkdf2_sha256$",
        "pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$many$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$1000$salt$short",
        "bcrypt_sha256$nothing",
        "argon2$argon2id$v=19$m=1,t=1$a$b",
        "scrypt$3$salt$8$1$AAAA",
    ] {
        let create = ["create-user", "x", "--password-stdin", "--hashed"];
        let refused = sandbox.run_with_stdin(create, hash);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (1, ""),
            "{hash}: {refused}"
        );
        assert!(!refused.stderr.contains(hash), "{refused}");
    }
    assert_eq!(sandbox.sqlite(NAMES), [""; 0]);
}
