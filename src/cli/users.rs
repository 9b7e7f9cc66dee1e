//! The commands that manage users.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::shared::{FormatOption, OutOptions, PasswordOptions};
use super::values::{AnswerFormat, ReportFormat, TokenFormat, assignment};
use crate::db::IfExists;

/// Create a user, or update an existing one
///
/// Validates and normalises the user name, the e-mail address and the password as Django does. The
/// password comes from a prompt or from one of the password options; without a terminal, one of
/// these options is required.
///
/// With `--from` many users are created, from JSON Lines, a JSON array, or CSV with a header (`;`
/// or tabs as separators too). The keys are username, email, `first_name`, `last_name`, `is_staff`,
/// `is_superuser`, `is_active`, groups (a JSON array, or names with commas between them), password
/// and `password_hash`, and the columns of a custom user model; a new user without either of the two passwords needs `--no-password`, which leaves the
/// passwords of existing users alone. What `list --format csv|json|jsonl` writes can be read: keys
/// that mean nothing for a new user are ignored, and a note names them. An empty cell is no value. A record has at most
/// 64 KiB. A file is checked whole before the first user is written; stdin is read as it comes.
///
/// Django sends no signals for these users. If the server creates related rows in a signal
/// handler, such as a profile, they are missing, and a warning names their tables.
///
/// Prints nothing, or the token with `--token`.
#[derive(Debug, Args)]
pub(crate) struct CreateUser {
    /// Name that the user logs in with
    #[arg(hide_short_help = true, required_unless_present = "from")]
    pub(crate) username: Option<String>,

    /// Read users from JSON or CSV (`-`: stdin)
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
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(crate) first_name: Option<String>,

    /// Last name
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(crate) last_name: Option<String>,

    /// Let the user log in to the admin
    #[arg(long)]
    pub(crate) staff: bool,

    /// Give the user all permissions, and staff status
    #[arg(long)]
    pub(crate) superuser: bool,

    /// Create an inactive user, whose login and token the server refuses
    #[arg(long, hide_short_help = true)]
    pub(crate) inactive: bool,

    /// Add the user to an existing group (repeatable)
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(crate) group: Vec<String>,

    /// Set a column of a custom user model (repeatable)
    ///
    /// An empty value is stored as NULL where the column allows it.
    #[arg(long = "set", hide_short_help = true, value_name = "COLUMN=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,

    /// What to do if the user exists
    #[arg(long, value_name = "ACTION", default_value = "error", value_enum)]
    pub(crate) if_exists: IfExists,

    /// Get or create the user's token, and print it
    #[arg(long)]
    pub(crate) token: bool,

    #[command(flatten)]
    pub(crate) out: OutOptions,

    #[command(flatten)]
    pub(crate) format: FormatOption<TokenFormat>,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}

/// Set a user's password
///
/// Reads, validates and hashes the password as `create-user` does. The server ends the user's
/// sessions; the token stays valid unless it is revoked or replaced here.
#[derive(Debug, Args)]
pub(crate) struct SetPassword {
    /// Name of the user
    pub(crate) username: String,

    /// Revoke the user's token as well
    #[arg(long, conflicts_with = "reset_token")]
    pub(crate) revoke_token: bool,

    /// Replace the user's token as well, and print the new key
    #[arg(long)]
    pub(crate) reset_token: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}

/// Change a user's fields, flags and groups
///
/// Changes only what the options name. An inactive user keeps the token, which the server refuses
/// until the user is active again. Asks before the last active superuser is removed.
#[derive(Debug, Args)]
#[command(
    override_usage = "drfctl update-user [OPTIONS] <USERNAME>",
    group = ArgGroup::new("change").multiple(true).required(true)
)]
pub(crate) struct UpdateUser {
    /// Name of the user
    #[arg(hide_short_help = true)]
    pub(crate) username: String,

    /// Activate the user: allow the login and the token
    #[arg(long, group = "change", conflicts_with = "inactive")]
    pub(crate) active: bool,

    /// Deactivate the user: refuse the login and the token
    #[arg(long, group = "change")]
    pub(crate) inactive: bool,

    /// Let the user log in to the admin
    #[arg(long, group = "change", conflicts_with = "no_staff")]
    pub(crate) staff: bool,

    /// Remove staff status
    #[arg(long, group = "change")]
    pub(crate) no_staff: bool,

    /// Give the user all permissions, and staff status
    #[arg(long, group = "change", conflicts_with = "no_superuser")]
    pub(crate) superuser: bool,

    /// Remove superuser status
    #[arg(long, group = "change")]
    pub(crate) no_superuser: bool,

    /// E-mail address
    #[arg(long, group = "change", value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// First name
    #[arg(long, hide_short_help = true, group = "change", value_name = "NAME")]
    pub(crate) first_name: Option<String>,

    /// Last name
    #[arg(long, hide_short_help = true, group = "change", value_name = "NAME")]
    pub(crate) last_name: Option<String>,

    /// Change the user name
    #[arg(long, group = "change", value_name = "NEW")]
    pub(crate) rename: Option<String>,

    /// Add the user to a group (repeatable)
    #[arg(long, group = "change", value_name = "NAME")]
    pub(crate) group: Vec<String>,

    /// Remove the user from a group (repeatable)
    #[arg(long, group = "change", value_name = "NAME")]
    pub(crate) no_group: Vec<String>,

    /// Set a column of a custom user model (repeatable)
    #[arg(long = "set", hide_short_help = true, group = "change", value_name = "COLUMN=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,

    /// Revoke the user's token as well
    #[arg(long, group = "change")]
    pub(crate) revoke_token: bool,

    /// Do not ask before removing the last active superuser
    #[arg(short, long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Show everything about a user
///
/// Shows names, flags, groups and dates, the password hasher (never the hash), the age and the
/// first characters of the token, and which tables refer to the user.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Name of the user
    #[arg(required_unless_present = "key_file")]
    pub(crate) username: Option<String>,

    /// Show the owner of the key in this file (`-`: stdin)
    #[arg(long, value_name = "FILE", conflicts_with = "username")]
    pub(crate) key_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Delete users, with their tokens and group memberships
///
/// Deletes all of them or none, in one transaction. Refuses while rows of other tables refer to a
/// user: Django deletes such rows in Python, as the project's models say. To lock a user out
/// without deleting anything, use `drfctl update-user NAME --inactive`.
#[derive(Debug, Args)]
pub(crate) struct DeleteUser {
    /// Names of the users
    #[arg(required = true)]
    pub(crate) username: Vec<String>,

    /// Show what would be deleted, and delete nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before deleting
    #[arg(short, long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<ReportFormat>,
}
