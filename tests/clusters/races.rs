//! Many processes at the same users.

use std::collections::BTreeSet;

use super::{crowds, silent_success};
use crate::support::{Engine, Outcome, Sandbox, on_every_engine};

on_every_engine!(
    all_that_ask_for_a_token_get_the_same,
    all_that_reset_a_token_succeed_and_one_key_is_left,
    one_of_many_creates_a_user_and_the_others_find_it,
    all_that_migrate_succeed,
    who_resets_old_tokens_together_replaces_them_once,
);

fn start(sandbox: &Sandbox, count: usize, args: &[&str]) -> Vec<Outcome> {
    Outcome::of_all((0..count).map(|_| sandbox.command(args)))
}

fn keys(sandbox: &Sandbox) -> Vec<String> {
    sandbox.sql("SELECT t.key FROM authtoken_token AS t")
}

fn all_that_ask_for_a_token_get_the_same(engine: Engine) {
    for count in crowds() {
        let sandbox = Sandbox::migrated_on(engine);
        sandbox
            .run(["-q", "create-user", "alice", "--no-password"])
            .success();
        let outcomes = start(&sandbox, count, &["-q", "create-token", "alice"]);
        let printed: BTreeSet<String> = outcomes.into_iter().map(silent_success).collect();
        let stored: BTreeSet<String> = keys(&sandbox)
            .into_iter()
            .map(|key| format!("{key}\n"))
            .collect();
        assert_eq!(printed, stored);
        assert_eq!(stored.len(), 1);
    }
}

fn all_that_reset_a_token_succeed_and_one_key_is_left(engine: Engine) {
    for count in crowds() {
        let sandbox = Sandbox::migrated_on(engine);
        sandbox
            .run(["-q", "create-user", "alice", "--no-password", "--token"])
            .success();
        let outcomes = start(&sandbox, count, &["-q", "create-token", "alice", "--reset"]);
        let printed: BTreeSet<String> = outcomes.into_iter().map(silent_success).collect();
        assert_eq!(printed.len(), count);
        let stored = keys(&sandbox);
        assert_eq!(stored.len(), 1);
        assert!(printed.contains(&format!("{}\n", stored[0])));
    }
}

fn one_of_many_creates_a_user_and_the_others_find_it(engine: Engine) {
    for count in crowds() {
        let sandbox = Sandbox::migrated_on(engine);
        let create = ["-q", "create-user", "alice", "--no-password"];
        let outcomes = start(&sandbox, count, &create);
        let won = outcomes
            .iter()
            .filter(|outcome| outcome.status == 0)
            .count();
        let lost = outcomes
            .iter()
            .filter(|outcome| outcome.status == 4)
            .count();
        assert_eq!((won, lost), (1, count - 1), "{:?}", outcomes.first());
        let skip = [&create[..], &["--if-exists=skip", "--token"]].concat();
        let printed: BTreeSet<String> = start(&sandbox, count, &skip)
            .into_iter()
            .map(silent_success)
            .collect();
        assert_eq!(printed.len(), 1);
    }
}

fn all_that_migrate_succeed(engine: Engine) {
    let sandbox = Sandbox::on(engine);
    let outcomes = start(&sandbox, 8, &["-q", "migrate"]);
    let applied: Vec<String> = outcomes.into_iter().map(silent_success).collect();
    assert_eq!(applied.concat().lines().count(), 18, "each is applied once");
    sandbox.run(["-q", "migrate", "--check"]).expect(0, "", "");
}

fn who_resets_old_tokens_together_replaces_them_once(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    sandbox
        .run(["-q", "create-user", "alice", "--no-password", "--token"])
        .success();
    sandbox.sql("UPDATE authtoken_token SET created = '2020-01-01 00:00:00'");
    let reset = ["-q", "create-token", "alice", "--reset-older-than", "30d"];
    let printed: BTreeSet<String> = start(&sandbox, 8, &reset)
        .into_iter()
        .map(silent_success)
        .collect();
    assert_eq!(printed.len(), 1);
    assert_eq!(
        printed.first(),
        keys(&sandbox)
            .first()
            .map(|key| format!("{key}\n"))
            .as_ref()
    );
}
