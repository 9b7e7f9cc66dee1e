//! Options that several commands take.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, ColorChoice, Command, FromArgMatches};

use super::values::{OutputFormat, duration, format_names, names_of};
use crate::django::hashers::Hasher;

/// Django's own default.
pub(super) const DEFAULT_DATABASE: &str = "db.sqlite3";

const GLOBAL_OPTIONS: &str = "Global options";

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = GLOBAL_OPTIONS)]
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

    /// User table, if it cannot be detected
    #[arg(
        long,
        global = true,
        env = "DRFCTL_USER_TABLE",
        hide_env_values = true,
        value_name = "TABLE"
    )]
    pub(crate) user_table: Option<String>,

    /// Column that users log in with, if it cannot be detected
    #[arg(
        long,
        global = true,
        env = "DRFCTL_USERNAME_FIELD",
        hide_env_values = true,
        value_name = "COLUMN"
    )]
    pub(crate) username_field: Option<String>,

    /// Time zone of the times in the database, for projects with `USE_TZ = False`
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

    /// Output format (see each command's help)
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        value_parser = PossibleValuesParser::new(format_names()),
        hide_possible_values = true
    )]
    pub(crate) format: Option<String>,

    /// When to use colour: `auto` is on a terminal, unless `NO_COLOR` is set or `TERM=dumb`
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        value_enum
    )]
    pub(crate) color: ColorChoice,

    /// Print nothing but errors on stderr
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// `--format`, with the values that one command takes.
///
/// The option may also stand before the command, where [`Global`] reads it: both read text, and
/// the command's own values are looked up once the whole line is known.
#[derive(Debug)]
pub(crate) struct FormatOption<F>(F);

impl<F: OutputFormat> FormatOption<F> {
    const ID: &'static str = "format";

    /// The format that the command line asks for.
    pub(crate) fn get(&self) -> F {
        self.0
    }

    /// Whether it is JSON.
    pub(super) fn is_json(&self) -> bool {
        self.0.is_json()
    }
}

impl<F: OutputFormat> Args for FormatOption<F> {
    fn augment_args(command: Command) -> Command {
        let values = F::value_variants().iter().filter_map(F::to_possible_value);
        let default = F::default()
            .to_possible_value()
            .map(|value| value.get_name().to_owned());
        let option = Arg::new(Self::ID)
            .short('f')
            .long(Self::ID)
            .value_name("FORMAT")
            .help("Output format")
            .help_heading(GLOBAL_OPTIONS)
            .value_parser(PossibleValuesParser::new(values));
        command.arg(option.default_values(default))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<F: OutputFormat> FromArgMatches for FormatOption<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let Some(name) = matches.get_one::<String>(Self::ID) else {
            return Ok(Self(F::default()));
        };
        F::from_str(name, false).map(Self).map_err(|_| {
            let values = names_of::<F>().join(", ");
            clap::Error::raw(
                ErrorKind::InvalidValue,
                format!(
                    "invalid value '{name}' for '--format <FORMAT>' [possible values: {values}]"
                ),
            )
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
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

    /// Read the password from a file; a warning says if others can read it, too
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Read the password from the environment variable of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
}

impl PasswordSource {
    /// Whether the command line says where the password comes from.
    pub(crate) fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some() || self.password_env.is_some()
    }
}

/// Where a new password comes from, and how it is stored.
#[derive(Debug, Args)]
#[command(next_help_heading = "Password")]
pub(crate) struct PasswordOptions {
    #[command(flatten)]
    pub(crate) source: PasswordSource,

    /// Set no password, so that nobody can log in with one (for service accounts that use tokens)
    #[arg(long, group = "source", conflicts_with = "hashed")]
    pub(crate) no_password: bool,

    /// The input is a Django password hash: store it unchanged
    #[arg(long, requires = "source", conflicts_with_all = ["hasher", "iterations"])]
    pub(crate) hashed: bool,

    /// Accept a password that Django's validators refuse
    #[arg(long)]
    pub(crate) allow_weak_password: bool,

    /// Hash algorithm [default: that of most of the newest passwords, else pbkdf2_sha256]
    #[arg(long, value_name = "NAME", value_enum)]
    pub(crate) hasher: Option<Hasher>,

    /// PBKDF2 iterations [default: as in the database's newest rows, else Django's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) iterations: Option<u32>,
}

impl PasswordOptions {
    /// Whether the command line says what password to set.
    pub(crate) fn is_given(&self) -> bool {
        self.source.is_given() || self.no_password
    }
}

/// Which users, where they are not named one by one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Tokens older than this (`90d`, `12h`)
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) older_than: Option<Duration>,

    /// Users who last logged in longer ago than this; excludes users who never logged in
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "never_logged_in")]
    pub(crate) last_login_before: Option<Duration>,

    /// Users who never logged in with their password
    #[arg(long)]
    pub(crate) never_logged_in: bool,

    /// Active users
    #[arg(long, conflicts_with = "inactive")]
    pub(crate) active: bool,

    /// Inactive users, whom the server refuses
    #[arg(long)]
    pub(crate) inactive: bool,

    /// Users with access to the admin
    #[arg(long)]
    pub(crate) staff: bool,

    /// Superusers
    #[arg(long)]
    pub(crate) superuser: bool,

    /// Users in this group
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,

    /// Users whose name matches this pattern of `*`, `?` and `[…]`
    #[arg(long = "username", id = "username_glob", value_name = "GLOB")]
    pub(crate) glob: Option<String>,
}

impl Filters {
    /// Whether any is on the command line.
    pub(crate) fn are_given(&self) -> bool {
        self.older_than.is_some()
            || self.last_login_before.is_some()
            || self.never_logged_in
            || self.active
            || self.inactive
            || self.staff
            || self.superuser
            || self.group.is_some()
            || self.glob.is_some()
    }
}

/// Where new keys go, if not to stdout.
#[derive(Debug, Args)]
pub(crate) struct OutOptions {
    /// Write to this file, readable by its owner alone, instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Give the file to the service that reads it (needs root) [default: as its directory, for root]
    #[arg(long, value_name = "USER[:GROUP]", requires = "out")]
    pub(crate) owner: Option<String>,
}

/// Which users a command acts on: by name, from a file, or by filters.
#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// Names of the users
    pub(crate) username: Vec<String>,

    /// Read the users' names from a file, one per line (`-` for stdin)
    #[arg(long, value_name = "FILE", conflicts_with = "username")]
    pub(crate) from: Option<PathBuf>,

    /// All users, or all that match the filters
    #[arg(long, conflicts_with_all = ["username", "from"])]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) filters: Filters,
}

impl Targets {
    /// Whether a single user is named.
    pub(crate) fn is_one(&self) -> bool {
        self.from.is_none() && self.username.len() == 1
    }
}
