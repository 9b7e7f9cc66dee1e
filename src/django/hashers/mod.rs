//! Password hashes in Django's encoding: written, recognised, and compared with a password.
//!
//! Equals `django/contrib/auth/hashers.py` of Django 4.2 to 6.1. The cryptography is that of
//! published crates; what lives here is how Django picks parameters and writes them down. No
//! I/O, and randomness is handed in. Rules about which passwords are good enough are in
//! `validators`.

mod argon2;
mod bcrypt;
mod foreign;
mod pbkdf2;
mod plain;
mod scrypt;

use rand::TryCryptoRng;
use subtle::ConstantTimeEq;
use thiserror::Error;

pub use self::foreign::django_form;
use crate::secret::{Password, PasswordHash, leaving_no_trace};

/// How often PBKDF2 iterates in Django 6.1, the newest known here.
pub const DEFAULT_ITERATIONS: u32 = 1_500_000;

/// How often PBKDF2 iterates in Django 4.2, the oldest that is supported.
pub const FEWEST_DEFAULT_ITERATIONS: u32 = 600_000;

/// The most PBKDF2 iterations written or computed: some 15 seconds. A hash read from a database
/// or a file must not be able to keep the program busy for hours; the other algorithms have
/// bounds of the same kind in their modules.
pub const MAX_ITERATIONS: u32 = 100_000_000;

/// The hashers that are written: those in Django's default `PASSWORD_HASHERS`, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hasher {
    /// PBKDF2-HMAC-SHA256, which is Django's default.
    Pbkdf2Sha256,
    /// PBKDF2-HMAC-SHA1.
    Pbkdf2Sha1,
    /// Argon2id.
    Argon2,
    /// bcrypt over the SHA-256 of the password, which lifts bcrypt's limit of 72 bytes.
    BcryptSha256,
    /// scrypt.
    Scrypt,
}

/// Why a password could not be hashed, or a hash not be read or compared.
///
/// No message holds any part of the hash: what was given as one may be a password in clear.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HashError {
    /// It does not begin with the name of a hasher that Django ships, or is empty. Django
    /// answers `False` to every password.
    #[error("not a password hash of a kind that Django knows")]
    UnknownAlgorithm,
    /// Of a hasher that Django once shipped and that is not supported here. A server of today
    /// answers `False` to every password.
    #[error(
        "`{algorithm}` hashes are not supported: only Django up to 4.2 reads them, where its \
         settings name the hasher"
    )]
    Unsupported {
        /// Django's name of the hasher.
        algorithm: &'static str,
    },
    /// Django raises an exception on it: a login ends in a server error.
    #[error("malformed `{algorithm}` hash: {why}")]
    Malformed {
        /// Django's name of the hasher.
        algorithm: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Django reads it and answers `False` to every password: it is not written as Django
    /// writes it.
    #[error("no password can match this `{algorithm}` hash: {why}")]
    NeverMatches {
        /// Django's name of the hasher.
        algorithm: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It asks for more work or memory than is given to it here.
    #[error("the `{algorithm}` hash asks for too much work: {limit}")]
    TooCostly {
        /// Django's name of the hasher.
        algorithm: &'static str,
        /// The bound that it breaks.
        limit: &'static str,
    },
    /// The count to hash with is 0 or above [`MAX_ITERATIONS`].
    #[error("the number of iterations must be between 1 and {MAX_ITERATIONS}")]
    IterationsOutOfRange,
    /// A count was given for a hasher that has none.
    #[error("only `pbkdf2_sha256` and `pbkdf2_sha1` have a number of iterations")]
    NoIterations,
    /// Plain `bcrypt` and a password of more than 72 bytes: the Python package bcrypt raises an
    /// exception from version 5.0 on, older ones ignore the rest of the password.
    #[error("`bcrypt` cannot take a password of more than 72 bytes")]
    PasswordTooLongForBcrypt,
    /// The source of randomness failed; no weaker source is ever tried instead.
    #[error("no randomness to be had: {0}")]
    Randomness(String),
    /// The crate that computes the hash gave up, for want of memory.
    #[error("`{algorithm}` failed: {why}")]
    Failed {
        /// Django's name of the hasher.
        algorithm: &'static str,
        /// The crate's own words.
        why: String,
    },
}

/// A stored hash whose form is known to be right.
pub struct Encoded<'a>(Form<'a>);

