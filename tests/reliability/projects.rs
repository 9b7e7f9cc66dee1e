//! What published projects keep beside Django's own tables: tokens of another kind, users
//! without passwords, rows that a receiver makes, logins by address, an older Django.

use std::fs;

use super::user_models::with_user_table;
use super::{execute, is_clean_failure};
use crate::cli::{PASSWORD, content, with_token, with_users};
use crate::support::Sandbox;

/// The server authenticates with a table of its own, into which the old keys were copied.
fn with_another_token_table(columns: &str, row: &str) -> (Sandbox, String) {
    let (sandbox, key) = with_token("alice");
    execute(
        &sandbox,
        &format!(
            "CREATE TABLE app_apitoken (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, {columns},
             user_id integer NOT NULL REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED);
             INSERT INTO app_apitoken SELECT NULL, {row}, user_id FROM authtoken_token;"
        ),
    );
    (sandbox, key)
}

const TOKEN_TABLES: [(&str, &str); 3] = [
    (
        "key varchar(40) NOT NULL UNIQUE, created datetime NOT NULL",
        "key, created",
    ),
    (
        "digest varchar(128) NOT NULL, token_key varchar(8) NOT NULL",
        "key || key, substr(key, 1, 8)",
    ),
    (
        "\"key\" varchar(64) NOT NULL, name varchar(20) NOT NULL, expires datetime",
        "key, 'cli', NULL",
    ),
];

#[test]
fn a_server_that_may_take_its_tokens_from_another_table_is_a_warning_once() {
    for (columns, row) in TOKEN_TABLES {
        let (sandbox, key) = with_another_token_table(columns, row);
        fs::write(sandbox.path("key"), &key).expect("write");
        for args in [
            &["create-token", "alice"][..],
            &["create-token", "--all"],
            &["verify", "token", "--key-file", "key"],
            &["list"],
            &["revoke", "alice", "--dry-run"],
            &["revoke", "alice"],
        ] {
            let outcome = sandbox.run(args);
            let said = outcome.stderr.matches("`app_apitoken`").count();
            assert_eq!(said, 1, "{columns} {args:?}: {outcome}");
            assert!(outcome.stderr.contains("warning: "), "{args:?}: {outcome}");
        }
    }
}

#[test]
fn a_key_that_still_stands_in_another_table_is_not_called_gone() {
    let (columns, row) = TOKEN_TABLES[0];
    for args in [&["revoke", "--key-file", "key"][..], &["revoke", "alice"]] {
        let (sandbox, key) = with_another_token_table(columns, row);
        fs::write(sandbox.path("key"), &key).expect("write");
        let outcome = sandbox.run(args);
        assert_ne!(outcome.status, 0, "{args:?}: {outcome}");
        assert!(
            outcome.stderr.contains("`app_apitoken`"),
            "{args:?}: {outcome}"
        );
        assert!(!outcome.stderr.contains(&key), "{args:?}");
        // And where it stands in that table alone.
        execute(&sandbox, "DELETE FROM authtoken_token");
        let outcome = sandbox.run(["revoke", "--key-file", "key"]);
        assert_ne!(outcome.status, 0, "{outcome}");
        assert!(outcome.stderr.contains("`app_apitoken`"), "{outcome}");
    }
}

#[test]
fn tables_of_other_tokens_are_no_false_alarm() {
    let (sandbox, key) = with_token("alice");
    execute(
        &sandbox,
        "CREATE TABLE socialaccount_socialaccount (id integer PRIMARY KEY, uid varchar(191),
             provider varchar(200), user_id integer REFERENCES auth_user (id));
         CREATE TABLE socialaccount_socialtoken (id integer PRIMARY KEY, token text,
             token_secret text, account_id integer REFERENCES socialaccount_socialaccount (id));
         CREATE TABLE calendar_feedtoken (id integer PRIMARY KEY, token varchar(64),
             user_id integer UNIQUE REFERENCES auth_user (id));
         CREATE TABLE account_emailaddress (id integer PRIMARY KEY, email varchar(254),
             user_id integer REFERENCES auth_user (id));
         CREATE TABLE account_emailconfirmation (id integer PRIMARY KEY, key varchar(64),
             email_address_id integer REFERENCES account_emailaddress (id));
         CREATE TABLE app_setting (id integer PRIMARY KEY, key varchar(20), value text);",
    );
    fs::write(sandbox.path("key"), &key).expect("write");
    for args in [
        &["-q", "create-token", "alice"][..],
        &["-q", "list", "-f", "names"],
        &["-q", "verify", "token", "--key-file", "key"],
        &["-q", "revoke", "alice"],
    ] {
        let outcome = sandbox.run(args);
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (0, ""),
            "{args:?}: {outcome}"
        );
    }
}

