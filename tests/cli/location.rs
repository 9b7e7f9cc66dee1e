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
fn what_sqlite_would_take_for_a_uri_is_the_name_of_a_file() {
    for name in [
        "file:db.sqlite3",
        "file:db.sqlite3?nolock=1",
        ":memory:",
        "file::memory:",
    ] {
        let (sandbox, _) = with_token("alice");
        let missing = sandbox.run(["-d", name, "list"]);
        assert_eq!((missing.status, missing.stdout.as_str()), (5, ""), "{name}");
        assert_eq!(files(&sandbox), ["db.sqlite3"], "{name}");
        sandbox.run(["-d", name, "migrate"]).success();
        assert_eq!(files(&sandbox).len(), 2, "{name}");
        assert!(sandbox.path(name).is_file(), "{name}");
        sandbox
            .run(["-d", name, "list", "-f", "names"])
            .expect(0, "", "");
    }
}
