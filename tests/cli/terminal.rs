//! Conversations with a person, on a pseudo-terminal.

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

use super::{PASSWORD, content, stored_key, with_token, with_users};
use crate::support::{Outcome, Sandbox};

/// drfctl on a terminal that shows what is typed, and after it what is left of the terminal.
pub(super) struct Terminal {
    session: PtySession,
    seen: String,
}

impl Terminal {
    pub(super) fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        // The shell outlives a Ctrl-C to tell the status, and whether there is an echo.
        let script = r#"trap : INT; stty echo; "$0" "$@"; echo "[status $?]"
            stty -a | tr ' ;' '\n\n' | grep -x -e echo -e -echo; echo '[end]'"#;
        let drfctl = sandbox.command(args);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script])
            .arg(drfctl.get_program())
            .args(drfctl.get_args());
        shell.current_dir(sandbox.path("."));
        shell
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("TERM", "xterm")
            .env("NO_COLOR", "1");
        let session = spawn_command(shell, Some(20_000)).expect("start on a terminal");
        Self {
            session,
            seen: String::new(),
        }
    }

    /// Waits until this is shown.
    #[track_caller]
    pub(super) fn shows(&mut self, text: &str) -> &mut Self {
        match self.session.exp_string(text) {
            Ok(before) => self.seen.extend([&before, text]),
            Err(error) => panic!("no {text:?} after {:?}: {error}", self.seen),
        }
        self
    }

    fn types(&mut self, line: &str) -> &mut Self {
        self.session.send_line(line).expect("type");
        self
    }

    pub(super) fn presses(&mut self, key: &str) -> &mut Self {
        self.session.send(key).expect("type");
        self.session.flush().expect("type");
        self
    }

    /// Waits for the end; all that was shown.
    #[track_caller]
    pub(super) fn ends(&mut self, status: i32) -> String {
        self.shows("[status ");
        let shown = self.session.exp_string("]").expect("the status");
        assert_eq!(shown, status.to_string(), "{}", self.seen);
        let after = self.session.exp_string("[end]").expect("the end");
        assert_eq!(after.trim(), "echo", "{}", self.seen);
        let count = |code| self.seen.matches(code).count();
        assert_eq!(
            count("\u{1b}[?25l"),
            count("\u{1b}[?25h"),
            "the cursor: {:?}",
            self.seen
        );
        self.seen.clone()
    }
}

#[track_caller]
fn has_password(sandbox: &Sandbox, name: &str, password: &str) {
    let verify = ["verify", "password", name, "--password-stdin"];
    sandbox
        .run_with_stdin(verify, password)
        .expect(0, &format!("{name}\n"), "");
}

#[test]
fn a_password_is_asked_for_twice_and_not_shown() {
    let sandbox = with_users(&["alice"]);
    for (command, name) in [("create-user", "bob"), ("set-password", "alice")] {
        let args = [command, name, "--iterations", "1000"];
        let mut terminal = Terminal::start(&sandbox, &args);
        terminal
            .shows(&format!("Password for `{name}`: "))
            .types(PASSWORD);
        terminal.shows("Password (again): ").types(PASSWORD);
        let seen = terminal.ends(0);
        assert!(!seen.contains(PASSWORD), "{seen}");
    }
    has_password(&sandbox, "alice", PASSWORD);
    has_password(&sandbox, "bob", PASSWORD);
}

#[test]
fn a_password_that_differs_or_is_too_weak_is_asked_for_again() {
    let sandbox = Sandbox::migrated();
    let args = ["create-user", "alice", "--iterations", "1000"];
    let mut terminal = Terminal::start(&sandbox, &args);
    terminal.shows("Password for `alice`: ").types(PASSWORD);
    terminal
        .shows("Password (again): ")
        .types("another password");
    terminal
        .shows("The passwords do not match.\r\n")
        .shows("Password for `alice`: ")
        .types("12345678");
    terminal.shows("Password (again): ").types("12345678");
    terminal
        .shows("This password is too common.\r\nThis password is entirely numeric.\r\n")
        .shows("Bypass password validation and set the password anyway? [y/N] ")
        .types("n");
    terminal.shows("Password for `alice`: ").types(PASSWORD);
    terminal.shows("Password (again): ").types(PASSWORD);
    terminal.shows("Created user `alice` in `/").ends(0);
    has_password(&sandbox, "alice", PASSWORD);
}

#[test]
fn a_weak_password_is_set_if_the_operator_insists() {
    let sandbox = Sandbox::migrated();
    let args = ["create-user", "alice", "--iterations", "1000"];
    let mut terminal = Terminal::start(&sandbox, &args);
    terminal.shows("Password for `alice`: ").types("12345678");
    terminal.shows("Password (again): ").types("12345678");
    terminal.shows("anyway? [y/N] ").types("y");
    terminal.shows("Created user `alice` in `/").ends(0);
    has_password(&sandbox, "alice", "12345678");
}