#[test]
fn a_missing_table_of_tokens_may_be_one_that_no_server_reads() {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        "DROP TABLE authtoken_token; DELETE FROM django_migrations WHERE app = 'authtoken'",
    );
    let outcome = sandbox.run(["create-token", "alice"]);
    is_clean_failure(&outcome, "create-token");
    assert_eq!(outcome.status, 5, "{outcome}");
    for word in ["migrate", "`rest_framework.authtoken`", "INSTALLED_APPS"] {
        assert!(outcome.stderr.contains(word), "{word}: {outcome}");
    }
}

#[test]
fn a_user_table_without_passwords_has_tokens_all_the_same() {
    let columns = "id integer NOT NULL PRIMARY KEY AUTOINCREMENT, last_login datetime NULL, \
                   username varchar(150) NOT NULL UNIQUE, email varchar(254) NOT NULL, \
                   is_active bool NOT NULL";
    let sandbox = with_user_table(columns, "integer");
    execute(
        &sandbox,
        "INSERT INTO app_user VALUES (1, NULL, 'alice', '', 1)",
    );
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    sandbox
        .run_with_stdin(["verify", "token"], &key)
        .expect(0, "alice\n", "");
    sandbox
        .run(["list", "-f", "names"])
        .expect(0, "alice\n", "");
    sandbox
        .run(["-q", "create-user", "bob", "--no-password"])
        .expect(0, "", "");
    assert_eq!(
        sandbox.sqlite("SELECT username, is_active FROM app_user WHERE id = 2"),
        ["bob|1"]
    );
    sandbox.run(["-q", "revoke", "alice"]).expect(0, "", "");
    for args in [
        &["set-password", "alice", "--password-stdin"][..],
        &["set-password", "alice", "--no-password"],
        &["verify", "password", "alice", "--password-stdin"],
        &["create-user", "carol", "--password-stdin"],
    ] {
        let refused = sandbox.run_with_stdin(args, PASSWORD);
        is_clean_failure(&refused, &format!("{args:?}"));
        assert!(refused.stderr.contains("`password`"), "{args:?}: {refused}");
        assert!(refused.stderr.contains("`app_user`"), "{args:?}: {refused}");
    }
}

/// So many users of the server's own, each with the row that its receiver makes.
fn with_profiles(users: u32) -> Sandbox {
    let sandbox = with_users(&[]);
    crate::cli::add_users(&sandbox, users);
    execute(
        &sandbox,
        "CREATE TABLE app_profile (id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
         bio text NOT NULL, user_id integer NOT NULL UNIQUE REFERENCES auth_user (id)
         DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO app_profile SELECT NULL, '', id FROM auth_user;
         UPDATE auth_user SET last_login = '2026-02-01 00:00:00' WHERE id = 1;",
    );
    sandbox
}

#[test]
fn the_warning_about_missing_rows_does_not_go_quiet_through_drfctls_own_users() {
    for users in [1, 3, 30] {
        let sandbox = with_profiles(users);
        for n in 0..25 {
            let name = format!("service{n}");
            let outcome = sandbox.run(["create-user", &name, "--no-password"]);
            assert_eq!(outcome.status, 0, "{outcome}");
            let is_said = outcome.stderr.contains("`app_profile`");
            assert!(is_said, "{users} users, {name}: {outcome}");
        }
    }
}

