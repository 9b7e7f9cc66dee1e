//! A new password: read from where the command line says, judged, and hashed. Used by every
//! command that takes one; all of it happens before anything is locked.

use crate::cli::{PasswordOptions, PasswordSource};
use crate::context::Context;
use crate::db::{Credentials, Database, Fields, User};
use crate::django::hashers::{self, HashError, Hasher};
use crate::django::validators::{self, Attribute};
use crate::error::Failure;
use crate::input;
use crate::prompt;
use crate::secret::{Password, PasswordHash};

/// How many of the newest users are asked what the server hashes with.
const NEWEST: u32 = 100;

/// Whose password it is: what it may not be similar to, and what it is now.
pub(super) struct Subject {
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    current: Option<PasswordHash>,
}

impl Subject {
    /// Takes a new value from `fields` and what has none there from the user's row.
    pub(super) fn new(
        database: &Database,
        existing: Option<&User>,
        username: &str,
        fields: &Fields,
    ) -> anyhow::Result<Self> {
        let stored = match existing {
            Some(user) => database.credentials(&user.id)?,
            None => None,
        };
        let or_stored = |new: &Option<String>, pick: fn(&Credentials) -> &String| {
            new.clone()
                .or_else(|| stored.as_ref().map(|stored| pick(stored).clone()))
                .unwrap_or_default()
        };
        Ok(Self {
            username: username.to_owned(),
            first_name: or_stored(&fields.first_name, |stored| &stored.first_name),
            last_name: or_stored(&fields.last_name, |stored| &stored.last_name),
            email: fields
                .email
                .clone()
                .or_else(|| existing.and_then(|user| user.email.clone()))
                .unwrap_or_default(),
            current: stored.map(|stored| stored.password),
        })
    }

    fn judge(&self, password: &Password) -> Result<(), Failure> {
        let attributes = [
            ("username", &self.username),
            ("first name", &self.first_name),
            ("last name", &self.last_name),
            ("email address", &self.email),
        ]
        .map(|(verbose_name, value)| Attribute {
            verbose_name,
            value,
        });
        let problems = validators::validate(password, &attributes);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Failure::WeakPassword(problems))
        }
    }
}

impl PasswordOptions {
    /// Whether the command line says where the password comes from.
    pub(super) fn is_given(&self) -> bool {
        self.source.is_given() || self.no_password
    }
}

impl PasswordSource {
    fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some() || self.password_env.is_some()
    }

    fn read(&self, ctx: &Context) -> Result<Option<Password>, Failure> {
        if self.password_stdin {
            input::password_from_stdin().map(Some)
        } else if let Some(path) = &self.password_file {
            input::password_from_file(path).map(Some)
        } else if let Some(name) = &self.password_env {
            password_from_variable(ctx, name).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// A password that is to be compared, not set.
pub(super) fn existing(source: &PasswordSource, ctx: &Context) -> Result<Password, Failure> {
    match source.read(ctx)? {
        Some(password) => Ok(password),
        None => prompt::password(),
    }
}

/// The hash to store; `None` if the user has that password already.
pub(super) fn new_hash(
    options: &PasswordOptions,
    ctx: &mut Context,
    database: &Database,
    subject: &Subject,
) -> anyhow::Result<Option<PasswordHash>> {
    let current = subject.current.as_ref();
    if options.no_password {
        let is_unusable = current.is_some_and(|hash| hash.expose().starts_with('!'));
        return Ok(if is_unusable {
            None
        } else {
            Some(hashers::unusable(&mut ctx.random).map_err(refusal)?)
        });
    }
    let password = read(options, ctx, subject)?;
    if options.hashed {
        let hash = PasswordHash::new(password.expose().to_owned());
        hashers::parse(&hash).map_err(refusal)?;
        return Ok((current != Some(&hash)).then_some(hash));
    }
    // A run that finds everything as it should be must not log the user out of every session.
    if let Some(current) = current
        && hashers::verify(&password, current).unwrap_or(false)
    {
        return Ok(None);
    }
    let hasher = options.hasher.unwrap_or(Hasher::Pbkdf2Sha256);
    let usual = UsualHash::read(database)?;
    if options.hasher.is_none()
        && let Some(other) = usual.other
    {
        ctx.out.warn(&format!(
            "the newest passwords here are `{other}` hashes, and this one is `{}`: if the server \
             refuses it, set it again with `--hasher {other}`",
            hasher.name()
        ));
    }
    let iterations = match options.iterations {
        None if hasher == Hasher::Pbkdf2Sha256 => usual.iterations,
        given => given,
    };
    let hash = hashers::encode(&password, hasher, iterations, &mut ctx.random);
    Ok(Some(hash.map_err(refusal)?))
}

fn read(options: &PasswordOptions, ctx: &Context, subject: &Subject) -> Result<Password, Failure> {
    let judge = |password: &Password| {
        if options.allow_weak_password || options.hashed {
            Ok(())
        } else {
            subject.judge(password)
        }
    };
    match options.source.read(ctx)? {
        Some(password) => judge(&password).map(|()| password),
        None => prompt::new_password(judge),
    }
}

fn password_from_variable(ctx: &Context, name: &str) -> Result<Password, Failure> {
    let Some(value) = ctx.variable(name) else {
        return Err(Failure::Unreadable {
            path: name.to_owned(),
            reason: "there is no such environment variable".to_owned(),
            hint: Some("`--password-env` takes the name of a variable, not its value".to_owned()),
        });
    };
    match value.into_string() {
        Ok(text) => input::password_from_text(text),
        Err(_) => Err(Failure::BadPassword("it is not valid UTF-8".to_owned())),
    }
}

/// What the server hashes with, as far as its newest users tell.
struct UsualHash {
    /// The count of the newest PBKDF2-SHA256 hash: with another the server would hash the
    /// password again at the next login.
    iterations: Option<u32>,
    /// The algorithm of the newest hash, where none of them is PBKDF2-SHA256.
    other: Option<&'static str>,
}

impl UsualHash {
    fn read(database: &Database) -> anyhow::Result<Self> {
        let mut usual = Self {
            iterations: None,
            other: None,
        };
        for hash in database.newest_hashes(NEWEST)? {
            let Ok(encoded) = hashers::parse(&hash) else {
                continue;
            };
            let algorithm = encoded.algorithm();
            if algorithm == Some(Hasher::Pbkdf2Sha256.name()) {
                usual.iterations = encoded.iterations();
                usual.other = None;
                break;
            }
            usual.other = usual.other.or(algorithm);
        }
        Ok(usual)
    }
}

fn refusal(error: HashError) -> Failure {
    match error {
        HashError::Randomness(reason) => Failure::NoRandomness(reason),
        HashError::IterationsOutOfRange | HashError::NoIterations => {
            Failure::usage(error.to_string())
        }
        other => Failure::BadPassword(other.to_string()),
    }
}
