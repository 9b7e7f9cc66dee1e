//! How to connect: what the URL says, and what it leaves out as libpq would find it, in the
//! service file, the environment and the password file. Nothing is connected here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_postgres::config::ChannelBinding;

use super::files::{self, Login, PasswordFile};
use crate::db::error::Cause;
use crate::db::location::ServerUrl;
use crate::escape::quoted;
use crate::platform::process;
use crate::secret::Password;

const DEFAULT_PORT: u16 = 5432;

/// Where Debian's and where PostgreSQL's own servers have their sockets.
const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// All that a connection needs.
pub(super) struct Settings {
    /// In the order in which they are to be tried; never empty.
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) application_name: String,
    pub(super) ssl: Ssl,
    pub(super) channel_binding: ChannelBinding,
    pub(super) target: Target,
    /// How long to try one address.
    pub(super) connect_timeout: Option<Duration>,
    /// Parameters of the session that hold in every transaction: a bouncer would refuse them in
    /// the start of a connection, and hand them on to others when they are set for the session.
    pub(super) parameters: Vec<(String, String)>,
    /// The role that every transaction assumes.
    pub(super) role: Option<String>,
    /// A password file that was not read, since others can read it.
    pub(super) ignored_passfile: Option<PathBuf>,
}

/// An address to try.
pub(super) struct Host {
    /// A name or an address, or the directory of a socket.
    pub(super) name: String,
    pub(super) port: u16,
    pub(super) password: Option<Password>,
}

/// How the connection is protected.
pub(super) struct Ssl {
    pub(super) mode: SslMode,
    /// The file of the certificates to trust; `None` for the system's.
    pub(super) root: Option<PathBuf>,
    /// The files of the client's certificate and its key.
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

/// libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// libpq's `target_session_attrs`: which server will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    /// Any, but one that takes writes before the others: what several hosts mean here, where
    /// libpq would take the first, and a command that writes would fail on a standby.
    PreferWritable,
    PreferStandby,
}

impl Host {
    pub(super) fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }
}

impl Settings {
    /// Completes a URL as libpq would.
    pub(super) fn read(
        url: &ServerUrl,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Cause> {
        let source = Source::new(url, variable)?;
        let user = match url.user.clone().or_else(|| source.get("user", "PGUSER")) {
            Some(user) => user,
            None => source.system_user().ok_or_else(|| {
                Cause::Setting("the URL names no user, and the system knows none".to_owned())
            })?,
        };
        let database = url.database.clone();
        let database = database
            .or_else(|| source.get("dbname", "PGDATABASE"))
            .unwrap_or_else(|| user.clone());
        let mut hosts = source.hosts()?;
        let ignored_passfile = source.find_passwords(&mut hosts, &user, &database);
        Ok(Self {
            target: source.target(hosts.len())?,
            hosts,
            user,
            database,
            application_name: source
                .get("application_name", "PGAPPNAME")
                .unwrap_or_else(|| "drfctl".to_owned()),
            ssl: source.ssl()?,
            channel_binding: source.channel_binding()?,
            connect_timeout: source.connect_timeout()?,
            parameters: source.parameters()?,
            role: url.option("assume_role").map(str::to_owned),
            ignored_passfile,
        })
    }
}

/// Where settings come from.
struct Source<'a> {
    url: &'a ServerUrl,
    service: Vec<(String, String)>,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Source<'a> {
    fn new(
        url: &'a ServerUrl,
        variable: &'a dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Cause> {
        let mut source = Self {
            url,
            service: Vec::new(),
            variable,
        };
        if let Some(name) = source.get("service", "PGSERVICE") {
            source.service = source.read_service(&name)?;
        }
        Ok(source)
    }

