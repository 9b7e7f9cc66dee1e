//! User tables as projects have them: which one it is, which column people log in with, and
//! hints that lead out of where they are given.

use std::fs;

use super::{execute, is_clean_failure};
use crate::cli::{PASSWORD, files, stored_key, with_users};
use crate::support::{Outcome, Sandbox};

/// A database whose project has this user table, `app_user`, and tokens for it.
pub(super) fn with_user_table(columns: &str, id: &str) -> Sandbox {
    let sandbox = Sandbox::migrated();
    execute(
        &sandbox,
        &format!(
            "DROP TABLE authtoken_token; DROP TABLE auth_user_groups;
             DROP TABLE auth_user_user_permissions; DROP TABLE auth_user;
             CREATE TABLE app_user ({columns});
             CREATE TABLE authtoken_token (key varchar(40) NOT NULL PRIMARY KEY,
                 created datetime NOT NULL, user_id {id} NOT NULL UNIQUE
                 REFERENCES app_user (id) DEFERRABLE INITIALLY DEFERRED);
             INSERT INTO django_migrations (app, name, applied)
                 VALUES ('app', '0001_initial', '2026-01-01 00:00:00');"
        ),
    );
    sandbox
}

const BOTH_UNIQUE: &str = "id integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
    password varchar(128) NOT NULL, last_login datetime NULL, is_superuser bool NOT NULL, \
    is_staff bool NOT NULL, is_active bool NOT NULL, date_joined datetime NOT NULL, \
    username varchar(150) NOT NULL UNIQUE, email varchar(254) NOT NULL UNIQUE, \
    first_name varchar(150) NOT NULL, last_name varchar(150) NOT NULL";

fn with_both_unique() -> Sandbox {
    let sandbox = with_user_table(BOTH_UNIQUE, "integer");
    execute(
        &sandbox,
        "INSERT INTO app_user VALUES (1, '!', NULL, 0, 0, 1, '2026-01-01 00:00:00', 'alice',
         'alice@ex.org', '', '')",
    );
    sandbox
}

#[test]
fn a_name_that_stands_in_another_unique_column_is_said_to() {
    for args in [
        &["create-token", "alice@ex.org"][..],
        &["revoke", "alice@ex.org"],
        &["set-password", "alice@ex.org", "--no-password"],
    ] {
        let sandbox = with_both_unique();
        let outcome = sandbox.run(args);
        is_clean_failure(&outcome, &format!("{args:?}"));
        assert_eq!(outcome.status, 3, "{outcome}");
        for word in ["`username`", "`email`", "--username-field email"] {
            assert!(outcome.stderr.contains(word), "{word}: {outcome}");
        }
        assert!(!outcome.stderr.contains("create-user"), "{outcome}");
        let followed = [args, &["--username-field", "email"]].concat();
        assert_eq!(sandbox.run(followed).status, 0);
    }
}

#[test]
fn no_second_account_is_made_for_an_address_that_another_column_has() {
    let sandbox = with_both_unique();
    let create = ["create-user", "alice@ex.org", "--no-password"];
    sandbox.run(create).expect(
        4,
        "",
        "drfctl: another user has `alice@ex.org` in column `email` of `app_user`\n\
         hint: add `--username-field email` or `--username-field username`, as the project's \
         USERNAME_FIELD says\n",
    );
    for options in [["--if-exists", "skip"], ["--if-exists", "update"]] {
        let outcome = sandbox.run([&create[..], &options].concat());
        assert_eq!(outcome.status, 4, "{outcome}");
    }
    let insisted = [&create[..], &["--username-field", "username"]].concat();
    sandbox
        .run([&insisted[..], &["--email", "other@ex.org"]].concat())
        .success();
}