#[test]
fn an_import_says_how_many_users_lack_a_row() {
    let sandbox = with_profiles(5);
    let csv = "username\none\ntwo\nthree\n";
    let args = ["create-user", "--no-password", "--from", "-"];
    let outcome = sandbox.run_with_stdin(args, csv);
    assert_eq!(outcome.status, 0, "{outcome}");
    let warning = outcome
        .stderr
        .lines()
        .find(|line| line.contains("`app_profile`"));
    let warning = warning.unwrap_or_else(|| panic!("{outcome}"));
    assert!(
        warning.contains('3') && warning.contains("users"),
        "{warning}"
    );
}

#[test]
fn a_receiver_that_makes_tokens_counts_too() {
    let sandbox = with_users(&[]);
    crate::cli::add_users(&sandbox, 5);
    execute(
        &sandbox,
        "INSERT INTO authtoken_token SELECT printf('%040x', id), date_joined, id FROM auth_user",
    );
    let outcome = sandbox.run(["create-user", "bob", "--no-password"]);
    assert_eq!(outcome.status, 0, "{outcome}");
    assert!(outcome.stderr.contains("--token"), "{outcome}");
    let outcome = sandbox.run(["create-user", "carol", "--no-password", "--token"]);
    assert!(!outcome.stderr.contains("warning"), "{outcome}");
}

const EMAIL_LOGIN: &str = "id integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
    password varchar(128) NOT NULL, last_login datetime NULL, email varchar(254) NOT NULL UNIQUE, \
    is_active bool NOT NULL";

#[test]
fn an_email_login_may_be_given_twice_where_nothing_is_contradicted() {
    let sandbox = with_user_table(EMAIL_LOGIN, "integer");
    let create = [
        "-q",
        "create-user",
        "carol@example.com",
        "--no-password",
        "--email",
    ];
    sandbox
        .run([&create[..], &["carol@example.com"]].concat())
        .expect(0, "", "");
    assert_eq!(
        sandbox.sqlite("SELECT email FROM app_user"),
        ["carol@example.com"]
    );
    let create = [
        "create-user",
        "dave@example.com",
        "--no-password",
        "--email",
        "other@example.com",
    ];
    let refused = sandbox.run(create);
    assert_eq!(refused.status, 2, "{refused}");
    assert_eq!(
        sandbox.sqlite("SELECT email FROM app_user"),
        ["carol@example.com"]
    );
}

#[test]
fn a_file_of_addresses_needs_no_names_where_the_address_is_the_login() {
    for file in [
        "email,password\ncarol@example.com,Sommer-Regen-91\n",
        "{\"email\":\"carol@example.com\",\"password\":\"Sommer-Regen-91\"}\n",
        "username,email,password\ncarol@example.com,carol@example.com,Sommer-Regen-91\n",
    ] {
        let sandbox = with_user_table(EMAIL_LOGIN, "integer");
        let args = ["-q", "create-user", "--iterations", "1000", "--from", "-"];
        sandbox.run_with_stdin(args, file).expect(0, "", "");
        assert_eq!(
            sandbox.sqlite("SELECT email FROM app_user"),
            ["carol@example.com"]
        );
    }
    // A name is the login elsewhere, and then it has to be there.
    let sandbox = with_users(&[]);
    let args = ["create-user", "--no-password", "--from", "-"];
    let refused = sandbox.run_with_stdin(args, "email\ncarol@example.com\n");
    assert_eq!(refused.status, 2, "{refused}");
}

#[test]
fn a_history_that_is_whole_for_an_older_django_is_up_to_date() {
    for missing in [
        "(app = 'auth' AND name LIKE '0012%') OR (app = 'authtoken' AND name > '0003')",
        "app = 'authtoken' AND name > '0004'",
        "(app = 'auth' AND name LIKE '0012%') OR (app = 'authtoken' AND name > '0004')",
    ] {
        let sandbox = with_users(&["alice"]);
        execute(
            &sandbox,
            &format!("DELETE FROM django_migrations WHERE {missing}"),
        );
        let check = sandbox.run(["migrate", "--check"]);
        let before = content(&sandbox);
        if check.status != 0 {
            // Or it is said which lines of Django this is for, and how to name another.
            assert!(check.stderr.contains("Django"), "{missing}: {check}");
            assert!(check.stderr.contains("\nhint: "), "{missing}: {check}");
        }
        assert!(content(&sandbox) == before);
    }
}
