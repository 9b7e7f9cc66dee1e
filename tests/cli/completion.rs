//! Completions that know the database, asked for by real shells.

use std::path::Path;
use std::process::Command;

use crate::support::{Outcome, Sandbox};

fn with_users() -> Sandbox {
    let sandbox = super::with_users(&["alice", "alina", "bob"]);
    sandbox.sqlite("INSERT INTO auth_group (name) VALUES ('ops')");
    sandbox
}

/// Runs a script of this shell, in which `drfctl` is the binary; `None` where there is no such
/// shell.
fn shell(sandbox: &Sandbox, shell: &str, script: &str) -> Option<String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_drfctl"));
    let folder = binary.parent().expect("a folder");
    let mut command = Command::new(shell);
    command
        .args(["-c", script])
        .current_dir(sandbox.path("."))
        .env_clear()
        .env("HOME", sandbox.path("."))
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    command.spawn().ok()?.kill().ok()?;
    Some(Outcome::of(&mut command).success())
}

#[test]
fn bash_completes_the_names_of_users_and_groups() {
    let sandbox = with_users();
    for (words, typed, wanted) in [
        ("drfctl revoke al", "al", "alice alina\n"),
        ("drfctl show b", "b", "bob\n"),
        (
            "drfctl -d db.sqlite3 create-token ali",
            "ali",
            "alice alina\n",
        ),
        ("drfctl verify password bo", "bo", "bob\n"),
        ("drfctl update-user bob --group o", "o", "ops\n"),
        ("drfctl list --format j", "j", "json jsonl\n"),
        ("drfctl -d nowhere.db revoke al", "al", "\n"),
    ] {
        let script = format!(
            "source <(DRFCTL_COMPLETE=bash drfctl); COMP_WORDS=({words}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMP_TYPE=9; \
             _clap_complete_drfctl drfctl {typed} 2>&1; echo \"${{COMPREPLY[*]}}\""
        );
        if let Some(completed) = shell(&sandbox, "bash", &script) {
            let completed = completed.replace('\u{b}', " ");
            assert_eq!(completed, wanted, "{words}");
        }
    }
}

#[test]
fn fish_completes_the_names_of_users() {
    let sandbox = with_users();
    let script = "DRFCTL_COMPLETE=fish drfctl | source; complete -C 'drfctl revoke al'";
    if let Some(completed) = shell(&sandbox, "fish", script) {
        assert_eq!(completed, "alice\nalina\n");
    }
}

#[test]
fn zsh_takes_the_completions_without_a_word() {
    let sandbox = with_users();
    let script = "autoload -U compinit && compinit -u -D && source <(DRFCTL_COMPLETE=zsh drfctl)";
    if let Some(said) = shell(&sandbox, "zsh", script) {
        assert_eq!(said, "");
    }
}

#[test]
fn no_completion_shows_a_key_or_a_hidden_name() {
    let sandbox = with_users();
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    sandbox.sqlite("UPDATE auth_user SET username = 'al' || char(27) || '[31m' WHERE id = 2");
    for (word, position) in [("al", "2"), ("", "2")] {
        let mut command = sandbox.command(["--", "drfctl", "revoke", word]);
        command.env("DRFCTL_COMPLETE", "bash");
        command.env("_CLAP_COMPLETE_INDEX", position);
        let offered = Outcome::of(&mut command).success();
        assert!(offered.contains("alice"), "{offered:?}");
        assert!(
            !offered.contains('\u{1b}') && !offered.contains(key.trim()),
            "{offered:?}"
        );
    }
}