#[test]
fn an_address_is_no_username_where_it_could_be_meant_for_either_column() {
    let sandbox = with_both_unique();
    let create = ["create-user", "bob@ex.org", "--no-password"];
    sandbox.run(create).expect(
        2,
        "",
        "drfctl: users of `app_user` may log in with `username` or `email`, and `bob@ex.org` fits \
         both\n\
         hint: add `--username-field email` or `--username-field username`, as the project's \
         USERNAME_FIELD says\n",
    );
    std::fs::write(sandbox.path("users.csv"), "username\ncarol\nbob@ex.org\n").expect("write");
    let import = ["create-user", "--from", "users.csv", "--no-password"];
    let outcome = sandbox.run(import);
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(outcome.stderr.contains("line 3"), "{outcome}");
    // Who has it in both columns can log in with either.
    sandbox
        .run([&create[..], &["--email", "bob@ex.org"]].concat())
        .success();
    // A name that is no address is a username.
    let plain = [
        "create-user",
        "dora",
        "--no-password",
        "--email",
        "dora@ex.org",
    ];
    sandbox.run(plain).success();
}

#[test]
fn tables_that_are_gone_while_their_migrations_are_recorded_have_a_way_out() {
    let sandbox = with_users(&["alice"]);
    execute(&sandbox, "DROP TABLE authtoken_token");
    for args in [
        &["migrate"][..],
        &["create-token", "alice"],
        &["migrate", "--plan"],
    ] {
        let outcome = sandbox.run(args);
        is_clean_failure(&outcome, &format!("{args:?}"));
        assert_eq!(outcome.status, 5, "{outcome}");
        let way_out = "manage.py migrate --fake authtoken zero";
        assert!(outcome.stderr.contains(way_out), "{args:?}: {outcome}");
        assert!(
            !outcome.stderr.contains("run `drfctl migrate`"),
            "{outcome}"
        );
    }
    // What that command does.
    execute(
        &sandbox,
        "DELETE FROM django_migrations WHERE app = 'authtoken'",
    );
    sandbox.run(["migrate"]).success();
    sandbox.run(["create-token", "alice"]).success();
}

#[test]
fn migrate_does_not_propose_to_run_migrate() {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        "DROP TABLE authtoken_token;
         CREATE TABLE authtoken_token (key varchar(40) NOT NULL PRIMARY KEY,
         created datetime NOT NULL, user_id integer NOT NULL UNIQUE
         REFERENCES \"auth_user__old\" (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    for args in [
        &["migrate"][..],
        &["migrate", "--check"],
        &["create-token", "alice"],
        &["list"],
    ] {
        let outcome = sandbox.run(args);
        is_clean_failure(&outcome, &format!("{args:?}"));
        assert_eq!(outcome.status, 5, "{args:?}: {outcome}");
        assert!(
            outcome.stderr.contains("`auth_user__old`"),
            "{args:?}: {outcome}"
        );
        assert!(
            !outcome.stderr.contains("run `drfctl migrate`"),
            "{args:?}: {outcome}"
        );
    }
}

#[test]
fn who_names_a_user_table_is_not_told_to_name_it() {
    let sandbox = with_users(&["alice"]);
    for table in ["nope", "django_migrations", "auth_group", ""] {
        let outcome = sandbox.run(["--user-table", table, "create-token", "alice"]);
        if table.is_empty() {
            outcome.success();
            continue;
        }
        is_clean_failure(&outcome, table);
        assert!(
            !outcome.stderr.contains("name it with `--user-table`"),
            "{outcome}"
        );
        assert!(
            !outcome.stderr.contains("run `drfctl migrate`"),
            "{outcome}"
        );
    }
    for args in [&["list"][..], &["create-token", "alice"]] {
        let outcome = sandbox.run([&["--username-field", "nope"], args].concat());
        is_clean_failure(&outcome, "nope");
        // Which columns there are, and not the option that was given.
        assert!(outcome.stderr.contains("`username`"), "{outcome}");
        let circle = "name it with `--username-field`";
        assert!(!outcome.stderr.contains(circle), "{outcome}");
    }
}

