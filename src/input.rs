//! Reading what a person or a script hands over: stdin and files, with the limits enforced
//! before more is read.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use zeroize::{Zeroize as _, Zeroizing};

use crate::error::Failure;
use crate::escape::quoted;
use crate::secret::Password;

/// Reads a password from stdin.
pub(crate) fn password_from_stdin() -> Result<Password, Failure> {
    read_password(io::stdin().lock(), "stdin")
}

/// Reads a password from a file that nobody but its owner may read.
pub(crate) fn password_from_file(path: &Path) -> Result<Password, Failure> {
    let name = path.to_string_lossy();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&name, &error))?;
    // A pipe, such as a shell's `<(…)`, has no readers to keep out.
    if metadata.is_file() && metadata.permissions().mode() & 0o044 != 0 {
        return Err(Failure::Unreadable {
            path: name.to_string(),
            reason: "others may read it too".to_owned(),
            hint: Some(format!(
                "run `chmod 600` on it, or pass it on with `--password-stdin < {}`",
                quoted(&name).trim_matches('`')
            )),
        });
    }
    read_password(file, &name)
}

/// Takes a password as it comes, but for one newline at its end.
pub(crate) fn password_from_text(mut text: String) -> Result<Password, Failure> {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    check_password(text)
}

/// Refuses what cannot be a password at all, wherever it comes from.
pub(crate) fn check_password(mut text: String) -> Result<Password, Failure> {
    let problem = if text.is_empty() {
        Some("it is empty".to_owned())
    } else if text.len() > Password::MAX_BYTES {
        Some(format!("it has more than {} bytes", Password::MAX_BYTES))
    } else if text.contains('\0') {
        Some("it holds a NUL".to_owned())
    } else {
        None
    };
    match problem {
        None => Ok(Password::new(text)),
        Some(problem) => {
            text.zeroize();
            Err(Failure::BadPassword(problem))
        }
    }
}

fn read_password(input: impl Read, name: &str) -> Result<Password, Failure> {
    // The password, a line break, and one byte that shows that there is more.
    let limit = Password::MAX_BYTES + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    input
        .take(limit as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(name, &error))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => password_from_text(text.to_owned()),
        // The limit may have cut a character in two.
        Err(_) if bytes.len() == limit => Err(Failure::BadPassword(format!(
            "it has more than {} bytes",
            Password::MAX_BYTES
        ))),
        Err(_) => Err(Failure::BadPassword("it is not valid UTF-8".to_owned())),
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::Unreadable {
        path: name.to_owned(),
        reason: error.kind().to_string(),
        hint: None,
    }
}