    /// A setting: the URL's, the service's, the environment's.
    fn get(&self, option: &str, variable: &str) -> Option<String> {
        let in_service = || {
            let mut settings = self.service.iter();
            settings.find_map(|(name, value)| (name == option).then(|| value.clone()))
        };
        self.url
            .option(option)
            .map(str::to_owned)
            .or_else(in_service)
            .or_else(|| self.variable(variable))
            .filter(|value| !value.is_empty())
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn in_home(&self, path: &str) -> Option<PathBuf> {
        self.variable("HOME")
            .map(|home| Path::new(&home).join(path))
    }

    fn read_service(&self, name: &str) -> Result<Vec<(String, String)>, Cause> {
        let own = self.variable("PGSERVICEFILE").map(PathBuf::from);
        let own = own.or_else(|| self.in_home(".pg_service.conf"));
        let system = self.variable("PGSYSCONFDIR");
        let system = system.unwrap_or_else(|| "/etc/postgresql-common".to_owned());
        let system = Path::new(&system).join("pg_service.conf");
        for file in own.into_iter().chain([system]) {
            match files::service(&file, name) {
                Ok(Some(settings)) => return Ok(settings),
                Ok(None) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Cause::Setting(format!(
                        "the service file {} cannot be read: {}",
                        quoted(&file.to_string_lossy()),
                        crate::escape::system_words(&error)
                    )));
                }
            }
        }
        Err(Cause::Setting(format!(
            "no service file has the service {}",
            quoted(name)
        )))
    }

    /// The name of the user who runs this, as libpq takes it.
    fn system_user(&self) -> Option<String> {
        let id = process::user().to_string();
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut users = users.lines().map(|line| line.split(':'));
        users
            .find_map(|mut fields| {
                let name = fields.next()?;
                (fields.nth(1) == Some(id.as_str())).then(|| name.to_owned())
            })
            .or_else(|| {
                let mut names = process::USER_NAME.into_iter();
                names.find_map(|name| self.variable(name))
            })
    }

    fn hosts(&self) -> Result<Vec<Host>, Cause> {
        let ports = self.get("port", "PGPORT").unwrap_or_default();
        let ports = ports
            .split(',')
            .map(|port| match port.trim() {
                "" => Ok(DEFAULT_PORT),
                port => port.parse().map_err(|_| invalid("port", "a number")),
            })
            .collect::<Result<Vec<u16>, _>>()?;
        let in_url = self.url.hosts.iter();
        let mut places: Vec<(String, Option<u16>)> =
            in_url.map(|host| (host.name.clone(), host.port)).collect();
        if places.is_empty() {
            let names = self.get("host", "PGHOST").unwrap_or_default();
            places.extend(names.split(',').map(|name| (name.trim().to_owned(), None)));
        }
        let hosts = places
            .into_iter()
            .zip(ports.iter().cycle())
            .map(|((name, port), default)| {
                let port = port.unwrap_or(*default);
                Host {
                    name: if name.is_empty() {
                        default_socket(port)
                    } else {
                        name
                    },
                    port,
                    password: None,
                }
            });
        Ok(hosts.collect())
    }

    /// Gives each host its password, and names a password file that had to be ignored.
    fn find_passwords(&self, hosts: &mut [Host], user: &str, database: &str) -> Option<PathBuf> {
        let given = self.url.password.clone();
        let given = given.or_else(|| self.get("password", "PGPASSWORD").map(Password::new));
        if given.is_some() {
            for host in hosts {
                host.password.clone_from(&given);
            }
            return None;
        }
        let path = self.get("passfile", "PGPASSFILE").map(PathBuf::from);
        let path = path.or_else(|| self.in_home(".pgpass"))?;
        let file = PasswordFile::read(&path);
        for host in hosts {
            let is_default = SOCKET_DIRECTORIES.contains(&host.name.as_str());
            host.password = file.password(Login {
                host: if is_default { "localhost" } else { &host.name },
                port: host.port,
                database,
                user,
            });
        }
        file.is_ignored.then_some(path)
    }

    fn ssl(&self) -> Result<Ssl, Cause> {
        let mode = self.get("sslmode", "PGSSLMODE");
        let has = |option| {
            let value = self.url.option(option).map(str::to_ascii_lowercase);
            matches!(value.as_deref(), Some("true" | "1" | "require"))
        };
        let is_required = has("ssl") || has("ssl_require");
        let mut mode = match mode.as_deref() {
            None if is_required => SslMode::Require,
            Some("disable") => SslMode::Disable,
            Some("allow") => SslMode::Allow,
            None | Some("prefer") => SslMode::Prefer,
            Some("require") => SslMode::Require,
            Some("verify-ca") => SslMode::VerifyCa,
            Some("verify-full") => SslMode::VerifyFull,
            Some(_) => {
                return Err(invalid(
                    "sslmode",
                    "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`",
                ));
            }
        };
        let own = |name: &str| {
            let path = self.in_home(".postgresql")?.join(name);
            path.is_file().then_some(path)
        };
        let named_root = self.get("sslrootcert", "PGSSLROOTCERT");
        let is_system = named_root.as_deref() == Some("system");
        if is_system {
            // Anybody can have a certificate that the system trusts, if only for another name.
            mode = SslMode::VerifyFull;
        }
        let root = named_root.map(PathBuf::from).filter(|_| !is_system);
        let root = root.or_else(|| own("root.crt").filter(|_| !is_system));
        if mode == SslMode::Require && root.is_some() {
            // As libpq does where there is a root to check against.
            mode = SslMode::VerifyCa;
        }
        let certificate = self.get("sslcert", "PGSSLCERT").map(PathBuf::from);
        let key = self.get("sslkey", "PGSSLKEY").map(PathBuf::from);
        Ok(Ssl {
            mode,
            root,
            client: certificate
                .or_else(|| own("postgresql.crt"))
                .zip(key.or_else(|| own("postgresql.key"))),
        })
    }

    fn channel_binding(&self) -> Result<ChannelBinding, Cause> {
        let value = self.get("channel_binding", "PGCHANNELBINDING");
        match value.as_deref() {
            Some("disable") => Ok(ChannelBinding::Disable),
            None | Some("prefer") => Ok(ChannelBinding::Prefer),
            Some("require") => Ok(ChannelBinding::Require),
            Some(_) => Err(invalid(
                "channel_binding",
                "`disable`, `prefer` or `require`",
            )),
        }
    }

    fn target(&self, hosts: usize) -> Result<Target, Cause> {
        let value = self.get("target_session_attrs", "PGTARGETSESSIONATTRS");
        Ok(match value.as_deref() {
            None if hosts > 1 => Target::PreferWritable,
            None | Some("any") => Target::Any,
            Some("read-write") => Target::ReadWrite,
            Some("read-only") => Target::ReadOnly,
            Some("primary") => Target::Primary,
            Some("standby") => Target::Standby,
            Some("prefer-standby") => Target::PreferStandby,
            Some(_) => {
                return Err(invalid(
                    "target_session_attrs",
                    "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`",
                ));
            }
        })
    }

    fn connect_timeout(&self) -> Result<Option<Duration>, Cause> {
        let Some(value) = self.get("connect_timeout", "PGCONNECT_TIMEOUT") else {
            return Ok(None);
        };
        match value.parse::<i64>() {
            Ok(seconds) => Ok(u64::try_from(seconds)
                .ok()
                .filter(|seconds| *seconds > 0)
                .map(Duration::from_secs)),
            Err(_) => Err(invalid("connect_timeout", "a number of seconds")),
        }
    }

    fn parameters(&self) -> Result<Vec<(String, String)>, Cause> {
        let mut parameters = match self.get("options", "PGOPTIONS") {
            Some(options) => read_options(&options)
                .ok_or_else(|| invalid("options", "a list of `-c NAME=VALUE`"))?,
            None => Vec::new(),
        };
        if let Some(schema) = self.url.option("currentSchema") {
            parameters.push(("search_path".to_owned(), schema.to_owned()));
        }
        Ok(parameters)
    }
}

