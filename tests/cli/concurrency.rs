//! Several at once, as containers that start side by side do it.

use std::collections::BTreeSet;

use super::{stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// Starts the same command line so many times at once.
fn at_once(count: usize, sandbox: &Sandbox, args: &[&str]) -> Vec<Outcome> {
    Outcome::of_all((0..count).map(|_| sandbox.command(args)))
}

#[test]
fn sixteen_get_or_create_one_token_and_all_print_it() {
    for mode in ["DELETE", "WAL"] {
        let sandbox = with_users(&["alice"]);
        sandbox.sqlite(&format!("PRAGMA journal_mode = {mode}"));
        let outcomes = at_once(16, &sandbox, &["-q", "create-token", "alice"]);
        let key = stored_key(&sandbox, "alice").expect("a token");
        for outcome in outcomes {
            outcome.expect(0, &format!("{key}\n"), "");
        }
    }
}

#[test]
fn of_eight_who_create_a_user_one_does_and_the_others_say_that_it_exists() {
    let sandbox = Sandbox::migrated();
    let outcomes = at_once(8, &sandbox, &["create-user", "alice", "--no-password"]);
    let mut statuses: Vec<_> = outcomes.iter().map(|outcome| outcome.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [0, 4, 4, 4, 4, 4, 4, 4], "{outcomes:?}");
    for outcome in outcomes.iter().filter(|outcome| outcome.status == 4) {
        assert!(
            outcome
                .stderr
                .starts_with("drfctl: user `alice` already exists\n"),
            "{outcome}"
        );
    }
    assert_eq!(sandbox.sqlite("SELECT username FROM auth_user"), ["alice"]);
}

#[test]
fn eight_who_see_to_it_that_a_user_is_there_all_succeed_with_one_token() {
    let sandbox = Sandbox::migrated();
    for if_exists in ["skip", "update"] {
        let create = [
            "-q",
            "create-user",
            if_exists,
            "--no-password",
            "--staff",
            "--if-exists",
            if_exists,
            "--token",
        ];
        let outcomes = at_once(8, &sandbox, &create);
        let key = stored_key(&sandbox, if_exists).expect("a token");
        for outcome in outcomes {
            outcome.expect(0, &format!("{key}\n"), "");
        }
    }
}

#[test]
fn eight_migrations_of_a_missing_file_all_succeed_and_one_applies() {
    let sandbox = Sandbox::new();
    let outcomes = at_once(8, &sandbox, &["migrate"]);
    let applied: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.success().lines().count())
        .filter(|count| *count > 0)
        .collect();
    assert_eq!(applied, [18]);
    let twice = "SELECT app, name FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1";
    assert_eq!(sandbox.sqlite(twice), [""; 0]);
}

#[test]
fn of_eight_resets_the_last_is_the_one_that_holds() {
    for mode in ["DELETE", "WAL"] {
        let (sandbox, old) = with_token("alice");
        sandbox.sqlite(&format!("PRAGMA journal_mode = {mode}"));
        let outcomes = at_once(8, &sandbox, &["-q", "create-token", "alice", "--reset"]);
        let printed: BTreeSet<_> = outcomes.into_iter().map(Outcome::success).collect();
        // Each made a key of its own, and one of them is the live one.
        assert_eq!(printed.len(), 8);
        let key = stored_key(&sandbox, "alice").expect("a token");
        assert!(printed.contains(&format!("{key}\n")));
        assert!(!printed.contains(&format!("{old}\n")));
        assert_eq!(
            sandbox.sqlite("SELECT count(*) FROM authtoken_token"),
            ["1"]
        );
    }
}

#[test]
fn of_eight_rotation_jobs_one_replaces_and_the_others_get_the_new_key() {
    let (sandbox, old) = with_token("alice");
    sandbox.sqlite("UPDATE authtoken_token SET created = '2020-01-01 00:00:00'");
    let rotate = ["create-token", "alice", "--reset-older-than", "1h"];
    let outcomes = at_once(8, &sandbox, &rotate);
    let key = stored_key(&sandbox, "alice").expect("a token");
    assert_ne!(key, old);
    let mut replaced = 0;
    for outcome in outcomes {
        replaced += usize::from(outcome.stderr.starts_with("Replaced "));
        assert_eq!(outcome.success(), format!("{key}\n"));
    }
    assert_eq!(replaced, 1);
}

#[test]
fn bulk_jobs_and_single_ones_do_not_get_in_each_others_way() {
    let sandbox = with_users(&["alice"]);
    super::add_users(&sandbox, 3_000);
    let all = ["-q", "create-token", "--all", "--out", "keys"];
    let one = ["-q", "create-token", "alice"];
    let create = ["-q", "create-user", "bob", "--no-password"];
    let commands = [&all[..], &one, &create, &all, &one];
    let outcomes = Outcome::of_all(commands.map(|args| sandbox.command(args)));
    for outcome in &outcomes {
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (0, ""),
            "{outcome}"
        );
    }
    assert_eq!(outcomes[1].stdout, outcomes[4].stdout);
    let without = "SELECT count(*) FROM auth_user WHERE username <> 'bob' AND id NOT IN \
                   (SELECT user_id FROM authtoken_token)";
    assert_eq!(sandbox.sqlite(without), ["0"]);
}