#[test]
fn a_link_to_nothing_is_one_thing_to_all_of_migrate() {
    let make = || {
        let sandbox = Sandbox::new();
        std::os::unix::fs::symlink("target.sqlite3", sandbox.database()).expect("link");
        sandbox
    };
    let sandbox = make();
    let plan = sandbox.run(["migrate", "--plan"]);
    assert_eq!(files(&sandbox), ["db.sqlite3"]);
    let migrated = sandbox.run(["migrate"]);
    assert_eq!(plan.status, migrated.status, "{plan}\n{migrated}");
    if migrated.status == 0 {
        // As Django does it.
        assert_eq!(files(&sandbox), ["db.sqlite3", "target.sqlite3"]);
    } else {
        is_clean_failure(&migrated, "migrate");
        assert!(
            !migrated.stderr.contains("create it with `drfctl migrate`"),
            "{migrated}"
        );
    }
    let sandbox = make();
    let listed = sandbox.run(["list"]);
    assert_eq!(listed.status, 5, "{listed}");
    assert_eq!(files(&sandbox), ["db.sqlite3"]);
}

#[test]
fn a_mistyped_url_is_no_file() {
    for name in [
        "sqlite:rel.db",
        "file:x.db",
        "file:x.db?mode=memory",
        "postgres:db",
        "mysql:db",
        ":memory:",
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite::memory:",
    ] {
        for command in [&["migrate"][..], &["list"], &["migrate", "--plan"]] {
            let sandbox = Sandbox::new();
            let by_option = sandbox.run([&["-d", name], command].concat());
            is_clean_failure(&by_option, name);
            assert_eq!(by_option.status, 2, "{name} {command:?}: {by_option}");
            let mut by_variable = sandbox.command(command);
            let by_variable = Outcome::of(by_variable.env("DATABASE_URL", name));
            // An empty variable is how compose files say that it is not set.
            let wanted = if name.is_empty() {
                by_variable.status
            } else {
                2
            };
            assert_eq!(
                by_variable.status, wanted,
                "{name} {command:?}: {by_variable}"
            );
            if !name.is_empty() {
                assert_eq!(files(&sandbox), [""; 0], "{name} {command:?}");
            }
        }
    }
}

#[test]
fn a_path_with_a_colon_in_it_is_a_file() {
    for name in ["./file:x.db", "backups/2026-11-22T10:00.sqlite3"] {
        let sandbox = Sandbox::new();
        fs::create_dir(sandbox.path("backups")).expect("make");
        sandbox.run(["-d", name, "migrate"]).success();
        assert!(sandbox.path(name).exists(), "{name}");
    }
}

#[test]
fn tables_that_are_named_in_another_case_are_found() {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        "ALTER TABLE authtoken_token RENAME TO t; ALTER TABLE t RENAME TO Authtoken_Token;
         ALTER TABLE auth_user RENAME TO u; ALTER TABLE u RENAME TO AUTH_USER;",
    );
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    assert_eq!(
        stored_key(&sandbox, "alice"),
        Some(key.trim_end().to_owned())
    );
    sandbox
        .run(["list", "-f", "names"])
        .expect(0, "alice\n", "");
    sandbox.run(["migrate", "--check"]).success();
}

