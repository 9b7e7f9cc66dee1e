//! `drfctl migrate` leaves what Django's own `migrate` leaves, and Django agrees.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{Django, Engine, Line, Outcome, Project, Sandbox, on_every_engine};

on_every_engine!(
    a_new_file_becomes_what_djangos_migrate_makes_of_one,
    django_migrates_the_rest_of_its_apps_onto_it,
    a_django_database_without_authtoken_gets_it,
    eight_that_start_together_apply_each_migration_once,
);

/// Checks that two databases are one to Django: the schema to the letter, and the rows that
/// `migrate` writes. Their ids may differ, as they do between versions of Django.
#[track_caller]
fn assert_same(ours: &Sandbox, djangos: &Sandbox) {
    assert_eq!(ours.catalog(), djangos.catalog());
    for sql in [
        "SELECT app, name FROM django_migrations ORDER BY id",
        "SELECT app_label, model FROM django_content_type ORDER BY 1, 2",
        "SELECT app_label, model, codename, name FROM auth_permission
         JOIN django_content_type ON content_type_id = django_content_type.id ORDER BY 1, 2, 3",
    ] {
        assert_eq!(ours.sql(sql), djangos.sql(sql));
    }
}

/// What `drfctl migrate` prints when it applies these of the migrations that Django recorded.
fn applied(sandbox: &Sandbox, condition: &str) -> String {
    let sql =
        format!("SELECT app || '.' || name FROM django_migrations WHERE {condition} ORDER BY id");
    let lines = sandbox.sql(&sql).into_iter();
    lines.map(|migration| migration + "\n").collect()
}

/// Three apps, and no others: as much as drfctl migrates.
fn tokens_alone(sandbox: &Sandbox) -> Option<Project> {
    let project = Django::line(Line::D52)?.project(sandbox);
    Some(project.with("APPS", "tokens"))
}

fn a_new_file_becomes_what_djangos_migrate_makes_of_one(engine: Engine) {
    let sandbox = Sandbox::on(engine);
    let Some(project) = tokens_alone(&sandbox) else {
        return;
    };
    let djangos = Sandbox::on(engine);
    project.on(&djangos).migrated();

    let printed = sandbox.run(["migrate"]).success();
    assert_same(&sandbox, &djangos);
    assert_eq!(printed, applied(&djangos, "true"));
    assert_eq!(project.oracle().ask(&json!({"op": "pending"})), json!([]));
}

fn django_migrates_the_rest_of_its_apps_onto_it(engine: Engine) {
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let sandbox = Sandbox::migrated_on(engine);
    let project = django.project(&sandbox);

    let pending = project.oracle().ask(&json!({"op": "pending"}));
    let apps: BTreeSet<_> = pending
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|name| name.as_str()?.split_once('.'))
        .map(|(app, _)| app)
        .collect();
    assert_eq!(apps, BTreeSet::from(["admin", "sessions"]));
    project.manage(["migrate"]).success();
    project.manage(["migrate", "--check"]).expect(0, "", "");

    let djangos = Sandbox::on(engine);
    project.on(&djangos).migrated();
    assert_eq!(sandbox.catalog(), djangos.catalog());
    assert_eq!(sandbox.run(["migrate"]).success(), "");
    sandbox
        .run(["--quiet", "migrate", "--check"])
        .expect(0, "", "");
}

fn a_django_database_without_authtoken_gets_it(engine: Engine) {
    let sandbox = Sandbox::on(engine);
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let djangos = Sandbox::on(engine);
    let [project, other] = [&sandbox, &djangos].map(|sandbox| django.project(sandbox));
    for app in ["auth", "admin", "sessions"] {
        project.manage(["migrate", app]).success();
        other.manage(["migrate", app]).success();
    }
    other.manage(["migrate"]).success();

    let missing = applied(&djangos, "app = 'authtoken'");
    for flag in ["--plan", "--check"] {
        let outcome = sandbox.run(["--quiet", "migrate", flag]);
        outcome.expect(i32::from(flag == "--check"), &missing, "");
    }
    sandbox.run(["--quiet", "migrate"]).expect(0, &missing, "");
    assert_same(&sandbox, &djangos);
    project.manage(["migrate", "--check"]).expect(0, "", "");
}

fn eight_that_start_together_apply_each_migration_once(engine: Engine) {
    let sandbox = Sandbox::on(engine);
    let Some(project) = tokens_alone(&sandbox) else {
        return;
    };
    let commands = (0..8).map(|_| sandbox.command(["migrate"]));
    let printed: String = Outcome::of_all(commands)
        .into_iter()
        .map(Outcome::success)
        .collect();
    assert_eq!(printed, applied(&sandbox, "true"));
    assert_eq!(project.oracle().ask(&json!({"op": "pending"})), json!([]));
}
