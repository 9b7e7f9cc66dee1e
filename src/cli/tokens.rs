//! The commands that manage tokens.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::shared::{FormatOption, OutOptions, Targets};
use super::values::{ReportFormat, TokenFormat, duration};

/// Get or create users' tokens, and print the keys
///
/// An existing token is printed without locking anything; a new one is printed once it is
/// committed. Run again, the command prints the same key.
///
/// Users are given by name, with `--from`, with `--all`, or by filters, which narrow each other.
/// For many users the tokens are created in short transactions, so that the server can write in
/// between. `--reset` with `--all` or filters asks first.
///
/// DRF has one token per user: a client that still sends the old key is refused at once.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// Skip users that do not exist
    #[arg(long)]
    pub(crate) skip_missing: bool,

    /// Replace the key, in one transaction
    #[arg(short, long)]
    pub(crate) reset: bool,

    /// Replace the key if it is older than this (`90d`), else keep it
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "reset")]
    pub(crate) reset_older_than: Option<Duration>,

    /// Use the key in this file (`-` for stdin) instead of a random one; for one user
    #[arg(long, value_name = "FILE", conflicts_with = "reset_older_than")]
    pub(crate) key_file: Option<PathBuf>,

    /// Use the key in this environment variable instead of a random one; for one user
    #[arg(long, value_name = "NAME", conflicts_with_all = ["key_file", "reset_older_than"])]
    pub(crate) key_env: Option<String>,

    /// The file of `--from` holds keys, as `list --show-keys --format jsonl` writes them: keep
    /// them and their times
    #[arg(long, requires = "from", conflicts_with_all = ["key_file", "key_env", "reset_older_than"])]
    pub(crate) with_keys: bool,

    /// Show what would be created or replaced, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before resetting more than named users' tokens
    #[arg(short, long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) out: OutOptions,

    #[command(flatten)]
    pub(crate) format: FormatOption<TokenFormat>,

    #[command(flatten)]
    pub(crate) targets: Targets,
}

/// Revoke users' tokens
///
/// From then on the server refuses the key. A user without a token is not an error.
///
/// Users are given by name, with `--from`, with `--all`, or by filters, which narrow each other.
/// `--all` and filters ask before anything is revoked.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Revoke the token whose key is in this file (`-` for stdin), such as a leaked one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["username", "from", "all"])]
    pub(crate) key_file: Option<PathBuf>,

    /// Do not ask before revoking more than named users' tokens
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Show what would be revoked, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) format: FormatOption<ReportFormat>,

    #[command(flatten)]
    pub(crate) targets: Targets,
}
