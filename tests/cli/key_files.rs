//! Keys that come from a file and keys that go to one.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::thread;

use super::{KEY, expect, files, is_root, run_secretly as run, stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

#[test]
fn a_key_that_may_not_become_a_token_is_refused() {
    let sandbox = with_users(&["alice"]);
    for (key, problem) in [
        (String::new(), "it is shorter than 20 characters"),
        ("\n".to_owned(), "it is shorter than 20 characters"),
        ("k1".repeat(9) + "k", "it is shorter than 20 characters"),
        ("k1".repeat(20) + "k", "it is longer than 40 characters"),
        ("k1".repeat(2048), "it is longer than 40 characters"),
        ("k1".repeat(8192), "it is longer than any key"),
        (
            format!("{}\n{}", &KEY[..20], &KEY[20..]),
            "it has more than one line",
        ),
        (format!("{KEY}\n\n"), "it has more than one line"),
        (KEY.replace('f', " "), "it is not made of visible ASCII"),
        (KEY.replace('f', "ÿ"), "it is not made of visible ASCII"),
        (KEY.replace('f', "\0"), "it is not made of visible ASCII"),
        (
            "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b".to_owned(),
            "it is a well-known example",
        ),
        ("a".repeat(40), "it is a well-known example"),
    ] {
        fs::write(sandbox.path("key"), &key).expect("write");
        let stderr = format!("drfctl: the key is refused: {problem}\n");
        let create = ["create-token", "alice", "--key-file"];
        run(&sandbox, &[&create[..], &["key"]].concat(), "").expect(1, "", &stderr);
        run(&sandbox, &[&create[..], &["-"]].concat(), &key).expect(1, "", &stderr);
    }
    assert_eq!(stored_key(&sandbox, "alice"), None);
}

#[test]
fn a_key_that_is_brought_along_becomes_the_token_unless_there_is_another() {
    let (sandbox, others) = with_token("bob");
    sandbox
        .run(["create-user", "alice", "--no-password"])
        .success();
    let create = ["-q", "create-token", "alice", "--key-file", "-"];
    for end in ["", "\n", "\r\n"] {
        run(&sandbox, &create, format!("{KEY}{end}")).expect(0, &format!("{KEY}\n"), "");
    }
    assert_eq!(stored_key(&sandbox, "alice").as_deref(), Some(KEY));
    let another = KEY.replace('0', "9");
    let stderr = "drfctl: user `alice` already has another token\n\
                  hint: `--reset` replaces it by this key\n";
    run(&sandbox, &create, &another).expect(4, "", stderr);
    let stderr = "drfctl: the key is another user's token\n";
    let reset = [&create[..], &["--reset"]].concat();
    run(&sandbox, &reset, &others).expect(4, "", stderr);
    assert_eq!(stored_key(&sandbox, "alice").as_deref(), Some(KEY));
    run(&sandbox, &reset, &another).expect(0, &format!("{another}\n"), "");
    assert_eq!(stored_key(&sandbox, "alice"), Some(another));
    assert_eq!(stored_key(&sandbox, "bob"), Some(others));
}

/// The mode of a file, and what is in it.
fn file(sandbox: &Sandbox, name: &str) -> (u32, String) {
    let path = sandbox.path(name);
    let mode = fs::symlink_metadata(&path)
        .expect("the file")
        .permissions()
        .mode();
    (mode & 0o7777, fs::read_to_string(path).expect("read"))
}

#[test]
fn a_file_for_a_key_is_readable_by_nobody_else_whatever_was_there() {
    let sandbox = with_users(&["alice"]);
    let out = [
        "-q",
        "create-token",
        "alice",
        "--format",
        "env",
        "--out",
        "secret",
    ];
    run(&sandbox, &out, "").expect(0, "", "");
    let line = format!(
        "DRF_TOKEN={}\n",
        stored_key(&sandbox, "alice").expect("a token")
    );
    assert_eq!(file(&sandbox, "secret"), (0o600, line.clone()));
    // Another file takes the name; whoever has the old one open keeps that.
    fs::write(sandbox.path("secret"), "old").expect("write");
    fs::set_permissions(sandbox.path("secret"), Permissions::from_mode(0o666)).expect("chmod");
    fs::hard_link(sandbox.path("secret"), sandbox.path("old")).expect("link");
    let mut open = Command::new("sh");
    open.args([
        "-c",
        r#"umask 000; exec "$0" "$@""#,
        env!("CARGO_BIN_EXE_drfctl"),
    ])
    .args(out);
    Outcome::of(open.current_dir(sandbox.path("."))).expect(0, "", "");
    assert_eq!(file(&sandbox, "secret"), (0o600, line));
    assert_eq!(file(&sandbox, "old"), (0o666, "old".to_owned()));
    assert_eq!(files(&sandbox), ["db.sqlite3", "old", "secret"]);
}

#[test]
fn a_place_that_is_no_file_takes_no_key_and_no_token_is_made() {
    let sandbox = with_users(&["alice"]);
    fs::create_dir(sandbox.path("directory")).expect("make a directory");
    fs::write(sandbox.path("target"), "mine").expect("write");
    symlink("target", sandbox.path("link")).expect("link");
    symlink("nowhere", sandbox.path("dangling")).expect("link");
    Outcome::of(Command::new("mkfifo").arg(sandbox.path("fifo"))).success();
    let before = files(&sandbox);
    for (place, problem) in [
        ("directory", "it is a directory"),
        ("link", "it is a symbolic link"),
        ("dangling", "it is a symbolic link"),
        ("fifo", "it is not a regular file"),
        ("/dev/full", "it is not a regular file"),
    ] {
        let out = ["create-token", "alice", "--out", place];
        run(&sandbox, &out, "").expect(
            1,
            "",
            &format!("drfctl: cannot write `{place}`: {problem}\n"),
        );
    }
    for place in [
        "missing/secret",
        "target/secret",
        "/proc/secret",
        "directory/",
    ] {
        let refused = run(&sandbox, &["create-token", "alice", "--out", place], "");
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (1, ""),
            "{place}: {refused}"
        );
        assert!(
            refused.stderr.contains(&format!("cannot write `{place}`")),
            "{refused}"
        );
    }
    assert_eq!(stored_key(&sandbox, "alice"), None);
    assert_eq!(files(&sandbox), before);
    assert_eq!(file(&sandbox, "target").1, "mine");
}

