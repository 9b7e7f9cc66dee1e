//! The primary dies in the middle of a job.

use std::collections::BTreeSet;

use super::{add_users, begin, printed_keys, silent_success, wait_until};
use crate::support::{DatabaseServer as _, Replicated, Sandbox};

#[test]
fn no_printed_key_is_gone_when_the_primary_dies_and_the_next_run_completes() {
    /// More than one transaction has time for.
    const USERS: usize = 250_000;
    let Some(servers) = Replicated::start() else {
        return;
    };
    let Replicated { primary, standby } = &servers;
    primary.create_database("shop");
    let url = servers.url("shop");
    let sandbox = Sandbox::new();
    sandbox.run(["-q", "-d", &url, "migrate"]).success();
    add_users(primary, "shop", USERS);

    let mut job = begin(&sandbox, &["-d", &url, "create-token", "--all"]);
    wait_until("the first keys", || !printed_keys(&sandbox).is_empty());
    primary.kill();
    let status = job.wait().expect("wait");
    let messages = std::fs::read_to_string(sandbox.path("messages")).expect("read");
    let printed = printed_keys(&sandbox);
    assert!(!printed.is_empty() && printed.len() < USERS, "{messages}");
    assert_eq!(status.code(), Some(5), "{messages}");
    assert!(messages.contains("users are done"), "{messages}");

    servers.promote();
    let stored = || -> BTreeSet<String> {
        let keys = standby.rows("shop", "SELECT key FROM authtoken_token");
        keys.into_iter().collect()
    };
    let lost = printed.difference(&stored()).count();
    assert_eq!(lost, 0, "of {} printed keys", printed.len());
    // Nobody stands by any more.
    standby.administer("ALTER SYSTEM SET synchronous_standby_names = ''");
    standby.administer("SELECT pg_reload_conf()");
    let again = silent_success(sandbox.run(["-q", "-d", &url, "create-token", "--all"]));
    assert_eq!(again.lines().count(), USERS);
    assert!(printed.is_subset(&stored()));
}
