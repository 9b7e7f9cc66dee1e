//! Which server, which account, TLS or not: what the URL says, and what it leaves out as MySQL's
//! own client finds it. Then the session's settings, so that nothing depends on the server's.

use std::fmt;
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::mysql::consts::CapabilityFlags;
use ::mysql::prelude::Queryable as _;
use ::mysql::{ClientIdentity, Conn, DriverError, Error, OptsBuilder, SslOpts};

use super::error;
use super::option_files::OptionFiles;
use crate::db::error::Cause;
use crate::db::location::{Host, ServerUrl};
use crate::db::settings::Settings;
use crate::escape::{quoted, system_words};
use crate::platform::process;
use crate::secret::Password;

/// Sent to a server first. Times are UTC, errors are errors, and the server says so when a lock is
/// not to be had, in [`super::LOCK_WAIT`].
///
/// The last is Galera's, so that a read on one node sees what was written on another: other
/// servers do not know it.
const SESSION: &str = "\
    SET NAMES utf8mb4, autocommit = 1, time_zone = '+00:00', \
    sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
    NO_ENGINE_SUBSTITUTION', \
    foreign_key_checks = 1, unique_checks = 1, sql_auto_is_null = 0, max_error_count = 65535, \
    innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, \
    wait_timeout = 28800, net_write_timeout = 28800; \
    SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
    SET SESSION wsrep_sync_wait = 1";

const DEFAULT_PORT: u16 = 3306;

/// Where packages put the socket.
const SOCKETS: [&str; 4] = [
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
];

/// Where systems keep the certificates of the authorities that they trust.
const AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// A server, and how to get in.
pub(super) struct Server {
    addresses: Vec<Address>,
    user: String,
    password: Option<Password>,
    database: String,
    tls: Option<Tls>,
    place: String,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    /// A socket in the file system.
    Socket(String),
    /// A host and a port.
    Tcp(String, u16),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => f.write_str(path),
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
        }
    }
}

/// TLS, for connections over TCP.
#[derive(Clone, Debug)]
struct Tls {
    options: SslOpts,
    /// Whether to go on without it where the server has none.
    is_optional: bool,
}

impl Server {
    /// What the URL, option files and the environment say, in this order.
    pub(super) fn of(url: &ServerUrl, settings: &Settings) -> Result<Self, Cause> {
        let variable = |name: &str| {
            let value = (settings.variable)(name)?;
            value.into_string().ok().filter(|value| !value.is_empty())
        };
        let options = Options {
            url,
            files: option_files(url, &variable)?,
            variable: &variable,
        };
        let database = url.database.clone();
        let addresses = options.addresses()?;
        Ok(Self {
            place: addresses
                .first()
                .map(Address::to_string)
                .unwrap_or_default(),
            addresses,
            user: options.user(),
            password: options.password(),
            database: database
                .or_else(|| options.files.get("database").map(str::to_owned))
                .ok_or_else(|| Cause::Other("has no name; end the URL with `/NAME`".to_owned()))?,
            tls: options.tls()?,
        })
    }

    /// The server, as messages name it: a host and port, or a socket.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The name of the database.
    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// Connects to the first address that can be reached. From then on the server may be silent
    /// for so long, or for ever.
    pub(super) fn connect(
        &self,
        timeout: Duration,
        silence: Option<Duration>,
    ) -> Result<Conn, Cause> {
        let mut unreachable = None;
        for address in &self.addresses {
            match self.session(address, timeout, silence) {
                Ok(connection) => return Ok(connection),
                Err(error) => {
                    let cause = error::connecting_cause(error, &address.to_string());
                    if !matches!(cause, Cause::Unreachable(_)) {
                        return Err(cause);
                    }
                    unreachable.get_or_insert(cause);
                }
            }
        }
        Err(unreachable.unwrap_or_else(|| Cause::Unreachable("no address is known".to_owned())))
    }

    fn session(
        &self,
        address: &Address,
        timeout: Duration,
        silence: Option<Duration>,
    ) -> Result<Conn, Error> {
        let options = self.options(address, timeout, silence);
        let in_clear = || connect_to(address, &options).map_err(error::in_clear);
        let mut connection = match &self.tls {
            _ if !address.is_tcp() => connect_to(address, &options)?,
            None => in_clear()?,
            Some(tls) => {
                let encrypted = options.clone().ssl_opts(tls.options.clone());
                match connect_to(address, &encrypted) {
                    Err(Error::DriverError(DriverError::TlsNotSupported)) if tls.is_optional => {
                        in_clear()?
                    }
                    connected => connected?,
                }
            }
        };
        match connection.query_drop(SESSION) {
            // Not Galera.
            Err(Error::MySqlError(error)) if error.message.contains("wsrep_sync_wait") => {}
            done => done?,
        }
        Ok(connection)
    }

