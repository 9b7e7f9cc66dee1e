//! A role with the documented rights runs each command, and nothing more than that is needed.

use std::fs;

use crate::support::{DatabaseServer as _, Engine, Mariadb, Outcome, Postgres, Sandbox};

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

/// Every command but `migrate`, in an order in which each has something to do.
const ALL_COMMANDS: &[&[&str]] = &[
    &["list", "--all-users"],
    &["list", "--group", "workers"],
    &["show", "alice"],
    &["show", "--key-file", "key"],
    &["verify", "token", "--key-file", "key"],
    &["doctor"],
    &["create-token", "bob"],
    &["create-token", "bob", "--reset"],
    &["create-token", "bob", "--reset-older-than", "1s"],
    &["create-token", "--all"],
    &["revoke", "bob"],
    &[
        "create-user",
        "carol",
        "--no-password",
        "--group",
        "workers",
    ],
    &["create-user", "carol", "--if-exists", "update", "--staff"],
    &[
        "create-user",
        "dave",
        "--token",
        "--password-file",
        "password",
    ],
    &["verify", "password", "dave", "--password-file", "password"],
    &[
        "set-password",
        "carol",
        "--password-file",
        "password",
        "--reset-token",
    ],
    &[
        "update-user",
        "carol",
        "--no-group",
        "workers",
        "--inactive",
    ],
    &[
        "update-user",
        "carol",
        "--group",
        "workers",
        "--rename",
        "caroline",
    ],
    &["delete-user", "caroline", "--yes"],
];

#[test]
fn the_documented_role_runs_every_command_on_postgresql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let sandbox = with_project_tables(Engine::Postgres);
    let database = sandbox.on_server().expect("a database on a server");
    server.administer("CREATE ROLE drf_documented LOGIN PASSWORD 'pw'");
    for grant in documented_grants("postgresql.md") {
        // There are none: this database was migrated by a newer Django.
        if !grant.contains("SEQUENCE") {
            let grant = grant.replace("TO drfctl", "TO drf_documented");
            server.batch(&database.name, &grant);
        }
    }
    let port = server.port();
    let url = format!(
        "postgres://drf_documented:pw@127.0.0.1:{port}/{}",
        database.name
    );
    run_all_commands(&sandbox, &url);

    let shown = sandbox.run(["-d", &url, "show", "alice"]);
    assert_eq!(
        (shown.status, shown.stderr.as_str()),
        (
            0,
            "drfctl: warning: this role may not read `app_profile`, `django_admin_log`: rows \
             there that refer to the user are not counted\n"
        )
    );
    assert!(!shown.stdout.contains("app_profile"), "{shown}");
    refuses_to_delete_alice(&sandbox, &url);
}

#[test]
fn the_documented_user_runs_every_command_on_mariadb() {
    let Some(server) = Mariadb::shared() else {
        return;
    };
    let sandbox = with_project_tables(Engine::Mariadb);
    let database = sandbox.on_server().expect("a database on a server");
    server.administer("CREATE OR REPLACE USER drf_documented IDENTIFIED BY 'pw'");
    for grant in documented_grants("mysql.md") {
        let grant = grant
            .replace(" app.", &format!(" `{}`.", database.name))
            .replace("'drfctl'@'%'", "drf_documented");
        server.administer(&grant);
    }
    let port = server.port();
    let url = format!(
        "mysql://drf_documented:pw@127.0.0.1:{port}/{}",
        database.name
    );
    run_all_commands(&sandbox, &url);
    let shown = sandbox.run(["-d", &url, "show", "alice"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""), "{shown}");
    assert!(shown.stdout.contains("app_profile"), "{shown}");
    refuses_to_delete_alice(&sandbox, &url);
    server.administer("DROP USER drf_documented");
}

/// The statements under `Rights`, as an operator copies them.
fn documented_grants(page: &str) -> Vec<String> {
    let path = format!("{}/docs/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("read the page");
    let grants: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with("GRANT "))
        .map(str::to_owned)
        .collect();
    assert!(grants.len() > 3, "{grants:?}");
    grants
}

/// With the admin's log, and a table of the project that has a row for most users.
fn with_project_tables(engine: Engine) -> Sandbox {
    let sandbox = prepared(engine);
    fs::write(sandbox.path("password"), "correct horse battery\n").expect("write");
    for table in ["django_admin_log", "app_profile"] {
        let unique = if table == "app_profile" { "UNIQUE" } else { "" };
        sandbox.batch(&format!(
            "CREATE TABLE {table} (id integer NOT NULL PRIMARY KEY, \
             user_id integer NOT NULL {unique}, FOREIGN KEY (user_id) REFERENCES auth_user (id)); \
             INSERT INTO {table} SELECT id, id FROM auth_user WHERE username = 'alice'"
        ));
    }
    sandbox.batch("INSERT INTO auth_group (name) VALUES ('workers')");
    sandbox
}

#[track_caller]
fn run_all_commands(sandbox: &Sandbox, url: &str) {
    for args in ALL_COMMANDS {
        let outcome = sandbox.run([&["-q", "-d", url], *args].concat());
        // `doctor` may find something.
        let is_done = outcome.status == 0 || args == &["doctor"] && outcome.status == 1;
        assert!(is_done && outcome.stderr.is_empty(), "{args:?}: {outcome}");
    }
}

/// What drfctl does not see, the database's own foreign keys do.
#[track_caller]
fn refuses_to_delete_alice(sandbox: &Sandbox, url: &str) {
    let outcome: Outcome = sandbox.run(["-q", "-d", url, "delete-user", "alice", "--yes"]);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
    assert!(outcome.stderr.contains("django_admin_log"), "{outcome}");
    sandbox.run(["-d", url, "show", "alice"]).success();
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
    let hint = "/docs/postgresql.md#rights lists the GRANTs that each command needs\n";
    assert!(outcome.stderr.ends_with(hint), "{outcome}");
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
