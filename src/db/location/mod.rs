//! Where the database is: what `--database` and `DATABASE_URL` may say, read as dj-database-url
//! and django-environ read it. Pure: nothing is opened, and no environment is read here.

mod options;
mod url;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub use self::url::{Host, ServerUrl};
use crate::platform::files;

/// A database that the operator named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// An SQLite file, by its path.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server.
    Postgres(ServerUrl),
    /// A database on a MySQL or MariaDB server.
    Mysql(ServerUrl),
}

impl Location {
    /// The file that holds the database, where one does.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) | Self::Mysql(_) => None,
        }
    }
}

impl fmt::Display for Location {
    /// As messages name it: a path, or a URL without its password and options.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => write!(f, "postgres://{url}"),
            Self::Mysql(url) => write!(f, "mysql://{url}"),
        }
    }
}

impl FromStr for Location {
    type Err = String;

    /// Reads a path or a URL.
    ///
    /// No message repeats it: it may hold a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Blanks and quotes come along from env files; they are no part of a URL.
        let url = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        if url.is_empty() {
            return Err("the database's path is empty".to_owned());
        }
        if let Some((scheme, rest)) = url.split_once("://")
            && is_scheme(scheme)
        {
            return read_url(&scheme.to_ascii_lowercase(), rest);
        }
        refuse_mistyped(url)?;
        Ok(Self::Sqlite(PathBuf::from(text)))
    }
}

fn read_url(scheme: &str, rest: &str) -> Result<Location, String> {
    match scheme {
        "sqlite" => sqlite_path(rest),
        "postgres" | "postgresql" | "pgsql" | "psql" | "postgis" => {
            ServerUrl::read(rest, &options::POSTGRES).map(Location::Postgres)
        }
        "mysql" | "mysql2" | "mariadb" | "mysqlgis" => {
            ServerUrl::read(rest, &options::MYSQL).map(Location::Mysql)
        }
        _ => Err(match scheme.split_once('+') {
            Some((database, _)) => {
                format!("there is no scheme `{scheme}://` in Django's URLs; use `{database}://`")
            }
            None => format!(
                "`{scheme}://` databases are not supported, only `sqlite://`, `postgres://` and \
                 `mysql://`"
            ),
        }),
    }
}

/// Refuses what looks like a path only because something is missing: a file of that name would
/// be created by mistake.
fn refuse_mistyped(text: &str) -> Result<(), String> {
    if text.starts_with('$') {
        return Err(
            "a path that starts with `$` looks like a variable that was not expanded; put `./` \
             in front of a file of that name"
                .to_owned(),
        );
    }
    match text.split_once(':') {
        Some(("", "memory:")) => Err(in_memory()),
        Some((scheme, _)) if is_scheme(scheme) => Err(
            "a URL needs `://` after its scheme; put `./` in front of a file with `:` in its name"
                .to_owned(),
        ),
        _ => Ok(()),
    }
}

fn in_memory() -> String {
    "a database in memory belongs to the server's own process; name a file".to_owned()
}

/// What a URL scheme may look like (RFC 3986, 3.1); anything else in front of `://` is a path.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn sqlite_path(rest: &str) -> Result<Location, String> {
    if rest == ":memory:" || rest.is_empty() || rest == "/" || rest == "/:memory:" {
        return Err(in_memory());
    }
    let Some(path) = rest.strip_prefix('/') else {
        return Err(
            "a relative path needs three slashes (`sqlite:///relative.db`), an absolute one four"
                .to_owned(),
        );
    };
    // Behind the question mark are options for Django's own connection.
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() {
        return Err("the database's path is empty".to_owned());
    }
    let path = percent_decoded(path);
    Ok(Location::Sqlite(files::path_from_bytes(path)))
}

/// `urllib.parse.unquote`, which `dj-database-url` applies to every part.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        bytes = rest;
        let escaped = (first == b'%')
            .then(|| rest.get(..2).and_then(|digits| hex::decode(digits).ok()))
            .flatten();
        if let Some(byte) = escaped {
            decoded.extend(byte);
            bytes = rest.get(2..).unwrap_or_default();
        } else {
            decoded.push(first);
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_urls_are_read_as_dj_database_url_reads_them() {
        for (text, path) in [
            ("db.sqlite3", "db.sqlite3"),
            ("/srv/app/db.sqlite3", "/srv/app/db.sqlite3"),
            ("./file:real.db?nolock=1", "./file:real.db?nolock=1"),
            ("./:memory:", "./:memory:"),
            ("dir/a:b", "dir/a:b"),
            ("odd name://x", "odd name://x"),
            ("sqlite:///relative.db", "relative.db"),
            ("sqlite:////srv/app/db.sqlite3", "/srv/app/db.sqlite3"),
            ("SQLITE:///a%20b+c.db?timeout=20", "a b+c.db"),
            ("sqlite:///100%.db", "100%.db"),
        ] {
            assert_eq!(
                text.parse(),
                Ok(Location::Sqlite(PathBuf::from(path))),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_repeating_a_password() {
        for text in [
            "",
            " ",
            "''",
            ":memory:",
            "file::memory:",
            "file:x.db",
            "sqlite:relative.db",
            "sqlite:/relative.db",
            "postgres:name",
            "user:secret@host/name",
            "$DATABASE_URL",
            "sqlite://",
            "sqlite:///",
            "sqlite:///?timeout=20",
            "sqlite://:memory:",
            "sqlite://relative.db",
            "oracle://user:secret@host/name",
            "postgresql+psycopg://user:secret@host/name",
        ] {
            let problem = text.parse::<Location>().unwrap_err();
            assert!(!problem.contains("secret"), "{problem}");
        }
    }

    #[test]
    fn every_scheme_of_django_names_its_engine() {
        for scheme in ["postgres", "postgresql", "pgsql", "psql", "postgis"] {
            let url = format!("{scheme}://u:secret@h/d").parse::<Location>();
            assert_eq!(url.unwrap().to_string(), "postgres://u@h/d", "{scheme}");
        }
        for scheme in ["mysql", "mysql2", "mariadb", "mysqlgis", "MySQL"] {
            let url = format!("{scheme}://u:secret@h/d").parse::<Location>();
            assert_eq!(url.unwrap().to_string(), "mysql://u@h/d", "{scheme}");
        }
    }
}
