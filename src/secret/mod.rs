//! The types that carry secrets: a token's key, a password, a stored hash.
//!
//! None of them has `Display`, and `Debug` shows nothing of the content. `expose` is the only way
//! out; its callers hash, store or deliver the secret, and never log it.
//!
//! # What is wiped from memory, and why
//!
//! drfctl may run for minutes (waiting for a lock, hashing a file of users), as root, on a machine
//! where memory ends up elsewhere: in swap, in a core file, in a snapshot of the virtual machine,
//! in a debugger. The aim is that a secret is in memory no longer than its use. A reader of the
//! live process can still see a secret while it is used; nothing is done against that.
//!
//! - **Heap**: `main`'s allocator overwrites every buffer when it is freed, also those of
//!   libraries and those that a growing vector leaves behind. So digests and buffers need no
//!   wrapper; the types here wipe themselves too, so that they do not depend on the allocator.
//! - **Stack**: hash functions leave copies of a short password in their frames;
//!   `leaving_no_trace` overwrites them.
//! - **The standard library's stdin buffer** is never freed: all input is read past it.
//! - **Core files and debuggers**: `platform::process` switches them off.
//!
//! `tests/cli/memory.rs` searches the memory of running processes.

use std::fmt;
use std::hint;

use rand::TryCryptoRng;
use zeroize::{Zeroize as _, Zeroizing};

/// The key of a token: what a client sends behind `Authorization: Token `.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<String>);

/// A password in clear, as the person typed it: at most [`Password::MAX_BYTES`] of UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

/// A password as Django stores it: `algorithm$…`, or `!…` for one that can never match.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Zeroizing<String>);

impl Key {
    /// How many characters of a key may be shown to tell it from another.
    const PREFIX: usize = 8;

    /// Wraps a key that the database or the operator gave.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(Zeroizing::new(key))
    }

    /// Makes keys as DRF's `Token.generate_key` does: 20 random bytes as 40 hexadecimal digits.
    ///
    /// # Errors
    /// When the source of randomness fails; no weaker source is ever tried instead.
    pub fn generate<R: TryCryptoRng>(count: usize, rng: &mut R) -> Result<Vec<Self>, R::Error> {
        const BYTES: usize = 20;
        // A source that fails concerns only those who need bytes.
        if count == 0 {
            return Ok(Vec::new());
        }
        // One system call for all keys.
        let mut bytes = Zeroizing::new(vec![0_u8; count * BYTES]);
        rng.try_fill_bytes(&mut bytes)?;
        let keys = bytes.chunks_exact(BYTES);
        Ok(keys.map(|key| Self::new(hex::encode(key))).collect())
    }

    /// The whole key.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is what messages and lists show of a key, and not a whole one.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        let shown = self.0.trim_end_matches(['…', '.']);
        shown.chars().count() == Self::PREFIX && self.0.chars().count() <= Self::PREFIX + 3
    }

    /// The first characters of the key, which are safe to show.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let end = self.0.char_indices().nth(Self::PREFIX);
        end.and_then(|(end, _)| self.0.get(..end))
            .unwrap_or(&self.0)
    }
}

impl Password {
    /// Longer passwords are refused: a limit that Django itself once had (CVE-2013-1443), and
    /// far above what a person or a password manager makes.
    pub const MAX_BYTES: usize = 4096;

    /// Wraps a password that has been read.
    #[must_use]
    pub fn new(password: String) -> Self {
        Self(Zeroizing::new(password))
    }

    /// The password itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PasswordHash {
    /// Wraps a hash in Django's encoding.
    #[must_use]
    pub fn new(encoded: String) -> Self {
        Self(Zeroizing::new(encoded))
    }

    /// The encoded hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Computes something from a secret, and overwrites what that leaves on the stack. On the threads
/// that hash a file of users nothing else would overwrite it for a long time.
pub(crate) fn leaving_no_trace<T>(compute: impl FnOnce() -> T) -> T {
    /// In bytes: about three times what Blowfish takes, the deepest hash function.
    const STACK: usize = 16 * 1024;

    // Frames of their own, so that both begin at the same height.
    #[inline(never)]
    fn call<T>(compute: impl FnOnce() -> T) -> T {
        compute()
    }
    #[inline(never)]
    fn overwrite() {
        let mut words = [0_u64; STACK / size_of::<u64>()];
        words.zeroize();
        hint::black_box(&words);
    }

    let result = call(compute);
    overwrite();
    result
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_is_forty_lower_case_hexadecimal_digits() {
        let keys = Key::generate(1, &mut rand::rngs::SysRng).unwrap();
        let key = keys.first().unwrap();
        assert_eq!(key.expose().len(), 40);
        assert!(
            key.expose()
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        );
    }

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let secret = "correct horse".to_owned();
        let shown = format!(
            "{:?} {:?} {:?}",
            Key::new(secret.clone()),
            Password::new(secret.clone()),
            PasswordHash::new(secret)
        );
        assert!(!shown.contains("horse"), "{shown}");
    }
}
