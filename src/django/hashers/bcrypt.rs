//! `bcrypt_sha256` and `bcrypt`: `NAME$$2b$12$` and then 22 characters of salt and 31 of digest.
//!
//! `bcrypt_sha256` gives bcrypt the 64 hexadecimal digits of the password's SHA-256; `bcrypt`,
//! which a server only reads when its settings name it, the password itself.

use bcrypt::{BASE_64, HashParts, Version};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{HashError, PasswordHash, digest, equal};

/// The cost of Django's hashers: 2¹² rounds.
pub(super) const COST: u32 = 12;

/// 2²⁰ rounds: a minute. Every step above doubles that; bcrypt itself goes up to 31.
const MAX_COST: u32 = 20;

/// bcrypt looks at no more bytes of a password than this.
const MAX_PASSWORD: usize = 72;

#[derive(Clone, Copy)]
pub(super) enum Variant {
    Sha256,
    Plain,
}

pub(super) struct Encoded<'a> {
    variant: Variant,
    version: Version,
    cost: u32,
    salt: [u8; 16],
    /// All of it behind the name, which is what gets compared.
    text: &'a str,
}

impl Variant {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "bcrypt_sha256",
            Self::Plain => "bcrypt",
        }
    }

    fn hash(self, password: &[u8], cost: u32, salt: [u8; 16]) -> Result<HashParts, HashError> {
        let digits;
        let input = match self {
            Self::Sha256 => {
                let sha256 = sha256(password);
                digits = hex::encode(sha256.as_slice());
                digits.as_bytes()
            }
            Self::Plain if password.len() > MAX_PASSWORD => {
                return Err(HashError::PasswordTooLongForBcrypt);
            }
            Self::Plain => password,
        };
        bcrypt::hash_with_salt(input, cost, salt).map_err(|error| HashError::Failed {
            algorithm: self.name(),
            why: error.to_string(),
        })
    }
}

/// Overwrites the hasher's block, which holds the end of the password, by hashing something else:
/// the crate's own `zeroize` feature would slow PBKDF2 down.
fn sha256(password: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut hasher = Sha256::new();
    hasher.update(password);
    let digest = Zeroizing::new(<[u8; 32]>::from(hasher.finalize_reset()));
    hasher.update([0; 63]);
    std::hint::black_box(&hasher);
    digest
}

pub(super) fn encode_sha256(
    password: &[u8],
    cost: u32,
    salt: [u8; 16],
) -> Result<PasswordHash, HashError> {
    let hash = Variant::Sha256.hash(password, cost, salt)?;
    Ok(PasswordHash::new(format!(
        "{}${}",
        Variant::Sha256.name(),
        hash.format_for_version(Version::TwoB)
    )))
}

pub(super) fn parse(variant: Variant, text: &str) -> Result<Encoded<'_>, HashError> {
    let algorithm = variant.name();
    let (version, cost, salt, rest) = settings(text).ok_or(HashError::Malformed {
        algorithm,
        why: "`$2b$`, a cost from 4 to 31 and a salt were expected",
    })?;
    // The Python package also takes `2b` without its dollar sign and a cost of one digit, but
    // Django then compares with the form that the package writes.
    let written = format!("${version}${cost:02}$");
    if !text.starts_with(&written) {
        return Err(HashError::NeverMatches {
            algorithm,
            why: "it is not written as bcrypt writes it",
        });
    }
    digest(algorithm, &BASE_64, rest, 23)?;
    if cost > MAX_COST {
        return Err(HashError::TooCostly {
            algorithm,
            limit: "at most a cost of 20",
        });
    }
    Ok(Encoded {
        variant,
        version,
        cost,
        salt,
        text,
    })
}

/// Version, cost, salt and what follows, read as the Python package does.
fn settings(text: &str) -> Option<(Version, u32, [u8; 16], &str)> {
    let mut fields = text.split('$').filter(|field| !field.is_empty());
    let version = match fields.next()? {
        "2a" => Version::TwoA,
        "2b" => Version::TwoB,
        "2x" => Version::TwoX,
        "2y" => Version::TwoY,
        _ => return None,
    };
    let cost = fields.next()?.parse().ok()?;
    let (salt, rest) = fields.next()?.split_at_checked(22)?;
    let salt = base64::Engine::decode(&BASE_64, salt)
        .ok()?
        .try_into()
        .ok()?;
    ((4..=31).contains(&cost) && fields.next().is_none()).then_some((version, cost, salt, rest))
}

impl Encoded<'_> {
    pub(super) const fn name(&self) -> &'static str {
        self.variant.name()
    }

    /// Whether `encode_sha256` would take the same variety and cost.
    pub(super) const fn is_as_written(&self) -> bool {
        matches!(self.variant, Variant::Sha256) && self.cost == COST
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, HashError> {
        let hash = self.variant.hash(password, self.cost, self.salt)?;
        let text = hash.format_for_version(self.version.clone());
        Ok(equal(text.as_bytes(), self.text.as_bytes()))
    }
}
