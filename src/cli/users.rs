//! The commands that manage users.

use std::path::PathBuf;

use clap::Args;

use super::shared::{FormatOption, PasswordOptions};
use super::values::{AnswerFormat, TokenFormat, assignment};
use crate::db::IfExists;

/// Create a user, or make sure that one exists
///
/// The name, the e-mail address and the password are validated and normalised as Django does it.
/// The password comes from a prompt or from exactly one of the options below. Without a terminal
/// and without such an option nothing is created.
///
/// With `--from` many users are created, from JSON Lines or from CSV with a header. The keys are
/// username, email, `first_name`, `last_name`, `is_staff`, `is_superuser`, `is_active`, password
/// and `password_hash`; a new user without either of the last two needs `--no-password`. A file is
/// checked whole before the first user is written; stdin is read as it comes.
///
/// No Django signals are sent: a row that the server's own code creates for a new user, such as a
/// profile, is not created, and a warning names the tables in which most users have one.
///
/// Prints nothing, or the token with `--token`.
#[derive(Debug, Args)]
pub(crate) struct CreateUser {
    /// What the user logs in with
    #[arg(required_unless_present = "from")]
    pub(crate) username: Option<String>,

    /// Read many users from a file, JSON Lines or CSV (`-` for stdin)
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "username", "email", "first_name", "last_name", "staff", "superuser", "inactive",
            "password_stdin", "password_file", "password_env", "hashed",
        ]
    )]
    pub(crate) from: Option<PathBuf>,

    /// E-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// First name
    #[arg(long, value_name = "NAME")]
    pub(crate) first_name: Option<String>,

    /// Last name
    #[arg(long, value_name = "NAME")]
    pub(crate) last_name: Option<String>,

    /// Let the user into the admin
    #[arg(long)]
    pub(crate) staff: bool,

    /// Give the user all permissions, and access to the admin
    #[arg(long)]
    pub(crate) superuser: bool,

    /// Create the user inactive: the server refuses the login and the token
    #[arg(long)]
    pub(crate) inactive: bool,

    /// Set a column of a custom user model (repeatable); an empty value means NULL where the
    /// column allows it
    #[arg(long = "set", value_name = "COLUMN=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,

    /// What to do if the user exists: refuse (exit 4), change nothing, or write only the fields
    /// named on the command line
    #[arg(long, value_name = "ACTION", default_value = "error", value_enum)]
    pub(crate) if_exists: IfExists,

    /// Also get or create the user's token, and print it
    #[arg(long)]
    pub(crate) token: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<TokenFormat>,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}

/// Set a user's password
///
/// The password is read, validated and hashed as in `create-user`. The server ends sessions that
/// were opened with the old password; tokens stay valid.
#[derive(Debug, Args)]
pub(crate) struct SetPassword {
    /// Name of the user
    pub(crate) username: String,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}
