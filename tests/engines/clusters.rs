//! Servers behind or beside each other, and what becomes of them when one is killed.

use std::collections::HashSet;

use crate::support::{DatabaseServer as _, Engine, Galera, Outcome, PgBouncer, Postgres};
use crate::support::{Replicated, Sandbox};

#[test]
fn clients_of_pgbouncer_share_connections() {
    let (Some(server), Some(bouncer)) = (Postgres::shared(), PgBouncer::shared()) else {
        return;
    };
    let sandbox = Sandbox::on(Engine::Postgres);
    let database = sandbox.on_server().expect("a database on a server");
    let connections = |url: &str| {
        let sql = "SELECT pg_backend_pid() FROM pg_sleep(0.1)";
        let clients = (0..12).map(|_| server.client(url, sql));
        let clients = Outcome::of_all(clients).into_iter();
        clients.map(Outcome::success).collect::<HashSet<_>>().len()
    };
    assert_eq!(connections(&database.url()), 12);
    assert!(connections(&bouncer.url(&database.name)) <= 3);
}

#[test]
fn what_is_committed_outlives_the_primary() {
    let Some(servers) = Replicated::start() else {
        return;
    };
    let Replicated { primary, standby } = &servers;
    primary.create_database("shop");
    primary.batch("shop", "CREATE TABLE sold (id integer)");
    let url = servers.url("shop");
    let sell = |id| {
        let sql = format!("INSERT INTO sold VALUES ({id})");
        Outcome::of(&mut primary.client(&url, &sql))
    };
    sell(1).success();

    primary.kill();
    // The standby is there, but for reading alone.
    assert_eq!(sell(2).status, 2);
    servers.promote();
    sell(3).success();
    assert_eq!(standby.rows("shop", "SELECT id FROM sold"), ["1", "3"]);
}

#[test]
fn every_node_of_a_cluster_takes_writes_and_one_can_be_killed() {
    let Some(cluster) = Galera::start(3) else {
        return;
    };
    let [first, second, third] = &cluster.nodes[..] else {
        panic!("three nodes");
    };
    first.create_database("shop");
    first.batch("shop", "CREATE TABLE sold (id integer PRIMARY KEY)");
    let sold = "SET SESSION wsrep_sync_wait = 7; SELECT id FROM sold ORDER BY id";
    for (id, node) in [(1, first), (2, second), (3, third)] {
        node.rows("shop", &format!("INSERT INTO sold VALUES ({id})"));
    }
    for node in [first, second, third] {
        assert_eq!(node.rows("shop", sold), ["1", "2", "3"]);
    }
    first.kill();
    cluster.wait_for(2);
    second.rows("shop", "INSERT INTO sold VALUES (4)");
    assert_eq!(third.rows("shop", sold), ["1", "2", "3", "4"]);
}
