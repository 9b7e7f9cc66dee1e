//! `--wait` for what another process is about to make on a server.

use std::thread;
use std::time::Duration;

use crate::support::{Engine, Outcome, Sandbox, on_every_engine};

on_every_engine!(a_command_waits_until_the_tables_are_there,);

fn a_command_waits_until_the_tables_are_there(engine: Engine) {
    let sandbox = Sandbox::on(engine);
    let mut create = sandbox.command(["-q", "--wait=30s", "create-user", "alice", "--no-password"]);
    let created = thread::scope(|scope| {
        let waiting = scope.spawn(move || Outcome::of(&mut create));
        thread::sleep(Duration::from_millis(300));
        sandbox.run(["-q", "migrate"]).success();
        waiting.join().expect("wait")
    });
    created.expect(0, "", "");
}

#[test]
fn a_command_waits_for_a_database_that_is_created_meanwhile_and_not_for_ever() {
    let Some(server) = Engine::Postgres.server() else {
        return;
    };
    let sandbox = Sandbox::new();
    let url = server.url("created_meanwhile");
    let list = ["-q", "-d", &url, "--wait=1s", "list"];
    let outcome = sandbox.run(list);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (5, ""),
        "{outcome}"
    );
    let mut migrate = sandbox.command([
        "-q",
        "-d",
        &url,
        "--wait=30s",
        "create-user",
        "alice",
        "--no-password",
    ]);
    let created = thread::scope(|scope| {
        let waiting = scope.spawn(move || Outcome::of(&mut migrate));
        thread::sleep(Duration::from_millis(300));
        server.create_database("created_meanwhile");
        sandbox.run(["-q", "-d", &url, "migrate"]).success();
        waiting.join().expect("wait")
    });
    server.drop_database("created_meanwhile");
    created.expect(0, "", "");
}
