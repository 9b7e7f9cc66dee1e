//! The URL of a database on a server, taken to pieces. What it leaves out stays open here: the
//! engine knows where its own client would look.

use std::fmt;

use super::options::Options;
use super::percent_decoded;
use crate::secret::Password;

/// What the URL of a database on a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    pub(in crate::db) user: Option<String>,
    pub(in crate::db) password: Option<Password>,
    /// In the order in which they are to be tried; empty where the URL names none.
    pub(in crate::db) hosts: Vec<Host>,
    pub(in crate::db) database: Option<String>,
    /// The options that the engine reads, each once, by name; none of them is a secret.
    pub(in crate::db) options: Vec<(String, String)>,
}

/// A server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// A name or an address; with a `/` in front the path of a socket (MySQL) or of its directory
    /// (PostgreSQL); empty for the engine's default.
    pub(in crate::db) name: String,
    pub(in crate::db) port: Option<u16>,
}

impl ServerUrl {
    /// Reads what stands behind `scheme://`.
    pub(super) fn read(rest: &str, known: &Options) -> Result<Self, String> {
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.split_once('/').unwrap_or((place, ""));
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let mut url = Self {
            user: given(decoded(user)?),
            password: given(decoded(password)?).map(Password::new),
            hosts: Vec::new(),
            database: None,
            options: Vec::new(),
        };
        for host in hosts.split(',').filter(|_| !hosts.is_empty()) {
            url.hosts.push(Host::read(host)?);
        }
        // As in every URL, a `#` ends the path, where nothing can be meant by what follows.
        let path = decoded(path.split('#').next().unwrap_or_default())?;
        match path.rsplit_once('/') {
            // `postgres:////run/postgresql/name`, as django-environ reads it.
            Some((directory, name)) if url.hosts.is_empty() && path.starts_with('/') => {
                url.hosts.push(Host::named(directory));
                url.database = given(name.to_owned());
            }
            _ => url.database = given(path),
        }
        url.read_options(query, known)?;
        Ok(url)
    }

    /// The value of an option.
    pub(in crate::db) fn option(&self, name: &str) -> Option<&str> {
        let mut options = self.options.iter();
        options.find_map(|(known, value)| (known == name).then_some(value.as_str()))
    }

    /// Options that name a part of the URL fill it in where the URL itself leaves it out, as in
    /// Django, where they become arguments of the client's own connect.
    fn read_options(&mut self, query: &str, known: &Options) -> Result<(), String> {
        let (mut hosts, mut ports) = (String::new(), String::new());
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(&value.replace('+', " "))?);
            // `parse_qs` drops an option without a value.
            if value.is_empty() {
                continue;
            }
            match name.as_str() {
                "user" => self.user = self.user.take().or(Some(value)),
                "password" | "passwd" => {
                    self.password = self.password.take().or(Some(Password::new(value)));
                }
                "dbname" | "database" | "db" => self.database = Some(value),
                "host" => hosts = value,
                "port" => ports = value,
                socket if known.socket.contains(&socket) => self.use_socket(&value),
                _ if known.keeps(&name)? => {
                    self.options.retain(|(known, _)| *known != name);
                    self.options.push((name, value));
                }
                _ => {}
            }
        }
        if self.hosts.is_empty() && !hosts.is_empty() {
            self.hosts = hosts.split(',').map(Host::named).collect();
        }
        if ports.is_empty() {
            return Ok(());
        }
        if self.hosts.is_empty() {
            self.hosts.push(Host::named(""));
        }
        // A port for each host, or one for all.
        let ports = ports.split(',').map(read_port);
        let ports = ports.collect::<Result<Vec<_>, _>>()?;
        for (host, port) in self.hosts.iter_mut().zip(ports.iter().cycle()) {
            host.port = host.port.or(*port);
        }
        Ok(())
    }

    /// Where a host is named that is not this machine, the client uses that.
    fn use_socket(&mut self, path: &str) {
        if self.hosts.iter().all(|host| host.name == "localhost") {
            self.hosts = vec![Host::named(path)];
        }
    }
}

