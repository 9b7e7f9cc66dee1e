//! The commands that manage users.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::shared::{FormatOption, OutOptions, PasswordOptions};
use super::values::{AnswerFormat, ReportFormat, TokenFormat, assignment};
use crate::db::IfExists;

/// Create a user, or make sure that one exists
///
/// The name, the e-mail address and the password are validated and normalised as Django does it.
/// The password comes from a prompt or from exactly one of the options below. Without a terminal
/// and without such an option nothing is created.
///
/// With `--from` many users are created, from JSON Lines, a JSON array, or CSV with a header (`;`
/// or tabs as separators too). The keys are username, email, `first_name`, `last_name`, `is_staff`,
/// `is_superuser`, `is_active`, password and `password_hash`, and the columns of a custom user
/// model; a new user without either of the two passwords needs `--no-password`, which leaves the
/// passwords of existing users alone. What `list --format csv|json|jsonl` writes can be read: keys
/// that mean nothing for a new user are ignored. An empty cell is no value. A record has at most
/// 64 KiB. A file is checked whole before the first user is written; stdin is read as it comes.
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

    /// Read many users from a file, JSON or CSV (`-` for stdin)
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

    /// Add the user to a group, which must exist (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Vec<String>,

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
    pub(crate) out: OutOptions,

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

    /// Also revoke the user's token, in the same transaction
    #[arg(long, conflicts_with = "reset_token")]
    pub(crate) revoke_token: bool,

    /// Also replace the user's token, in the same transaction, and print the new key
    #[arg(long)]
    pub(crate) reset_token: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}

/// Change a user
///
/// Changes only what is named. Deactivating a user keeps the token; the server refuses it until
/// the user is active again.
///
/// Removing the last active superuser asks first.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").multiple(true).required(true))]
pub(crate) struct UpdateUser {
    /// Name of the user
    pub(crate) username: String,

    /// Let the user log in and use the token
    #[arg(long, group = "change", conflicts_with = "inactive")]
    pub(crate) active: bool,

    /// Refuse the user's logins and token
    #[arg(long, group = "change")]
    pub(crate) inactive: bool,

    /// Let the user into the admin
    #[arg(long, group = "change", conflicts_with = "no_staff")]
    pub(crate) staff: bool,

    /// Keep the user out of the admin
    #[arg(long, group = "change")]
    pub(crate) no_staff: bool,

    /// Give the user all permissions, and access to the admin
    #[arg(long, group = "change", conflicts_with = "no_superuser")]
    pub(crate) superuser: bool,

    /// Take the superuser's permissions away
    #[arg(long, group = "change")]
    pub(crate) no_superuser: bool,

    /// E-mail address
    #[arg(long, group = "change", value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// First name
    #[arg(long, group = "change", value_name = "NAME")]
    pub(crate) first_name: Option<String>,

    /// Last name
    #[arg(long, group = "change", value_name = "NAME")]
    pub(crate) last_name: Option<String>,

    /// Give the user a new name
    #[arg(long, group = "change", value_name = "NEW")]
    pub(crate) rename: Option<String>,

    /// Add the user to a group (repeatable)
    #[arg(long, group = "change", value_name = "NAME")]
    pub(crate) group: Vec<String>,

    /// Remove the user from a group (repeatable)
    #[arg(long, group = "change", value_name = "NAME")]
    pub(crate) no_group: Vec<String>,

    /// Set a column of a custom user model (repeatable)
    #[arg(long = "set", group = "change", value_name = "COLUMN=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,

    /// Also revoke the user's token
    #[arg(long, group = "change")]
    pub(crate) revoke_token: bool,

    /// Do not ask before removing the last active superuser
    #[arg(short, long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Show all that the database knows about a user
///
/// Names, flags, groups and dates, how the password is hashed (never the hash), the token's first
/// characters and age, and the tables with rows that refer to the user.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Name of the user
    #[arg(required_unless_present = "key_file")]
    pub(crate) username: Option<String>,

    /// Show whose key is in this file (`-` for stdin), such as a leaked one
    #[arg(long, value_name = "FILE", conflicts_with = "username")]
    pub(crate) key_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) format: FormatOption<AnswerFormat>,
}

/// Delete users, with their tokens and group memberships
///
/// All of them or none, in one transaction. Refuses while rows of other tables refer to a user:
/// Django deletes those in Python, as each model says, and only the project can do that. To keep
/// somebody out, `drfctl update-user NAME --inactive` is the safe way.
#[derive(Debug, Args)]
pub(crate) struct DeleteUser {
    /// Names of the users
    #[arg(required = true)]
    pub(crate) username: Vec<String>,

    /// Show what would be deleted, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before deleting
    #[arg(short, long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<ReportFormat>,
}
