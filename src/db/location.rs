//! Where the database is: what `--database` and `DATABASE_URL` may say, read as
//! `dj-database-url` reads it. Pure: nothing is opened here.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A database that the operator named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// An SQLite file, by its path.
    Sqlite(PathBuf),
}

impl Location {
    /// The file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
        }
    }
}

impl fmt::Display for Location {
    /// As messages name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
        }
    }
}

impl FromStr for Location {
    type Err = String;

    /// Reads a path, `sqlite:///relative.db` or `sqlite:////absolute.db`.
    ///
    /// No message repeats a URL: it may hold a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err("the database's path is empty".to_owned());
        }
        // Blanks and quotes come along from env files; they are no part of a URL.
        let url = text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        let Some((scheme, rest)) = url.split_once("://") else {
            return Ok(Self::Sqlite(PathBuf::from(text)));
        };
        if !is_scheme(scheme) {
            return Ok(Self::Sqlite(PathBuf::from(text)));
        }
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => sqlite_path(rest),
            scheme => Err(format!(
                "this version cannot use `{scheme}://` databases, only a path or `sqlite:///PATH`"
            )),
        }
    }
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
        return Err(
            "a database in memory belongs to the server's own process; name a file".to_owned(),
        );
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
    Ok(Location::Sqlite(PathBuf::from(OsString::from_vec(
        percent_decoded(path),
    ))))
}

/// `urllib.parse.unquote`, which `dj-database-url` applies to the path.
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
            ("file:real.db?nolock=1", "file:real.db?nolock=1"),
            (":memory:", ":memory:"),
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
            "sqlite://",
            "sqlite:///",
            "sqlite://:memory:",
            "sqlite://relative.db",
            "mysql://user:secret@host/name",
        ] {
            let problem = text.parse::<Location>().unwrap_err();
            assert!(!problem.contains("secret"), "{problem}");
        }
    }
}
