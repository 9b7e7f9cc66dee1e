//! What is wrong about users and their tokens: seen in one pass. Names that look alike take more
//! passes, and a few bytes for each name with capitals or invisible characters.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

use super::{Finding, Severity, number};
use crate::db::{Account, Database};
use crate::django::hashers;
use crate::django::keys;
use crate::error::{Failure, is_plain};
use crate::escape::is_hidden;
use crate::io::age::option;
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

    /// The names, as arguments of a command where that is safe; else a word in their place.
    fn names(&self) -> String {
        let are_all = self.count == self.examples.len() as u64;
        if are_all && self.examples.iter().all(|name| is_plain(name)) {
            self.examples.join(" ")
        } else {
            "NAME".to_owned()
        }
    }

    /// The same for a command that takes a single name.
    fn first_name(&self) -> String {
        match self.examples.first() {
            Some(name) if is_plain(name) => name.clone(),
            _ => "NAME".to_owned(),
        }
    }

    /// What one user, or several, are found to have; `None` where there is nobody.
    fn finding(
        self,
        code: &'static str,
        one: &str,
        several: &str,
        hint: String,
    ) -> Option<Finding> {
        (self.count > 0).then(|| Finding {
            code,
            severity: Severity::Warning,
            count: self.count,
            message: number(self.count, one, several),
            hint,
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
    /// The skeletons of the names that are not their own. Of two different names that look alike,
    /// one is of these.
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
        if !is_own_skeleton(name) {
            self.skeletons.push(skeleton(name));
        }
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
        let age = option(older_than.unwrap_or_default());
        let (malformed, weak, twin) = (
            self.malformed.names(),
            self.weak.first_name(),
            alike.first_name(),
        );
        let found = [
            self.inactive.finding(
                "inactive_tokens",
                "inactive user holds a token, which is valid again once the user is active",
                "inactive users hold tokens, which are valid again once the users are active",
                "`drfctl revoke --inactive` revokes the tokens of inactive users".to_owned(),
            ),
            self.malformed.finding(
                "malformed_tokens",
                "user holds a token that is too short, too long, well known, or cannot be sent",
                "users hold tokens that are too short, too long, well known, or cannot be sent",
                format!("`drfctl create-token {malformed} --reset` replaces such a token"),
            ),
            self.old.finding(
                "old_tokens",
                &format!("user holds a token that is older than {age}"),
                &format!("users hold tokens that are older than {age}"),
                format!("`drfctl create-token --older-than {age} --reset` replaces such tokens"),
            ),
            self.weak.finding(
                "weak_superuser_passwords",
                "active superuser has a password hash that is weak, or that Django does not make \
                 by default",
                "active superusers have password hashes that are weak, or that Django does not \
                 make by default",
                format!(
                    "`drfctl set-password {weak} --hasher pbkdf2_sha256 --iterations {}` hashes a \
                     new one as Django does, for a server that has this hasher in PASSWORD_HASHERS",
                    hashers::DEFAULT_ITERATIONS
                ),
            ),
            alike.finding(
                "similar_usernames",
                "user has a name that differs from another only in case or invisible characters",
                "users have names that differ from others only in case or invisible characters",
                format!("`drfctl update-user {twin} --rename NEW` renames one of them"),
            ),
        ];
        Ok(found.into_iter().flatten().collect())
    }

    fn alike(&mut self, database: &Database) -> Result<Group, Failure> {
        let mut alike = Group::default();
        if self.skeletons.is_empty() {
            return Ok(alike);
        }
        self.skeletons.sort_unstable();
        let mut twice: BTreeSet<u64> = self
            .skeletons
            .windows(2)
            .filter_map(|pair| match pair {
                [one, other] if one == other => Some(*one),
                _ => None,
            })
            .collect();
        database.accounts(|account| {
            let name = &account.entry.user.username;
            let skeleton = skeleton(name);
            if is_own_skeleton(name) && self.skeletons.binary_search(&skeleton).is_ok() {
                twice.insert(skeleton);
            }
        })?;
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

/// What is left of a name without case and invisible characters.
fn folded(username: &str) -> impl Iterator<Item = char> {
    let seen = username.nfkc().filter(|c| !is_hidden(*c));
    seen.flat_map(char::to_lowercase)
}

fn is_own_skeleton(username: &str) -> bool {
    folded(username).eq(username.chars())
}

/// The folded name as a number.
fn skeleton(username: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for c in folded(username) {
        c.hash(&mut hasher);
    }
    hasher.finish()
}

/// Whether a usable hash is one that nobody should have any more, or that only a hasher of the
/// server's own can read.
fn is_weak(hash: &PasswordHash) -> bool {
    /// What Django 2.2 makes, the oldest whose projects are still met: a server hashes anew at the
    /// next login as its own Django does, so that more would be found on every older one.
    const FEWEST_ITERATIONS: u32 = 150_000;
    match hashers::identify(hash) {
        Ok(encoded) if !encoded.is_usable() => false,
        Ok(encoded) => {
            let is_default = encoded.algorithm().is_some_and(hashers::is_default);
            let is_fast = encoded
                .iterations()
                .is_some_and(|count| count < FEWEST_ITERATIONS);
            !is_default || is_fast
        }
        Err(_) => !hash.expose().is_empty(),
    }
}
