//! The command line: every clap type, and nothing else. The comments are the help texts and the
//! man pages; a test renders both from here.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::django::hashers::Hasher;

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
pub const EXIT_STATUS: &str = "\
Exit status:
  0    done, or already so
  1    refused, declined, or the answer is no
  2    usage
  3    no such user or token
  4    conflict: the user or the key already exists
  5    the database cannot be used
  6    busy: nothing was changed, try again
  130  interrupted";

/// Django's own default.
const DEFAULT_DATABASE: &str = "db.sqlite3";

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`
    #[arg(
        short,
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "PATH|URL",
        default_value = DEFAULT_DATABASE
    )]
    pub(crate) database: OsString,

    /// The table of the users, where the database does not tell
    #[arg(
        long,
        global = true,
        env = "DRFCTL_USER_TABLE",
        hide_env_values = true,
        value_name = "TABLE"
    )]
    pub(crate) user_table: Option<String>,

    /// The column users log in with, where the database does not tell
    #[arg(
        long,
        global = true,
        env = "DRFCTL_USERNAME_FIELD",
        hide_env_values = true,
        value_name = "COLUMN"
    )]
    pub(crate) username_field: Option<String>,

    /// The zone of the times in the database, for a project with `USE_TZ = False`
    #[arg(
        long,
        global = true,
        env = "DRFCTL_TIME_ZONE",
        hide_env_values = true,
        value_name = "NAME",
        default_value = "UTC"
    )]
    pub(crate) time_zone: String,

    /// How long to wait for another writer (`90s`, `5m`)
    #[arg(long, global = true, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// How long to wait for the database to exist and be migrated
    #[arg(long, global = true, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub(crate) wait: Duration,

    /// The form of stdout; each command lists its own
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub(crate) format: Option<Format>,

    /// No talk on stderr but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Migrate(Migrate),
    CreateUser(CreateUser),
    CreateToken(CreateToken),
    Revoke(Revoke),
    List(List),
    Verify(Verify),
    SetPassword(SetPassword),
}

/// The forms that stdout can have; each command has some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Sentences, or nothing
    Text,
    /// The key alone, or `name<TAB>key` for several users
    Key,
    /// One JSON value
    Json,
    /// One JSON object a line
    Jsonl,
    /// `Authorization: Token KEY`
    Header,
    /// `DRF_TOKEN=KEY`
    Env,
    /// What `manage.py drf_create_token` prints
    Drf,
    /// Columns for people
    Table,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// The names alone, one a line
    Names,
}

/// Bring the tables of users and tokens up to date
///
/// Brings the apps contenttypes, auth and authtoken to the layout of current Django and DRF, and
/// records it, so that a later `manage.py migrate` finds them up to date. On an empty or missing
/// file it creates everything; on any earlier state it applies only what is missing; where the
/// project has a user model of its own it creates only authtoken. All of it is one transaction,
/// and several may start at once.
///
/// On an empty database it sets up Django's own user model: where the project has another, run
/// `manage.py migrate` first.
///
/// Prints one applied migration a line.
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

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text",
          value_parser = one_of(Migrate::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,
}

/// Create a user, or see to it that there is one
///
/// The name and the e-mail address are judged and normalised as Django does it, and so is the
/// password, which comes from a prompt or from exactly one of the options below. With no
/// terminal and no such option nothing is created.
///
/// With `--from` many users are created, from JSON Lines or from CSV with a header. The keys are
/// username, email, `first_name`, `last_name`, `is_staff`, `is_superuser`, `is_active`, password
/// and `password_hash`; a new user without either of the last two needs `--no-password`. A file is
/// checked whole before the first user is written; stdin is read as it comes.
///
/// No signal of Django's is sent: a row that the server's own code makes for a new user, such as a
/// profile, is not made, and a warning names the tables in which most users have one.
///
/// Prints nothing, or the token where `--token` asks for one.
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

    /// The e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// The first name
    #[arg(long, value_name = "NAME")]
    pub(crate) first_name: Option<String>,

    /// The last name
    #[arg(long, value_name = "NAME")]
    pub(crate) last_name: Option<String>,

    /// The user may enter the admin
    #[arg(long)]
    pub(crate) staff: bool,

    /// The user may do everything, and enter the admin
    #[arg(long)]
    pub(crate) superuser: bool,

    /// The server does not let the user in
    #[arg(long)]
    pub(crate) inactive: bool,

    /// A value for a column of the server's own user model (repeatable); with nothing behind the
    /// `=`, NULL where the column may be NULL
    #[arg(long = "set", value_name = "COLUMN=VALUE", value_parser = assignment)]
    pub(crate) set: Vec<(String, String)>,

    /// What to do if the user exists: refuse (exit 4), change nothing, or write the fields named
    /// on this command line and no others
    #[arg(long, value_name = "ACTION", default_value = "error")]
    pub(crate) if_exists: IfUserExists,

    /// Get or create the user's token too, and print it
    #[arg(long)]
    pub(crate) token: bool,

    /// The form of stdout; without `--token` only `json` prints anything
    #[arg(short, long, value_name = "FORMAT", default_value = "key",
          value_parser = one_of(CreateUser::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}

/// Where a password comes from; a prompt, if none of these is given.
#[derive(Debug, Args)]
#[command(next_help_heading = "Password")]
#[group(id = "source", multiple = false)]
#[expect(
    clippy::struct_field_names,
    reason = "they are the names of the options"
)]
pub(crate) struct PasswordSource {
    /// Read the password from stdin
    #[arg(long)]
    pub(crate) password_stdin: bool,

    /// Read the password from a file that only its owner may read
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Read the password from the environment variable of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
}

/// Where a new password comes from, and what is made of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Password")]
pub(crate) struct PasswordOptions {
    #[command(flatten)]
    pub(crate) source: PasswordSource,

    /// No password: nobody can log in with one (for a service account that uses its token)
    #[arg(long, group = "source", conflicts_with = "hashed")]
    pub(crate) no_password: bool,

    /// What is read is a Django hash: store it as it is
    #[arg(long, requires = "source", conflicts_with_all = ["hasher", "iterations"])]
    pub(crate) hashed: bool,

    /// Take a password that Django's validators refuse
    #[arg(long)]
    pub(crate) allow_weak_password: bool,

    /// The algorithm of the hash [default: pbkdf2_sha256]
    #[arg(long, value_name = "NAME", value_parser = hasher())]
    pub(crate) hasher: Option<Hasher>,

    /// The count of PBKDF2 [default: as in the database's newest rows, else Django's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) iterations: Option<u32>,
}

/// What `create-user` does with a user who exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IfUserExists {
    /// Refuse, with exit status 4
    Error,
    /// Change nothing
    Skip,
    /// Write the named fields
    Update,
}

/// Which users, where they are not named one by one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// The token is older than this (`90d`, `12h`)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) older_than: Option<Duration>,

    /// The last login is longer ago than this; who never logged in does not count
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "never_logged_in")]
    pub(crate) last_login_before: Option<Duration>,

    /// There never was a login with the password
    #[arg(long)]
    pub(crate) never_logged_in: bool,

    /// The server lets the user in
    #[arg(long, conflicts_with = "inactive")]
    pub(crate) active: bool,

    /// The server does not let the user in
    #[arg(long)]
    pub(crate) inactive: bool,

    /// The user may enter the admin
    #[arg(long)]
    pub(crate) staff: bool,

    /// The user may do everything
    #[arg(long)]
    pub(crate) superuser: bool,

    /// The name matches this pattern of `*`, `?` and `[…]`
    #[arg(long = "username", id = "username_glob", value_name = "GLOB")]
    pub(crate) glob: Option<String>,
}

/// Which users a command acts on: by name, from a file, or by what is true of them.
#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// The users
    pub(crate) username: Vec<String>,

    /// Read the users' names from a file, one a line (`-` for stdin)
    #[arg(long, value_name = "FILE", conflicts_with = "username")]
    pub(crate) from: Option<PathBuf>,

    /// All users, or all that the filters below leave
    #[arg(long, conflicts_with_all = ["username", "from"])]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) filters: Filters,
}

/// Get or create the token of users, and print the key
///
/// A token that is there is printed without locking anything; one that is made is printed once
/// it is committed. Run again, it prints the same key.
///
/// The users are named, or read with `--from`, or are all (`--all`), or all that match the
/// filters, which narrow each other. For many users the keys are made in short transactions, so
/// that the server can write in between.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// Go on without the users who are not there
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

    /// Write to this file, readable by nobody else, instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "key",
          value_parser = one_of(CreateToken::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) targets: Targets,
}

/// Remove the token of users
///
/// From then on the server refuses the key. A user without a token is "already so".
///
/// The users are named, or read with `--from`, or are all (`--all`), or all that match the
/// filters, which narrow each other. `--all` and filters ask before anything goes.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The token whose key is in this file (`-` for stdin), such as one that has leaked
    #[arg(long, value_name = "FILE", conflicts_with_all = ["username", "from", "all"])]
    pub(crate) key_file: Option<PathBuf>,

    /// Do not ask before revoking more than named users
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Show what would go, and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text",
          value_parser = one_of(Revoke::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) targets: Targets,
}

/// List users and their tokens
///
/// One row for each user that holds a token. Keys are masked: their first 8 characters.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Also the users without a token
    #[arg(long, conflicts_with = "without_token")]
    pub(crate) all_users: bool,

    /// Only the users without a token
    #[arg(long)]
    pub(crate) without_token: bool,

    /// The order
    #[arg(long, value_name = "ORDER", default_value = "username")]
    pub(crate) sort: Sort,

    /// At most this many rows
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,

    /// Show the keys in full
    #[arg(long)]
    pub(crate) show_keys: bool,

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "table",
          value_parser = one_of(List::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) filters: Filters,
}

/// Tell what the server would answer, without the server
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

/// Judge a token as DRF's TokenAuthentication does
///
/// Reads a key, or a whole `Authorization:` header, from a prompt, stdin or a file. Prints the
/// user and exits with 0, or prints DRF's own `detail` text and exits with 1.
#[derive(Debug, Args)]
pub(crate) struct VerifyToken {
    /// Read from this file instead of stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text",
          value_parser = one_of(Verify::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,
}

/// Judge a password as DRF's obtain_auth_token does
///
/// Prints the user and exits with 0, or prints DRF's own text and exits with 1. Knows every
/// hash that Django ships.
#[derive(Debug, Args)]
pub(crate) struct VerifyPassword {
    /// Who logs in, exactly as it would be sent to the server
    pub(crate) username: String,

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text",
          value_parser = one_of(Verify::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) source: PasswordSource,
}

/// Set the password of a user
///
/// As `create-user` reads, judges and hashes it. Whoever is logged in with the old password is
/// logged out by the server; tokens stay valid.
#[derive(Debug, Args)]
pub(crate) struct SetPassword {
    /// The user
    pub(crate) username: String,

    /// The form of stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text",
          value_parser = one_of(SetPassword::FORMATS), help_heading = "Global options")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) password: PasswordOptions,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// By name
    Username,
    /// Oldest token first
    Created,
    /// Longest unseen first
    LastLogin,
}

impl Migrate {
    const FORMATS: &[Format] = &[Format::Text, Format::Json];
}

impl CreateUser {
    const FORMATS: &[Format] = CreateToken::FORMATS;
}

impl CreateToken {
    const FORMATS: &[Format] = &[
        Format::Key,
        Format::Json,
        Format::Jsonl,
        Format::Header,
        Format::Env,
        Format::Drf,
    ];
}

impl Revoke {
    const FORMATS: &[Format] = &[Format::Text, Format::Json, Format::Jsonl];
}

impl Verify {
    const FORMATS: &[Format] = Migrate::FORMATS;
}

impl SetPassword {
    const FORMATS: &[Format] = Migrate::FORMATS;
}

impl List {
    const FORMATS: &[Format] = &[
        Format::Table,
        Format::Json,
        Format::Jsonl,
        Format::Csv,
        Format::Tsv,
        Format::Names,
    ];
}

impl Command {
    fn format(&self) -> (Format, &'static [Format]) {
        match self {
            Self::Migrate(args) => (args.format, Migrate::FORMATS),
            Self::CreateUser(args) => (args.format, CreateUser::FORMATS),
            Self::CreateToken(args) => (args.format, CreateToken::FORMATS),
            Self::Revoke(args) => (args.format, Revoke::FORMATS),
            Self::List(args) => (args.format, List::FORMATS),
            Self::Verify(args) => match &args.what {
                VerifyWhat::Token(args) => (args.format, Verify::FORMATS),
                VerifyWhat::Password(args) => (args.format, Verify::FORMATS),
            },
            Self::SetPassword(args) => (args.format, SetPassword::FORMATS),
        }
    }
}

impl Cli {
    /// Whether the command line asks for JSON, and so for errors in JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.command.format().0, Format::Json | Format::Jsonl)
    }

    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// What clap says of a line that is not one, and of `--help` and `--version`.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        // An empty variable is how compose files say that it is not set.
        let is_from_environment =
            matches.value_source("database") == Some(ValueSource::EnvVariable);
        if is_from_environment && cli.global.database.is_empty() {
            cli.global.database = OsString::from(DEFAULT_DATABASE);
        }
        // `--format` in front of the command cannot know the command's own list.
        let (format, formats) = cli.command.format();
        if formats.contains(&format) {
            return Ok(cli);
        }
        let names: Vec<String> = formats.iter().map(|format| name_of(*format)).collect();
        Err(Self::command().error(
            ErrorKind::InvalidValue,
            format!(
                "invalid value '{}' for '--format <FORMAT>' [possible values: {}]",
                name_of(format),
                names.join(", ")
            ),
        ))
    }
}

fn name_of(format: Format) -> String {
    format
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

fn one_of(formats: &'static [Format]) -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(formats.iter().filter_map(Format::to_possible_value))
        .try_map(|name| Format::from_str(&name, false))
}

fn hasher() -> impl TypedValueParser<Value = Hasher> {
    PossibleValuesParser::new(Hasher::ALL.map(Hasher::name)).try_map(|name| {
        Hasher::ALL
            .into_iter()
            .find(|hasher| hasher.name() == name)
            .ok_or("unknown")
    })
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, value)) if !column.is_empty() => Ok((column.to_owned(), value.to_owned())),
        _ => Err("write it as COLUMN=VALUE".to_owned()),
    }
}

/// Reads `90d`, `12h`, `30m` or `45s`.
fn duration(text: &str) -> Result<Duration, String> {
    let problem = || "write it as a number and d, h, m or s, such as 90d or 45s".to_owned();
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(problem)?;
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return Err(problem()),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(problem());
    }
    let number: u64 = number.parse().map_err(|_| problem())?;
    // More than a millennium is a slip, and more than SQLite or a date can take.
    number
        .checked_mul(seconds)
        .filter(|seconds| *seconds <= 400_000 * 86_400)
        .map(Duration::from_secs)
        .ok_or_else(|| "that is longer than 400000d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [
            ("90d", 7_776_000),
            ("12h", 43_200),
            ("30m", 1_800),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in [
            "",
            "s",
            "5",
            "-5s",
            "+5s",
            "5.5h",
            "5 s",
            "5w",
            "1h30m",
            "99999999999999999999d",
            "9999999d",
            "5é",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_format_may_stand_before_and_behind_the_command() {
        for line in [
            "drfctl --format json list",
            "drfctl list --format json",
            "drfctl -f json list",
        ] {
            let cli = Cli::read(line.split(' ').map(OsString::from)).unwrap();
            assert_eq!(cli.command.format().0, Format::Json, "{line}");
        }
        let line = "drfctl --format header list";
        let error = Cli::read(line.split(' ').map(OsString::from)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue);
    }
}
