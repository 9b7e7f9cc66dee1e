//! Times are the ones that Django means, with `USE_TZ` and without.

use serde_json::Value;

use crate::support::{Django, Line, Sandbox};

/// Checks that a token's time, made by either and read by drfctl, is the present one, and that
/// both wrote the same kind of time.
#[track_caller]
fn both_mean_the_present(use_tz: &str, options: &[&str]) {
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let sandbox = Sandbox::new();
    let project = django
        .project(sandbox.database())
        .with("USE_TZ", use_tz)
        // Far from UTC the whole year.
        .with("TIME_ZONE", "Asia/Kathmandu")
        .migrated();
    let drfctl = |args: &[&str]| sandbox.run([options, args].concat()).success();
    drfctl(&["create-user", "drfctl", "--no-password", "--token"]);
    drfctl(&["create-user", "django", "--no-password"]);
    project.manage(["drf_create_token", "django"]).success();

    let listed: Value = serde_json::from_str(&drfctl(&["list", "--format", "json"])).expect("JSON");
    let listed = listed.as_array().expect("an array");
    assert_eq!(listed.len(), 2);
    for row in listed {
        let created = row["created"].as_str().expect("a time");
        let present = format!("SELECT abs(julianday('now') - julianday('{created}')) * 1440 < 1");
        assert_eq!(sandbox.sqlite(&present), ["1"], "{row}");
    }
    let apart = "SELECT max(julianday(created)) - min(julianday(created)) < 1.0 / 1440
                 FROM authtoken_token";
    assert_eq!(sandbox.sqlite(apart), ["1"]);
}

#[test]
fn with_time_zones_the_database_holds_utc() {
    both_mean_the_present("1", &[]);
}

#[test]
fn without_time_zones_the_database_holds_the_times_of_the_project() {
    both_mean_the_present("0", &["--time-zone", "Asia/Kathmandu"]);
}
