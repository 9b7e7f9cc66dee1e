//! The command line itself: what is on it, around it, and too much of it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use serde_json::Value;

use super::{expect, with_token, with_users};
use crate::support::{Outcome, Sandbox};

#[test]
fn help_and_version_are_data() {
    let sandbox = Sandbox::new();
    let version = concat!("drfctl ", env!("CARGO_PKG_VERSION"), "\n");
    expect(&sandbox, &["--version"], 0, version, "");
    for command in [
        &[][..],
        &["migrate"],
        &["create-user"],
        &["create-token"],
        &["revoke"],
        &["list"],
        &["verify"],
        &["verify", "token"],
        &["verify", "password"],
        &["set-password"],
    ] {
        for help in ["-h", "--help"] {
            let outcome = sandbox.run([command, &[help]].concat());
            assert_eq!(outcome.stderr, "", "{command:?}");
            assert!(outcome.success().contains("Usage: drfctl"), "{command:?}");
        }
    }
    let help = sandbox.run(["--help"]).success();
    assert!(help.contains("130  interrupted"), "{help}");
}

#[test]
fn the_format_stands_before_or_behind_the_command() {
    let (sandbox, key) = with_token("alice");
    let wanted = format!("Authorization: Token {key}\n");
    for args in [
        &["-q", "-f", "header", "create-token", "alice"][..],
        &["-q", "create-token", "-f", "header", "alice"],
        &["-q", "create-token", "alice", "-fheader"],
        &["create-token", "alice", "--format=header", "--quiet"],
    ] {
        expect(&sandbox, args, 0, &wanted, "");
    }
}

#[test]
fn a_format_of_another_command_is_refused() {
    let (sandbox, _) = with_token("alice");
    for (format, command) in [
        ("header", &["list"][..]),
        ("table", &["create-token", "alice"]),
        ("csv", &["revoke", "alice"]),
        ("jsonl", &["migrate"]),
        ("nonsense", &["list"]),
    ] {
        for args in [
            [&["-f", format], command].concat(),
            [command, &["-f", format]].concat(),
        ] {
            let outcome = sandbox.run(&args);
            assert_eq!(
                (outcome.status, outcome.stdout.as_str()),
                (2, ""),
                "{args:?}: {outcome}"
            );
            assert!(outcome.stderr.contains("--format"), "{args:?}: {outcome}");
        }
    }
    // The error is JSON where JSON is asked for.
    for args in [
        &["--format=json", "list", "--frob"][..],
        &["-fjsonl", "frob"],
    ] {
        let outcome = sandbox.run(args);
        let error: Value = serde_json::from_str(&outcome.stderr).expect("JSON");
        assert_eq!(error["error"]["exit_status"], 2);
    }
}

#[test]
fn arguments_that_are_not_utf_8_are_one_line_of_error() {
    let sandbox = with_users(&["alice"]);
    let broken = OsString::from_vec(b"zo\xeb".to_vec());
    for before in [
        &["create-token"][..],
        &["create-user", "--no-password"],
        &["create-user", "x", "--no-password", "--email"],
        &["revoke"],
        &["set-password", "--no-password"],
        &["list", "--username"],
        &["verify", "password"],
    ] {
        let mut command = sandbox.command(before);
        let outcome = Outcome::of(command.arg(&broken));
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{before:?}: {outcome}"
        );
        assert!(outcome.stderr.lines().count() <= 2, "{before:?}: {outcome}");
        assert!(outcome.stderr.contains("UTF-8"), "{before:?}: {outcome}");
    }
    let outcome = Outcome::of(sandbox.command(["list"]).env("DRFCTL_TIME_ZONE", &broken));
    assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""));
    // A path may be any bytes.
    std::fs::rename(sandbox.database(), sandbox.path("").join(&broken)).expect("rename");
    let outcome = Outcome::of(sandbox.command(["list"]).env("DATABASE_URL", &broken));
    assert_eq!(outcome.status, 0, "{outcome}");
    std::fs::rename(sandbox.path("").join(&broken), sandbox.database()).expect("rename");
    // What is no name may be any path.
    let mut out = sandbox.command(["-q", "create-token", "alice", "--out"]);
    Outcome::of(out.arg(&broken)).expect(0, "", "");
    assert!(sandbox.path("").join(broken).is_file());
}

