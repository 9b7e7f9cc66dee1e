//! Where passwords and keys come from and go to, and where they never are.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::{KEY, PASSWORD, content, expect, keeps_secret, run_secretly as run, with_users};
use crate::support::{Outcome, Sandbox};

/// The three sources, each with the same bytes, and what came of `set-password`.
#[track_caller]
fn from_everywhere(bytes: &[u8]) -> Vec<(&'static str, Sandbox, Outcome)> {
    let set = ["-q", "set-password", "alice", "--iterations", "1000"];
    ["--password-stdin", "--password-file", "--password-env"]
        .into_iter()
        // No environment can hold a NUL, or more than 128 KiB.
        .filter(|source| {
            *source != "--password-env" || (!bytes.contains(&0) && bytes.len() < 100_000)
        })
        .map(|source| {
            let sandbox = with_users(&["alice"]);
            let outcome = match source {
                "--password-stdin" => run(&sandbox, &[&set[..], &[source]].concat(), bytes),
                "--password-file" => {
                    fs::write(sandbox.path("pw"), bytes).expect("write");
                    fs::set_permissions(sandbox.path("pw"), Permissions::from_mode(0o600))
                        .expect("chmod");
                    run(&sandbox, &[&set[..], &[source, "pw"]].concat(), "")
                }
                _ => {
                    let mut command = sandbox.command([&set[..], &[source, "PW"]].concat());
                    Outcome::of(command.env("PW", OsString::from_vec(bytes.to_vec())))
                }
            };
            keeps_secret(&outcome, bytes);
            (source, sandbox, outcome)
        })
        .collect()
}

#[test]
fn a_password_that_cannot_be_one_is_refused_from_every_source() {
    let long = "long enough ".repeat(400);
    for (bytes, problem) in [
        (&b""[..], "it is empty"),
        (b"\n", "it is empty"),
        (b"\r\n", "it is empty"),
        (b"correct horse\0battery", "it holds a NUL"),
        (b"correct horse\nbattery", "it has more than one line"),
        (b"correct horse\r\nbattery\r\n", "it has more than one line"),
        (b"\ncorrect horse", "it has more than one line"),
        (b"correct horse battery\n\n", "it has more than one line"),
        (b"correct horse \xff battery", "it is not valid UTF-8"),
        (&long.as_bytes()[..4097], "it has more than 4096 bytes"),
        (long.as_bytes(), "it has more than 4096 bytes"),
    ] {
        for (source, sandbox, outcome) in from_everywhere(bytes) {
            let before = sandbox.sqlite("SELECT substr(password, 1, 1) FROM auth_user");
            let hint = match (problem, source) {
                ("it is empty", "--password-stdin") => {
                    "hint: `--password-stdin` found nothing on stdin\n"
                }
                ("it is empty", "--password-file") => {
                    "hint: the file named by `--password-file` is empty\n"
                }
                ("it is empty", _) => {
                    "hint: the variable named by `--password-env` is empty, as a CI secret is that \
                     is not set\n"
                }
                _ => "",
            };
            outcome.expect(
                1,
                "",
                &format!("drfctl: the password is refused: {problem}\n{hint}"),
            );
            assert_eq!(before, ["!"]);
        }
    }
}

#[test]
fn one_line_break_at_the_end_is_no_part_of_a_password() {
    let longest = "long enough ".repeat(400)[..4096].to_owned();
    for password in [PASSWORD, " blanks around it ", &longest] {
        for end in ["", "\n", "\r\n"] {
            for (_, sandbox, outcome) in from_everywhere(format!("{password}{end}").as_bytes()) {
                outcome.expect(0, "", "");
                let verify = ["verify", "password", "alice", "--password-stdin"];
                run(&sandbox, &verify, password).expect(0, "alice\n", "");
            }
        }
    }
}

