//! `scrypt`: `scrypt$N$SALT$r$p$DIGEST`, the digest of 64 bytes in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use scrypt::Params;

use super::{HashError, PasswordHash, digest, equal, non_empty_salt, number};

pub(super) const NAME: &str = "scrypt";

/// Django's parameters since 5.1; 4.2 wrote a `p` of 1.
const LOG_N: u8 = 14;
const R: u32 = 8;
const P: u32 = 5;
const DIGEST: usize = 64;

/// The memory that OpenSSL gives scrypt when it is not told otherwise, in bytes: a server raises
/// an exception above that. One of Django's hashes takes 16 MiB.
const MAX_MEMORY: u64 = 32 * 1024 * 1024;

/// `N·r·p`, which is proportional to the time: some 200 times that of one of Django's hashes.
const MAX_WORK: u64 = 1 << 27;

pub(super) struct Encoded<'a> {
    params: Params,
    salt: &'a str,
    digest: Vec<u8>,
}

pub(super) fn encode(password: &[u8], salt: &str) -> Result<PasswordHash, HashError> {
    let params = Params::new(LOG_N, R, P).map_err(|error| failed(&error))?;
    let digest = derive(&params, password, salt.as_bytes())?;
    Ok(PasswordHash::new(format!(
        "{NAME}${}${salt}${R}${P}${}",
        params.n(),
        STANDARD.encode(&digest)
    )))
}

pub(super) fn parse(rest: &str) -> Result<Encoded<'_>, HashError> {
    let malformed = |why| HashError::Malformed {
        algorithm: NAME,
        why,
    };
    let mut fields = rest.split('$');
    let (Some(n), Some(salt), Some(r), Some(p), Some(text), None) = (
        fields.next(),
        fields.next(),
        fields.next(),
        fields.next(),
        fields.next(),
        fields.next(),
    ) else {
        return Err(malformed("N, salt, r, p and digest were expected"));
    };
    let salt = non_empty_salt(NAME, salt)?;
    let (n, r, p) = (number(NAME, n)?, number(NAME, r)?, number(NAME, p)?);
    if n < 2 || !n.is_power_of_two() || u64::from(n.ilog2()) >= r.saturating_mul(16) {
        return Err(malformed("N must be a power of two, and less than 2^(16r)"));
    }
    Ok(Encoded {
        params: params(n, r, p).ok_or(HashError::TooCostly {
            algorithm: NAME,
            limit: "at most 32 MiB of memory, and N·r·p of at most 2^27",
        })?,
        salt,
        digest: digest(NAME, &STANDARD, text, DIGEST)?,
    })
}

/// The parameters if they are within bounds. The memory is that of the `p` blocks and of the
/// table of `N`, with two blocks to work on, as OpenSSL adds it up.
fn params(n: u64, r: u64, p: u64) -> Option<Params> {
    let block = r.checked_mul(128)?;
    let blocks = n.checked_add(2)?.checked_add(p)?;
    let work = n.checked_mul(r)?.checked_mul(p)?;
    if block.checked_mul(blocks)? > MAX_MEMORY || work > MAX_WORK {
        return None;
    }
    let log_n = u8::try_from(n.ilog2()).ok()?;
    Params::new(log_n, u32::try_from(r).ok()?, u32::try_from(p).ok()?).ok()
}

impl Encoded<'_> {
    /// Whether `encode` would take the same cost.
    pub(super) fn is_as_written(&self) -> bool {
        (self.params.log_n(), self.params.r(), self.params.p()) == (LOG_N, R, P)
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, HashError> {
        let derived = derive(&self.params, password, self.salt.as_bytes())?;
        Ok(equal(&derived, &self.digest))
    }
}

fn derive(params: &Params, password: &[u8], salt: &[u8]) -> Result<Vec<u8>, HashError> {
    let mut output = vec![0; DIGEST];
    scrypt::scrypt(password, salt, params, &mut output).map_err(|error| failed(&error))?;
    Ok(output)
}

fn failed(error: &impl ToString) -> HashError {
    HashError::Failed {
        algorithm: NAME,
        why: error.to_string(),
    }
}
