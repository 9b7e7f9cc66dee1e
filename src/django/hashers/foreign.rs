//! Hashes of other programs, and how Django writes the same.

use crate::secret::PasswordHash;

/// How Django writes a hash of another program, where it can; in words that repeat nothing of it.
#[must_use]
pub fn django_form(hash: &PasswordHash) -> Option<&'static str> {
    let hash = hash.expose();
    let is = |start: &str| hash.starts_with(start);
    if ["$2a$", "$2b$", "$2x$", "$2y$"].into_iter().any(is) {
        Some("put `bcrypt$` in front of it")
    } else if is("$argon2") {
        Some("put `argon2` in front of it")
    } else if is("$pbkdf2-sha256$") {
        Some(
            "write it as `pbkdf2_sha256$ITERATIONS$SALT$DIGEST`, the salt decoded to text and the \
             digest in standard base64",
        )
    } else if is("$pbkdf2$") {
        Some(
            "write it as `pbkdf2_sha1$ITERATIONS$SALT$DIGEST`, the salt decoded to text and the \
             digest in standard base64",
        )
    } else {
        None
    }
}
