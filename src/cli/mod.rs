//! The command line: every clap type, and no decision. The comments are the help texts and the
//! man pages; a test renders both from here.

mod commands;
mod examples;
mod shared;
mod tokens;
mod unread;
mod usage;
mod users;
mod values;

use std::ffi::OsString;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

pub(crate) use self::commands::{
    Command, Completions, Doctor, List, Migrate, Verify, VerifyPassword, VerifyToken, VerifyWhat,
};
pub(crate) use self::shared::DEFAULT_DATABASE;
pub(crate) use self::shared::{
    Filters, Global, OutOptions, PasswordOptions, PasswordSource, Targets,
};
pub(crate) use self::tokens::{CreateToken, Revoke};
pub(crate) use self::unread::Unread;
pub(crate) use self::usage::failure as usage_failure;
pub(crate) use self::users::{CreateUser, DeleteUser, SetPassword, Show, UpdateUser};
pub(crate) use self::values::{AnswerFormat, ListFormat, ReportFormat, TokenFormat};
use crate::db;

/// Manage Django REST framework users and tokens directly in the database
#[derive(Debug, Parser)]
#[command(
    name = "drfctl",
    version,
    long_version = long_version(),
    styles = STYLES,
    disable_help_flag = true,
    subcommand_required = true,
    arg_required_else_help = true,
)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The colours of the help: those of `cargo` and `uv`.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// What `--version` says: the versions that decide whether drfctl fits a server.
fn long_version() -> String {
    format!(
        "{}\nSQLite {}, built in\nTested with Django 4.2, 5.2 and 6.1, and DRF 3.14, 3.16 and 3.18",
        env!("CARGO_PKG_VERSION"),
        db::sqlite_version()
    )
}

/// The definition of the command line, for what is made from it.
#[must_use]
pub fn definition() -> clap::Command {
    /// Behind the options of every command.
    const GLOBAL: usize = 100;
    let mut place = GLOBAL;
    let command = Cli::command().mut_args(|arg| {
        if !arg.is_global_set() {
            return arg;
        }
        place += 1;
        arg.hide_short_help(true).display_order(place)
    });
    examples::added_to(command)
}

impl Cli {
    /// Whether the command line asks for JSON, and so for errors in JSON.
    #[must_use]
    pub(crate) fn is_json(&self) -> bool {
        self.command.is_json()
    }

    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// What clap says of a line that is not one, and of `--help` and `--version`.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = definition().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        // An empty variable is how compose files say that it is not set.
        let is_from_environment =
            matches.value_source("database") == Some(ValueSource::EnvVariable);
        if is_from_environment && cli.global.database.is_empty() {
            cli.global.database = OsString::from(DEFAULT_DATABASE);
        }
        Ok(cli)
    }
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        Cli::read(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_format_may_stand_before_and_after_the_command() {
        for line in [
            "drfctl --format json list",
            "drfctl list --format json",
            "drfctl -f json list",
        ] {
            let Command::List(args) = read(line).unwrap().command else {
                panic!("{line}")
            };
            assert_eq!(args.format.get(), ListFormat::Json, "{line}");
        }
        let error = read("drfctl --format header list").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue);
    }

    #[test]
    fn an_error_is_json_where_the_output_would_be() {
        for (line, is_json) in [
            ("drfctl -f json verify token", true),
            ("drfctl revoke --all -f jsonl", true),
            ("drfctl create-token a -f drf", false),
            ("drfctl list", false),
        ] {
            assert_eq!(read(line).unwrap().is_json(), is_json, "{line}");
        }
    }
}