#[test]
fn after_three_tries_it_is_given_up() {
    let sandbox = Sandbox::migrated();
    let mut terminal = Terminal::start(&sandbox, &["create-user", "alice"]);
    for _ in 0..3 {
        terminal.shows("Password for `alice`: ").types("first try");
        terminal.shows("Password (again): ").types("second try");
    }
    terminal
        .shows("The passwords do not match.\r\ndrfctl: giving up after 3 attempts\r\n")
        .ends(1);
    assert_eq!(content(&sandbox)[0], [""; 0]);
}

#[test]
fn an_empty_password_is_no_password() {
    let sandbox = Sandbox::migrated();
    let mut terminal =
        Terminal::start(&sandbox, &["create-user", "alice", "--allow-weak-password"]);
    for _ in 0..3 {
        terminal.shows("Password for `alice`: ").types("");
        terminal.shows("Password (again): ").types("");
    }
    terminal.shows("drfctl: giving up after 3 attempts").ends(1);
    assert_eq!(content(&sandbox)[0], [""; 0]);
}

#[test]
fn ctrl_c_and_ctrl_d_at_a_prompt_end_it_and_the_terminal_shows_again_what_is_typed() {
    let (sandbox, _) = with_token("alice");
    let before = content(&sandbox);
    for (args, prompts) in [
        (&["create-user", "bob"][..], &["Password for `bob`: "][..]),
        (
            &["create-user", "bob"],
            &["Password for `bob`: ", "Password (again): "],
        ),
        (&["set-password", "alice"], &["Password for `alice`: "]),
        (
            &["verify", "password", "alice"],
            &["Password for `alice`: "],
        ),
        (&["verify", "token"], &["Token: "]),
        (&["revoke", "--all"], &["Revoke 1 token in `db.sqlite3`? "]),
    ] {
        // Ctrl-D is the end of what is typed, and no empty line.
        for key in ["\u{3}", "\u{4}"] {
            let mut terminal = Terminal::start(&sandbox, args);
            for (n, prompt) in prompts.iter().enumerate() {
                if n > 0 {
                    terminal.types(PASSWORD);
                }
                terminal.shows(prompt);
            }
            terminal.presses(key);
            terminal.shows("\r\ndrfctl: interrupted; nothing was changed\r\n");
            terminal.ends(130);
        }
    }
    assert_eq!(content(&sandbox), before);
}

#[test]
fn revoking_more_than_named_users_is_asked_about_and_the_default_is_no() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.run(["create-token", "--all"]).success();
    let before = content(&sandbox);
    for answer in ["\r", "n\r", "maybe\r", "really\r"] {
        let mut terminal = Terminal::start(&sandbox, &["revoke", "--all"]);
        terminal
            .shows("Revoke 2 tokens in `db.sqlite3`? [y/N] ")
            .presses(answer);
        terminal
            .shows("drfctl: declined; nothing was changed")
            .ends(1);
        assert_eq!(content(&sandbox), before);
    }
    let mut terminal = Terminal::start(&sandbox, &["revoke", "--username", "b*"]);
    terminal
        .shows("Revoke 1 token in `db.sqlite3`? [y/N] ")
        .presses("y\r");
    terminal.shows("Revoked the token").ends(0);
    assert_eq!(stored_key(&sandbox, "bob"), None);
    assert!(stored_key(&sandbox, "alice").is_some());
    // Named users, a preview and nothing at all need no question.
    Terminal::start(&sandbox, &["revoke", "--all", "--dry-run"]).ends(0);
    Terminal::start(&sandbox, &["revoke", "alice"]).ends(0);
    Terminal::start(&sandbox, &["revoke", "--all"]).ends(0);
}

#[test]
fn a_token_to_verify_is_asked_for_and_not_shown() {
    let (sandbox, key) = with_token("alice");
    let mut terminal = Terminal::start(&sandbox, &["verify", "token"]);
    terminal.shows("Token: ").types(&key).shows("alice");
    let seen = terminal.ends(0);
    assert!(!seen.contains(&key), "{seen}");
    let mut terminal = Terminal::start(&sandbox, &["verify", "token"]);
    terminal
        .shows("Token: ")
        .types("Authorization: Token no")
        .shows("Invalid token.")
        .ends(1);
}

#[test]
fn what_is_typed_instead_of_a_file_is_announced_and_ends_as_a_prompt_does() {
    let (sandbox, _) = with_token("alice");
    let before = content(&sandbox);
    for (args, what, typed, status) in [
        (&["revoke", "-n", "--from=-"][..], "user names", "alice", 0),
        (&["revoke", "--key-file=-"], "keys", super::KEY, 3),
        (&["show", "--key-file=-"], "a key", super::KEY, 3),
        (
            &["create-user", "--from=-"],
            "users",
            r#"{"username":"alice"}"#,
            4,
        ),
        (
            &["create-user", "bob", "--password-stdin"],
            "the password",
            "12345678",
            1,
        ),
    ] {
        let announced = format!("Reading {what} from the terminal; end with Ctrl-D.\r\n");
        Terminal::start(&sandbox, args)
            .shows(&announced)
            .types(typed)
            .presses("\u{4}")
            .ends(status);
        Terminal::start(&sandbox, args)
            .shows(&announced)
            .presses("\u{3}")
            .shows("drfctl: interrupted; nothing was changed\r\n")
            .ends(130);
    }
    assert_eq!(content(&sandbox), before);
}