enum Form<'a> {
    Unusable,
    Pbkdf2(pbkdf2::Encoded<'a>),
    Argon2(argon2::Encoded),
    Bcrypt(bcrypt::Encoded<'a>),
    Scrypt(scrypt::Encoded<'a>),
    Plain(plain::Encoded<'a>),
}

impl Hasher {
    /// All of them, in the order of Django's default `PASSWORD_HASHERS`.
    pub const ALL: [Self; 5] = [
        Self::Pbkdf2Sha256,
        Self::Pbkdf2Sha1,
        Self::Argon2,
        Self::BcryptSha256,
        Self::Scrypt,
    ];

    /// Django's name of the hasher, with which its hashes begin.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pbkdf2Sha256 => pbkdf2::Prf::Sha256.name(),
            Self::Pbkdf2Sha1 => pbkdf2::Prf::Sha1.name(),
            Self::Argon2 => argon2::NAME,
            Self::BcryptSha256 => bcrypt::Variant::Sha256.name(),
            Self::Scrypt => scrypt::NAME,
        }
    }

    /// The Python package that a server needs to read its hashes, where Django alone cannot.
    #[must_use]
    pub const fn python_package(self) -> Option<&'static str> {
        match self {
            Self::Argon2 => Some("argon2-cffi"),
            Self::BcryptSha256 => Some("bcrypt"),
            Self::Pbkdf2Sha256 | Self::Pbkdf2Sha1 | Self::Scrypt => None,
        }
    }

    /// Whether its cost is a number of iterations: that of the two PBKDF2 hashers.
    #[must_use]
    pub const fn has_iterations(self) -> bool {
        matches!(self, Self::Pbkdf2Sha256 | Self::Pbkdf2Sha1)
    }
}

/// Whether a server reads hashes of this algorithm that names no `PASSWORD_HASHERS` in its settings.
#[must_use]
pub fn is_default(algorithm: &str) -> bool {
    Hasher::ALL.iter().any(|hasher| hasher.name() == algorithm)
}

/// Hashes a password as the newest Django does, so that it finds nothing to update at a login.
///
/// `iterations` is PBKDF2's count, by default [`DEFAULT_ITERATIONS`]; a server with another
/// count rewrites the hash at the next login. The other hashers have a fixed cost.
///
/// # Errors
/// [`HashError::IterationsOutOfRange`], [`HashError::NoIterations`], [`HashError::Randomness`],
/// and [`HashError::Failed`] when Argon2 gets no memory (100 MiB).
pub fn make_password<R: TryCryptoRng>(
    password: &Password,
    hasher: Hasher,
    iterations: Option<u32>,
    rng: &mut R,
) -> Result<PasswordHash, HashError> {
    if iterations.is_some() && !hasher.has_iterations() {
        return Err(HashError::NoIterations);
    }
    let iterations = iterations.unwrap_or(DEFAULT_ITERATIONS);
    let password = password.expose().as_bytes();
    leaving_no_trace(|| match hasher {
        Hasher::Pbkdf2Sha256 => {
            pbkdf2::encode(pbkdf2::Prf::Sha256, password, &salt(rng)?, iterations)
        }
        Hasher::Pbkdf2Sha1 => pbkdf2::encode(pbkdf2::Prf::Sha1, password, &salt(rng)?, iterations),
        Hasher::Argon2 => argon2::encode(password, &salt(rng)?),
        Hasher::BcryptSha256 => bcrypt::encode_sha256(password, bcrypt::COST, random(rng)?),
        Hasher::Scrypt => scrypt::encode(password, &salt(rng)?),
    })
}

