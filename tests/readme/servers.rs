//! The recipes for servers: connecting, and the rights that a role needs.

use super::stage::Stage;
use super::{block, recipes};
use crate::support::{Engine, Mariadb, Postgres, Sandbox};

/// The role that the documents give rights to.
const ROLE: &str = "drfctl";
const PASSWORD: &str = "secret";

/// What a role with the documented rights does, in an order in which each finds what it needs.
const COMMANDS: [&str; 13] = [
    "create-user alice --no-password --group workers --token",
    "create-user alice --first-name Alice --if-exists update",
    "create-token alice --reset",
    "create-token --all",
    "list --all-users",
    "show alice",
    "doctor",
    "update-user alice --staff --no-group workers",
    "update-user alice --group workers",
    "set-password alice --no-password",
    "revoke alice",
    "delete-user alice --yes",
    "migrate --check",
];

recipes! {
    fn the_rights_on_postgresql_are_enough(
        stage,
        connect = "docs/postgresql.md: Connect",
        rights = "docs/postgresql.md: Rights",
        sequences = "docs/postgresql.md: Rights (2)",
    ) {
        let Some(server) = Postgres::shared() else { return };
        let sandbox = prepared(Engine::Postgres);
        server.administer(&format!("CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'"));
        sandbox.batch(&rights);
        sandbox.batch(&sequences);
        does_everything(&stage, &sandbox, &connect);
    }

    fn the_rights_on_mariadb_are_enough(
        stage,
        connect = "docs/mysql.md: Connect",
        rights = "docs/mysql.md: Rights",
    ) {
        let Some(server) = Mariadb::shared() else { return };
        let sandbox = prepared(Engine::Mariadb);
        let database = &sandbox.on_server().expect("a database on a server").name;
        let rights = rights.replace("'PASSWORD'", &format!("'{PASSWORD}'"));
        server.administer(&rights.replace("app.", &format!("{database}.")));
        does_everything(&stage, &sandbox, &connect);
    }
}

/// A database whose tables belong to the account of the tests.
fn prepared(engine: Engine) -> Sandbox {
    let sandbox = Sandbox::migrated_on(engine);
    sandbox.batch("INSERT INTO auth_group (name) VALUES ('workers')");
    sandbox
}

/// Runs the block that connects, and then every command, as the role.
#[track_caller]
fn does_everything(stage: &Stage, sandbox: &Sandbox, connect: &str) {
    let url = sandbox.url();
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, place) = rest.split_once('@').expect("a user");
    let url = format!("{scheme}://{ROLE}:{PASSWORD}@{place}");
    let documented = connect.split('\'').nth(1).expect("a URL in quotes");
    stage.sh(&connect.replace(documented, &url)).success();
    for command in COMMANDS {
        let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        let database = ("DATABASE_URL".to_owned(), url.clone());
        let outcome = stage.drfctl(&words, &[database]);
        assert_eq!(outcome.status, 0, "{command}: {outcome}");
    }
}