#[test]
fn a_reset_asks_for_as_many_tokens_as_there_are_to_replace() {
    let (sandbox, _) = with_token("alice");
    sandbox
        .run(["create-user", "bob", "--no-password"])
        .success();
    let before = content(&sandbox);
    Terminal::start(&sandbox, &["create-token", "--all", "--reset"])
        .shows("Replace 1 token and create 1 in `db.sqlite3`? The old keys stop working. [y/N] ")
        .types("n")
        .ends(1);
    assert_eq!(content(&sandbox), before);
    // Where there is nothing to replace there is nothing to ask.
    let create = ["-q", "create-token", "--username", "bob", "--reset"];
    sandbox.run(create).success();
}

#[test]
fn nothing_is_asked_without_a_terminal() {
    let (sandbox, _) = with_token("alice");
    for (args, what, option) in [
        (
            &["create-user", "bob"][..],
            "a password",
            "--password-stdin",
        ),
        (&["set-password", "alice"], "a password", "--password-stdin"),
        (
            &["verify", "password", "alice"],
            "a password",
            "--password-stdin",
        ),
        (&["revoke", "--all"], "a confirmation", "--yes"),
    ] {
        for stdin in ["", "y\ny\n"] {
            let outcome = sandbox.run_with_stdin(args, stdin);
            assert_eq!(
                (outcome.status, outcome.stdout.as_str()),
                (2, ""),
                "{outcome}"
            );
            let sentence =
                format!("drfctl: {what} is needed, and there is no terminal to ask on\n");
            assert!(outcome.stderr.starts_with(&sentence), "{outcome}");
            assert!(outcome.stderr.contains(option), "{outcome}");
        }
    }
}

/// What a terminal gets of a command line, with these variables.
fn shown_on_a_terminal(sandbox: &Sandbox, args: &[&str], variables: &[(&str, &str)]) -> String {
    let drfctl = sandbox.command(args);
    let mut command = Command::new(drfctl.get_program());
    command
        .args(drfctl.get_args())
        .current_dir(sandbox.path("."))
        .env_clear()
        .envs(variables.iter().copied());
    let mut session = spawn_command(command, Some(10_000)).expect("start");
    session.exp_eof().expect("all that is shown")
}

#[test]
fn a_terminal_is_coloured_only_where_that_is_welcome() {
    const RED: &str = "\u{1b}[1m\u{1b}[31mdrfctl: \u{1b}[0m";
    const CYAN: &str = "\u{1b}[1m\u{1b}[36mhint: \u{1b}[0m";
    const YELLOW: &str = "\u{1b}[1m\u{1b}[33mdrfctl: warning: \u{1b}[0m";
    let sandbox = with_users(&["alice"]);
    sandbox.sqlite("UPDATE auth_user SET is_active = 0");
    let error = ["revoke", "nobody"];
    let warning = ["create-token", "alice"];
    let usage = ["no-such-command"];
    let xterm = ("TERM", "xterm");
    for (args, variables, is_coloured) in [
        (&[][..], &[xterm][..], true),
        (&[], &[xterm, ("NO_COLOR", "1")], false),
        (&[], &[("TERM", "dumb")], false),
        (&["--color", "never"], &[xterm], false),
        (&["--color=always"], &[("TERM", "dumb")], true),
    ] {
        let shown =
            |command: &[&str]| shown_on_a_terminal(&sandbox, &[args, command].concat(), variables);
        let (error, warning, usage) = (shown(&error), shown(&warning), shown(&usage));
        let help = shown(&["--help"]);
        assert!(help.contains("Usage:"), "{help}");
        for (text, style) in [
            (&error, RED),
            (&error, CYAN),
            (&warning, YELLOW),
            (&usage, RED),
            (&help, "\u{1b}[1m"),
        ] {
            assert_eq!(
                text.contains(style),
                is_coloured,
                "{args:?} {variables:?} {text:?}"
            );
        }
    }
    // A pipe is not coloured, and JSON never is.
    let outcome: Outcome = sandbox.run(["--help"]);
    assert!(!outcome.stdout.contains('\u{1b}'));
    let outcome = sandbox.run(error);
    assert!(outcome.stderr.starts_with("drfctl: no user"), "{outcome}");
    let outcome = sandbox.run(["--color", "always", "revoke", "nobody"]);
    assert!(outcome.stderr.starts_with(RED), "{outcome}");
    let outcome = sandbox.run(["--color", "always", "revoke", "nobody", "-f", "json"]);
    assert!(outcome.stderr.starts_with("{\"error\""), "{outcome}");
}

#[test]
fn the_header_of_a_table_is_dim_on_a_terminal() {
    let (sandbox, _) = with_token("alice");
    let shown = shown_on_a_terminal(&sandbox, &["list"], &[("TERM", "xterm")]);
    assert!(shown.starts_with("\u{1b}[2mUSERNAME"), "{shown:?}");
    let plain = shown_on_a_terminal(&sandbox, &["list"], &[("TERM", "dumb")]);
    assert!(plain.starts_with("USERNAME"), "{plain:?}");
}
