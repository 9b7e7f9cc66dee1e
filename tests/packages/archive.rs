//! The archive with the static binary: it needs nothing of the system it runs on.

use std::fs;
use std::time::Instant;

use super::{Artefact, EmptyRoot, PASSWORD, as_root, install_lines, within_a_minute};
use crate::support::{Outcome, rows, variable};

/// Where the binary is in the root that it is unpacked in.
const DRFCTL: &str = "/drfctl";

/// A root with the binary of the archive, and nothing else.
fn installed() -> Option<EmptyRoot> {
    let archive = Artefact::Archive.build()?;
    let root = EmptyRoot::new();
    let downloads = tempfile::tempdir().expect("make a temporary directory");
    let name = archive.file_name().expect("a name");
    fs::copy(archive, downloads.path().join(name)).expect("copy the archive");
    let line = install_lines("any Linux")[0];
    let line = line.replace("/usr/local/bin", &root.path("").display().to_string());
    let mut install = as_root("sh");
    Outcome::of(install.args(["-c", &line]).current_dir(&downloads)).expect(0, "", "");
    let mut entries = fs::read_dir(root.path("")).expect("list the root");
    let alone = entries.next().map(|entry| entry.expect("an entry").path());
    assert_eq!((alone, entries.count()), (Some(root.path("drfctl")), 0));
    Some(root)
}

#[test]
fn the_static_binary_makes_a_token_where_there_is_nothing_else() {
    if Artefact::Archive.build().is_none() {
        return;
    }
    let start = Instant::now();
    let root = installed().expect("it is built");
    root.run(DRFCTL, &["migrate"]).success();
    let create = ["create-user", "deploy", "--no-password", "--token"];
    let key = root.run(DRFCTL, &create).success();
    within_a_minute(start);
    assert_eq!(
        rows(&root.path("db.sqlite3"), "SELECT key FROM authtoken_token"),
        [key.trim_end()]
    );
    let header = format!("Token {key}");
    let mut verify = root.command(DRFCTL, &["verify", "token"]);
    Outcome::with_stdin(&mut verify, header.as_bytes()).success();

    let reset = ["-q", "create-token", "deploy", "--reset"];
    let new = root.run(DRFCTL, &reset).success();
    assert_ne!(new, key);
    assert_eq!(new.trim_end().len(), 40);
}

#[test]
fn the_static_binary_hashes_passwords_where_there_is_nothing_else() {
    let Some(root) = installed() else {
        return;
    };
    root.run(DRFCTL, &["migrate"]).success();
    // A name beyond ASCII, without a locale.
    let users = format!(
        "{{\"username\": \"d\u{e9}ploy\", \"password\": \"{PASSWORD}\"}}\n\
         {{\"username\": \"argon\", \"password\": \"{PASSWORD}\"}}\n"
    );
    let mut create = root.command(DRFCTL, &["-q", "create-user", "--from", "-"]);
    Outcome::with_stdin(&mut create, users.as_bytes()).expect(0, "", "");

    for (args, said) in [
        (
            &["verify", "password", "d\u{e9}ploy", "--password-stdin"][..],
            "d\u{e9}ploy\n",
        ),
        (
            &[
                "set-password",
                "argon",
                "--hasher",
                "argon2",
                "--password-stdin",
            ],
            "",
        ),
        (
            &["verify", "password", "argon", "--password-stdin"],
            "argon\n",
        ),
    ] {
        let mut command = root.command(DRFCTL, args);
        let outcome = Outcome::with_stdin(&mut command, PASSWORD.as_bytes());
        assert_eq!(outcome.success(), said, "{args:?}");
    }
    let hashers = "SELECT substr(password, 1, 14) FROM auth_user ORDER BY id";
    assert_eq!(
        rows(&root.path("db.sqlite3"), hashers),
        ["pbkdf2_sha256$", "argon2$argon2i"]
    );
}

#[test]
fn the_static_binary_knows_time_zones_where_there_is_nothing_else() {
    let Some(root) = installed() else {
        return;
    };
    root.run(DRFCTL, &["migrate"]).success();
    let create = ["create-user", "deploy", "--no-password", "--token"];
    root.run(DRFCTL, &create).success();
    rows(
        &root.path("db.sqlite3"),
        "UPDATE authtoken_token SET created = '2026-07-01 12:00:00'",
    );
    for (zone, created) in [
        ("Europe/Berlin", "2026-07-01T10:00:00Z"),
        ("America/New_York", "2026-07-01T16:00:00Z"),
    ] {
        let listed = root
            .run(DRFCTL, &["--time-zone", zone, "list", "-f", "json"])
            .success();
        let users: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
        assert_eq!(users[0]["created"], created, "{zone}");
    }
}

#[test]
fn nothing_of_the_machine_that_built_it_is_in_the_static_binary() {
    let Some(root) = installed() else {
        return;
    };
    let binary = fs::read(root.path("drfctl")).expect("read the binary");
    let holds = |text: &str| {
        binary
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    // The dependencies' paths are there, for messages of panics.
    assert!(holds("/cargo/registry/src/"));
    for directory in [env!("CARGO_MANIFEST_DIR"), &variable("HOME")] {
        assert!(!holds(&format!("{directory}/")), "{directory}");
    }
}
