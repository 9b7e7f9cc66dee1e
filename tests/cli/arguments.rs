//! The command line itself: what is on it, around it, and too much of it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use serde_json::Value;

use super::{expect, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// Every command, as it is called.
const COMMANDS: [&[&str]; 15] = [
    &[],
    &["migrate"],
    &["create-user"],
    &["create-token"],
    &["revoke"],
    &["list"],
    &["verify"],
    &["verify", "token"],
    &["verify", "password"],
    &["set-password"],
    &["update-user"],
    &["show"],
    &["delete-user"],
    &["doctor"],
    &["completions"],
];

#[test]
fn help_is_data_and_the_summary_fits_a_screen() {
    let sandbox = Sandbox::new();
    for command in COMMANDS {
        let run = |args: &[&str]| {
            let outcome = sandbox.run(args);
            assert_eq!(
                (outcome.status, outcome.stderr.as_str()),
                (0, ""),
                "{args:?}"
            );
            outcome.stdout
        };
        let short = run(&[command, &["-h"]].concat());
        let long = run(&[command, &["--help"]].concat());
        assert!(short.contains("Usage: drfctl"), "{command:?}: {short}");
        // The last line of the screen is the prompt's.
        assert!(short.lines().count() < 24, "{command:?}: {short}");
        assert!(
            short.lines().all(|line| line.chars().count() <= 80),
            "{command:?}: {short}"
        );
        assert_eq!(run(&[&["help"], command].concat()), long, "{command:?}");
    }
}

#[test]
fn the_global_options_are_the_last_and_the_same_everywhere_and_examples_follow() {
    let sandbox = Sandbox::new();
    for command in COMMANDS {
        let help = sandbox.run([command, &["--help"]].concat()).success();
        let (_, end) = help
            .split_once("\nGlobal options:\n")
            .expect("global options");
        let (options, examples) = end.split_once("\nExamples:\n").expect("examples");
        let options: Vec<&str> = options
            .lines()
            .filter(|line| line.trim_start().starts_with('-') && line.contains("--"))
            .filter_map(|line| line.split("--").nth(1)?.split(' ').next())
            // At the top it is for every command; a command has its own among its options.
            .filter(|name| *name != "format")
            .collect();
        assert_eq!(
            options,
            [
                "database",
                "user-table",
                "username-field",
                "time-zone",
                "timeout",
                "wait",
                "color",
                "quiet",
                "help"
            ],
            "{command:?}"
        );
        let examples = examples.split("\n\n").next().expect("lines").lines();
        assert!((2..=5).contains(&examples.clone().count()), "{command:?}");
        for example in examples {
            assert!(example.starts_with("  drfctl "), "{example}");
        }
    }
    let help = sandbox.run(["--help"]).success();
    assert!(help.contains("Exit status:\n  0    done"), "{help}");
    assert!(help.ends_with("130  interrupted\n"), "{help}");
}

#[test]
fn every_example_in_a_help_is_a_command_line_that_is_understood() {
    let sandbox = with_users(&["alice"]);
    for command in COMMANDS {
        let help = sandbox.run([command, &["--help"]].concat()).success();
        for line in help
            .lines()
            .filter_map(|line| line.strip_prefix("  drfctl "))
        {
            let line = line.split(['|', '<', '>']).next().expect("a command");
            let words = line.split_whitespace().map(|word| word.trim_matches('\''));
            let outcome = sandbox.run(words.collect::<Vec<_>>());
            // It may lack a terminal, a file or a user here, but no option.
            for problem in [
                "unknown",
                "unexpected",
                "cannot be combined",
                "missing",
                "invalid",
            ] {
                let first = outcome.stderr.lines().next().unwrap_or_default();
                assert!(!first.contains(problem), "{line}: {outcome}");
            }
        }
    }
}

#[test]
fn the_version_comes_with_those_that_decide_whether_it_fits_a_server() {
    let sandbox = Sandbox::new();
    let version = concat!("drfctl ", env!("CARGO_PKG_VERSION"), "\n");
    expect(&sandbox, &["-V"], 0, version, "");
    let outcome = sandbox.run(["--version"]);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    let sqlite = format!("SQLite {}", rusqlite::version());
    assert!(outcome.stdout.starts_with(version), "{outcome}");
    assert!(outcome.stdout.contains(&sqlite), "{outcome}");
    // Those that the tests run against.
    let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/django/requirements");
    for file in std::fs::read_dir(requirements).expect("the requirements") {
        let name = file.expect("a file").file_name().display().to_string();
        let words: Vec<&str> = name.trim_end_matches(".txt").split('-').collect();
        let (_, drf) = outcome.stdout.split_once("DRF").expect("DRF");
        assert!(
            outcome.stdout.contains(words[1]) && drf.contains(words[3]),
            "{name}"
        );
    }
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
    never.expect(
        5,
        "",
        "drfctl: database `none` does not exist (waited 1s)\n\
         hint: name it with `--database PATH` or DATABASE_URL, or create it with `drfctl migrate`\n",
    );
    assert!((1.0..4.0).contains(&start.elapsed().as_secs_f64()));
}

#[test]
fn without_any_argument_the_help_is_shown_and_the_status_is_that_of_a_usage_error() {
    let sandbox = Sandbox::new();
    for command in [&[][..], &["verify"]] {
        let help = sandbox.run([command, &["-h"]].concat()).success();
        expect(&sandbox, command, 2, "", &help);
    }
}
