//! What a person at a terminal sees of something that takes its time.

use std::net::TcpListener;
use std::time::Duration;

use super::terminal::Terminal;
use super::with_users;
use crate::support::{Engine, Sandbox};

#[test]
fn a_person_is_told_what_is_waited_for_and_a_pipe_is_not() {
    let sandbox = with_users(&["alice"]);
    let writer = rusqlite::Connection::open(sandbox.database()).expect("open");
    writer.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let create = ["create-token", "alice", "--timeout", "2s"];
    let mut terminal = Terminal::start(&sandbox, &create);
    terminal
        .shows("Waiting for another writer ")
        .shows("\r\ndrfctl: database ");
    terminal.ends(6);
    let outcome = sandbox.run(create);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (6, ""));
    assert!(outcome.stderr.starts_with("drfctl: database"), "{outcome}");
    drop(writer);

    let wait = ["-d", "none", "list", "--wait", "20s"];
    let mut terminal = Terminal::start(&sandbox, &wait);
    terminal.shows("Waiting for the database ");
    terminal.presses("\u{3}");
    terminal
        .shows("drfctl: interrupted; nothing was changed\r\n")
        .ends(130);

    // A server that takes the connection, and then says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("listen");
    let port = silent.local_addr().expect("an address").port();
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://app@127.0.0.1:{port}/app");
        let list = ["-d", &url, "--timeout", "3s", "list"];
        let mut terminal = Terminal::start(&sandbox, &list);
        terminal
            .shows("Waiting for the database ")
            .shows("\r\ndrfctl: database ");
        terminal.ends(5);
    }
}

#[test]
fn a_progress_bar_says_what_is_done_in_whole_numbers_and_the_end_says_how_many() {
    let sandbox = Sandbox::migrated();
    super::add_users(&sandbox, 20_000);
    let create = ["create-token", "--all", "--out", "tokens.txt"];
    let mut terminal = Terminal::start(&sandbox, &create);
    terminal.shows("Creating tokens ").shows("/20,000  ");
    terminal.shows("Created 20,000 tokens");
    let seen = terminal.ends(0);
    let bar = seen.split("Created").next().expect("the bar");
    assert!(!bar.contains('.'), "{seen:?}");
}

#[test]
fn a_progress_bar_counts_every_password_and_promises_nothing_before_the_first() {
    let sandbox = Sandbox::migrated();
    let mut lines = "username,password\n".to_owned();
    for n in 0..24 {
        lines.push_str(&format!("user{n},Sommer-Regen-{n}\n"));
    }
    std::fs::write(sandbox.path("users.csv"), lines).expect("write");
    let create = ["create-user", "--from", "users.csv"];
    let mut terminal = Terminal::start(&sandbox, &create);
    terminal.shows("Creating users ");
    let seen = terminal.ends(0);
    assert!(
        (1..24).any(|done| seen.contains(&format!(" {done}/24  "))),
        "{seen:?}"
    );
    assert!(!seen.contains(" 0/24  "), "{seen:?}");
}

#[test]
fn a_message_is_not_printed_into_a_progress_bar() {
    let sandbox = Sandbox::migrated();
    super::add_users(&sandbox, 30);
    sandbox.run(["-q", "create-token", "--all"]).success();
    let mut terminal = Terminal::start(&sandbox, &["revoke", "--all", "--yes"]);
    terminal.shows("Revoked 30 tokens");
    let seen = terminal.ends(0);
    let (before, _) = seen.split_once("Revoked the token").expect("a message");
    let bar = before.rfind("/30").expect("a bar");
    assert!(before.split_at(bar).1.contains("\u{1b}[2K"), "{seen:?}");
}

/// A lock on all tokens, held for a few seconds on a server.
fn waits_on_a_server(engine: Engine, sleep: &str, shown: &str) {
    let Some(server) = engine.server() else {
        return;
    };
    let sandbox = Sandbox::migrated_on(engine);
    let create = ["-q", "create-user", "alice", "--no-password", "--token"];
    sandbox.run(create).success();
    let database = sandbox
        .on_server()
        .expect("a database on a server")
        .name
        .clone();
    let url = server.url(&database);
    let sql = format!("BEGIN; UPDATE authtoken_token SET created = created; {sleep}; ROLLBACK");
    std::thread::scope(|scope| {
        scope.spawn(|| server.batch(&database, &sql));
        std::thread::sleep(Duration::from_millis(500));
        let reset = [
            "-d",
            &url,
            "create-token",
            "alice",
            "--reset",
            "--timeout",
            "2s",
        ];
        let mut terminal = Terminal::start(&sandbox, &reset);
        terminal.shows(shown).shows("\r\ndrfctl: database ");
        terminal.ends(6);
    });
}

#[test]
fn a_person_is_told_that_a_server_is_waited_for() {
    waits_on_a_server(
        Engine::Postgres,
        "SELECT pg_sleep(6)",
        "Waiting for the database server ",
    );
    waits_on_a_server(
        Engine::Mariadb,
        "SELECT SLEEP(6)",
        "Waiting for another writer ",
    );
}