    fn options(
        &self,
        address: &Address,
        timeout: Duration,
        silence: Option<Duration>,
    ) -> OptsBuilder {
        /// What the server may send at once: it asks for nothing more on its side.
        const LARGEST_PACKET: usize = 64 << 20;
        const SHORTEST: Duration = Duration::from_secs(1);
        const KEEPALIVE_MS: u32 = 30_000;
        let options = OptsBuilder::new()
            .user(Some(self.user.as_str()))
            .pass(self.password.as_ref().map(Password::expose))
            .db_name(Some(self.database.as_str()))
            // As Django does: an UPDATE counts the rows that it finds.
            .additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS)
            // Both would be asked of the server first.
            .max_allowed_packet(Some(LARGEST_PACKET))
            .prefer_socket(false)
            .stmt_cache_size(0)
            .tcp_keepalive_time_ms(Some(KEEPALIVE_MS))
            .tcp_connect_timeout(Some(timeout.max(SHORTEST)))
            .read_timeout(silence)
            .write_timeout(silence);
        match address {
            Address::Socket(path) => options.socket(Some(path.as_str())),
            Address::Tcp(host, port) => options.ip_or_hostname(Some(host.as_str())).tcp_port(*port),
        }
    }
}

impl Address {
    fn is_tcp(&self) -> bool {
        matches!(self, Self::Tcp(..))
    }
}

/// Tries every address of a host. The client gives up with the first that does not answer, unless
/// it is bound to a family: then it tries all of that family.
fn connect_to(address: &Address, options: &OptsBuilder) -> Result<Conn, Error> {
    let Address::Tcp(host, port) = address else {
        return Conn::new(options.clone());
    };
    let addresses = (host.as_str(), *port).to_socket_addrs().map_err(|error| {
        let failure = (host.clone(), error.to_string(), error.kind());
        DriverError::CouldNotConnect(Some(failure))
    })?;
    let mut families: Vec<IpAddr> = addresses
        .map(|address| match address {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        })
        .collect();
    families.sort_unstable();
    families.dedup();
    let mut failure = DriverError::CouldNotConnect(None).into();
    for (number, family) in families.into_iter().enumerate() {
        let bound = options.clone().bind_address(Some((family, 0)));
        match Conn::new(bound) {
            Err(
                error @ Error::DriverError(
                    DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout,
                ),
            ) => {
                if number == 0 {
                    failure = error;
                }
            }
            connected => return connected,
        }
    }
    Err(failure)
}

