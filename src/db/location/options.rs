//! The names of the options that a URL may carry behind `?`, for each engine. What their values
//! mean is the engine's affair.

/// The options of one engine's URLs.
pub(super) struct Options {
    /// Those that the engine reads.
    read: &'static [&'static str],
    /// Those that tune the connection of a long-lived server, or repeat what always holds here.
    ignored: &'static [&'static str],
    /// The option that may hold the path of a socket where no host does.
    pub(super) socket: &'static [&'static str],
}

/// Django's own settings of a connection, and arguments of dj-database-url.
const DJANGO: &[&str] = &[
    "atomic_requests",
    "autocommit",
    "conn_health_checks",
    "conn_max_age",
    "disable_server_side_cursors",
    "isolation_level",
    "pool",
];

pub(super) static POSTGRES: Options = Options {
    read: &[
        "application_name",
        "assume_role",
        "channel_binding",
        "connect_timeout",
        "currentSchema",
        "options",
        "passfile",
        "service",
        "ssl",
        "ssl_require",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
    ],
    ignored: &[
        "client_encoding",
        "fallback_application_name",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "prepare_threshold",
        "server_side_binding",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    ],
    socket: &[],
};

pub(super) static MYSQL: Options = Options {
    read: &[
        "charset",
        "connect_timeout",
        "read_default_file",
        "read_default_group",
        "ssl",
        "ssl-ca",
        "ssl-cert",
        "ssl-key",
        "ssl-mode",
        "ssl_ca",
        "ssl_cert",
        "ssl_key",
        "ssl_mode",
        "ssl_require",
    ],
    ignored: &[
        "collation",
        "compress",
        "init_command",
        "local_infile",
        "read_timeout",
        "sql_mode",
        "use_unicode",
        "write_timeout",
    ],
    socket: &["unix_socket", "socket"],
};

impl Options {
    /// Whether an option is to be kept: not so where it means nothing here.
    ///
    /// Django writes the names of its own settings in capitals, URLs do not.
    pub(super) fn keeps(&self, name: &str) -> Result<bool, String> {
        if self.read.contains(&name) {
            return Ok(true);
        }
        let lower = name.to_ascii_lowercase();
        if self.ignored.contains(&name) || DJANGO.contains(&lower.as_str()) {
            return Ok(false);
        }
        // What no option is called may be a part of the URL that holds the password.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !name.chars().all(is_plain) {
            return Err("the URL has an option that is not known".to_owned());
        }
        Err(format!("the URL's option `{name}` is not known"))
    }
}
