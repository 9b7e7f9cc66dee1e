//! The end of each command's help: examples, and where there is more to read.

use clap::Command;

/// Adds them to the program and to all its commands.
pub(super) fn added_to(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let long = section(&command, "Examples", PROGRAM)
        + "\n\n"
        + &section(&command, "Exit status", EXIT_STATUS);
    let command = command
        .after_help("Run `drfctl COMMAND --help` for the options of a command and examples.")
        .after_long_help(long);
    added_below(command, &name)
}

fn added_below(command: Command, path: &str) -> Command {
    let styled = command.clone();
    command.mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        let examples = examples(&path);
        let below = below
            .after_help(format!("Run `{path} --help` for all options and examples."))
            .after_long_help(section(&styled, "Examples", examples));
        added_below(below, &path)
    })
}

/// A section under a heading that looks like clap's.
fn section(styled: &Command, heading: &str, lines: &[&str]) -> String {
    let style = styled.get_styles().get_header();
    format!("{style}{heading}:{style:#}\n  {}", lines.join("\n  "))
}

/// The exit statuses, as the help and the man page show them.
const EXIT_STATUS: &[&str] = &[
    "0    done, or nothing to do",
    "1    refused, declined, or the answer is no",
    "2    wrong usage",
    "3    no such user or token",
    "4    conflict: the user or the key already exists",
    "5    the database cannot be used",
    "6    busy: another writer did not finish in time",
    "130  interrupted",
];

const PROGRAM: &[&str] = &[
    "drfctl migrate",
    "drfctl create-user deploy --no-password --token",
    "drfctl list --older-than 90d",
    "drfctl -d /srv/app/db.sqlite3 revoke alice",
];

fn examples(path: &str) -> &'static [&'static str] {
    match path {
        "drfctl migrate" => &[
            "drfctl migrate",
            "drfctl migrate --check",
            "drfctl --database /srv/app/db.sqlite3 migrate --plan",
        ],
        "drfctl create-user" => &[
            "drfctl create-user alice --email alice@example.com",
            "drfctl create-user admin --superuser --password-file admin.txt",
            "drfctl create-user deploy --no-password --token",
            "drfctl create-user alice --if-exists update --staff",
            "drfctl create-user --from users.csv --no-password",
        ],
        "drfctl create-token" => &[
            "drfctl create-token alice",
            "drfctl create-token alice --format header",
            "drfctl create-token deploy --reset-older-than 90d --out token.txt",
            "drfctl create-token --all",
            "drfctl create-token --from - --with-keys < tokens.jsonl",
        ],
        "drfctl revoke" => &[
            "drfctl revoke alice bob",
            "drfctl revoke --key-file leaked.txt",
            "drfctl revoke --last-login-before 180d --dry-run",
            "drfctl revoke --inactive --yes",
        ],
        "drfctl list" => &[
            "drfctl list",
            "drfctl list --all-users --sort last-login",
            "drfctl list --older-than 90d --format csv",
            "drfctl list --username 'ci-*' --format names | drfctl create-token --from -",
        ],
        "drfctl verify" => &[
            "drfctl verify token --key-file key.txt",
            "drfctl verify password alice",
        ],
        "drfctl verify token" => &[
            "drfctl verify token",
            "drfctl verify token --key-file key.txt",
            "drfctl create-token alice --format header | drfctl verify token --format json",
        ],
        "drfctl verify password" => &[
            "drfctl verify password alice",
            "drfctl verify password alice --password-file alice.txt",
        ],
        "drfctl set-password" => &[
            "drfctl set-password alice",
            "drfctl set-password alice --password-file alice.txt --revoke-token",
            "drfctl set-password deploy --no-password",
        ],
        "drfctl update-user" => &[
            "drfctl update-user alice --inactive",
            "drfctl update-user alice --active --group editors",
            "drfctl update-user alice --rename alice.smith --email alice.smith@example.com",
        ],
        "drfctl show" => &[
            "drfctl show alice",
            "drfctl show alice --format json",
            "drfctl show --key-file leaked.txt",
        ],
        "drfctl delete-user" => &[
            "drfctl delete-user alice --dry-run",
            "drfctl delete-user alice bob --yes",
            "drfctl update-user alice --inactive",
        ],
        "drfctl doctor" => &[
            "drfctl doctor",
            "drfctl doctor --older-than 365d",
            "drfctl doctor --format json",
        ],
        "drfctl completions" => &[
            "drfctl completions bash > ~/.local/share/bash-completion/completions/drfctl",
            "drfctl completions zsh > ~/.zfunc/_drfctl",
            "drfctl completions fish > ~/.config/fish/completions/drfctl.fish",
        ],
        _ => &[],
    }
}