/// Makes the value of an account without a password, as `set_unusable_password` does.
///
/// # Errors
/// [`HashError::Randomness`].
pub fn unusable<R: TryCryptoRng>(rng: &mut R) -> Result<PasswordHash, HashError> {
    Ok(PasswordHash::new(format!("!{}", alphanumeric(40, rng)?)))
}

/// Tells what a stored value is, and whether a password could match it.
///
/// Knows every hasher that some Django from 4.2 on ships, but `crypt`: also `bcrypt`, `md5`,
/// `sha1` and the two unsalted ones, which a server only reads when its settings name them.
///
/// # Errors
/// [`HashError::UnknownAlgorithm`], [`HashError::Unsupported`], [`HashError::Malformed`],
/// [`HashError::NeverMatches`] or [`HashError::TooCostly`].
pub fn identify(encoded: &PasswordHash) -> Result<Encoded<'_>, HashError> {
    if is_unusable(encoded) {
        return Ok(Encoded(Form::Unusable));
    }
    let encoded = encoded.expose();
    if let Some(unsalted) = plain::parse_unsalted(encoded) {
        return Ok(Encoded(Form::Plain(unsalted?)));
    }
    let (name, rest) = encoded.split_once('$').unwrap_or((encoded, ""));
    let form = match name {
        "pbkdf2_sha256" => Form::Pbkdf2(pbkdf2::parse(pbkdf2::Prf::Sha256, rest)?),
        "pbkdf2_sha1" => Form::Pbkdf2(pbkdf2::parse(pbkdf2::Prf::Sha1, rest)?),
        "argon2" => Form::Argon2(argon2::parse(rest)?),
        "bcrypt_sha256" => Form::Bcrypt(bcrypt::parse(bcrypt::Variant::Sha256, rest)?),
        "bcrypt" => Form::Bcrypt(bcrypt::parse(bcrypt::Variant::Plain, rest)?),
        "scrypt" => Form::Scrypt(scrypt::parse(rest)?),
        "md5" => Form::Plain(plain::parse(plain::Digest::Md5, rest)?),
        "sha1" => Form::Plain(plain::parse(plain::Digest::Sha1, rest)?),
        "crypt" => return Err(HashError::Unsupported { algorithm: "crypt" }),
        _ => return Err(HashError::UnknownAlgorithm),
    };
    Ok(Encoded(form))
}

/// Whether no password can ever match.
#[must_use]
pub fn is_unusable(encoded: &PasswordHash) -> bool {
    encoded.expose().starts_with('!')
}

/// Answers as Django's `check_password` with all its hashers enabled.
///
/// # Errors
/// [`HashError::Malformed`] and [`HashError::PasswordTooLongForBcrypt`] where Django raises an
/// exception; [`HashError::TooCostly`] and [`HashError::Failed`] where there is no answer.
pub fn check_password(password: &Password, encoded: &PasswordHash) -> Result<bool, HashError> {
    let password = password.expose().as_bytes();
    match identify(encoded) {
        Ok(Encoded(form)) => leaving_no_trace(|| match form {
            Form::Unusable => Ok(false),
            Form::Pbkdf2(encoded) => Ok(encoded.matches(password)),
            Form::Argon2(encoded) => encoded.matches(password),
            Form::Bcrypt(encoded) => encoded.matches(password),
            Form::Scrypt(encoded) => encoded.matches(password),
            Form::Plain(encoded) => Ok(encoded.matches(password)),
        }),
        Err(
            HashError::UnknownAlgorithm
            | HashError::Unsupported { .. }
            | HashError::NeverMatches { .. },
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

impl Encoded<'_> {
    /// Whether a password can match: false for the value of an account without one.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        !matches!(self.0, Form::Unusable)
    }

    /// Django's name of the hasher, which its settings must list; none for an unusable value.
    #[must_use]
    pub const fn algorithm(&self) -> Option<&'static str> {
        match &self.0 {
            Form::Unusable => None,
            Form::Pbkdf2(encoded) => Some(encoded.name()),
            Form::Argon2(_) => Some(argon2::NAME),
            Form::Bcrypt(encoded) => Some(encoded.name()),
            Form::Scrypt(_) => Some(scrypt::NAME),
            Form::Plain(encoded) => Some(encoded.name()),
        }
    }

    /// The hasher that writes it so today, with the same cost but for PBKDF2's iterations.
    #[must_use]
    pub fn hasher(&self) -> Option<Hasher> {
        match &self.0 {
            Form::Argon2(encoded) if !encoded.is_as_written() => None,
            Form::Bcrypt(encoded) if !encoded.is_as_written() => None,
            Form::Scrypt(encoded) if !encoded.is_as_written() => None,
            _ => Hasher::ALL
                .into_iter()
                .find(|hasher| self.algorithm() == Some(hasher.name())),
        }
    }

    /// How often PBKDF2 iterated, with either of its two hashers; none for another algorithm.
    #[must_use]
    pub const fn iterations(&self) -> Option<u32> {
        match &self.0 {
            Form::Pbkdf2(encoded) => Some(encoded.iterations()),
            _ => None,
        }
    }
}

