//! `drfctl migrate` leaves what Django's own `migrate` leaves, and Django agrees.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use crate::support::{Django, Line, Outcome, Project, Sandbox, rows, schema};

/// Checks that two databases are one to Django: the schema to the letter, and the rows that
/// `migrate` writes. Their ids may differ, as they do between versions of Django.
#[track_caller]
fn assert_same(ours: &Path, djangos: &Path) {
    assert_eq!(schema(ours), schema(djangos));
    for sql in [
        "SELECT app, name FROM django_migrations ORDER BY id",
        "SELECT app_label, model FROM django_content_type ORDER BY 1, 2",
        "SELECT app_label, model, codename, name FROM auth_permission
         JOIN django_content_type ON content_type_id = django_content_type.id ORDER BY 1, 2, 3",
    ] {
        assert_eq!(rows(ours, sql), rows(djangos, sql));
    }
}

/// What `drfctl migrate` prints when it applies these of the migrations that Django recorded.
fn applied(database: &Path, condition: &str) -> String {
    let sql = format!(
        "SELECT group_concat(app || '.' || name || char(10), '' ORDER BY id)
         FROM django_migrations WHERE {condition}"
    );
    rows(database, &sql).concat()
}

/// Three apps, and no others: as much as drfctl migrates.
fn tokens_alone(sandbox: &Sandbox) -> Option<Project> {
    let project = Django::line(Line::D52)?.project(sandbox.database());
    Some(project.with("APPS", "tokens"))
}

#[test]
fn a_new_file_becomes_what_djangos_migrate_makes_of_one() {
    let sandbox = Sandbox::new();
    let Some(project) = tokens_alone(&sandbox) else {
        return;
    };
    let djangos = sandbox.path("django.sqlite3");
    project.on(&djangos).migrated();

    let printed = sandbox.run(["migrate"]).success();
    assert_same(&sandbox.database(), &djangos);
    assert_eq!(printed, applied(&djangos, "true"));
    assert_eq!(project.oracle().ask(&json!({"op": "pending"})), json!([]));
}

#[test]
fn django_migrates_the_rest_of_its_apps_onto_it() {
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let sandbox = Sandbox::migrated();
    let project = django.project(sandbox.database());

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

    let djangos = sandbox.path("django.sqlite3");
    project.on(&djangos).migrated();
    assert_eq!(schema(&sandbox.database()), schema(&djangos));
    assert_eq!(sandbox.run(["migrate"]).success(), "");
    sandbox
        .run(["--quiet", "migrate", "--check"])
        .expect(0, "", "");
}

#[test]
fn a_django_database_without_authtoken_gets_it() {
    let sandbox = Sandbox::new();
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let project = django.project(sandbox.database());
    for app in ["auth", "admin", "sessions"] {
        project.manage(["migrate", app]).success();
    }
    let djangos = sandbox.path("django.sqlite3");
    std::fs::copy(sandbox.database(), &djangos).expect("copy the database");
    project.on(&djangos).manage(["migrate"]).success();

    let missing = applied(&djangos, "app = 'authtoken'");
    for flag in ["--plan", "--check"] {
        let outcome = sandbox.run(["--quiet", "migrate", flag]);
        outcome.expect(i32::from(flag == "--check"), &missing, "");
    }
    sandbox.run(["--quiet", "migrate"]).expect(0, &missing, "");
    assert_same(&sandbox.database(), &djangos);
    project.manage(["migrate", "--check"]).expect(0, "", "");
}

#[test]
fn eight_that_start_together_apply_each_migration_once() {
    let sandbox = Sandbox::new();
    let Some(project) = tokens_alone(&sandbox) else {
        return;
    };
    let commands = (0..8).map(|_| sandbox.command(["migrate"]));
    let printed: String = Outcome::of_all(commands)
        .into_iter()
        .map(Outcome::success)
        .collect();
    assert_eq!(printed, applied(&sandbox.database(), "true"));
    assert_eq!(project.oracle().ask(&json!({"op": "pending"})), json!([]));
}
