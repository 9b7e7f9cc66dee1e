//! The files in which libpq finds what a URL leaves out: `.pgpass` and `pg_service.conf`.

use std::fs;
use std::io;
use std::path::Path;

use crate::platform::files;
use crate::secret::Password;

/// The settings of a service, in the order of the file; `None` where the file has no such service.
pub(super) fn service(file: &Path, name: &str) -> io::Result<Option<Vec<(String, String)>>> {
    Ok(section(&fs::read_to_string(file)?, name))
}

fn section(text: &str, name: &str) -> Option<Vec<(String, String)>> {
    let heading = format!("[{name}]");
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| *line == heading)?;
    let settings = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    Some(settings.collect())
}

/// What a password belongs to.
#[derive(Clone, Copy)]
pub(super) struct Login<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password file of a client.
#[derive(Default)]
pub(super) struct PasswordFile {
    text: String,
    /// Whether it is ignored, as libpq does, since others than its owner can read it.
    pub(super) is_ignored: bool,
}

impl PasswordFile {
    /// Reads the file; one that is not there has no password.
    pub(super) fn read(file: &Path) -> Self {
        const OTHERS: u32 = 0o077;
        let Ok(metadata) = fs::metadata(file) else {
            return Self::default();
        };
        if !metadata.is_file() || files::mode(&metadata) & OTHERS != 0 {
            return Self {
                text: String::new(),
                is_ignored: metadata.is_file(),
            };
        }
        Self {
            text: fs::read_to_string(file).unwrap_or_default(),
            is_ignored: false,
        }
    }

    /// The password of the first line that fits.
    pub(super) fn password(&self, login: Login<'_>) -> Option<Password> {
        let port = login.port.to_string();
        let wanted = [login.host, &port, login.database, login.user];
        let mut lines = self.text.lines().filter(|line| !line.starts_with('#'));
        lines.find_map(|line| {
            let fields = fields(line);
            let (password, places) = fields.split_last()?;
            let fits = places.len() == wanted.len()
                && places
                    .iter()
                    .zip(wanted)
                    .all(|(field, value)| *field == "*" || unescaped(field) == value);
            fits.then(|| Password::new(unescaped(password)))
        })
    }
}

/// The five fields of a line, still escaped; the last one may hold colons.
fn fields(line: &str) -> Vec<&str> {
    const COLONS: usize = 4;
    let mut fields = Vec::with_capacity(COLONS + 1);
    let (mut start, mut is_escaped) = (0, false);
    for (position, byte) in line.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b':' if fields.len() < COLONS => {
                fields.extend(line.get(start..position));
                start = position + 1;
            }
            _ => {}
        }
    }
    fields.extend(line.get(start..));
    fields
}

fn unescaped(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn password(text: &str, login: Login<'_>) -> Option<Password> {
        let file = PasswordFile {
            text: text.to_owned(),
            is_ignored: false,
        };
        file.password(login)
    }

    #[test]
    fn the_first_line_of_a_password_file_that_fits_counts() {
        let login = Login {
            host: "db.example",
            port: 5433,
            database: "app",
            user: "ap:p\\",
        };
        for (text, expected) in [
            ("db.example:5433:app:ap\\:p\\\\:secret", Some("secret")),
            ("*:*:*:*:a:b\\\\c\\:d", Some("a:b\\c:d")),
            (
                "# comment\n\nother:*:*:*:no\n*:*:*:*:yes\n*:*:*:*:late",
                Some("yes"),
            ),
            ("db.example:5432:*:*:no", None),
            ("db.example:*:App:*:no", None),
            ("*:*:*:no", None),
        ] {
            let expected = expected.map(|text| Password::new(text.to_owned()));
            assert_eq!(password(text, login), expected, "{text}");
        }
    }

    #[test]
    fn a_password_file_that_others_can_read_is_ignored() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, "*:*:*:*:secret").unwrap();
        let login = Login {
            host: "h",
            port: 1,
            database: "d",
            user: "u",
        };
        for (mode, is_ignored) in [(0o600, false), (0o640, true), (0o604, true)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let read = PasswordFile::read(file.path());
            assert_eq!(read.is_ignored, is_ignored, "{mode:o}");
            assert_eq!(read.password(login).is_none(), is_ignored, "{mode:o}");
        }
    }

    #[test]
    fn a_service_is_a_section_of_its_file() {
        let text =
            "[a]\nhost=no\n\n[ b ]\n[b]\n# host=no\nhost = db.example\nport=5433\n[c]\nuser=no\n";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            section(text, "b"),
            Some(vec![pair("host", "db.example"), pair("port", "5433")])
        );
        assert_eq!(section(text, "d"), None);
    }
}
