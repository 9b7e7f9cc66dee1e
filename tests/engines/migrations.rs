//! The SQL in `src/db/engines/*/migrations/` beside what Django makes.

use std::fs;
use std::path::PathBuf;

use super::made_by_django;
use crate::support::{Django, Engine, Line, Sandbox};

/// Makes an empty database what the files say, in Django's order and for Django's own users.
#[track_caller]
fn migrate(sandbox: &Sandbox, engine: &str, quote: char) {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/db/engines")
        .join(engine)
        .join("migrations");
    let mut files: Vec<String> = fs::read_dir(&directory)
        .expect("list the migrations")
        .map(|entry| entry.expect("an entry").file_name().display().to_string())
        .collect();
    let apps = ["ledger", "contenttypes", "auth", "authtoken"];
    files.sort_by_key(|file| {
        let (app, name) = file.split_once('.').expect("an app and a name");
        (apps.iter().position(|known| *known == app), name.to_owned())
    });
    let sql: String = files
        .iter()
        .map(|file| fs::read_to_string(directory.join(file)).expect("read a migration"))
        .collect();
    let quoted = |name| format!("{quote}{name}{quote}");
    let sql = sql
        .replace("{users}", &quoted("auth_user"))
        .replace("{id}", &quoted("id"))
        .replace("{user_id}", "integer")
        .replace(
            "{fk}",
            &quoted("authtoken_token_user_id_35299eff_fk_auth_user_id"),
        );
    sandbox.batch(&sql);
}

#[test]
fn the_migrations_make_the_tables_that_django_makes() {
    for (engine, name, quote) in [
        (Engine::Postgres, "postgres", '"'),
        (Engine::Mariadb, "mysql", '`'),
    ] {
        engine.run(|engine| {
            let Some(django) = Django::line(Line::D61) else {
                return;
            };
            let [ours, djangos, integers] = [engine; 3].map(Sandbox::on);
            migrate(&ours, name, quote);
            let project = |sandbox| django.project(sandbox).with("APPS", "tokens");
            let catalog = |sandbox: &Sandbox| sandbox.catalog().join("\n");
            project(&djangos).migrated();
            assert_eq!(catalog(&ours), catalog(&djangos));
            // The catalogue does tell one type from another.
            project(&integers)
                .with("AUTO_FIELD", "AutoField")
                .migrated();
            assert_ne!(catalog(&ours), catalog(&integers));
        });
    }
}

#[test]
fn every_django_line_makes_the_same_tables() {
    for engine in [Engine::Postgres, Engine::Mariadb] {
        engine.run(|engine| {
            let catalogs: Vec<_> = Line::ALL
                .into_iter()
                .filter_map(|line| {
                    let (sandbox, _) = made_by_django(engine, line)?;
                    Some(sandbox.catalog())
                })
                .collect();
            for pair in catalogs.windows(2) {
                assert_eq!(pair[0], pair[1], "{engine:?}");
            }
        });
    }
}

/// What Django's Python does in `auth.0011`, as far as it concerns these apps.
#[test]
fn the_permissions_of_a_proxy_move_all_or_not_at_all() {
    for (engine, name, quote) in [
        (Engine::Postgres, "postgres", '"'),
        (Engine::Mariadb, "mysql", '`'),
    ] {
        engine.run(|engine| {
            let sandbox = Sandbox::on(engine);
            migrate(&sandbox, name, quote);
            let update = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!(
                "src/db/engines/{name}/migrations/auth.0011_update_proxy_permissions.sql"
            ));
            let update = fs::read_to_string(update).expect("read the migration");
            sandbox.sql(
                "INSERT INTO django_content_type (id, app_label, model) VALUES \
                 (5, 'authtoken', 'token'), (6, 'authtoken', 'tokenproxy'), (7, 'shop', 'token')",
            );
            let columns = "INSERT INTO auth_permission (id, name, content_type_id, codename)";
            let rows = "(1, 'a', 5, 'add_tokenproxy'), (2, 'b', 5, 'view_tokenproxy'), \
                        (3, 'c', 5, 'add_token'), (4, 'd', 7, 'add_tokenproxy')";
            for (taken, after) in [
                ("", &["1|6", "2|6", "3|5", "4|7"][..]),
                (
                    ", (9, 'x', 6, 'view_tokenproxy')",
                    &["1|5", "2|5", "3|5", "4|7", "9|6"],
                ),
            ] {
                sandbox.sql(&format!("{columns} VALUES {rows}{taken}"));
                sandbox.batch(&update);
                let permissions = "SELECT id, content_type_id FROM auth_permission ORDER BY id";
                assert_eq!(sandbox.sql(permissions), after, "{engine:?}");
                sandbox.sql("DELETE FROM auth_permission");
            }
        });
    }
}