/// A file system of few bytes, for as long as the value lives.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(place: &'a Path) -> Option<Self> {
        fs::create_dir(place).expect("make a directory");
        let mut mount = Command::new("mount");
        let options = ["-t", "tmpfs", "-o", "size=64k", "drfctl-test"];
        let mounted = is_root() && Outcome::of(mount.args(options).arg(place)).status == 0;
        mounted.then_some(Self(place))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || thread::panicking());
    }
}

#[test]
fn a_full_disk_takes_no_key_and_no_token_is_changed() {
    let (sandbox, key) = with_token("alice");
    let place = sandbox.path("small");
    let Some(_small) = Small::mount(&place) else {
        let skipped = "\nnot run: a full disk: this needs root and mount\n";
        std::io::stderr()
            .write_all(skipped.as_bytes())
            .expect("write to stderr");
        return;
    };
    let mut filler = File::create(place.join("filler")).expect("create");
    while filler.write_all(&[0; 4096]).is_ok() {}
    for args in [
        &["create-token", "alice", "--reset", "--out", "small/secret"][..],
        &["create-token", "alice", "--out", "small/secret"],
    ] {
        let refused = run(&sandbox, args, "");
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (1, ""),
            "{refused}"
        );
        assert!(
            refused.stderr.contains("cannot write `small/secret`: "),
            "{refused}"
        );
        assert_eq!(stored_key(&sandbox, "alice").as_deref(), Some(key.as_str()));
    }
    let left: Vec<_> = fs::read_dir(&place).expect("list").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn out_never_replaces_the_database_or_a_file_beside_it() {
    let (sandbox, key) = with_token("alice");
    symlink(sandbox.path("."), sandbox.path("here")).expect("link");
    fs::hard_link(sandbox.database(), sandbox.path("second-name")).expect("link");
    for out in [
        "db.sqlite3",
        "./db.sqlite3",
        "here/db.sqlite3",
        "second-name",
        "db.sqlite3-journal",
        "here/db.sqlite3-wal",
        "db.sqlite3-shm",
    ] {
        let stderr = format!("drfctl: cannot write `{out}`: it belongs to the database\n");
        let command = ["create-token", "alice", "--reset", "--out", out];
        expect(&sandbox, &command, 1, "", &stderr);
    }
    assert_eq!(
        sandbox.run(["-q", "create-token", "alice"]).success(),
        format!("{key}\n")
    );
}
