//! The command line: every clap type, and no decision. The comments are the help texts and the
//! man pages; a test renders both from here.

mod commands;
mod shared;
mod tokens;
mod unread;
mod users;
mod values;

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

pub(crate) use self::commands::{
    Command, Completions, Doctor, List, Migrate, Verify, VerifyPassword, VerifyToken, VerifyWhat,
};
use self::shared::DEFAULT_DATABASE;
pub(crate) use self::shared::{
    Filters, Global, OutOptions, PasswordOptions, PasswordSource, Targets,
};
pub(crate) use self::tokens::{CreateToken, Revoke};
pub(crate) use self::unread::Unread;
pub(crate) use self::users::{CreateUser, DeleteUser, SetPassword, Show, UpdateUser};
pub(crate) use self::values::{AnswerFormat, ListFormat, ReportFormat, TokenFormat};

/// Manage the users and tokens of a Django REST framework server, directly in its database
#[derive(Debug, Parser)]
#[command(
    name = "drfctl",
    version,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = false,
    after_help = EXIT_STATUS
)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The exit statuses, as `--help` and the man page show them.
const EXIT_STATUS: &str = "\
Exit status:
  0    done, or already so
  1    refused, declined, or the answer is no
  2    usage
  3    no such user or token
  4    conflict: the user or the key already exists
  5    the database cannot be used
  6    busy: nothing was changed, try again
  130  interrupted";

/// The definition of the command line, for what is made from it.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
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
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(arguments)?;
        let mut cli =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
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
        assert!(
            error.to_string().contains("[possible values: table, json"),
            "{error}"
        );
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
