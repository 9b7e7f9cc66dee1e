//! The commands. Those that manage users are in `users`, those that manage tokens in `tokens`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::shared::{Filters, FormatOption, PasswordSource};
use super::tokens::{CreateToken, Revoke};
use super::users::{CreateUser, DeleteUser, SetPassword, Show, UpdateUser};
use super::values::{AnswerFormat, ListFormat, duration};
use crate::db::Order;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Migrate(Migrate),
    CreateUser(CreateUser),
    CreateToken(CreateToken),
    Revoke(Revoke),
    List(List),
    Verify(Verify),
    SetPassword(SetPassword),
    UpdateUser(UpdateUser),
    Show(Show),
    DeleteUser(DeleteUser),
    Doctor(Doctor),
    Completions(Completions),
}

impl Command {
    /// Whether stdout is to be JSON.
    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::Migrate(args) => args.format.is_json(),
            Self::CreateUser(args) => args.format.is_json(),
            Self::CreateToken(args) => args.format.is_json(),
            Self::Revoke(args) => args.format.is_json(),
            Self::List(args) => args.format.is_json(),
            Self::Verify(args) => match &args.what {
                VerifyWhat::Token(args) => args.format.is_json(),
                VerifyWhat::Password(args) => args.format.is_json(),
            },
            Self::SetPassword(args) => args.format.is_json(),
            Self::UpdateUser(args) => args.format.is_json(),
            Self::Show(args) => args.format.is_json(),
            Self::DeleteUser(args) => args.format.is_json(),
            Self::Doctor(args) => args.format.is_json(),
            Self::Completions(_) => false,
        }
    }
}

/// Bring the tables of users and tokens up to date
///
/// Brings the apps contenttypes, auth and authtoken to the layout of current Django and DRF, and
/// records it, so that a later `manage.py migrate` finds them up to date. On an empty or missing
/// file it creates everything; on any earlier state it applies only what is missing; where the
/// project has a custom user model it creates only authtoken. All of it is one transaction,
/// and several may start at once.
///
/// This is the layout of Django 3.1 or later with DRF 3.15 or later: migrate a project on an older
/// line with its own `manage.py migrate`, to which later migrations would be unknown. `--check` is
/// content with a history that is whole for Django 2.2 or 3.0, or for an older DRF.
///
/// On an empty database it creates Django's default user table: where the project has a custom
/// user model, run `manage.py migrate` first.
///
/// Prints one applied migration per line.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Print what would be applied, and apply nothing
    #[arg(long, conflicts_with_all = ["check", "sql"])]
    pub(crate) plan: bool,

    /// Print what would be applied, apply nothing, and exit with 1 if there is anything
    #[arg(long, conflicts_with = "sql")]
    pub(crate) check: bool,

    /// Print the SQL that would run, and run nothing
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// List users and their tokens
///
/// One row for each user that holds a token. Keys are masked: their first 8 characters.
///
/// `--format names` is for `--from -` of another command. A name that such a line cannot hold, such
/// as one with a line break in it, is left out, with a warning and exit status 1.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Also list users without a token
    #[arg(long, conflicts_with = "without_token")]
    pub(crate) all_users: bool,

    /// List only users without a token
    #[arg(long)]
    pub(crate) without_token: bool,

    /// Sort order
    #[arg(long, value_name = "ORDER", default_value = "username", value_enum)]
    pub(crate) sort: Order,

    /// Print at most this many rows
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,

    /// Show the keys in full
    #[arg(long)]
    pub(crate) show_keys: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<ListFormat>,

    #[command(flatten)]
    pub(crate) filters: Filters,
}

/// Check a token or password as the server would, offline
#[derive(Debug, Args)]
#[command(
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = false
)]
pub(crate) struct Verify {
    #[command(subcommand)]
    pub(crate) what: VerifyWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VerifyWhat {
    Token(VerifyToken),
    Password(VerifyPassword),
}

/// Check a token as DRF's TokenAuthentication does
///
/// Reads a key, or a whole `Authorization:` header, from a prompt, stdin or a file. Prints the
/// user and exits with 0, or prints DRF's own `detail` text and exits with 1.
#[derive(Debug, Args)]
pub(crate) struct VerifyToken {
    /// Read from this file instead of stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Check a password as DRF's obtain_auth_token does
///
/// Prints the user and exits with 0, or prints DRF's own text and exits with 1. Knows every
/// hasher that Django ships.
#[derive(Debug, Args)]
pub(crate) struct VerifyPassword {
    /// Name of the user, exactly as it would be sent to the server
    pub(crate) username: String,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,

    #[command(flatten)]
    pub(crate) source: PasswordSource,
}

/// Examine the database for trouble
///
/// Changes nothing, and may run beside the server. Prints one finding per line with its remedy,
/// and exits with 1 if there is any.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Also report tokens older than this (`90d`)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) older_than: Option<Duration>,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Print the completions for a shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}
