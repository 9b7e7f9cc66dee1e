//! Options that several commands take.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Args, ColorChoice, Command, FromArgMatches};

use super::values::{OutputFormat, age, duration, format_names, iterations, names_of, out_file};
use crate::django::hashers::Hasher;

/// Django's own default.
pub(crate) const DEFAULT_DATABASE: &str = "db.sqlite3";

const GLOBAL_OPTIONS: &str = "Global options";

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = GLOBAL_OPTIONS)]
pub(crate) struct Global {
    /// The database: a path, or a URL such as `sqlite:////srv/app/db.sqlite3`,
    /// `postgres://user@host/name` or `mysql://user@host/name`
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

    /// When to use colour (`auto`: on a terminal, unless `NO_COLOR` is set or `TERM=dumb`)
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        value_enum
    )]
    pub(crate) color: ColorChoice,

    /// Print only errors on stderr
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Print help (`-h` for a summary)
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
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
    pub(crate) fn is_json(&self) -> bool {
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
            .help_heading(None)
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
            let mut error = clap::Error::new(ErrorKind::InvalidValue);
            let mut add = |kind, value| error.insert(kind, value);
            add(
                ContextKind::InvalidArg,
                ContextValue::String("--format".to_owned()),
            );
            add(
                ContextKind::InvalidValue,
                ContextValue::String(name.clone()),
            );
            add(
                ContextKind::ValidValue,
                ContextValue::Strings(names_of::<F>()),
            );
            error
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

    /// Read the password from a file
    ///
    /// A warning says if others can read it, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Read the password from this environment variable
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

    /// Set an unusable password
    ///
    /// Nobody can log in with it: for service accounts that only use a token.
    #[arg(long, group = "source", conflicts_with = "hashed")]
    pub(crate) no_password: bool,

    /// The input is a Django password hash: store it unchanged
    #[arg(long, hide_short_help = true, requires = "source", conflicts_with_all = ["hasher", "iterations"])]
    pub(crate) hashed: bool,

    /// Skip password validation
    ///
    /// Without it, Django's four default validators apply: not too similar to the user's name or
    /// e-mail address, at least 8 characters, not a common password, not entirely numeric.
    #[arg(long, hide_short_help = true)]
    pub(crate) allow_weak_password: bool,

    /// Hash algorithm [default: that of most of the newest passwords, else `pbkdf2_sha256`]
    #[arg(long, hide_short_help = true, value_name = "NAME", value_enum)]
    pub(crate) hasher: Option<Hasher>,

    /// PBKDF2 iterations [default: those of the newest passwords in the database, else Django's]
    ///
    /// The first password in a database gets the 1,500,000 of Django 6.1. An older server accepts it,
    /// and hashes it again with its own count at the first login: Django 5.2 with 1,000,000, Django
    /// 4.2 with 600,000.
    #[arg(long, hide_short_help = true, value_name = "N", value_parser = iterations)]
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
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) older_than: Option<Duration>,

    /// Users who last logged in longer ago than this
    ///
    /// Excludes users who never logged in.
    #[arg(long, value_name = "AGE", value_parser = age, conflicts_with = "never_logged_in")]
    pub(crate) last_login_before: Option<Duration>,

    /// Users who never logged in
    ///
    /// Requests that are authenticated with a token do not count as logins: API clients that only
    /// use their token are among these users.
    #[arg(long, hide_short_help = true)]
    pub(crate) never_logged_in: bool,

    /// Active users
    #[arg(long, hide_short_help = true, conflicts_with = "inactive")]
    pub(crate) active: bool,

    /// Inactive users
    #[arg(long)]
    pub(crate) inactive: bool,

    /// Staff: users who may log in to the admin
    #[arg(long, hide_short_help = true)]
    pub(crate) staff: bool,

    /// Superusers
    #[arg(long, hide_short_help = true)]
    pub(crate) superuser: bool,

    /// Users in this group
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(crate) group: Option<String>,

    /// Users whose name matches this pattern (`ci-*`)
    ///
    /// `*` stands for any text, `?` for one character, `[abc]` for one of these.
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
#[derive(Debug, Default, Args)]
pub(crate) struct OutOptions {
    /// Write to this file instead of stdout
    ///
    /// Only its owner can read the file (mode 0600). It is written whole or not at all. An existing
    /// file is replaced, or left alone where nothing about it would change.
    #[arg(long, value_name = "FILE", value_parser = out_file())]
    pub(crate) out: Option<PathBuf>,

    /// Owner of the file: the user of the service that reads it
    ///
    /// Needs root. Without it, a file written by root keeps its owner, and a new one belongs to the
    /// owner of its directory.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "USER[:GROUP]",
        requires = "out"
    )]
    pub(crate) owner: Option<String>,
}

/// Which users a command acts on: by name, from a file, or by filters.
#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// Names of the users
    #[arg(hide_short_help = true)]
    pub(crate) username: Vec<String>,

    /// Read user names from this file (`-`: stdin)
    ///
    /// One name per line.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "username",
        display_order = 0
    )]
    pub(crate) from: Option<PathBuf>,

    /// All users, or all that match the filters
    #[arg(long, conflicts_with_all = ["username", "from"], display_order = 0)]
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