/// Where the URL names an option file, that one alone is read.
fn option_files(
    url: &ServerUrl,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<OptionFiles, Cause> {
    let group = url.option("read_default_group");
    let Some(path) = url.option("read_default_file") else {
        let [mysql_home, home] =
            ["MYSQL_HOME", "HOME"].map(|name| variable(name).map(PathBuf::from));
        return Ok(OptionFiles::usual(mysql_home, home, group));
    };
    OptionFiles::named(Path::new(path), group).map_err(|error| {
        Cause::Other(format!(
            "has an option file {} that cannot be read: {}",
            quoted(path),
            system_words(&error)
        ))
    })
}

/// All that is known about the connection.
struct Options<'a> {
    url: &'a ServerUrl,
    files: OptionFiles,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Options<'_> {
    /// An option that the URL may name with dashes or underscores.
    fn get(&self, name: &str) -> Option<&str> {
        self.url
            .option(name)
            .or_else(|| self.url.option(&name.replace('-', "_")))
            .or_else(|| self.files.get(name))
    }

    fn user(&self) -> String {
        let from_file = || self.files.get("user").map(str::to_owned);
        let of_system = || {
            if process::is_root() {
                return Some("root".to_owned());
            }
            process::USER_NAME.into_iter().find_map(self.variable)
        };
        self.url
            .user
            .clone()
            .or_else(from_file)
            .or_else(of_system)
            .unwrap_or_default()
    }

    fn password(&self) -> Option<Password> {
        let from_file = || self.files.get("password").map(str::to_owned);
        self.url.password.clone().or_else(|| {
            from_file()
                .or_else(|| (self.variable)("MYSQL_PWD"))
                .map(Password::new)
        })
    }

    fn addresses(&self) -> Result<Vec<Address>, Cause> {
        if !self.url.hosts.is_empty() {
            return self
                .url
                .hosts
                .iter()
                .map(|host| self.address(host))
                .collect();
        }
        let host = self.files.get("host").map(str::to_owned);
        let host = host.or_else(|| (self.variable)("MYSQL_HOST"));
        Ok(vec![self.address(&Host {
            name: host.unwrap_or_default(),
            port: None,
        })?])
    }

    fn address(&self, host: &Host) -> Result<Address, Cause> {
        if host.name.starts_with('/') {
            return Ok(Address::Socket(host.name.clone()));
        }
        let is_local = host.name.is_empty() || host.name == "localhost";
        // The client takes the local host for a socket, unless a port says otherwise.
        if is_local && host.port.is_none() {
            let named = self.files.get("socket").map(str::to_owned);
            let named = named.or_else(|| (self.variable)("MYSQL_UNIX_PORT"));
            let usual = || SOCKETS.iter().find(|path| Path::new(path).exists());
            if let Some(socket) = named.or_else(|| usual().map(|path| (*path).to_owned())) {
                return Ok(Address::Socket(socket));
            }
        }
        let port = match host.port {
            Some(port) => port,
            None => self.default_port()?,
        };
        let name = if is_local { "localhost" } else { &host.name };
        Ok(Address::Tcp(name.to_owned(), port))
    }

    fn default_port(&self) -> Result<u16, Cause> {
        let named = self.files.get("port").map(str::to_owned);
        match named.or_else(|| (self.variable)("MYSQL_TCP_PORT")) {
            None => Ok(DEFAULT_PORT),
            Some(port) => port
                .parse()
                .map_err(|_| Cause::Other(format!("has no port {}", quoted(&port)))),
        }
    }

    /// `ssl-mode` as MySQL's client knows it, and what says the same elsewhere.
    fn tls(&self) -> Result<Option<Tls>, Cause> {
        let is_on = |name: &str| {
            let value = self.get(name)?.to_ascii_lowercase();
            Some(!matches!(value.as_str(), "0" | "false" | "off" | "no"))
        };
        let authorities = self.get("ssl-ca").map(PathBuf::from);
        let mode = match self.get("ssl-mode") {
            Some(mode) => mode.to_ascii_uppercase(),
            None if authorities.is_some() || is_on("ssl-verify-server-cert") == Some(true) => {
                "VERIFY_IDENTITY".to_owned()
            }
            None => match is_on("ssl").or_else(|| is_on("ssl-require")) {
                Some(true) => "REQUIRED".to_owned(),
                Some(false) => "DISABLED".to_owned(),
                None => "PREFERRED".to_owned(),
            },
        };
        let options = SslOpts::default();
        let options = match mode.as_str() {
            "DISABLED" => return Ok(None),
            "PREFERRED" | "REQUIRED" => options.with_danger_accept_invalid_certs(true),
            // The client trusts the public authorities whatever file is named: without a look at
            // the name, anybody's certificate would do. So both look at it.
            "VERIFY_CA" | "VERIFY_IDENTITY" => {
                let usual = || {
                    AUTHORITIES
                        .iter()
                        .map(PathBuf::from)
                        .find(|path| path.exists())
                };
                options.with_root_cert_path(authorities.or_else(usual))
            }
            _ => {
                return Err(Cause::Tls(format!(
                    "there is no `ssl-mode` {}, only DISABLED, PREFERRED, REQUIRED, VERIFY_CA and \
                     VERIFY_IDENTITY",
                    quoted(&mode)
                )));
            }
        };
        // The client's own words for such a file do not name it.
        for name in ["ssl-ca", "ssl-cert", "ssl-key"] {
            if let Some(file) = self.get(name) {
                File::open(file).map_err(|error| {
                    let words = system_words(&error);
                    Cause::Tls(format!("`{name}` {}: {words}", quoted(file)))
                })?;
            }
        }
        let own = self.get("ssl-cert").zip(self.get("ssl-key"));
        let own = own.map(|(certificate, key)| {
            ClientIdentity::new(PathBuf::from(certificate), PathBuf::from(key))
        });
        Ok(Some(Tls {
            options: options.with_client_identity(own),
            is_optional: mode == "PREFERRED",
        }))
    }
}
