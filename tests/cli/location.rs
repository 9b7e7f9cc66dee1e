//! Where the database is: a path, or a URL as dj-database-url reads it.

use std::fs;

use super::{files, with_token};
use crate::support::Outcome;

#[test]
fn a_database_is_named_by_a_path_or_a_url() {
    let (sandbox, _) = with_token("alice");
    fs::rename(sandbox.database(), sandbox.path("my data.db")).expect("rename");
    let absolute = sandbox.path("my data.db").display().to_string();
    for name in [
        "my data.db",
        "./my data.db",
        &absolute,
        "sqlite:///my data.db",
        "sqlite:///my%20data.db",
        "SQLITE:///my%20data.db?timeout=20",
        &format!("sqlite:///{absolute}"),
    ] {
        sandbox
            .run(["-d", name, "list", "-f", "names"])
            .expect(0, "alice\n", "");
        let mut by_variable = sandbox.command(["list", "-f", "names"]);
        Outcome::of(by_variable.env("DATABASE_URL", name)).expect(0, "alice\n", "");
    }
}

#[test]
fn what_lacks_a_part_of_a_url_is_not_taken_for_the_name_of_a_file() {
    let (sandbox, _) = with_token("alice");
    for name in [
        "",
        ":memory:",
        "file::memory:",
        "file:db.sqlite3",
        "sqlite:db.sqlite3",
        "postgres:db",
        "user:secret@host/db",
        "$DB",
    ] {
        let refused = sandbox.run(["-d", name, "migrate"]);
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{name}");
        assert!(!refused.stderr.contains("secret"), "{}", refused.stderr);
        assert_eq!(files(&sandbox), ["db.sqlite3"], "{name}");
    }
}

#[test]
fn what_sqlite_would_take_for_a_uri_is_the_name_of_a_file_behind_a_dot() {
    for name in ["./file:db.sqlite3?nolock=1", "./:memory:"] {
        let (sandbox, _) = with_token("alice");
        sandbox.run(["-d", name, "migrate"]).success();
        assert_eq!(files(&sandbox).len(), 2, "{name}");
        assert!(sandbox.path(name).is_file(), "{name}");
        sandbox
            .run(["-d", name, "list", "-f", "names"])
            .expect(0, "", "");
    }
}
