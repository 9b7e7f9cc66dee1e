//! A command line that cannot be read, said in our own words: which argument is wrong, and the way
//! out. What may be a secret in the wrong place is not repeated.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::unread::Unread;
use crate::django::keys;
use crate::error::Failure;
use crate::escape::quoted;

/// Says what is wrong with a command line.
pub(crate) fn failure(error: &clap::Error, line: &Unread<'_>) -> Failure {
    let (command, path) = line.command();
    let help = || format!("see `{path} --help`");
    let (message, hint) = match error.kind() {
        ErrorKind::UnknownArgument => unknown_argument(error, &command, &path),
        ErrorKind::InvalidSubcommand => unknown_command(error, &command, &path, line),
        ErrorKind::MissingSubcommand => ("no command given".to_owned(), None),
        ErrorKind::InvalidValue => bad_value(error),
        ErrorKind::ValueValidation => {
            let problem = std::error::Error::source(error).map(ToString::to_string);
            (
                format!(
                    "invalid value {} for {}: {}",
                    quoted(&text(error, ContextKind::InvalidValue)),
                    argument(&text(error, ContextKind::InvalidArg)),
                    problem.unwrap_or_default()
                ),
                None,
            )
        }
        ErrorKind::TooManyValues => (
            format!(
                "{} takes no value",
                argument(&text(error, ContextKind::InvalidArg))
            ),
            None,
        ),
        ErrorKind::ArgumentConflict => conflict(error),
        ErrorKind::MissingRequiredArgument => missing(error),
        ErrorKind::InvalidUtf8 => ("an argument is not valid UTF-8".to_owned(), None),
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            let line = line.strip_prefix("error: ").unwrap_or(line);
            (line.replace('\'', "`"), None)
        }
    };
    Failure::Usage {
        message,
        hint: Some(hint.unwrap_or_else(help)),
    }
}

fn unknown_argument(
    error: &clap::Error,
    command: &Command,
    path: &str,
) -> (String, Option<String>) {
    let argument = text(error, ContextKind::InvalidArg);
    if argument.starts_with('-') {
        let similar = strings(error, ContextKind::SuggestedArg).pop();
        let similar = similar.filter(|similar| is_slip(&argument, similar));
        let hint = way_out(&argument, command, path)
            .or_else(|| similar.map(|similar| format!("did you mean {}?", quoted(&similar))));
        return (format!("unknown option {}", quoted(&argument)), hint);
    }
    let has = |id| has_option(command, id);
    let name = path.trim_start_matches("drfctl ");
    if has("password_stdin") {
        (
            format!("`{name}` takes one name, and no password, as an argument"),
            Some(PASSWORD.to_owned()),
        )
    } else if has("key_file") && command.get_positionals().next().is_none() {
        (
            format!("`{name}` takes no key as an argument"),
            Some(KEY.to_owned()),
        )
    } else {
        let hint = has("username_glob")
            .then(|| "use `--username GLOB` or another filter to list some users".to_owned());
        let argument = quoted(&keys::masked(&argument));
        (format!("unexpected argument {argument}"), hint)
    }
}

/// Where a password may come from.
const PASSWORD: &str =
    "a password comes from a prompt, `--password-stdin`, `--password-file` or `--password-env`";

/// Where a key may come from.
const KEY: &str = "a key comes from `--key-file FILE` (`-` for stdin)";

/// Whether what was typed is a slip of the pen for an option. An option that gives rights away or
/// skips a question is never proposed by its letters.
fn is_slip(typed: &str, option: &str) -> bool {
    const GRAVE: [&str; 7] = [
        "--superuser",
        "--staff",
        "--no-password",
        "--allow-weak-password",
        "--yes",
        "--reset",
        "--all",
    ];
    let slips = strsim::osa_distance(typed, option);
    slips <= 2 && slips * 4 <= option.len() && !GRAVE.contains(&option)
}

/// Options that people know from Django or from other programs, and what to use instead.
fn way_out(option: &str, command: &Command, path: &str) -> Option<String> {
    let has = |id| has_option(command, id);
    Some(match option {
        "--noinput" | "--no-input" | "--force" if has("yes") => "use `--yes`".to_owned(),
        "--noinput" | "--no-input" if has("password_stdin") => {
            "nothing is asked without a terminal; choose a password option, such as \
             `--password-env DJANGO_SUPERUSER_PASSWORD`"
                .to_owned()
        }
        "--noinput" | "--no-input" => "leave it out: this command never asks".to_owned(),
        "--dry-run" if has("plan") => "use `--plan`".to_owned(),
        "--dry-run" => "this command has no preview".to_owned(),
        _ if option.contains("password") && has("no_staff") => {
            "`drfctl set-password NAME` sets a password".to_owned()
        }
        "--password" | "-p" => PASSWORD.to_owned(),
        "--key" | "--token" if has("key_file") => KEY.to_owned(),
        "--username" | "--user" | "--name" if command.get_positionals().next().is_some() => {
            format!("the name is an argument of its own: `{path} NAME`")
        }
        "--user" | "--name" if has("username_glob") => "use `--username GLOB`".to_owned(),
        "--is-active" | "--enable" | "--enabled" | "--activate" if has("if_exists") => {
            "a new user is active; `drfctl update-user NAME --active` activates another".to_owned()
        }
        "--is-active" | "--enable" | "--enabled" | "--activate" if has("active") => {
            "use `--active`".to_owned()
        }
        "--no-active" | "--not-active" | "--disable" | "--disabled" | "--deactivate"
            if has("inactive") =>
        {
            "use `--inactive`".to_owned()
        }
        "--is-staff" if has("staff") => "use `--staff`".to_owned(),
        "--is-superuser" if has("superuser") => "use `--superuser`".to_owned(),
        "--settings" | "--pythonpath" | "--db" => {
            "drfctl needs no settings: name the database with `--database`".to_owned()
        }
        "--all" if has("all_users") => "use `--all-users`".to_owned(),
        "--json" => "use `--format json`".to_owned(),
        "--active" | "--no-staff" | "--no-superuser" if has("if_exists") => {
            format!("to change a user, use `drfctl update-user NAME {option}`")
        }
        // Not the `--version` that looks like it.
        _ if option
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_digit()) =>
        {
            "a number has no sign, and a name that begins with `-` stands behind `--`".to_owned()
        }
        "--verbose" | "-v" => "messages are complete without it".to_owned(),
        "--verbosity" => "there are no levels; `--quiet` prints only errors".to_owned(),
        "--interactive" => "leave it out: a terminal is asked, and nothing else".to_owned(),
        _ => return None,
    })
}

