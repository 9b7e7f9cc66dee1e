//! The hashes of one round that old rows still hold, and that are never written: `md5$SALT$HEX`,
//! `sha1$SALT$HEX`, and without salt `HEX` or `md5$$HEX` (MD5) and `sha1$$HEX` (SHA-1).
//!
//! A server only reads them when its settings name the hasher; all but `md5` are gone since
//! Django 5.1.

use md5::Md5;
use sha1::{Digest as _, Sha1};

use super::{HashError, equal, non_empty_salt};

#[derive(Clone, Copy)]
pub(super) enum Digest {
    Md5,
    Sha1,
}

pub(super) struct Encoded<'a> {
    digest: Digest,
    /// Empty with the unsalted hashers.
    salt: &'a str,
    hex: &'a str,
}

impl Digest {
    const fn name(self, salted: bool) -> &'static str {
        match (self, salted) {
            (Self::Md5, true) => "md5",
            (Self::Md5, false) => "unsalted_md5",
            (Self::Sha1, true) => "sha1",
            (Self::Sha1, false) => "unsalted_sha1",
        }
    }

    const fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
        }
    }
}

/// Takes what Django takes for an unsalted hash, by its length alone.
pub(super) fn parse_unsalted(encoded: &str) -> Option<Result<Encoded<'_>, HashError>> {
    let characters = encoded.chars().count();
    let (digest, hex) = if characters == 32 && !encoded.contains('$') {
        (Digest::Md5, encoded)
    } else if characters == 37 && encoded.starts_with("md5$$") {
        (Digest::Md5, encoded.strip_prefix("md5$$")?)
    } else if characters == 46 && encoded.starts_with("sha1$$") {
        (Digest::Sha1, encoded.strip_prefix("sha1$$")?)
    } else {
        return None;
    };
    Some(checked(Encoded {
        digest,
        salt: "",
        hex,
    }))
}

pub(super) fn parse(digest: Digest, rest: &str) -> Result<Encoded<'_>, HashError> {
    let algorithm = digest.name(true);
    let (salt, hex) = rest.split_once('$').ok_or(HashError::Malformed {
        algorithm,
        why: "salt and digest were expected",
    })?;
    let salt = non_empty_salt(algorithm, salt)?;
    checked(Encoded { digest, salt, hex })
}

fn checked(encoded: Encoded<'_>) -> Result<Encoded<'_>, HashError> {
    let lower_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if encoded.hex.len() == encoded.digest.digits() && encoded.hex.bytes().all(lower_hex) {
        return Ok(encoded);
    }
    Err(HashError::NeverMatches {
        algorithm: encoded.name(),
        why: "the digest is not lower-case hexadecimal of the right length",
    })
}

impl Encoded<'_> {
    pub(super) const fn name(&self) -> &'static str {
        self.digest.name(!self.salt.is_empty())
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let hex = match self.digest {
            Digest::Md5 => hex::encode(
                Md5::new_with_prefix(self.salt)
                    .chain_update(password)
                    .finalize(),
            ),
            Digest::Sha1 => hex::encode(
                Sha1::new_with_prefix(self.salt)
                    .chain_update(password)
                    .finalize(),
            ),
        };
        equal(hex.as_bytes(), self.hex.as_bytes())
    }
}
