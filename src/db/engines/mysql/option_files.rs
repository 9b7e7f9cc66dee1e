//! Option files such as `~/.my.cnf`: the groups that every client of MySQL and MariaDB reads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::platform::files;

/// The groups that hold for every client.
const CLIENT: [&str; 3] = ["client", "client-server", "client-mariadb"];

/// How deep files may include others: a file can include itself.
const DEEPEST: usize = 8;

/// The options of some files; the last of the same name counts.
#[derive(Debug, Default)]
pub(super) struct OptionFiles {
    /// A group to read beside the usual ones.
    group: Option<String>,
    options: Vec<(String, String)>,
}

impl OptionFiles {
    /// Reads one file that was named.
    pub(super) fn named(path: &Path, group: Option<&str>) -> io::Result<Self> {
        let mut files = Self {
            group: group.map(str::to_owned),
            options: Vec::new(),
        };
        files.read(path, 0)?;
        Ok(files)
    }

    /// Reads the files at the usual places, those that there are.
    pub(super) fn usual(
        mysql_home: Option<PathBuf>,
        home: Option<PathBuf>,
        group: Option<&str>,
    ) -> Self {
        let mut files = Self {
            group: group.map(str::to_owned),
            options: Vec::new(),
        };
        let places = [
            Some(PathBuf::from("/etc/my.cnf")),
            Some(PathBuf::from("/etc/mysql/my.cnf")),
            mysql_home.map(|home| home.join("my.cnf")),
            home.map(|home| home.join(".my.cnf")),
        ];
        for place in places.into_iter().flatten() {
            let _ = files.read(&place, 0);
        }
        files
    }

    /// The value of an option, which is named with dashes.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut options = self.options.iter().rev();
        options.find_map(|(known, value)| (known == name).then_some(value.as_str()))
    }

    fn read(&mut self, path: &Path, depth: usize) -> io::Result<()> {
        const OTHERS_WRITE: u32 = 0o002;
        if depth > DEEPEST {
            return Ok(());
        }
        // As the client does: what anybody could have written is not to be trusted.
        if files::mode(&fs::metadata(path)?) & OTHERS_WRITE != 0 {
            return Ok(());
        }
        let bytes = fs::read(path)?;
        let mut is_read = false;
        for line in String::from_utf8_lossy(&bytes).lines().map(str::trim) {
            if let Some(included) = line.strip_prefix("!includedir") {
                self.include_directory(Path::new(included.trim()), depth);
            } else if let Some(included) = line.strip_prefix("!include") {
                let _ = self.read(Path::new(included.trim()), depth + 1);
            } else if let Some(group) = line.strip_prefix('[') {
                let group = group.split(']').next().unwrap_or_default().trim();
                is_read = CLIENT.contains(&group) || self.group.as_deref() == Some(group);
            } else if is_read && !line.is_empty() && !line.starts_with(['#', ';']) {
                self.options.push(option(line));
            }
        }
        Ok(())
    }

    fn include_directory(&mut self, directory: &Path, depth: usize) {
        let Ok(entries) = fs::read_dir(directory) else {
            return;
        };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "cnf"))
            .collect();
        files.sort();
        for file in files {
            let _ = self.read(&file, depth + 1);
        }
    }
}

/// `name = value`, with dashes or underscores in the name.
fn option(line: &str) -> (String, String) {
    let (name, value) = line.split_once('=').unwrap_or((line, ""));
    let name = name.trim();
    let name = name.strip_prefix("loose-").unwrap_or(name);
    (name.replace('_', "-"), unquoted(value.trim()))
}

/// A value without its quotes, without a comment behind it, and with escapes resolved.
fn unquoted(value: &str) -> String {
    let quote = value.chars().next().filter(|c| ['"', '\''].contains(c));
    let inner = match quote {
        Some(quote) => {
            let inner = value.get(1..).unwrap_or_default();
            inner.split(quote).next().unwrap_or_default()
        }
        None => value.split(" #").next().unwrap_or_default().trim_end(),
    };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('s') => text.push(' '),
            Some(other @ ('\\' | '"' | '\'')) => text.push(other),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn read(text: &str) -> OptionFiles {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("my.cnf");
        fs::write(&file, text).unwrap();
        OptionFiles::named(&file, Some("django")).unwrap()
    }

    #[test]
    fn the_clients_groups_are_read_and_the_last_value_counts() {
        let files = read(
            "user = nobody\n[mysqld]\nport=1\n[client]\nport=3307\nuser=app\n# password=x\n\
             ;host=x\n[django]\nport = 3308\nssl_ca=/ca.pem\n[mysql]\nuser=other\n",
        );
        assert_eq!(files.get("user"), Some("app"));
        assert_eq!(files.get("port"), Some("3308"));
        assert_eq!(files.get("ssl-ca"), Some("/ca.pem"));
        assert_eq!((files.get("password"), files.get("host")), (None, None));
    }

    #[test]
    fn values_are_read_as_the_client_reads_them() {
        for (written, value) in [
            ("plain", "plain"),
            ("pass word # comment", "pass word"),
            ("a#b", "a#b"),
            ("\"quoted # no comment\"", "quoted # no comment"),
            ("'single' # comment", "single"),
            (r"tab\tspace\sbackslash\\end", "tab\tspace backslash\\end"),
            (r"\d", r"\d"),
            ("", ""),
        ] {
            let files = read(&format!("[client]\npassword={written}\n"));
            assert_eq!(files.get("password"), Some(value), "{written}");
        }
    }

    #[test]
    fn other_files_are_included() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::create_dir(at("conf.d")).unwrap();
        fs::write(at("conf.d/a.cnf"), "[client]\nuser=a\n").unwrap();
        fs::write(at("conf.d/b.cnf"), "[client]\nuser=b\n").unwrap();
        fs::write(at("conf.d/c.txt"), "[client]\nuser=c\n").unwrap();
        let main = format!(
            "!includedir {}\n!include {}\n",
            at("conf.d").display(),
            at("my.cnf").display()
        );
        fs::write(at("my.cnf"), main).unwrap();
        let files = OptionFiles::named(&at("my.cnf"), None).unwrap();
        assert_eq!(files.get("user"), Some("b"));
    }

    #[test]
    fn a_file_that_anybody_may_write_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("my.cnf");
        fs::write(&file, "[client]\nhost=evil\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(OptionFiles::named(&file, None).unwrap().get("host"), None);
    }
}