#[test]
fn a_user_table_without_rowid_is_a_user_table() {
    let columns = BOTH_UNIQUE.replace(
        "integer NOT NULL PRIMARY KEY AUTOINCREMENT",
        "integer NOT NULL PRIMARY KEY",
    );
    let sandbox = with_user_table(&columns, "integer");
    execute(
        &sandbox,
        "ALTER TABLE app_user RENAME TO old;
         CREATE TABLE app_user (id varchar(32) NOT NULL PRIMARY KEY, password varchar(128) NOT NULL,
             is_active bool NOT NULL, username varchar(150) NOT NULL UNIQUE) WITHOUT ROWID;
         DROP TABLE authtoken_token; DROP TABLE old;
         CREATE TABLE authtoken_token (key varchar(40) NOT NULL PRIMARY KEY,
             created datetime NOT NULL, user_id varchar(32) NOT NULL UNIQUE
             REFERENCES app_user (id) DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO app_user VALUES ('u1', '!', 1, 'alice'), ('u2', '!', 1, 'bob');",
    );
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    assert_eq!(key.trim_end().len(), 40);
    sandbox.run(["-q", "create-token", "--all"]).success();
    sandbox
        .run(["list", "-f", "names"])
        .expect(0, "alice\nbob\n", "");
    let set = [
        "-q",
        "set-password",
        "bob",
        "--password-stdin",
        "--iterations",
        "1000",
    ];
    sandbox.run_with_stdin(set, PASSWORD).expect(0, "", "");
    sandbox.run(["-q", "revoke", "alice"]).expect(0, "", "");
}

#[test]
fn a_check_that_needs_a_function_of_djangos_is_named_shortly() {
    // No function of that name is needed to change the text of the schema.
    let sandbox = with_user_table(BOTH_UNIQUE, "integer");
    execute(
        &sandbox,
        "PRAGMA writable_schema = on;
         UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL UNIQUE, email', 'NOT NULL UNIQUE
             CHECK (username REGEXP ''^[a-z]+$'' AND length(username) > 0
             AND length(username) < 151 AND username NOT LIKE ''%admin%''
             AND username NOT LIKE ''%root%'' AND username <> ''nobody''), email')
         WHERE name = 'app_user';
         PRAGMA writable_schema = off;",
    );
    let create = [
        "create-user",
        "bob",
        "--no-password",
        "--email",
        "b@example.com",
    ];
    let outcome = sandbox.run(create);
    is_clean_failure(&outcome, "REGEXP");
    assert!(outcome.stderr.contains("REGEXP"), "{outcome}");
    assert!(!outcome.stderr.contains("NOT LIKE"), "{outcome}");
    assert!(!outcome.stderr.contains("INSERT INTO"), "{outcome}");
    assert!(outcome.stderr.len() < 300, "{outcome}");
    sandbox.run(["list"]).success();
}

#[test]
fn a_table_of_a_module_that_is_not_there_is_no_obstacle() {
    let sandbox = with_both_unique();
    execute(
        &sandbox,
        "PRAGMA writable_schema = on;
         INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table',
             'SpatialIndex', 'SpatialIndex', 0,
             'CREATE VIRTUAL TABLE SpatialIndex USING VirtualSpatialIndex()');
         PRAGMA writable_schema = off;",
    );
    sandbox.run(["-q", "create-token", "alice"]).success();
    sandbox
        .run(["list", "-f", "names"])
        .expect(0, "alice\n", "");
    sandbox.run(["migrate", "--check"]).success();
    // Where every table has to be looked at to find the users'.
    execute(
        &sandbox,
        "DROP TABLE authtoken_token; DELETE FROM django_migrations WHERE app = 'authtoken'",
    );
    let create = ["create-user", "bob", "--no-password", "--email", "b@ex.org"];
    let outcome = sandbox.run(create);
    if outcome.status != 0 {
        is_clean_failure(&outcome, "create-user");
        assert!(outcome.stderr.contains("--user-table"), "{outcome}");
    }
}

#[test]
fn a_model_with_a_flag_of_its_own_for_admins_is_answered_with_it() {
    let columns = "id integer NOT NULL PRIMARY KEY AUTOINCREMENT, password varchar(128) NOT NULL, \
                   last_login datetime NULL, email varchar(255) NOT NULL UNIQUE, \
                   date_of_birth date NOT NULL, is_active bool NOT NULL, is_admin bool NOT NULL";
    let sandbox = with_user_table(columns, "integer");
    let create = [
        "create-user",
        "a@example.com",
        "--no-password",
        "--set",
        "date_of_birth=2000-01-01",
    ];
    let refused = sandbox.run([&create[..], &["--superuser"]].concat());
    is_clean_failure(&refused, "--superuser");
    assert_eq!(refused.status, 2, "{refused}");
    assert!(refused.stderr.contains("--set is_admin=1"), "{refused}");
    let followed = [&create[..], &["-q", "--set", "is_admin=1"]].concat();
    sandbox.run(followed).expect(0, "", "");
}
