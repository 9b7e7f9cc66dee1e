//! The commands that manage tokens.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::shared::{FormatOption, OutOptions, Targets};
use super::values::{ReportFormat, TokenFormat, age};

/// Get or create users' tokens, and print the keys
///
/// A new key is printed once it is committed. Run again, the command prints the same key, and
/// locks nothing.
///
/// Name the users, or choose them with `--from`, `--all` or filters; several filters narrow each
/// other. Tokens for many users are created in short transactions, so that the server can write in
/// between. `--reset` with `--all` or filters asks first.
///
/// DRF keeps one token per user: after a reset, a client that still sends the old key is refused.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// Skip users that do not exist
    #[arg(long, hide_short_help = true)]
    pub(crate) skip_missing: bool,

    /// Replace existing keys
    #[arg(short, long)]
    pub(crate) reset: bool,

    /// Replace keys older than this (`90d`)
    ///
    /// Keeps newer ones, so that it can run every hour.
    #[arg(long, value_name = "AGE", value_parser = age, conflicts_with = "reset")]
    pub(crate) reset_older_than: Option<Duration>,

    /// Use the key in this file (`-` for stdin) instead of a random one; for one user
    #[arg(
        long,
        hide_short_help = true,
        value_name = "FILE",
        conflicts_with = "reset_older_than"
    )]
    pub(crate) key_file: Option<PathBuf>,

    /// Use the key in this environment variable instead of a random one; for one user
    #[arg(long, hide_short_help = true, value_name = "NAME", conflicts_with_all = ["key_file", "reset_older_than"])]
    pub(crate) key_env: Option<String>,

    /// Take the keys from the file of `--from`, with their times
    ///
    /// Reads what `drfctl list --show-keys --format jsonl` writes, and so moves tokens from one
    /// database to another.
    #[arg(long, hide_short_help = true, requires = "from", conflicts_with_all = ["key_file", "key_env", "reset_older_than"])]
    pub(crate) with_keys: bool,

    /// Show what would change, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before resetting tokens chosen by `--all` or filters
    #[arg(short, long, hide_short_help = true)]
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
/// The server refuses a revoked key from then on. A user without a token is not an error.
///
/// Name the users, or choose them with `--from`, `--all` or filters; several filters narrow each
/// other. With `--all` or filters, the command asks before it revokes anything.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Revoke the leaked keys in this file, one per line (`-`: stdin)
    ///
    /// A line is a key alone, `Token KEY`, or a whole `Authorization:` header. Every key that is a
    /// token's is revoked, also where others are not. The error then names the lines of the unknown
    /// keys, and the exit status is 3.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["username", "from", "all"])]
    pub(crate) key_file: Option<PathBuf>,

    /// Do not ask, with `--all` or filters
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
