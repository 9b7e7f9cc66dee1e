//! A role with the documented rights runs each command, and nothing more than that is needed.

use crate::support::{DatabaseServer as _, Engine, Mariadb, Postgres, Sandbox};

/// A command, and the rights that it needs besides SELECT on the two tables.
const COMMANDS: [(&[&str], &[&str]); 8] = [
    (&["list"], &[]),
    (&["verify", "token", "--key-file", "key"], &[]),
    (&["create-token", "alice"], &[]),
    (&["create-token", "bob"], &["INSERT ON authtoken_token"]),
    (
        &["create-token", "alice", "--reset"],
        &["INSERT ON authtoken_token", "UPDATE ON authtoken_token"],
    ),
    (&["revoke", "alice"], &["DELETE ON authtoken_token"]),
    (
        &["create-user", "carol", "--no-password"],
        &["INSERT ON auth_user"],
    ),
    (&["update-user", "bob", "--staff"], &["UPDATE ON auth_user"]),
];

#[test]
fn a_role_needs_the_documented_rights_and_no_more_on_postgresql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for (number, (args, rights)) in COMMANDS.iter().enumerate() {
        let sandbox = prepared(Engine::Postgres);
        let database = sandbox.on_server().expect("a database on a server");
        let role = format!("drf_limited_{number}");
        server.administer(&format!("CREATE ROLE {role} LOGIN PASSWORD 'pw'"));
        let grant = |right: &str| server.batch(&database.name, &format!("GRANT {right} TO {role}"));
        grant("SELECT ON auth_user, authtoken_token");
        for right in *rights {
            grant(right);
        }
        let port = server.port();
        let url = format!("postgres://{role}:pw@127.0.0.1:{port}/{}", database.name);
        let outcome = sandbox.run([&["-q", "-d", &url], *args].concat());
        let revoke = format!("REVOKE ALL ON auth_user, authtoken_token FROM {role}");
        server.batch(&database.name, &revoke);
        server.administer(&format!("DROP ROLE {role}"));
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (0, ""),
            "{args:?}: {outcome}"
        );
    }
}

#[test]
fn a_role_needs_the_documented_rights_and_no_more_on_mariadb() {
    let Some(server) = Mariadb::shared() else {
        return;
    };
    for (number, (args, rights)) in COMMANDS.iter().enumerate() {
        let sandbox = prepared(Engine::Mariadb);
        let database = sandbox.on_server().expect("a database on a server");
        let role = format!("drf_limited_{number}");
        server.administer(&format!("CREATE OR REPLACE USER {role} IDENTIFIED BY 'pw'"));
        let grant = |right: &str, table: &str| {
            let name = &database.name;
            server.administer(&format!("GRANT {right} ON `{name}`.{table} TO {role}"));
        };
        grant("SELECT", "auth_user");
        grant("SELECT", "authtoken_token");
        for right in *rights {
            let (right, table) = right.split_once(" ON ").expect("a right on a table");
            grant(right, table);
        }
        let port = server.port();
        let url = format!("mysql://{role}:pw@127.0.0.1:{port}/{}", database.name);
        let outcome = sandbox.run([&["-q", "-d", &url], *args].concat());
        server.administer(&format!("DROP USER {role}"));
        assert_eq!(
            (outcome.status, outcome.stderr.as_str()),
            (0, ""),
            "{args:?}: {outcome}"
        );
    }
}

#[test]
fn a_right_that_is_missing_is_named_on_postgresql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let sandbox = prepared(Engine::Postgres);
    let database = sandbox.on_server().expect("a database on a server");
    server.administer("CREATE ROLE drf_reader LOGIN PASSWORD 'pw'");
    server.batch(
        &database.name,
        "GRANT SELECT ON auth_user, authtoken_token TO drf_reader",
    );
    let port = server.port();
    let url = format!(
        "postgres://drf_reader:pw@127.0.0.1:{port}/{}",
        database.name
    );
    let outcome = sandbox.run(["-d", &url, "create-token", "bob"]);
    let revoke = "REVOKE ALL ON auth_user, authtoken_token FROM drf_reader";
    server.batch(&database.name, revoke);
    server.administer("DROP ROLE drf_reader");
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (5, ""),
        "{outcome}"
    );
    assert!(outcome.stderr.contains("authtoken_token"), "{outcome}");
}

/// A database with `alice`, who has a token that is also in the file `key`, and `bob`.
fn prepared(engine: Engine) -> Sandbox {
    let sandbox = Sandbox::migrated_on(engine);
    let alice = ["-q", "create-user", "alice", "--no-password", "--token"];
    let key = sandbox.run(alice).success();
    std::fs::write(sandbox.path("key"), key).expect("write");
    sandbox
        .run(["-q", "create-user", "bob", "--no-password"])
        .success();
    sandbox
}
