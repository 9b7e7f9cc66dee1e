//! Triggers on a server: the key that is printed is the stored one, whether the role may see that
//! there is a trigger or not.

use crate::support::{DatabaseServer, Engine, Mariadb, Outcome, Postgres, Sandbox};

/// What is stored, and not what was meant to be.
#[track_caller]
fn is_the_stored_key(outcome: &Outcome, name: &str) {
    assert_eq!(
        (outcome.status, outcome.stdout.clone()),
        (0, format!("rewritten for {name}\n")),
        "{outcome}"
    );
}

const ROLES: [(&str, [&str; 2]); 3] = [
    (
        "drf_plain",
        ["SELECT ON auth_user", "SELECT, INSERT ON authtoken_token"],
    ),
    (
        "drf_other",
        [
            "SELECT, TRIGGER ON auth_user",
            "SELECT, INSERT ON authtoken_token",
        ],
    ),
    (
        "drf_sees",
        [
            "SELECT ON auth_user",
            "SELECT, INSERT, TRIGGER ON authtoken_token",
        ],
    ),
];

/// The owner and a user for each role.
fn users_on(engine: Engine) -> Sandbox {
    let sandbox = Sandbox::migrated_on(engine);
    for user in ["owner"].into_iter().chain(ROLES.map(|(role, _)| role)) {
        let create = ["-q", "create-user", user, "--no-password"];
        sandbox.run(create).success();
    }
    sandbox
}

#[test]
fn a_key_that_a_trigger_rewrites_is_printed_as_it_is_stored_on_postgresql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let sandbox = users_on(Engine::Postgres);
    let database = sandbox.on_server().expect("a database on a server");
    server.batch(
        &database.name,
        "CREATE FUNCTION rewritten() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN NEW.key := ''rewritten for '' || (SELECT username FROM auth_user WHERE id = NEW.user_id); RETURN NEW; END'; \
         CREATE TRIGGER hostile BEFORE INSERT ON authtoken_token \
         FOR EACH ROW EXECUTE FUNCTION rewritten()",
    );
    is_the_stored_key(&sandbox.run(["create-token", "owner"]), "owner");
}

#[test]
fn a_key_that_a_trigger_rewrites_is_printed_as_it_is_stored_on_mariadb() {
    let Some(server) = Mariadb::shared() else {
        return;
    };
    let sandbox = users_on(Engine::Mariadb);
    let database = sandbox.on_server().expect("a database on a server");
    let name = &database.name;
    server.batch(
        name,
        "CREATE TRIGGER hostile BEFORE INSERT ON authtoken_token \
         FOR EACH ROW SET NEW.`key` = CONCAT('rewritten for ', \
         (SELECT username FROM auth_user WHERE id = NEW.user_id))",
    );
    // The owner sees the trigger.
    is_the_stored_key(&sandbox.run(["create-token", "owner"]), "owner");
    // One role may create triggers on another table, one on none.
    for (role, rights) in ROLES {
        server.administer(&format!("CREATE OR REPLACE USER {role} IDENTIFIED BY 'pw'"));
        for right in rights {
            let (right, table) = right.split_once(" ON ").expect("a right on a table");
            server.administer(&format!("GRANT {right} ON `{name}`.{table} TO {role}"));
        }
        let port = server.port();
        let url = format!("mysql://{role}:pw@127.0.0.1:{port}/{name}");
        let outcome = sandbox.run(["-d", &url, "create-token", role]);
        server.administer(&format!("DROP USER {role}"));
        is_the_stored_key(&outcome, role);
    }
}
