//! The commands. Those that manage users are in `users`, those that manage tokens in `tokens`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::shared::{Filters, FormatOption, PasswordSource};
use super::tokens::{CreateToken, Revoke};
use super::users::{CreateUser, DeleteUser, SetPassword, Show, UpdateUser};
use super::values::{AnswerFormat, ListFormat, age, count};
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

/// Create or update the tables for users and tokens
///
/// Applies the missing migrations of the apps `contenttypes`, `auth` and `authtoken`, and records
/// them as `manage.py migrate` would, which then has nothing left to do for these apps. Creates the
/// database file if it does not exist. With a custom user model, only `authtoken` is created.
///
/// On SQLite and PostgreSQL everything happens in one transaction, and several processes may start
/// at the same time. MySQL and MariaDB commit every change to a table at once: there, each
/// migration is recorded as it is applied, and the next run completes an interrupted one.
///
/// This command is for Django 4.2 to 6.1 with DRF 3.14 to 3.18, which have the same tables. Migrate a
/// project on an older release with its own `manage.py migrate`. `--check` also accepts a history that
/// is complete for an older release, from Django 2.2 on.
///
/// An empty database gets Django's default user table. If the project has a custom user model, run
/// `manage.py migrate` first.
///
/// Prints the applied migrations, one per line.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Print the missing migrations, and apply nothing
    #[arg(long, conflicts_with_all = ["check", "sql"])]
    pub(crate) plan: bool,

    /// Like `--plan`, and exit with 1 if anything is missing
    #[arg(long, conflicts_with = "sql")]
    pub(crate) check: bool,

    /// Print the SQL, and run nothing; not with `--format json`
    #[arg(long)]
    pub(crate) sql: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// List users and their tokens
///
/// Prints one row per user that has a token. Only the first 8 characters of each key are shown,
/// unless `--show-keys` is given. Several filters narrow each other.
///
/// `--format names` is for `--from -` of another command. A name that does not fit in a line is left
/// out, with a warning and exit status 1.
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
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) limit: Option<u64>,

    /// Show whole keys
    #[arg(long)]
    pub(crate) show_keys: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<ListFormat>,

    #[command(flatten)]
    pub(crate) filters: Filters,
}

/// Check a token or password as the server would, offline
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
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
/// Reads a key or a whole `Authorization:` header from a prompt, stdin or a file. Prints the user
/// name and exits with 0, or prints the `detail` that DRF would send and exits with 1.
#[derive(Debug, Args)]
pub(crate) struct VerifyToken {
    /// Read the key or the header from this file
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Check a password as DRF's obtain_auth_token does
///
/// Prints the user name and exits with 0, or prints the message that DRF would send and exits with
/// 1. Knows every hasher that Django ships.
#[derive(Debug, Args)]
pub(crate) struct VerifyPassword {
    /// User name, as a client would send it
    pub(crate) username: String,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,

    #[command(flatten)]
    pub(crate) source: PasswordSource,
}

/// Check the database for problems
///
/// Changes nothing, and is safe to run while the server is running. Prints one problem per line and
/// how to fix it, and exits with 1 if there are any.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Also report tokens older than this (`90d`)
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) older_than: Option<Duration>,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Print a shell completion script
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// Shell to complete in
    pub(crate) shell: Shell,
}