fn invalid(option: &str, expected: &str) -> Cause {
    Cause::Setting(format!("`{option}` is not {expected}"))
}

fn default_socket(port: u16) -> String {
    let mut directories = SOCKET_DIRECTORIES.iter();
    let has_socket = |directory: &&&str| Path::new(directory).join(socket_name(port)).exists();
    let found = directories.find(has_socket);
    (*found.unwrap_or(&SOCKET_DIRECTORIES[0])).to_owned()
}

/// The name of a socket in its directory.
pub(super) fn socket_name(port: u16) -> String {
    format!(".s.PGSQL.{port}")
}

/// The parameters that `-c NAME=VALUE` and `--NAME=VALUE` set, words as the server splits them;
/// `None` where there is anything else.
fn read_options(options: &str) -> Option<Vec<(String, String)>> {
    let mut words = split_words(options).into_iter();
    let mut parameters = Vec::new();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("--") {
            Some(setting) => setting.to_owned(),
            None => match word.strip_prefix("-c")? {
                "" => words.next()?,
                setting => setting.to_owned(),
            },
        };
        let (name, value) = setting.split_once('=')?;
        parameters.push((name.replace('-', "_"), value.to_owned()));
    }
    Some(parameters)
}

/// Splits at blanks; a backslash takes the next character as it is.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character.is_ascii_whitespace() {
            words.extend(word.take());
            continue;
        }
        let literal = match character {
            '\\' => characters.next(),
            other => Some(other),
        };
        word.get_or_insert_default().extend(literal);
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests;
