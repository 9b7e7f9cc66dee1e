//! Triggers that swallow, rewrite or remove what is written: what is reported has been read
//! back, or it is an error.

use super::{copy_of, execute};
use crate::cli::{content, stored_key, with_token};
use crate::support::Sandbox;

/// What a trigger can do to a row of the tokens or of the users.
const TRIGGERS: [&str; 10] = [
    "BEFORE INSERT ON {t} BEGIN SELECT raise(ignore); END",
    "BEFORE UPDATE ON {t} BEGIN SELECT raise(ignore); END",
    "BEFORE DELETE ON {t} BEGIN SELECT raise(ignore); END",
    "AFTER INSERT ON {t} BEGIN DELETE FROM {t} WHERE {id} = new.{id}; END",
    "AFTER UPDATE ON {t} BEGIN DELETE FROM {t} WHERE {id} = new.{id}; END",
    "AFTER INSERT ON {t} BEGIN UPDATE {t} SET {c} = 'rewritten-by-a-trigger' WHERE {id} = new.{id}; END",
    "AFTER UPDATE ON {t} BEGIN UPDATE {t} SET {c} = 'rewritten-by-a-trigger' WHERE {id} = new.{id}; END",
    "AFTER INSERT ON {t} BEGIN SELECT raise(rollback, 'not here'); END",
    "AFTER UPDATE ON {t} BEGIN SELECT raise(rollback, 'not here'); END",
    "AFTER DELETE ON {t} BEGIN INSERT INTO {t} SELECT * FROM saved_{t} WHERE {id} = old.{id}; END",
];

/// Alice has a token and bob has none, and both tables have a copy that a trigger can restore.
fn original() -> Sandbox {
    let (sandbox, _) = with_token("alice");
    let create = ["-q", "create-user", "bob", "--no-password"];
    sandbox.run(create).expect(0, "", "");
    execute(
        &sandbox,
        "UPDATE auth_user SET password = 'md5$salt$x';
         CREATE TABLE saved_auth_user AS SELECT * FROM auth_user;
         CREATE TABLE saved_authtoken_token AS SELECT * FROM authtoken_token;",
    );
    sandbox
}

fn with_trigger(original: &Sandbox, trigger: &str, table: &str) -> Sandbox {
    let sandbox = copy_of(original);
    let (id, column) = match table {
        "auth_user" => ("id", "email"),
        _ => ("user_id", "key"),
    };
    let trigger = trigger
        .replace("{t}", table)
        .replace("{id}", id)
        .replace("{c}", column);
    execute(&sandbox, &format!("CREATE TRIGGER hostile {trigger}"));
    sandbox
}

/// Every combination of a trigger with this command: a success that is true, or an error that
/// left everything as it was.
#[track_caller]
fn is_true_under_all_triggers(args: &[&str], is_true: impl Fn(&Sandbox, &str) -> bool) {
    let original = original();
    let mut refused = 0;
    for table in ["authtoken_token", "auth_user"] {
        for trigger in TRIGGERS {
            let sandbox = with_trigger(&original, trigger, table);
            let before = content(&sandbox);
            let outcome = sandbox.run(args);
            let what = format!("{args:?} {table} {trigger}: {outcome}");
            if outcome.status == 0 {
                assert!(is_true(&sandbox, &outcome.stdout), "{what}");
            } else {
                assert!([1, 5].contains(&outcome.status), "{what}");
                assert_eq!(outcome.stdout, "", "{what}");
                for untrue in ["already exists", "no user named", "bug"] {
                    assert!(!outcome.stderr.contains(untrue), "{what}");
                }
                assert!(content(&sandbox) == before, "{what}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "no trigger was in the way of {args:?}");
}

#[test]
fn a_key_that_is_printed_is_stored() {
    for args in [
        &["-q", "create-token", "bob"][..],
        &["-q", "create-token", "bob", "--reset"],
        &[
            "-q",
            "create-user",
            "bob",
            "--if-exists",
            "skip",
            "--token",
            "--no-password",
        ],
    ] {
        is_true_under_all_triggers(args, |sandbox, stdout| {
            stored_key(sandbox, "bob").is_some_and(|key| stdout == format!("{key}\n"))
        });
    }
}

#[test]
fn a_key_that_replaces_another_is_stored() {
    let args = ["-q", "create-token", "alice", "--reset"];
    is_true_under_all_triggers(&args, |sandbox, stdout| {
        stored_key(sandbox, "alice").is_some_and(|key| stdout == format!("{key}\n"))
    });
}

#[test]
fn the_keys_of_a_bulk_job_are_stored() {
    let args = ["-q", "create-token", "--all"];
    is_true_under_all_triggers(&args, |sandbox, stdout| {
        ["alice", "bob"].iter().all(|name| {
            stored_key(sandbox, name)
                .is_some_and(|key| stdout.contains(&format!("{name}\t{key}\n")))
        })
    });
}

#[test]
fn a_user_who_is_reported_as_created_is_there() {
    let args = [
        "create-user",
        "zoe",
        "--no-password",
        "--email",
        "z@example.com",
    ];
    is_true_under_all_triggers(&args, |sandbox, _| {
        sandbox.sqlite("SELECT email FROM auth_user WHERE username = 'zoe'") == ["z@example.com"]
    });
}

#[test]
fn a_field_that_is_reported_as_updated_is_stored() {
    let args = [
        "create-user",
        "bob",
        "--if-exists",
        "update",
        "--email",
        "new@example.com",
    ];
    is_true_under_all_triggers(&args, |sandbox, _| {
        sandbox.sqlite("SELECT email FROM auth_user WHERE username = 'bob'") == ["new@example.com"]
    });
}

#[test]
fn a_password_that_is_reported_as_changed_is_stored() {
    is_true_under_all_triggers(&["set-password", "bob", "--no-password"], |sandbox, _| {
        let after = sandbox.sqlite("SELECT password FROM auth_user WHERE username = 'bob'");
        after.iter().any(|hash| hash.starts_with('!'))
    });
}

#[test]
fn a_token_that_is_reported_as_revoked_is_gone() {
    for args in [&["revoke", "alice"][..], &["revoke", "--all", "--yes"]] {
        is_true_under_all_triggers(args, |sandbox, _| stored_key(sandbox, "alice").is_none());
    }
}
