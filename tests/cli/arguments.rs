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

/// A command line, the message and the hint.
const USAGE_ERRORS: &[(&str, &str, &str)] = &[
    ("frob", "unknown command `frob`", "see `drfctl --help`"),
    (
        "creat-token",
        "unknown command `creat-token`",
        "did you mean `create-token`?",
    ),
    ("-d x", "no command given", "see `drfctl --help`"),
    (
        "list admin",
        "unexpected argument `admin`",
        "use `--username GLOB` or another filter to list some users",
    ),
    (
        "list --limit x",
        "invalid value `x` for `--limit`: write a whole number from 1",
        "see `drfctl list --help`",
    ),
    (
        "create-token alice --out -",
        "invalid value `-` for `--out`: leave the option out to write to stdout",
        "see `drfctl create-token --help`",
    ),
    (
        "create-token alice --reset-older-than 0d",
        "invalid value `0d` for `--reset-older-than`: an age is more than 0, such as 90d",
        "see `drfctl create-token --help`",
    ),
    (
        "list --older-than 0s",
        "invalid value `0s` for `--older-than`: an age is more than 0, such as 90d",
        "see `drfctl list --help`",
    ),
    (
        "list --timeout 5",
        "invalid value `5` for `--timeout`: write it as a number and y, w, d, h, m or s, such as 30s",
        "see `drfctl list --help`",
    ),
    (
        "list --older-than 5",
        "invalid value `5` for `--older-than`: write it as a number and y, w, d, h, m or s, such \
         as 90d",
        "see `drfctl list --help`",
    ),
    (
        "list --older-than -1d",
        "unknown option `-1`",
        "a number has no sign, and a name that begins with `-` stands behind `--`",
    ),
    (
        "user list",
        "unknown command `user`",
        "use `drfctl list --all-users`",
    ),
    (
        "users list",
        "unknown command `users`",
        "use `drfctl list --all-users`",
    ),
    ("token list", "unknown command `token`", "use `drfctl list`"),
    (
        "token revoke bob",
        "unknown command `token`",
        "use `drfctl revoke`",
    ),
    (
        "user create bob",
        "unknown command `user`",
        "use `drfctl create-user`",
    ),
    (
        "list --limit 0",
        "invalid value `0` for `--limit`: write a whole number from 1",
        "see `drfctl list --help`",
    ),
    (
        "list --frob",
        "unknown option `--frob`",
        "see `drfctl list --help`",
    ),
    (
        "list --all-user",
        "unknown option `--all-user`",
        "did you mean `--all-users`?",
    ),
    ("list --all", "unknown option `--all`", "use `--all-users`"),
    (
        "list --limit",
        "`--limit` needs a value",
        "see `drfctl list --help`",
    ),
    (
        "list --format xml",
        "invalid value `xml` for `--format`",
        "possible values: table, json, jsonl, csv, tsv, names",
    ),
    (
        "--format header list",
        "invalid value `header` for `--format`",
        "possible values: table, json, jsonl, csv, tsv, names",
    ),
    (
        "migrate --dry-run",
        "unknown option `--dry-run`",
        "use `--plan`",
    ),
    (
        "set-password alice --dry-run",
        "unknown option `--dry-run`",
        "this command has no preview",
    ),
    (
        "revoke --all --noinput",
        "unknown option `--noinput`",
        "use `--yes`",
    ),
    (
        "create-user bob --noinput",
        "unknown option `--noinput`",
        "nothing is asked without a terminal; choose a password option, such as \
             `--password-env DJANGO_SUPERUSER_PASSWORD`",
    ),
    (
        "create-user --username bob",
        "unknown option `--username`",
        "the name is an argument of its own: `drfctl create-user NAME`",
    ),
    (
        "create-token --user bob",
        "unknown option `--user`",
        "the name is an argument of its own: `drfctl create-token NAME`",
    ),
    (
        "list --user bob",
        "unknown option `--user`",
        "use `--username GLOB`",
    ),
    (
        "update-user alice --is-active true",
        "unknown option `--is-active`",
        "use `--active`",
    ),
    (
        "update-user alice --password x",
        "unknown option `--password`",
        "`drfctl set-password NAME` sets a password",
    ),
    (
        "update-user alice --password-stdin",
        "unknown option `--password-stdin`",
        "`drfctl set-password NAME` sets a password",
    ),
    (
        "update-user alice --enable",
        "unknown option `--enable`",
        "use `--active`",
    ),
    (
        "update-user alice --no-active",
        "unknown option `--no-active`",
        "use `--inactive`",
    ),
    (
        "create-user bob --disable",
        "unknown option `--disable`",
        "use `--inactive`",
    ),
    (
        "create-user bob --is-active",
        "unknown option `--is-active`",
        "a new user is active; `drfctl update-user NAME --active` activates another",
    ),
    (
        "create-user bob --is-staff",
        "unknown option `--is-staff`",
        "use `--staff`",
    ),
    (
        "create-user bob --interactive",
        "unknown option `--interactive`",
        "leave it out: a terminal is asked, and nothing else",
    ),
    (
        "create-user bob --preserve",
        "unknown option `--preserve`",
        "see `drfctl create-user --help`",
    ),
    // What gives rights away is not proposed, however similar.
    (
        "create-user bob --superusr",
        "unknown option `--superusr`",
        "see `drfctl create-user --help`",
    ),
    (
        "revoke bob --yess",
        "unknown option `--yess`",
        "see `drfctl revoke --help`",
    ),
    (
        "list --verbosity 2",
        "unknown option `--verbosity`",
        "there are no levels; `--quiet` prints only errors",
    ),
    (
        "set-password",
        "`USERNAME` is missing",
        "see `drfctl set-password --help`",
    ),
    (
        "update-user alice",
        "no change given",
        "see `drfctl update-user --help`",
    ),
    (
        "create-user bob --hashed",
        "a password option is missing, such as `--password-stdin`",
        "see `drfctl create-user --help`",
    ),
    (
        "create-user bob --staff=true",
        "`--staff` takes no value",
        "see `drfctl create-user --help`",
    ),
    (
        "migrate --plan --check",
        "`--plan` cannot be combined with `--check`",
        "see `drfctl migrate --help`",
    ),
    (
        "list --limit 1 --limit 2",
        "`--limit` is given twice",
        "see `drfctl list --help`",
    ),
];

