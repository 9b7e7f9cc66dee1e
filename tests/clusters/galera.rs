//! Galera: every node takes writes, and certification fails some of them at their commit.

use std::collections::BTreeSet;

use super::{add_users, begin, crowds, printed_keys, silent_success, wait_until};
use crate::support::{DatabaseServer, Galera, Mariadb, Outcome, Sandbox};

fn urls(cluster: &Galera, database: &str) -> Vec<String> {
    let hosts = cluster.nodes.iter().map(Mariadb::port);
    hosts
        .map(|port| crate::support::url("mysql", &format!("127.0.0.1:{port}"), database))
        .collect()
}

/// The keys on a node, once it has applied what the others committed.
fn keys(node: &Mariadb, database: &str) -> BTreeSet<String> {
    let sql = "SET SESSION wsrep_sync_wait = 7; SELECT t.key FROM authtoken_token AS t";
    node.rows(database, sql).into_iter().collect()
}

#[test]
fn processes_on_all_nodes_leave_one_token_per_user_and_lose_no_printed_key() {
    let Some(cluster) = Galera::start(3) else {
        return;
    };
    let sandbox = Sandbox::new();
    cluster.nodes[0].create_database("shop");
    let urls = urls(&cluster, "shop");
    sandbox.run(["-q", "-d", &urls[0], "migrate"]).success();
    for (round, count) in crowds().into_iter().enumerate() {
        let name = format!("user{round}");
        let create = ["-q", "-d", &urls[0], "create-user", &name, "--no-password"];
        sandbox.run(create).success();
        for node in &cluster.nodes {
            keys(node, "shop");
        }
        let commands = urls
            .iter()
            .cycle()
            .take(count)
            .map(|url| sandbox.command(["-q", "-d", url, "create-token", &name]));
        let printed: BTreeSet<String> = Outcome::of_all(commands)
            .into_iter()
            .map(silent_success)
            .collect();
        assert_eq!(printed.len(), 1, "{count}: one key for all");
        let key = printed.first().expect("a key").trim_end();
        for node in &cluster.nodes {
            assert!(keys(node, "shop").contains(key), "{count}");
        }
        let commands = urls
            .iter()
            .cycle()
            .take(count)
            .map(|url| sandbox.command(["-q", "-d", url, "create-token", &name, "--reset"]));
        Outcome::of_all(commands)
            .into_iter()
            .map(silent_success)
            .for_each(drop);
        assert_eq!(keys(&cluster.nodes[1], "shop").len(), round + 1);
    }

    add_users(&cluster.nodes[0], "shop", 30_000);
    let mut job = begin(&sandbox, &["-d", &urls[0], "create-token", "--all"]);
    wait_until("the first keys", || printed_keys(&sandbox).len() > 100);
    cluster.nodes[0].kill();
    job.wait().expect("wait");
    cluster.wait_for(2);
    let printed = printed_keys(&sandbox);
    for node in &cluster.nodes[1..] {
        let lost = printed.difference(&keys(node, "shop")).count();
        assert_eq!(lost, 0, "of {} printed keys", printed.len());
    }
    let again = sandbox.run(["-q", "-d", &urls[1], "create-token", "--all"]);
    assert_eq!(silent_success(again).lines().count(), 30_002);
}
