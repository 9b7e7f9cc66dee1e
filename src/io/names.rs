//! Names of users, one a line of a file. What is plainly no name is refused and not repeated: it may
//! hold keys or passwords.

use std::io::BufReader;
use std::path::Path;

use super::input::{self, Lines};
use crate::django::keys;
use crate::error::Failure;
use crate::escape::visible;

/// Longer lines hold no name: the widest that Django makes is 254 characters.
const LONGEST: u64 = 4_096;

/// What a line is that is no name.
#[derive(Clone, Copy)]
enum Other {
    NameAndKey,
    Key,
    Json,
    Csv,
    Tsv,
}

/// Reads names from a file or, with `-`, from stdin, each with the number of its line. Blank
/// lines, a byte order mark and the line ends of other systems do no harm.
pub(crate) fn read(path: &Path) -> Result<Vec<(u64, String)>, Failure> {
    let file = BufReader::new(input::open(path, "user names")?);
    let mut lines = Lines::new(file, input::name_of(path), LONGEST);
    let mut names = Vec::new();
    while let Some(name) = lines.next() {
        let name = name?;
        if !name.trim().is_empty() {
            names.push((lines.number(), name));
        }
    }
    Ok(names)
}

/// Refuses a line that is no user's name and looks like something else.
pub(crate) fn check_unknown(path: &Path, line: u64, name: &str) -> Result<(), Failure> {
    let Some(other) = Other::of(name) else {
        return Ok(());
    };
    let failure = Failure::Usage {
        message: format!("this is not a user name; it looks like {}", other.shown()),
        hint: Some(format!(
            "`drfctl list --format names` writes names; {}",
            other.reader()
        )),
    };
    Err(failure.at_line(&input::name_of(path), line))
}

/// Whether a name, as a line of a file, is read as the same name. One that messages would show
/// with escapes is not written at all.
pub(crate) fn is_line(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() as u64 <= LONGEST
        // What stands where the name is not UTF-8.
        && !name.contains(char::REPLACEMENT_CHARACTER)
        && visible(name) == name
}

impl Other {
    fn of(line: &str) -> Option<Self> {
        Some(match line {
            _ if line.trim_start().starts_with(['{', '[']) => Self::Json,
            _ if line.contains([',', ';']) => Self::Csv,
            _ if keys::stands_in(line) && line.contains('\t') => Self::NameAndKey,
            _ if keys::stands_in(line) => Self::Key,
            _ if line.contains('\t') => Self::Tsv,
            _ => return None,
        })
    }

    fn shown(self) -> &'static str {
        match self {
            Self::NameAndKey => "`NAME<TAB>KEY`",
            Self::Key => "a key",
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Tsv => "columns with tabs between them",
        }
    }

    /// What reads such a file.
    fn reader(self) -> &'static str {
        match self {
            Self::NameAndKey | Self::Key => "`drfctl revoke --key-file` reads keys",
            Self::Json => {
                "`drfctl create-user --from` reads users, and `drfctl create-token --with-keys` keys"
            }
            Self::Csv | Self::Tsv => "`drfctl create-user --from` reads users",
        }
    }
}