fn unknown_command(
    error: &clap::Error,
    command: &Command,
    path: &str,
    line: &Unread<'_>,
) -> (String, Option<String>) {
    // What stands there may be the key itself.
    if path == "drfctl verify" {
        let message = "`verify` needs to know what to check: `token` or `password`";
        return (message.to_owned(), None);
    }
    let typed = text(error, ContextKind::InvalidSubcommand);
    // The most similar is the last.
    let similar = strings(error, ContextKind::SuggestedSubcommand);
    // `user list`, as other programs have it.
    let turned = line.word_after(&typed).and_then(|verb| {
        let name = format!("{verb}-{}", typed.trim_end_matches('s'));
        let known = command.find_subcommand(&name).is_some();
        known
            .then(|| format!("drfctl {name}"))
            .or_else(|| django_command(&name).map(str::to_owned))
    });
    let named = turned.or_else(|| django_command(&typed).map(str::to_owned));
    let hint = match (named, similar.last()) {
        (Some(command), _) => Some(format!("use `{command}`")),
        (None, Some(similar)) => Some(format!("did you mean {}?", quoted(similar))),
        (None, None) => None,
    };
    let typed = quoted(&keys::masked(&typed));
    (format!("unknown command {typed}"), hint)
}

/// The command that does what people know by another name, from Django or from other programs.
fn django_command(typed: &str) -> Option<&'static str> {
    let name: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    Some(match name.as_str() {
        "drfcreatetoken" | "gettoken" | "addtoken" | "newtoken" | "token" => "drfctl create-token",
        "resettoken" | "rotatetoken" => "drfctl create-token --reset",
        "deletetoken" | "revoketoken" | "removetoken" => "drfctl revoke",
        "listtoken" | "listtokens" | "tokens" => "drfctl list",
        "listuser" | "listusers" | "users" => "drfctl list --all-users",
        "createsuperuser" => "drfctl create-user --superuser",
        "adduser" | "newuser" => "drfctl create-user",
        "changepassword" | "resetpassword" | "passwd" | "password" => "drfctl set-password",
        "verifytoken" | "checktoken" => "drfctl verify token",
        "verifypassword" | "checkpassword" => "drfctl verify password",
        "deactivate" | "deactivateuser" | "disableuser" => "drfctl update-user NAME --inactive",
        "activate" | "activateuser" | "enableuser" => "drfctl update-user NAME --active",
        "edituser" | "changeuser" | "renameuser" => "drfctl update-user",
        "removeuser" => "drfctl delete-user",
        "showuser" | "user" => "drfctl show",
        "showmigrations" => "drfctl migrate --plan",
        "check" => "drfctl doctor",
        "version" => "drfctl --version",
        _ => return None,
    })
}

fn bad_value(error: &clap::Error) -> (String, Option<String>) {
    let argument = argument(&text(error, ContextKind::InvalidArg));
    let value = text(error, ContextKind::InvalidValue);
    let values = strings(error, ContextKind::ValidValue);
    let hint = (!values.is_empty()).then(|| format!("possible values: {}", values.join(", ")));
    if value.is_empty() {
        (format!("{argument} needs a value"), hint)
    } else {
        let value = quoted(&value);
        (format!("invalid value {value} for {argument}"), hint)
    }
}

fn conflict(error: &clap::Error) -> (String, Option<String>) {
    let this = argument(&text(error, ContextKind::InvalidArg));
    let others: Vec<String> = strings(error, ContextKind::PriorArg)
        .iter()
        .map(|other| argument(other))
        .collect();
    let message = if others.is_empty() || others.contains(&this) {
        format!("{this} is given twice")
    } else {
        format!("{this} cannot be combined with {}", others.join(" or "))
    };
    (message, None)
}

fn missing(error: &clap::Error) -> (String, Option<String>) {
    let missing = strings(error, ContextKind::InvalidArg);
    // A group is shown as `<--this|--that>`; any of its members will do.
    let message = if missing.iter().any(|name| name.starts_with("<--password")) {
        "a password option is missing, such as `--password-stdin`".to_owned()
    } else if missing.iter().any(|name| name.starts_with("<--")) {
        "no change given".to_owned()
    } else {
        let names: Vec<String> = missing.iter().map(|name| argument(name)).collect();
        format!("{} is missing", names.join(" and "))
    };
    (message, None)
}

/// Whether the command has an option or argument.
fn has_option(command: &Command, id: &str) -> bool {
    command.get_arguments().any(|arg| arg.get_id() == id)
}

/// An argument as clap shows it in its usage, in our style: `--limit` without `<N>`, `USERNAME`
/// without brackets.
fn argument(shown: &str) -> String {
    let name = shown.split([' ', '=']).next().unwrap_or_default();
    quoted(name.trim_matches(['<', '>', '[', ']', '.']))
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    strings(error, kind).pop().unwrap_or_default()
}

fn strings(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
