//! `drfctl migrate` takes every state that Django's `migrate APP NAME` can leave to where
//! Django itself takes it: each state was made by Django, and so was what it is compared with.
//!
//! A usual run takes a sample of the states, another for each line; all of them with
//! `DRFCTL_TEST_ALL_STATES=1`.

use std::io::{self, Write as _};

use serde::Deserialize;
use serde_json::json;

use crate::support::{Django, Line, Outcome, Sandbox, rows, schema, variable};

#[derive(Deserialize)]
struct State {
    name: String,
    before: String,
    after: String,
}

#[test]
fn django_4_2_with_drf_3_14() {
    every_state_becomes_what_django_makes_of_it(Line::D42);
}

#[test]
fn django_5_2_with_drf_3_16() {
    every_state_becomes_what_django_makes_of_it(Line::D52Drf316);
}

#[test]
fn django_5_2_with_drf_3_18() {
    every_state_becomes_what_django_makes_of_it(Line::D52);
}

#[test]
fn django_6_1_with_drf_3_18() {
    every_state_becomes_what_django_makes_of_it(Line::D61);
}

fn every_state_becomes_what_django_makes_of_it(line: Line) {
    let Some(django) = Django::line(line) else {
        return;
    };
    let sandbox = Sandbox::new();
    let project = django.project(sandbox.database()).with("APPS", "tokens");
    let stride = match variable("DRFCTL_TEST_ALL_STATES").as_str() {
        "1" => 1,
        // With the offsets of four lines, the states that lack whole apps are among them.
        _ => 8,
    };
    let directory = sandbox.path("states").display().to_string();
    let offset = line as usize % stride;
    let make = [directory, stride.to_string(), offset.to_string()];
    let printed = Outcome::of(&mut project.script("states.py", make)).success();
    let states: Vec<State> = printed
        .lines()
        .map(|state| serde_json::from_str(state).expect("a state"))
        .collect();
    assert!(!states.is_empty(), "states.py made nothing");

    let mut oracle = project.oracle();
    for State {
        name,
        before,
        after,
    } in &states
    {
        let migrate = ["--database", before, "migrate"];
        let outcome = sandbox.run(migrate);
        assert_eq!(outcome.status, 0, "from {name}: {outcome}");
        assert_eq!(
            schema(before.as_ref()),
            schema(after.as_ref()),
            "from {name}"
        );
        for sql in content(line) {
            let ours = rows(before.as_ref(), sql);
            assert_eq!(ours, rows(after.as_ref(), sql), "from {name}: {sql}");
        }
        let checks = "SELECT * FROM pragma_integrity_check
                      UNION ALL SELECT \"table\" FROM pragma_foreign_key_check";
        assert_eq!(rows(before.as_ref(), checks), ["ok"], "from {name}");
        let pending = oracle.ask(&json!({"op": "pending", "database": before}));
        assert_eq!(pending, json!([]), "from {name}");
        assert_eq!(sandbox.run(migrate).success(), "", "again, from {name}");
    }
    // Past the capture of the test harness: the number is part of what the run says.
    writeln!(
        io::stderr(),
        "\n{line:?}: migrated from {} states",
        states.len()
    )
    .expect("stderr");
}

/// Every row that means something to Django, in an order of its own: the ids of content types,
/// permissions and migrations differ between versions of Django, and nothing refers to them by
/// a constant.
fn content(line: Line) -> [&'static str; 10] {
    let (migrations, permissions) = match line {
        // drfctl goes as far as DRF 3.18: past the last migration of 3.14, and with the names
        // that the permissions of `tokenproxy` have since.
        Line::D42 => (
            "SELECT app, name FROM django_migrations
             WHERE name <> '0004_alter_tokenproxy_options' ORDER BY 1, 2",
            "SELECT app_label, model, codename, lower(auth_permission.name) FROM auth_permission
             JOIN django_content_type ON content_type_id = django_content_type.id ORDER BY 1, 2, 3",
        ),
        _ => (
            "SELECT app, name FROM django_migrations ORDER BY 1, 2",
            "SELECT app_label, model, codename, auth_permission.name FROM auth_permission
             JOIN django_content_type ON content_type_id = django_content_type.id ORDER BY 1, 2, 3",
        ),
    };
    [
        migrations,
        permissions,
        "SELECT app_label, model FROM django_content_type ORDER BY 1, 2",
        "SELECT * FROM auth_group ORDER BY id",
        "SELECT * FROM auth_group_permissions ORDER BY id",
        "SELECT * FROM auth_user ORDER BY id",
        "SELECT * FROM auth_user_groups ORDER BY id",
        "SELECT * FROM auth_user_user_permissions ORDER BY id",
        "SELECT * FROM authtoken_token ORDER BY key",
        "SELECT name, seq FROM sqlite_sequence WHERE name IN ('auth_user', 'auth_group')",
    ]
}
