//! A hot standby, and PgBouncer in transaction mode.

use crate::support::Sandbox;
use crate::support::{DatabaseServer as _, Engine, Outcome, PgBouncer, Postgres, Replicated};

#[test]
fn reading_commands_work_on_a_standby_and_writing_ones_say_that_it_is_read_only() {
    let Some(servers) = Replicated::start() else {
        return;
    };
    servers.primary.create_database("shop");
    let port = servers.standby.port();
    let standby = crate::support::url("postgres", &format!("127.0.0.1:{port}"), "shop");
    let sandbox = Sandbox::new();
    let primary = servers.url("shop");
    sandbox.run(["-q", "-d", &primary, "migrate"]).success();
    let create = [
        "-q",
        "-d",
        &primary,
        "create-user",
        "alice",
        "--no-password",
        "--token",
    ];
    let key = sandbox.run(create).success();
    // What is committed is flushed on the standby, and replayed in a moment.
    super::wait_until("the token on the standby", || {
        servers
            .standby
            .rows("shop", "SELECT key FROM authtoken_token")
            .len()
            == 1
    });
    for args in [
        &["list"][..],
        &["list", "--sort", "last-login", "-f", "jsonl"],
        &["show", "alice"],
        &["migrate", "--check"],
        &["doctor"],
        &["revoke", "--all", "--dry-run"],
    ] {
        let outcome = sandbox.run([&["-q", "-d", &standby], args].concat());
        assert_eq!(outcome.status, 0, "{args:?}: {outcome}");
    }
    let existing = sandbox.run(["-q", "-d", &standby, "create-token", "alice"]);
    existing.expect(0, &key, "");
    for args in [
        &["create-token", "alice", "--reset"][..],
        &["create-user", "bob", "--no-password"],
        &["revoke", "alice"],
        &["update-user", "alice", "--inactive"],
    ] {
        let outcome = sandbox.run([&["-q", "-d", &standby], args].concat());
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (5, ""),
            "{args:?}: {outcome}"
        );
        assert!(outcome.stderr.contains("read-only"), "{args:?}: {outcome}");
    }
}

#[test]
fn every_command_works_through_pgbouncer() {
    let (Some(_), Some(bouncer)) = (Postgres::shared(), PgBouncer::shared()) else {
        return;
    };
    let sandbox = Sandbox::on(Engine::Postgres);
    let url = bouncer.url(&sandbox.on_server().expect("a database on a server").name);
    let run = |args: &[&str]| sandbox.run([&["-q", "-d", &url], args].concat());
    run(&["migrate"]).success();
    let key = run(&["create-user", "alice", "--no-password", "--token"]).success();
    let clients = (0..40).map(|_| sandbox.command(["-q", "-d", &url, "create-token", "alice"]));
    for outcome in Outcome::of_all(clients) {
        outcome.expect(0, &key, "");
    }
    for args in [
        &["list"][..],
        &["show", "alice"],
        &["doctor"],
        &["update-user", "alice", "--staff"],
        &["create-token", "--all", "--reset", "--yes"],
        &["create-user", "bob", "--no-password"],
        &["revoke", "alice"],
        &["delete-user", "bob", "--yes"],
        &["migrate", "--check"],
    ] {
        let outcome = run(args);
        assert_eq!(outcome.status, 0, "{args:?}: {outcome}");
    }
}
