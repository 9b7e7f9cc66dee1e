//! The database servers that the tests start, proved by Django and by the servers' own clients:
//! nothing here runs drfctl.

mod clusters;
mod migrations;

use serde_json::json;

use crate::support::{Django, Engine, Line, Project, Sandbox};

/// A database on the engine that Django made. `None` where there is no such Django.
#[track_caller]
fn made_by_django(engine: Engine, line: Line) -> Option<(Sandbox, Project)> {
    let django = Django::line(line)?;
    let sandbox = Sandbox::on(engine);
    let project = django.project(&sandbox).migrated();
    Some((sandbox, project))
}

#[test]
fn a_row_looks_the_same_on_every_engine() {
    for engine in Engine::ALL {
        engine.run(|engine| {
            let Some((sandbox, _)) = made_by_django(engine, Line::D52) else {
                return;
            };
            for (name, last_login) in [
                ("plain", "NULL"),
                ("zoë 🦀", "'2026-01-02 03:04:05'"),
                ("NULL", "'2026-01-02 03:04:05.600000'"),
                (
                    "a\\n<b>&\"c\"&amp;|\t\r\n d ''",
                    "'2026-01-02 03:04:05.000001'",
                ),
            ] {
                let rows = sandbox.sql(&format!(
                    "INSERT INTO auth_user (password, last_login, is_superuser, username, \
                     first_name, last_name, email, is_staff, is_active, date_joined) VALUES \
                     ('t', {last_login}, false, '{name}', '', '', '', true, true, \
                     '2026-01-01 00:00:00')"
                ));
                assert_eq!(rows, [""; 0], "{engine:?}");
            }
            let rows = sandbox.sql(
                "SELECT id, password, is_staff, is_superuser, username, last_login, date_joined \
                 FROM auth_user ORDER BY id",
            );
            assert_eq!(
                rows,
                [
                    "1|t|1|0|plain||2026-01-01 00:00:00",
                    "2|t|1|0|zoë 🦀|2026-01-02 03:04:05|2026-01-01 00:00:00",
                    "3|t|1|0|NULL|2026-01-02 03:04:05.600000|2026-01-01 00:00:00",
                    "4|t|1|0|a\\n<b>&\"c\"&amp;|\t\r\n d '|2026-01-02 03:04:05.000001|\
                     2026-01-01 00:00:00",
                ],
                "{engine:?}"
            );
            assert_eq!(sandbox.sql("SELECT \"key\" FROM authtoken_token"), [""; 0]);
        });
    }
}

#[test]
fn a_token_of_djangos_opens_its_server_on_every_engine() {
    for (line, engine) in Line::ALL
        .into_iter()
        .flat_map(|line| Engine::ALL.map(|engine| (line, engine)))
    {
        engine.run(|engine| {
            let Some((sandbox, project)) = made_by_django(engine, line) else {
                return;
            };
            let mut oracle = project.oracle();
            oracle.ask(&json!({"op": "create_user", "username": "zoë", "password": "a 🦀 b"}));
            let made = project.manage(["drf_create_token", "zoë"]).success();
            let keys = sandbox.sql(
                "SELECT \"key\" FROM authtoken_token JOIN auth_user ON id = user_id \
                 WHERE username = 'zoë' AND is_active",
            );
            assert_eq!(
                made,
                format!("Generated token {} for user zoë\n", keys[0]),
                "{line:?} {engine:?}"
            );
            assert_eq!(
                oracle.ask(&json!({"op": "tokens"})),
                json!({"zoë": keys[0]})
            );
            assert_eq!(oracle.ask(&json!({"op": "pending"})), json!([]));

            let server = project.serve();
            assert_eq!(server.protected(&keys[0]).status, 200);
            server
                .log_in("zoë", "a 🦀 b")
                .expect(200, &json!({"token": keys[0]}));
            sandbox.sql("UPDATE auth_user SET is_active = false");
            assert_eq!(server.protected(&keys[0]).status, 401);
        });
    }
}

#[test]
fn a_sandbox_is_empty_and_its_own_on_every_engine() {
    for engine in Engine::ALL {
        engine.run(|engine| {
            let [first, second] = [engine, engine].map(Sandbox::on);
            first.sql("CREATE TABLE mine (id integer)");
            first.sql("INSERT INTO mine VALUES (1), (2)");
            assert_eq!(first.sql("SELECT id FROM mine ORDER BY id"), ["1", "2"]);
            assert_eq!(second.catalog(), [""; 0], "{engine:?}");
            assert_ne!(first.catalog(), second.catalog(), "{engine:?}");
            assert_ne!(first.url(), second.url());
        });
    }
}