#[test]
fn a_name_of_a_hundred_thousand_characters_is_cut_in_what_is_said_of_it() {
    let sandbox = with_users(&["alice"]);
    let long = "x".repeat(100_000);
    for (args, status) in [
        (&["create-token", &long][..], 3),
        (&["create-user", &long, "--no-password"], 2),
        (&["create-user", "x", "--no-password", "--email", &long], 2),
        (
            &["create-user", "x", "--no-password", "--last-name", &long],
            2,
        ),
        (&["create-user", "x", "--no-password", "--set", &long], 2),
        (&["revoke", &long], 3),
        (&["set-password", &long, "--no-password"], 3),
        (&["set-password", "alice", "--password-file", &long], 2),
        (&["create-token", "alice", "--out", &long], 1),
        (&["create-token", "--from", &long], 2),
        (&["list", "--time-zone", &long], 2),
        (&["list", "--older-than", &long], 2),
        (&["list", "--database", &long], 5),
        (&["list", &long], 2),
        (&[&long], 2),
    ] {
        for format in ["text", "json"] {
            let form: &[&str] = if format == "json" {
                &["-f", "json"]
            } else {
                &[]
            };
            let outcome = sandbox.run([form, args].concat());
            let what = &args
                .iter()
                .map(|arg| &arg[..arg.len().min(20)])
                .collect::<Vec<_>>();
            assert_eq!(
                (outcome.status, outcome.stdout.as_str()),
                (status, ""),
                "{what:?}"
            );
            let length = outcome.stderr.len();
            assert!(length < 1_000, "{what:?}: {length} bytes on stderr");
        }
    }
}

#[test]
fn the_environment_says_what_the_command_line_does_not() {
    let (sandbox, _) = with_token("alice");
    std::fs::rename(sandbox.database(), sandbox.path("other.db")).expect("rename");
    let list = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = sandbox.command([&["list", "-f", "names"], args].concat());
        Outcome::of(command.envs(variables.iter().copied()))
    };
    let other = ("DATABASE_URL", "sqlite:///other.db");
    list(&[], &[other]).expect(0, "alice\n", "");
    list(&["-d", "other.db"], &[("DATABASE_URL", "none.db")]).expect(0, "alice\n", "");
    list(&[], &[other, ("DRFCTL_USER_TABLE", "auth_user")]).expect(0, "alice\n", "");
    list(&[], &[other, ("DRFCTL_USERNAME_FIELD", "username")]).expect(0, "alice\n", "");
    for variable in [
        ("DRFCTL_USER_TABLE", "no_such_table"),
        ("DRFCTL_USERNAME_FIELD", "no_such_column"),
        ("DRFCTL_TIME_ZONE", "Mars/Olympus"),
    ] {
        let outcome = list(&[], &[other, variable]);
        assert!([2, 5].contains(&outcome.status), "{variable:?}: {outcome}");
        assert!(
            outcome.stderr.contains(&format!("`{}`", variable.1)),
            "{outcome}"
        );
    }
}

#[test]
fn the_time_zone_is_that_of_the_times_in_the_database() {
    let (sandbox, _) = with_token("alice");
    sandbox.sqlite("UPDATE authtoken_token SET created = '2026-07-01 12:00:00'");
    let created = |zone: &str| {
        let list = sandbox
            .run(["list", "-f", "json", "--time-zone", zone])
            .success();
        serde_json::from_str::<Value>(&list).expect("JSON")[0]["created"].clone()
    };
    assert_eq!(created("UTC"), "2026-07-01T12:00:00Z");
    assert_eq!(created("Europe/Berlin"), "2026-07-01T10:00:00Z");
}

#[test]
fn waiting_for_a_database_ends_when_it_is_there() {
    let sandbox = Sandbox::new();
    let waits = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| sandbox.run(["list", "-f", "names", "--wait", "20s"]));
        std::thread::sleep(std::time::Duration::from_millis(400));
        sandbox.run(["migrate"]).success();
        waiting.join().expect("no panic")
    });
    waits.expect(0, "", "");
    let start = std::time::Instant::now();
    let never = sandbox.run(["-d", "none", "list", "--wait", "1s"]);
    assert_eq!((never.status, never.stdout.as_str()), (5, ""), "{never}");
    assert!((1.0..4.0).contains(&start.elapsed().as_secs_f64()));
}

#[test]
fn without_any_argument_the_usage_is_an_error() {
    let sandbox = Sandbox::new();
    let bare = sandbox.run([""; 0]);
    assert_eq!((bare.status, bare.stdout.as_str()), (2, ""), "{bare}");
    assert!((1..=3).contains(&bare.stderr.lines().count()), "{bare}");
}
