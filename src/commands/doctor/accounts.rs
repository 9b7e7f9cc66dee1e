//! What is wrong about users and their tokens: seen in one pass, with a few bytes for each user.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

use super::{Finding, Severity, users};
use crate::db::{Account, Database};
use crate::django::hashers;
use crate::django::keys;
use crate::error::Failure;
use crate::escape::is_hidden;
use crate::secret::PasswordHash;

/// Users with the same trouble: how many, and the names of the first.
#[derive(Default)]
struct Group {
    count: u64,
    examples: Vec<String>,
}

impl Group {
    const EXAMPLES: usize = 5;

    fn add(&mut self, username: &str) {
        self.count += 1;
        if self.examples.len() < Self::EXAMPLES {
            self.examples.push(username.to_owned());
        }
    }

    fn finding(
        self,
        code: &'static str,
        severity: Severity,
        message: &str,
        hint: &str,
    ) -> Option<Finding> {
        (self.count > 0).then(|| Finding {
            code,
            severity,
            count: self.count,
            message: format!("{} {message}", users(self.count)),
            hint: hint.to_owned(),
            examples: self.examples,
        })
    }
}

/// What has been seen of the users so far.
pub(super) struct Accounts {
    created_before: Option<Timestamp>,
    inactive: Group,
    malformed: Group,
    old: Group,
    weak: Group,
    /// What is left of each name without case and invisible characters, as a number.
    skeletons: Vec<u64>,
}

impl Accounts {
    pub(super) fn new(created_before: Option<Timestamp>) -> Self {
        Self {
            created_before,
            inactive: Group::default(),
            malformed: Group::default(),
            old: Group::default(),
            weak: Group::default(),
            skeletons: Vec::new(),
        }
    }

    pub(super) fn look_at(&mut self, account: &Account) {
        let user = &account.entry.user;
        let name = &user.username;
        self.skeletons.push(skeleton(name));
        if let Some(token) = &account.entry.token {
            if !user.is_active {
                self.inactive.add(name);
            }
            if keys::problem(&token.key).is_some() {
                self.malformed.add(name);
            }
            if let (Some(limit), Some(created)) = (self.created_before, token.created)
                && created < limit
            {
                self.old.add(name);
            }
        }
        let is_superuser = user.is_superuser == Some(true) && user.is_active;
        if is_superuser && account.password.as_ref().is_some_and(is_weak) {
            self.weak.add(name);
        }
    }

    /// What was found; names that look alike are looked up again, where there are any.
    pub(super) fn findings(
        mut self,
        older_than: Option<Duration>,
        database: &Database,
    ) -> Result<Vec<Finding>, Failure> {
        let alike = self.alike(database)?;
        let days = older_than.map_or(0, |age| age.as_secs() / 86_400);
        let found = [
            self.inactive.finding(
                "inactive_tokens",
                Severity::Warning,
                "hold a token and are inactive: the token is valid again with the user",
                "`drfctl revoke --inactive` revokes these tokens",
            ),
            self.malformed.finding(
                "malformed_tokens",
                Severity::Warning,
                "hold a token that is too short, too long, well known, or cannot be sent",
                "`drfctl create-token NAME --reset` replaces it",
            ),
            self.old.finding(
                "old_tokens",
                Severity::Warning,
                &format!("hold a token that is older than {days} days"),
                &format!("`drfctl create-token --all --reset-older-than {days}d` replaces them"),
            ),
            self.weak.finding(
                "weak_superuser_passwords",
                Severity::Warning,
                "are superusers whose password is weakly hashed, or in a way of the server's own",
                "`drfctl set-password NAME` hashes a new one as current Django does",
            ),
            alike.finding(
                "similar_usernames",
                Severity::Warning,
                "have a name that differs from another only in case or invisible characters",
                "`drfctl update-user NAME --rename NEW` tells them apart",
            ),
        ];
        Ok(found.into_iter().flatten().collect())
    }

    fn alike(&mut self, database: &Database) -> Result<Group, Failure> {
        self.skeletons.sort_unstable();
        let twice: BTreeSet<u64> = self
            .skeletons
            .windows(2)
            .filter_map(|pair| match pair {
                [one, other] if one == other => Some(*one),
                _ => None,
            })
            .collect();
        let mut alike = Group::default();
        if !twice.is_empty() {
            database.accounts(|account| {
                let name = &account.entry.user.username;
                if twice.contains(&skeleton(name)) {
                    alike.add(name);
                }
            })?;
        }
        Ok(alike)
    }
}

fn skeleton(username: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let seen = username.nfkc().filter(|c| !is_hidden(*c));
    for c in seen.flat_map(char::to_lowercase) {
        c.hash(&mut hasher);
    }
    hasher.finish()
}

/// Whether a usable hash is one that nobody should have any more, or that only a hasher of the
/// server's own can read.
fn is_weak(hash: &PasswordHash) -> bool {
    match hashers::identify(hash) {
        Ok(encoded) if !encoded.is_usable() => false,
        Ok(encoded) => {
            let is_default = encoded.algorithm().is_some_and(hashers::is_default);
            let is_fast = encoded
                .iterations()
                .is_some_and(|count| count < hashers::FEWEST_DEFAULT_ITERATIONS);
            !is_default || is_fast
        }
        Err(_) => !hash.expose().is_empty(),
    }
}
