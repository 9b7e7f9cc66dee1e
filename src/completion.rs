//! Completions that know the database: names of users and groups. A completion asks nothing,
//! waits for nothing, and fails without a word.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::CompleteEnv;
use jiff::tz::TimeZone;

use crate::cli;
use crate::context;
use crate::db::{Database, Settings};
use crate::escape::is_hidden;

/// The variable in which the shell's code asks for completions. Not the usual `COMPLETE`: in
/// somebody's environment that would turn every run into one.
const VARIABLE: &str = "DRFCTL_COMPLETE";

/// Names that are offered at once.
const MOST: usize = 100;

/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_millis(100);

/// Answers the shell, if it is the one that asks.
pub(crate) fn answer(arguments: Vec<OsString>) -> bool {
    CompleteEnv::with_factory(definition)
        .var(VARIABLE)
        .bin("drfctl")
        .try_complete(arguments, None)
        .unwrap_or(true)
}

/// The command line, with what completes its names.
fn definition() -> clap::Command {
    let mut definition = cli::definition();
    for command in definition.get_subcommands_mut() {
        add_completers(command);
        for command in command.get_subcommands_mut() {
            add_completers(command);
        }
    }
    definition
}

fn add_completers(command: &mut clap::Command) {
    // A new user has a new name.
    let is_new = command.get_name() == "create-user";
    let with = |completer: fn(&OsStr) -> Vec<CompletionCandidate>| {
        move |arg: clap::Arg| arg.add(ArgValueCompleter::new(completer))
    };
    let ids: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    let mut completed = std::mem::take(command);
    for id in ids {
        completed = match id.as_str() {
            "username" if !is_new => completed.mut_arg(id, with(usernames)),
            "group" | "no_group" => completed.mut_arg(id, with(groups)),
            _ => completed,
        };
    }
    *command = completed;
}

/// The names of users that begin with what has been typed.
fn usernames(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, |database, typed| {
        database.usernames_from(typed, MOST).unwrap_or_default()
    })
}

/// The names of groups that begin with what has been typed.
fn groups(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, |database, typed| {
        let mut names = database.group_names().unwrap_or_default();
        names.retain(|name| name.starts_with(typed));
        names
    })
}

fn candidates(
    typed: &OsStr,
    find: impl FnOnce(&Database, &str) -> Vec<String>,
) -> Vec<CompletionCandidate> {
    let Some((database, typed)) = open().zip(typed.to_str()) else {
        return Vec::new();
    };
    // A name that cannot be seen on the line cannot be chosen there.
    find(&database, typed)
        .into_iter()
        .filter(|name| !name.chars().any(is_hidden))
        .map(CompletionCandidate::new)
        .collect()
}

/// Opens the database that the line so far names.
fn open() -> Option<Database> {
    let words: Vec<OsString> = std::env::args_os().collect();
    let after = |long: &str, short: Option<&str>| {
        words.iter().enumerate().find_map(|(position, word)| {
            let word = word.to_str()?;
            if word == long || Some(word) == short {
                return words.get(position + 1).cloned();
            }
            word.strip_prefix(long)?
                .strip_prefix('=')
                .map(OsString::from)
        })
    };
    let named = |long, short, variable| {
        after(long, short)
            .or_else(|| context::variable(variable))
            .filter(|value| !value.is_empty())
    };
    let text = |long, variable| named(long, None, variable)?.into_string().ok();
    let database = named("--database", Some("-d"), "DATABASE_URL")
        .unwrap_or_else(|| OsString::from(cli::DEFAULT_DATABASE));
    let settings = Settings {
        location: context::location(&database).ok()?,
        timeout: PATIENCE,
        interrupted: || false,
        variable: context::variable,
        zone: TimeZone::UTC,
        user_table: text("--user-table", "DRFCTL_USER_TABLE"),
        username_field: text("--username-field", "DRFCTL_USERNAME_FIELD"),
    };
    Database::open(&settings, false).ok()
}