impl fmt::Display for ServerUrl {
    /// What stands behind `scheme://`, without the password and without options.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            write!(f, "{}@", encoded(user))?;
        }
        for (position, host) in self.hosts.iter().enumerate() {
            let comma = if position > 0 { "," } else { "" };
            write!(f, "{comma}{host}")?;
        }
        write!(
            f,
            "/{}",
            encoded(self.database.as_deref().unwrap_or_default())
        )
    }
}

impl Host {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            port: None,
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (name, port) = rest.split_once(']').ok_or("`[` without `]` in the host")?;
                (name, port.strip_prefix(':').unwrap_or(port))
            }
            None => text.split_once(':').unwrap_or((text, "")),
        };
        Ok(Self {
            name: decoded(name)?,
            port: read_port(port)?,
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]", self.name)?;
        } else {
            f.write_str(&encoded(&self.name))?;
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// No message repeats the text: it is part of the password where that holds a `/` or a `:`.
fn read_port(text: &str) -> Result<Option<u16>, String> {
    match text.parse() {
        _ if text.is_empty() => Ok(None),
        Ok(port) if port > 0 => Ok(Some(port)),
        _ => Err(
            "the port is not a number up to 65535; in a password, write `@`, `:`, `/`, `?` and \
             `%` as `%40`, `%3A`, `%2F`, `%3F` and `%25`"
                .to_owned(),
        ),
    }
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn decoded(text: &str) -> Result<String, String> {
    match String::from_utf8(percent_decoded(text)) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err("the URL holds a NUL or bytes that are not UTF-8".to_owned()),
    }
}

/// Escapes what would end a part of a URL, so that what a message shows can be copied.
fn encoded(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._~!$&'()*+,;=".contains(c) {
            shown.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::options::{MYSQL, POSTGRES};
    use super::*;

    fn read(rest: &str) -> ServerUrl {
        ServerUrl::read(rest, &POSTGRES).unwrap_or_else(|problem| panic!("{rest}: {problem}"))
    }

    fn hosts(url: &ServerUrl) -> Vec<(&str, Option<u16>)> {
        url.hosts
            .iter()
            .map(|host| (host.name.as_str(), host.port))
            .collect()
    }

    #[test]
    fn every_part_is_percent_decoded() {
        let url = read("o%40k:p%3A%2F%25%C3%A9+@db.example:5433/my%20app?application_name=a%26b+c");
        assert_eq!(url.user.as_deref(), Some("o@k"));
        assert_eq!(url.password, Some(Password::new("p:/%é+".to_owned())));
        assert_eq!(hosts(&url), [("db.example", Some(5433))]);
        assert_eq!(url.database.as_deref(), Some("my app"));
        assert_eq!(url.option("application_name"), Some("a&b c"));
    }

    #[test]
    fn special_characters_in_a_password_that_django_environ_takes_are_taken() {
        for (written, password) in [
            ("p@ss", "p@ss"),
            ("p:s", "p:s"),
            ("p#s", "p#s"),
            ("100%", "100%"),
            ("p+s", "p+s"),
            ("\"'`\\", "\"'`\\"),
        ] {
            let url = read(&format!("u:{written}@h/d"));
            assert_eq!(url.password, Some(Password::new(password.to_owned())));
            assert_eq!(hosts(&url), [("h", None)], "{written}");
        }
    }

    #[test]
    fn empty_parts_are_left_open() {
        for rest in ["", "/", "@/", ":@/", "/?", "?sslmode="] {
            let url = read(rest);
            let nothing = (None, None, None);
            assert_eq!((url.user, url.password, url.database), nothing, "{rest}");
            assert_eq!((url.hosts, url.options), (vec![], vec![]), "{rest}");
        }
        assert_eq!(hosts(&read(":5433/d")), [("", Some(5433))]);
        assert_eq!(hosts(&read("/d?port=5433")), [("", Some(5433))]);
        assert_eq!(read("h").database, None);
    }

    #[test]
    fn a_socket_is_named_by_a_host_or_an_option() {
        for (rest, host) in [
            ("%2Frun%2FPG/d", "/run/PG"),
            ("u:p@%2frun%2fPG/d", "/run/PG"),
            ("/d?host=/run/PG", "/run/PG"),
            ("//run/PG/d", "/run/PG"),
            ("localhost/d?host=/run/PG", "localhost"),
        ] {
            assert_eq!(hosts(&read(rest)), [(host, None)], "{rest}");
            assert_eq!(read(rest).database.as_deref(), Some("d"), "{rest}");
        }
        for (rest, host) in [
            ("u:p@%2Frun%2Fm.sock/d", "/run/m.sock"),
            ("u:p@/d?unix_socket=/run/m.sock", "/run/m.sock"),
            ("u:p@localhost/d?socket=/run/m.sock", "/run/m.sock"),
            ("u:p@db.example/d?socket=/run/m.sock", "db.example"),
        ] {
            let url = ServerUrl::read(rest, &MYSQL).unwrap();
            assert_eq!(hosts(&url), [(host, None)], "{rest}");
        }
    }

    #[test]
    fn several_hosts_keep_their_order_and_ports() {
        let url = read("u:p@h1:5432,h2,[::1]:5434/d");
        assert_eq!(
            hosts(&url),
            [("h1", Some(5432)), ("h2", None), ("::1", Some(5434))]
        );
        assert_eq!(url.to_string(), "u@h1:5432,h2,[::1]:5434/d");
        assert_eq!(
            hosts(&read("/d?host=h1,h2&port=5432,5433")),
            [("h1", Some(5432)), ("h2", Some(5433))]
        );
        assert_eq!(
            hosts(&read("h1,h2:1/d?port=5433")),
            [("h1", Some(5433)), ("h2", Some(1))]
        );
    }

    #[test]
    fn options_name_what_the_url_leaves_out() {
        let url = read("/?user=u&password=p&dbname=d&service=s");
        assert_eq!(url.user.as_deref(), Some("u"));
        assert_eq!(url.password, Some(Password::new("p".to_owned())));
        assert_eq!(url.database.as_deref(), Some("d"));
        assert_eq!(url.options, [("service".to_owned(), "s".to_owned())]);
    }

    #[test]
    fn options_of_a_server_are_ignored_and_the_last_of_two_counts() {
        let url = read("h/d?conn_max_age=60&CONN_HEALTH_CHECKS=True&sslmode=a&pool=1&sslmode=b");
        assert_eq!(url.options, [("sslmode".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_named_without_repeating_a_value() {
        for (rest, word) in [
            ("u:p@h/d?sslmod=secret", "`sslmod`"),
            ("u:p@h/d?unix_socket=secret", "`unix_socket`"),
            ("u:sec/ret@h/d", "%2F"),
            ("u:p@h:secret/d", "port"),
            ("u:p@h:0/d", "port"),
            ("u:p@h:65536/d", "port"),
            ("u:p@[::secret/d", "`]`"),
            ("u:secret%00@h/d", "NUL"),
            ("u:secret%FF@h/d", "UTF-8"),
        ] {
            let problem = ServerUrl::read(rest, &POSTGRES).unwrap_err();
            assert!(problem.contains(word), "{rest}: {problem}");
            assert!(!problem.contains("secret"), "{rest}: {problem}");
        }
    }

    #[test]
    fn what_messages_show_is_the_same_place_without_secrets() {
        for (rest, shown) in [
            ("u:secret@h/d?sslmode=require&password=secret", "u@h/d"),
            ("o%40k:secret@h:1/my%2Fapp", "o%40k@h:1/my%2Fapp"),
            ("/d?host=/run/PG", "%2Frun%2FPG/d"),
            ("/?service=s", "/"),
        ] {
            let url = read(rest);
            assert_eq!(url.to_string(), shown);
            assert_eq!(read(shown).hosts, url.hosts);
            assert!(!format!("{url:?}").contains("secret"), "{url:?}");
        }
    }
}
