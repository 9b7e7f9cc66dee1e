//! drfctl and Django at the same token at the same time.

use std::collections::BTreeSet;

use super::stock_on;
use crate::support::{Engine, Outcome, on_every_engine};

on_every_engine!(sixteen_that_start_together_leave_one_token_that_all_print,);

fn sixteen_that_start_together_leave_one_token_that_all_print(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    sandbox
        .run(["create-user", "alice", "--no-password"])
        .success();
    let commands = (0..8).flat_map(|_| {
        [
            sandbox.command(["create-token", "alice", "--format", "drf"]),
            project.script("manage.py", ["drf_create_token", "alice"]),
        ]
    });
    let printed: BTreeSet<_> = Outcome::of_all(commands)
        .into_iter()
        .map(Outcome::success)
        .collect();
    let stored = sandbox.sql("SELECT \"key\" FROM authtoken_token");
    let lines = stored
        .iter()
        .map(|key| format!("Generated token {key} for user alice\n"));
    assert_eq!(printed, lines.collect());
}
