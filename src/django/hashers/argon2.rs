//! `argon2`: `argon2$argon2id$v=19$m=102400,t=2,p=8$SALT$DIGEST`, both in base64 without padding.
//!
//! Written as Django does, with the 22 characters of the salt themselves as its bytes. Read as
//! the reference implementation behind `argon2-cffi` does: all three varieties, and version 16
//! where no version is given.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::{HashError, PasswordHash, equal};

pub(super) const NAME: &str = "argon2";

/// Memory in KiB, passes, lanes and digest bytes of Django's `Argon2PasswordHasher`.
const MEMORY: u32 = 102_400;
const PASSES: u32 = 2;
const LANES: u32 = 8;
const DIGEST: usize = 32;

/// 4 GiB and 100 passes: minutes, not hours.
const MAX_MEMORY: u32 = 4 * 1024 * 1024;
const MAX_PASSES: u32 = 100;

pub(super) struct Encoded {
    algorithm: Algorithm,
    argon2: Argon2<'static>,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

pub(super) fn encode(password: &[u8], salt: &str) -> Result<PasswordHash, HashError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let digest = derive(&argon2, password, salt.as_bytes(), DIGEST)?;
    Ok(PasswordHash::new(format!(
        "{NAME}$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(&digest)
    )))
}

pub(super) fn parse(rest: &str) -> Result<Encoded, HashError> {
    if !rest.is_ascii() {
        return Err(HashError::Malformed {
            algorithm: NAME,
            why: "it is not ASCII",
        });
    }
    let (algorithm, fields) = if let Some(fields) = rest.strip_prefix("argon2id") {
        (Algorithm::Argon2id, fields)
    } else if let Some(fields) = rest.strip_prefix("argon2i").filter(|f| f.starts_with('$')) {
        (Algorithm::Argon2i, fields)
    } else if let Some(fields) = rest.strip_prefix("argon2d").filter(|f| f.starts_with('$')) {
        (Algorithm::Argon2d, fields)
    } else {
        return Err(HashError::Malformed {
            algorithm: NAME,
            why: "`argon2id`, `argon2i` or `argon2d` was expected",
        });
    };
    fields_of(fields)
        .ok_or(HashError::NeverMatches {
            algorithm: NAME,
            why: "its fields are not those of an Argon2 hash",
        })
        .and_then(|fields| fields.check(algorithm))
}

/// What is written behind the variety, not yet known to make sense.
struct Fields {
    version: Version,
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

/// Reads `$v=19$m=102400,t=2,p=8$SALT$DIGEST`, as strictly as the reference does.
fn fields_of(text: &str) -> Option<Fields> {
    let text = text.strip_prefix('$')?;
    let (version, text) = match text.strip_prefix("v=") {
        Some(text) => {
            let (version, text) = text.split_once('$')?;
            (Version::try_from(decimal(version)?).ok()?, text)
        }
        None => (Version::V0x10, text),
    };
    let (memory, text) = text.strip_prefix("m=")?.split_once(",t=")?;
    let (passes, text) = text.split_once(",p=")?;
    let (lanes, text) = text.split_once('$')?;
    let (salt, digest) = text.split_once('$')?;
    Some(Fields {
        version,
        memory: decimal(memory)?,
        passes: decimal(passes)?,
        lanes: decimal(lanes)?,
        salt: STANDARD_NO_PAD.decode(salt).ok()?,
        digest: STANDARD_NO_PAD.decode(digest).ok()?,
    })
}

impl Fields {
    fn check(self, algorithm: Algorithm) -> Result<Encoded, HashError> {
        if self.memory > MAX_MEMORY || self.passes > MAX_PASSES {
            return Err(HashError::TooCostly {
                algorithm: NAME,
                limit: "at most 4 GiB of memory and 100 passes",
            });
        }
        let params = Params::new(self.memory, self.passes, self.lanes, None)
            .ok()
            .filter(|_| self.salt.len() >= argon2::MIN_SALT_LEN)
            .filter(|_| self.digest.len() >= Params::MIN_OUTPUT_LEN)
            .ok_or(HashError::NeverMatches {
                algorithm: NAME,
                why: "its memory, passes, lanes, salt or digest is below Argon2's minimum",
            })?;
        Ok(Encoded {
            algorithm,
            argon2: Argon2::new(algorithm, self.version, params),
            salt: self.salt,
            digest: self.digest,
        })
    }
}

impl Encoded {
    /// Whether `encode` would take the same variety and cost.
    pub(super) fn is_as_written(&self) -> bool {
        let params = self.argon2.params();
        let cost = (params.m_cost(), params.t_cost(), params.p_cost());
        self.algorithm == Algorithm::Argon2id && cost == (MEMORY, PASSES, LANES)
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, HashError> {
        let derived = derive(&self.argon2, password, &self.salt, self.digest.len())?;
        Ok(equal(&derived, &self.digest))
    }
}

fn derive(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    length: usize,
) -> Result<Vec<u8>, HashError> {
    let mut output = vec![0; length];
    argon2
        .hash_password_into(password, salt, &mut output)
        .map_err(failed)?;
    Ok(output)
}

fn failed(error: argon2::Error) -> HashError {
    HashError::Failed {
        algorithm: NAME,
        why: error.to_string(),
    }
}

/// A number without sign or leading zeros, as the reference wants it.
fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| plain && !leading_zero)
}
