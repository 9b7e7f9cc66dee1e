//! A new password: read from where the command line says, judged, and hashed. Used by every
//! command that takes one; all of it happens before anything is locked.

use rand::rngs::SysRng;

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
pub(crate) struct Subject {
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    current: Option<PasswordHash>,
}

impl Subject {
    /// Takes a new value from `fields` and what has none there from the user's row.
    pub(crate) fn new(
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

    /// Refuses a password that Django's validators refuse.
    pub(crate) fn judge(&self, password: &Password) -> Result<(), Failure> {
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

impl PasswordSource {
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
pub(crate) fn existing(source: &PasswordSource, ctx: &Context) -> Result<Password, Failure> {
    match source.read(ctx)? {
        Some(password) => Ok(password),
        None => prompt::password(),
    }
}

/// A password that a user is to have.
pub(crate) enum NewPassword {
    /// None that could be used.
    Unusable,
    /// This one.
    Clear(Password),
    /// The one with this hash.
    Hashed(PasswordHash),
}

impl NewPassword {
    /// Reads it from where the command line says, and judges it.
    pub(crate) fn read(
        options: &PasswordOptions,
        ctx: &Context,
        subject: &Subject,
        recipe: Recipe,
    ) -> Result<Self, Failure> {
        if options.no_password {
            return if options.hasher.is_some() || options.iterations.is_some() {
                Err(Failure::usage(
                    "`--hasher` and `--iterations` need a password: they do not go with \
                     `--no-password`",
                ))
            } else {
                Ok(Self::Unusable)
            };
        }
        if !options.hashed {
            recipe.check()?;
        }
        let judge = |password: &Password| {
            if options.allow_weak_password || options.hashed {
                Ok(())
            } else {
                subject.judge(password)
            }
        };
        let password = match options.source.read(ctx)? {
            Some(password) => judge(&password).map(|()| password)?,
            None => prompt::new_password(judge)?,
        };
        if options.hashed {
            let hash = Self::hashed(PasswordHash::new(password.expose().to_owned()));
            if hash.as_ref().is_ok_and(Self::is_unusual) {
                ctx.out.warn(
                    "Django reads a hash of this kind only where `PASSWORD_HASHERS` in the \
                     settings names it",
                );
            }
            hash
        } else {
            Ok(Self::Clear(password))
        }
    }

    /// Takes a Django hash, once its form is known to be right.
    pub(crate) fn hashed(hash: PasswordHash) -> Result<Self, Failure> {
        hashers::parse(&hash).map_err(refusal)?;
        Ok(Self::Hashed(hash))
    }

    /// Whether a server with Django's own settings could not read it.
    fn is_unusual(&self) -> bool {
        let Self::Hashed(hash) = self else {
            return false;
        };
        let algorithm = hashers::parse(hash).ok().and_then(|hash| hash.algorithm());
        algorithm.is_some_and(|name| Hasher::ALL.iter().all(|usual| usual.name() != name))
    }

    /// The hash to store; `None` if the user has that password already, hashed as asked for: a
    /// run that finds everything as it should be must not log the user out of every session. The
    /// password itself is gone from here on.
    pub(crate) fn hash(
        self,
        subject: &Subject,
        recipe: Recipe,
        mut random: SysRng,
    ) -> Result<Option<PasswordHash>, Failure> {
        let current = subject.current.as_ref();
        let is_so = current.is_some_and(|current| match &self {
            Self::Unusable => current.expose().starts_with('!'),
            Self::Clear(password) => {
                recipe.is_met_by(current) && hashers::verify(password, current).unwrap_or(false)
            }
            Self::Hashed(hash) => current == hash,
        });
        if is_so {
            return Ok(None);
        }
        let hash = match self {
            Self::Unusable => hashers::unusable(&mut random),
            Self::Clear(password) => {
                hashers::encode(&password, recipe.hasher, recipe.iterations, &mut random)
            }
            Self::Hashed(hash) => Ok(hash),
        };
        hash.map(Some).map_err(refusal)
    }
}

/// How passwords are hashed: as the command line says, else as the server does it.
#[derive(Clone, Copy)]
pub(crate) struct Recipe {
    hasher: Hasher,
    iterations: Option<u32>,
    /// What the command line says of both; a password that is kept must be hashed so, too.
    asked: (Option<Hasher>, Option<u32>),
    doubt: Option<Doubt>,
}

/// What the newest passwords of the database say against a recipe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// Most are of no kind that Django ships: the server has a way of its own.
    Foreign,
    /// None is PBKDF2's; the newest is of this hasher.
    OtherHasher(&'static str),
    /// So few iterations are no longer what a supported Django starts with.
    FewIterations(u32),
    /// None is of the hasher that is asked for, which is there only with this Python package.
    NeedsPackage(&'static str),
}

impl Recipe {
    /// Asks the newest users what the server hashes with: with another count of iterations it
    /// would hash the password again at the next login.
    pub(crate) fn new(options: &PasswordOptions, database: &Database) -> anyhow::Result<Self> {
        let (mut known, mut foreign) = (0, 0);
        let mut iterations = None;
        let mut other = None;
        let mut package = options.hasher.and_then(Hasher::python_package);
        for hash in database.newest_hashes(NEWEST)? {
            match hashers::parse(&hash) {
                Ok(encoded) => {
                    known += usize::from(encoded.is_usable());
                    // Both PBKDF2s have the same count in Django, where one is derived from the
                    // other.
                    iterations = iterations.or(encoded.iterations());
                    other = other.or(encoded.algorithm());
                    package =
                        package.filter(|_| encoded.algorithm() != options.hasher.map(Hasher::name));
                }
                // But for an account whose password was never set.
                Err(HashError::UnknownAlgorithm) if !hash.expose().is_empty() => foreign += 1,
                Err(_) => {}
            }
        }
        let hasher = options.hasher.unwrap_or(Hasher::Pbkdf2Sha256);
        let hashes_one = !options.no_password && !options.hashed;
        let doubt = match (options.hasher, options.iterations, iterations, other) {
            (None, ..) if foreign > known => Some(Doubt::Foreign),
            _ if !hashes_one => None,
            (None, _, None, Some(other)) => Some(Doubt::OtherHasher(other)),
            (Some(_), ..) if package.is_some() => package.map(Doubt::NeedsPackage),
            (_, None, Some(count), _)
                if hasher.has_iterations() && count < hashers::FEWEST_DEFAULT_ITERATIONS =>
            {
                Some(Doubt::FewIterations(count))
            }
            _ => None,
        };
        Ok(Self {
            hasher,
            iterations: options
                .iterations
                .or(iterations.filter(|_| hasher.has_iterations())),
            asked: (options.hasher, options.iterations),
            doubt,
        })
    }

    /// Refuses to hash a password as the server would not.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.doubt == Some(Doubt::Foreign) {
            Err(Failure::ForeignHashes)
        } else {
            Ok(())
        }
    }

    /// Says what speaks against a password that was hashed so.
    pub(crate) fn warn(&self, ctx: &Context) {
        match self.doubt {
            None | Some(Doubt::Foreign) => {}
            Some(Doubt::OtherHasher(other)) => ctx.out.warn(&format!(
                "the newest passwords here are {other} hashes, and this one is {}: if the server \
                 refuses it, set it again with another `--hasher`",
                self.hasher.name()
            )),
            Some(Doubt::FewIterations(count)) => ctx.out.warn(&format!(
                "{count} iterations, as the newest passwords here have, are few: Django takes {} \
                 by now, and `--iterations` as many as you say",
                hashers::DEFAULT_ITERATIONS
            )),
            Some(Doubt::NeedsPackage(package)) => ctx.out.warn(&format!(
                "none of the newest passwords here is hashed with {}: a login fails unless the \
                 server has the Python package `{package}`",
                self.hasher.name()
            )),
        }
    }

    /// Whether a hash is such as the command line asks for.
    fn is_met_by(&self, hash: &PasswordHash) -> bool {
        let (hasher, iterations) = self.asked;
        hashers::parse(hash).is_ok_and(|hash| {
            hasher.is_none_or(|hasher| hash.algorithm() == Some(hasher.name()))
                && iterations.is_none_or(|count| hash.iterations() == Some(count))
        })
    }
}

fn password_from_variable(ctx: &Context, name: &str) -> Result<Password, Failure> {
    let Some(value) = ctx.variable(name) else {
        // Not repeated: it may be the password, given where its variable's name belongs.
        return Err(Failure::Usage {
            message: "there is no environment variable of the name that `--password-env` gives"
                .to_owned(),
            hint: Some("it takes the name of a variable, not its value".to_owned()),
        });
    };
    match value.into_string() {
        Ok(text) => input::password_from_text(text),
        Err(_) => Err(Failure::BadPassword("it is not valid UTF-8".to_owned())),
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