#[test]
fn a_usage_error_names_the_wrong_argument_and_the_way_out() {
    let sandbox = with_users(&["alice"]);
    for (args, message, hint) in USAGE_ERRORS {
        let words: Vec<&str> = args.split(' ').collect();
        let stderr = format!("drfctl: {message}\nhint: {hint}\n");
        expect(&sandbox, &words, 2, "", &stderr);
    }
}

#[test]
fn a_format_that_shows_no_names_is_for_one_user() {
    let sandbox = with_users(&["alice"]);
    let stderr = "drfctl: `--format header` and `--format env` are for one named user\n";
    for format in ["header", "env"] {
        for command in [
            &["create-token", "--all", "--format", format][..],
            &["create-user", "--from=-", "--token", "--format", format],
        ] {
            expect(&sandbox, command, 2, "", stderr);
        }
    }
}

#[test]
fn a_name_from_django_leads_to_the_command_that_does_it() {
    let sandbox = Sandbox::new();
    for (typed, command) in [
        ("drf_create_token", "drfctl create-token"),
        ("createsuperuser", "drfctl create-user --superuser"),
        ("changepassword", "drfctl set-password"),
        ("delete-token", "drfctl revoke"),
        ("revoke-token", "drfctl revoke"),
        ("list-users", "drfctl list --all-users"),
        ("showmigrations", "drfctl migrate --plan"),
        ("version", "drfctl --version"),
    ] {
        let stderr = format!("drfctl: unknown command `{typed}`\nhint: use `{command}`\n");
        expect(&sandbox, &[typed], 2, "", &stderr);
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let sandbox = with_users(&["alice"]);
    let secret = "hunter2-hunter2-hunter2";
    for (args, sentence) in [
        (
            &["set-password", "alice"][..],
            "takes one name, and no password",
        ),
        (&["create-user", "bob"], "takes one name, and no password"),
        (
            &["verify", "password", "alice"],
            "takes one name, and no password",
        ),
        (&["verify", "token"], "takes no key as an argument"),
        (&["verify"], "needs to know what to check"),
        (
            &["create-user", "bob", "--password"],
            "unknown option `--password`",
        ),
        (&["revoke", "--key"], "unknown option `--key`"),
    ] {
        let outcome = sandbox.run([args, &[secret]].concat());
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        assert!(outcome.stderr.contains(sentence), "{outcome}");
        assert!(!outcome.stderr.contains(secret), "{outcome}");
    }
    for args in [
        &["set-password", "alice", "--password=hunter2x"][..],
        &["create-user", "-phunter2x"],
    ] {
        let outcome = sandbox.run(args);
        assert!(
            outcome.status == 2 && !outcome.stderr.contains("hunter2x"),
            "{outcome}"
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