#[test]
fn fifty_megabytes_of_password_are_not_read() {
    let sandbox = with_users(&["alice"]);
    let start = Instant::now();
    let flood = vec![b'x'; 50 << 20];
    let outcome = sandbox.run_with_stdin(["set-password", "alice", "--password-stdin"], &flood);
    outcome.expect(
        1,
        "",
        "drfctl: the password is refused: it has more than 4096 bytes\n",
    );
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_password_has_exactly_one_source() {
    let sandbox = with_users(&["alice"]);
    let before = content(&sandbox);
    let sources: [&[&str]; 4] = [
        &["--password-stdin"],
        &["--password-file", "pw"],
        &["--password-env", "PW"],
        &["--no-password"],
    ];
    for (i, first) in sources.iter().enumerate() {
        for second in &sources[i + 1..] {
            for command in [&["create-user", "bob"][..], &["set-password", "alice"]] {
                let args = [command, first, second].concat();
                let outcome = run(&sandbox, &args, PASSWORD);
                assert_eq!(
                    (outcome.status, outcome.stdout.as_str()),
                    (2, ""),
                    "{args:?}: {outcome}"
                );
            }
        }
    }
    assert_eq!(content(&sandbox), before);
}

#[test]
fn a_password_file_that_cannot_be_read_is_refused() {
    let sandbox = with_users(&["alice"]);
    for missing in ["none", "."] {
        let args = ["set-password", "alice", "--password-file", missing];
        assert_eq!(run(&sandbox, &args, "").status, 2, "{missing}");
    }
}

#[test]
fn no_option_takes_a_password_on_the_command_line() {
    let sandbox = with_users(&["alice"]);
    for args in [
        &["create-user", "bob", "--password", PASSWORD][..],
        &["set-password", "alice", PASSWORD],
        &["verify", "token", KEY],
        &["verify", "password", "alice", PASSWORD],
        &["create-token", "alice", "--key", KEY],
        &["revoke", "--key", KEY],
    ] {
        assert_eq!(sandbox.run(args).status, 2, "{args:?}");
    }
    // The name of a variable, not its value.
    let slip = ["set-password", "alice", "--password-env", PASSWORD];
    let slip = sandbox.run(slip);
    assert_eq!((slip.status, slip.stdout.as_str()), (2, ""), "{slip}");
    assert!(!slip.stderr.contains(PASSWORD), "{slip}");
}

#[test]
fn a_file_that_holds_no_names_is_refused_and_not_repeated() {
    let sandbox = with_users(&["alice"]);
    let keys = "`drfctl revoke --key-file` reads keys";
    let users = "`drfctl create-user --from` reads users";
    let json = "`drfctl create-user --from` reads users, and \
                `drfctl create-token --with-keys` keys";
    for (line, looks, reader) in [
        (format!("bob\t{KEY}"), "`NAME<TAB>KEY`", keys),
        (KEY.to_owned(), "a key", keys),
        (format!("Authorization: Token {KEY}"), "a key", keys),
        (format!("DRF_TOKEN={KEY}"), "a key", keys),
        (format!("bob,bob@example.com,{PASSWORD}"), "CSV", users),
        (format!("bob;{PASSWORD}"), "CSV", users),
        (
            format!("bob\t{PASSWORD}"),
            "columns with tabs between them",
            users,
        ),
        (
            format!("{{\"username\":\"bob\",\"key\":\"{KEY}\"}}"),
            "JSON",
            json,
        ),
        (
            format!("  [{{\"username\":\"bob\",\"password\":\"{PASSWORD}\"}}]"),
            "JSON",
            json,
        ),
    ] {
        let stderr = format!(
            "drfctl: `stdin`, line 3: this is not a user name; it looks like {looks}\n\
             hint: `drfctl list --format names` writes names; {reader}\n"
        );
        for command in [
            &["revoke", "--dry-run", "--from", "-"][..],
            &["create-token", "--from", "-"],
            &["create-token", "--skip-missing", "--from", "-"],
        ] {
            let file = format!("alice\n\n{line}\n");
            run(&sandbox, command, file).expect(2, "", &stderr);
        }
    }
}

#[test]
fn a_key_in_the_place_of_a_name_is_not_repeated() {
    let sandbox = with_users(&["alice"]);
    let unknown = "drfctl: no user named `0a1b2c3d…`\n\
                   hint: this looks like a key: use `drfctl show --key-file FILE` or \
                   `drfctl revoke --key-file FILE`\n";
    for args in [
        &["revoke", KEY][..],
        &["show", KEY],
        &["create-token", KEY],
        &["update-user", KEY, "--staff"],
        &["set-password", KEY, "--no-password"],
        &["delete-user", KEY, "--yes"],
    ] {
        expect(&sandbox, args, 3, "", unknown);
    }
    let list = "drfctl: unexpected argument `0a1b2c3d…`\n\
                hint: use `--username GLOB` or another filter to list some users\n";
    expect(&sandbox, &["list", KEY], 2, "", list);
    let command = "drfctl: unknown command `0a1b2c3d…`\nhint: see `drfctl --help`\n";
    expect(&sandbox, &[KEY], 2, "", command);
}

#[test]
fn no_secret_is_in_proc_while_it_is_hashed() {
    let sandbox = with_users(&["alice"]);
    let set = [
        "set-password",
        "alice",
        "--password-stdin",
        "--iterations",
        "9000000",
    ];
    let mut child = sandbox
        .command(set)
        .stdin(Stdio::piped())
        .spawn()
        .expect("start");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(PASSWORD.as_bytes()).expect("write");
    drop(stdin);
    thread::sleep(Duration::from_millis(300));
    let proc = Path::new("/proc").join(child.id().to_string());
    for file in ["cmdline", "environ"] {
        // Where it may not even be read, it shows nothing.
        let bytes = fs::read(proc.join(file)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(PASSWORD), "{file}: {text}");
    }
    let limits = fs::read_to_string(proc.join("limits")).expect("the limits");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let core: Vec<_> = core
        .expect("a line")
        .split_whitespace()
        .skip(4)
        .take(2)
        .collect();
    assert_eq!(core, ["0", "0"]);
    let was_busy = child.try_wait().expect("ask").is_none();
    child.kill().expect("kill");
    child.wait().expect("wait");
    assert!(was_busy, "the hash was done before anybody could look");
}

#[test]
fn environment_values_are_in_no_help() {
    let sandbox = Sandbox::new();
    for command in [
        &["--help"][..],
        &["create-user", "--help"],
        &["help", "list"],
    ] {
        let mut help = sandbox.command(command);
        for name in [
            "DATABASE_URL",
            "DRFCTL_USER_TABLE",
            "DRFCTL_USERNAME_FIELD",
            "DRFCTL_TIME_ZONE",
        ] {
            help.env(name, OsStr::new("postgres://u:hunter2@h/d"));
        }
        let help = Outcome::of(&mut help).success();
        assert!(
            help.contains("DATABASE_URL") && !help.contains("hunter2"),
            "{help}"
        );
    }
}

#[test]
fn the_password_of_a_database_url_is_never_shown() {
    let sandbox = Sandbox::new();
    for url in [
        "postgres://u:hunter2@127.0.0.1:1/d",
        "mysql://u:hunter2@h/d",
        "sqlite://u:hunter2@h/d",
    ] {
        for args in [
            &["list"][..],
            &["list", "-f", "json"],
            &["migrate"],
            &["create-token", "x"],
        ] {
            let by_option = sandbox.run([&["--timeout", "1s", "-d", url], args].concat());
            let mut by_variable = sandbox.command([&["--timeout", "1s"], args].concat());
            let by_variable = Outcome::of(by_variable.env("DATABASE_URL", url));
            for outcome in [by_option, by_variable] {
                assert!(outcome.status > 0, "{url} {args:?}: {outcome}");
                assert!(
                    !outcome.to_string().contains("hunter2"),
                    "{url} {args:?}: {outcome}"
                );
            }
        }
    }
}