/// Django's salt: 22 characters, the fewest that hold 128 bits.
fn salt<R: TryCryptoRng>(rng: &mut R) -> Result<String, HashError> {
    alphanumeric(22, rng)
}

/// Random characters of Django's `RANDOM_STRING_CHARS`, each as likely as any other.
fn alphanumeric<R: TryCryptoRng>(length: usize, rng: &mut R) -> Result<String, HashError> {
    const CHARACTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in random::<64, R>(rng)? {
            // Six bits; the two values past the last character are drawn again, not folded in.
            if let Some(&character) = CHARACTERS.get(usize::from(byte >> 2))
                && text.len() < length
            {
                text.push(char::from(character));
            }
        }
    }
    Ok(text)
}

fn random<const N: usize, R: TryCryptoRng>(rng: &mut R) -> Result<[u8; N], HashError> {
    let mut bytes = [0; N];
    rng.try_fill_bytes(&mut bytes)
        .map_err(|error| HashError::Randomness(error.to_string()))?;
    Ok(bytes)
}

/// A number as Django writes it. Python's `int` takes more forms (`007`, `+7`, `1_000`), but the
/// comparison with the rewritten hash then fails; of those, only digits are worth telling apart.
fn number(algorithm: &'static str, text: &str) -> Result<u64, HashError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HashError::Malformed {
            algorithm,
            why: "a number was expected",
        });
    }
    let why = if text == "0" {
        "a cost of 0"
    } else if text.starts_with('0') {
        "a number with a leading zero"
    } else {
        return text.parse().map_err(|_| HashError::TooCostly {
            algorithm,
            limit: "a number is out of any range",
        });
    };
    Err(HashError::NeverMatches { algorithm, why })
}

/// The salt, which Django wants to be there.
fn non_empty_salt<'a>(algorithm: &'static str, salt: &'a str) -> Result<&'a str, HashError> {
    if salt.is_empty() {
        return Err(HashError::Malformed {
            algorithm,
            why: "the salt is empty",
        });
    }
    Ok(salt)
}

/// The digest, of which nothing but `length` bytes in the one true spelling of the alphabet is
/// what Django compares with.
fn digest(
    algorithm: &'static str,
    base64: &impl base64::Engine,
    text: &str,
    length: usize,
) -> Result<Vec<u8>, HashError> {
    match base64.decode(text) {
        Ok(digest) if digest.len() == length => Ok(digest),
        Ok(_) => Err(HashError::NeverMatches {
            algorithm,
            why: "the digest has the wrong length",
        }),
        Err(_) => Err(HashError::NeverMatches {
            algorithm,
            why: "the digest is not base64",
        }),
    }
}

/// Compares in a time that does not tell where the difference is.
fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests;
