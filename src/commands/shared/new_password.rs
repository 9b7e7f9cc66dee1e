//! A new password: read from where the command line says, validated, and hashed. All of it happens
//! before anything is locked.

use rand::rngs::SysRng;

use crate::cli::{PasswordOptions, PasswordSource};
use crate::context::Context;
use crate::db::{Credentials, Database, Fields, User};
use crate::django::hashers::{self, HashError, Hasher};
use crate::django::validators::{self, Attribute};
use crate::error::Failure;
use crate::io::input;
use crate::io::prompt;
use crate::secret::{Password, PasswordHash};

/// How many of the newest users' hashes show what the server hashes with.
const NEWEST: u32 = 100;

/// Whose password it is: what it may not be similar to, and the current hash.
pub(crate) struct PasswordOwner {
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    current: Option<PasswordHash>,
}

impl PasswordOwner {
    /// Takes a new value from `fields` and what has none there from the user's row.
    pub(crate) fn new(
        database: &Database,
        existing: Option<&User>,
        username: &str,
        fields: &Fields,
    ) -> Result<Self, Failure> {
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
    pub(crate) fn validate(&self, password: &Password) -> Result<(), Failure> {
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
            input::password_from_stdin()
                .map_err(or_empty("`--password-stdin` found nothing on stdin"))
                .map(Some)
        } else if let Some(path) = &self.password_file {
            let password = input::password_from_file(path)
                .map_err(or_empty("the file named by `--password-file` is empty"))?;
            ctx.warn_of_file_readers(path);
            Ok(Some(password))
        } else if let Some(name) = &self.password_env {
            password_from_variable(ctx, name)
                .map_err(or_empty(
                    "the variable named by `--password-env` is empty, as a CI secret is that is \
                     not set",
                ))
                .map(Some)
        } else {
            Ok(None)
        }
    }
}

/// Says of an empty password which option it comes from.
fn or_empty(hint: &'static str) -> impl Fn(Failure) -> Failure {
    move |failure| match failure {
        Failure::EmptyPassword { .. } => Failure::EmptyPassword { hint: Some(hint) },
        other => other,
    }
}

/// Reads a password that is to be compared, not set.
pub(crate) fn read_password(
    username: &str,
    source: &PasswordSource,
    ctx: &Context,
) -> Result<Password, Failure> {
    match source.read(ctx)? {
        Some(password) => Ok(password),
        None => prompt::password(username),
    }
}

/// A password to set.
pub(crate) enum NewPassword {
    /// Django's unusable password.
    Unusable,
    /// This one.
    Plain(Password),
    /// The one that has this hash.
    Hashed(PasswordHash),
}

impl NewPassword {
    /// Reads it from where the command line says, and validates it.
    pub(crate) fn read(
        options: &PasswordOptions,
        ctx: &Context,
        owner: &PasswordOwner,
        settings: HashSettings,
    ) -> Result<Self, Failure> {
        if options.no_password {
            return if options.hasher.is_some() || options.iterations.is_some() {
                Err(Failure::usage(
                    "`--hasher` and `--iterations` need a password: they cannot be combined \
                     with `--no-password`",
                ))
            } else {
                Ok(Self::Unusable)
            };
        }
        if !options.hashed {
            settings.check()?;
        }
        let validate = |password: &Password| {
            if options.allow_weak_password || options.hashed {
                Ok(())
            } else {
                owner.validate(password)
            }
        };
        let password = match options.source.read(ctx)? {
            Some(password) => {
                input::check_new_password(&password)?;
                validate(&password).map(|()| password)?
            }
            None => prompt::new_password(&owner.username, validate)?,
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
            Ok(Self::Plain(password))
        }
    }

    /// Takes a Django hash, if its form is right.
    pub(crate) fn hashed(hash: PasswordHash) -> Result<Self, Failure> {
        match (hashers::identify(&hash), hashers::django_form(&hash)) {
            (Ok(_), _) => Ok(Self::Hashed(hash)),
            (Err(error), Some(form)) => Err(Failure::BadPassword(format!("{error}: {form}"))),
            (Err(error), None) => Err(refusal(error)),
        }
    }

    /// Whether a server with Django's own settings could not read it.
    fn is_unusual(&self) -> bool {
        let Self::Hashed(hash) = self else {
            return false;
        };
        let algorithm = hashers::identify(hash)
            .ok()
            .and_then(|hash| hash.algorithm());
        algorithm.is_some_and(|algorithm| !hashers::is_default(algorithm))
    }

    /// The hash to store; `None` if the user has that password already, hashed as asked for: a
    /// run that finds everything as it should be must not log the user out of every session. The
    /// password itself is gone from here on.
    pub(crate) fn hash(
        self,
        owner: &PasswordOwner,
        settings: HashSettings,
        mut random: SysRng,
    ) -> Result<Option<PasswordHash>, Failure> {
        let current = owner.current.as_ref();
        let is_so = current.is_some_and(|current| match &self {
            Self::Unusable => current.expose().starts_with('!'),
            Self::Plain(password) => {
                settings.is_met_by(current)
                    && hashers::check_password(password, current).unwrap_or(false)
            }
            Self::Hashed(hash) => current == hash,
        });
        if is_so {
            return Ok(None);
        }
        let hash = match self {
            Self::Unusable => hashers::unusable(&mut random),
            Self::Plain(password) => {
                hashers::make_password(&password, settings.hasher, settings.iterations, &mut random)
            }
            Self::Hashed(hash) => Ok(hash),
        };
        hash.map(Some).map_err(refusal)
    }
}

/// How passwords are hashed: as the command line says, else as the server does it.
#[derive(Clone, Copy)]
pub(crate) struct HashSettings {
    hasher: Hasher,
    iterations: Option<u32>,
    /// What the command line says of both; a password that is kept has to match it.
    asked: (Option<Hasher>, Option<u32>),
    warning: Option<HashWarning>,
}

/// What the newest hashes of the database say against the settings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HashWarning {
    /// Most are of a kind that Django does not ship: the server has a custom hasher.
    Foreign,
    /// Most are of this hasher, which is not the one that is taken.
    OtherHasher(&'static str),
    /// They have fewer iterations than the default of any supported Django.
    FewIterations(u32),
    /// None is of the hasher that is asked for, which needs this Python package.
    NeedsPackage(&'static str),
}

/// The hashes of the newest users.
#[derive(Default)]
struct NewestHashes {
    /// How many are of a kind that Django ships, and usable.
    known: usize,
    /// How many are of another kind.
    foreign: usize,
    /// The newest count of PBKDF2. Both hashers of it have the same in Django, where one is derived
    /// from the other.
    iterations: Option<u32>,
    /// How many are of each algorithm, that of the newest first.
    kinds: Vec<(Usual, usize)>,
}

/// An algorithm, and the hasher that goes on with the newest hash of it.
#[derive(Clone, Copy)]
struct Usual {
    algorithm: &'static str,
    hasher: Option<Hasher>,
}

impl Usual {
    fn has_iterations(self) -> bool {
        self.hasher.is_some_and(Hasher::has_iterations)
    }
}

impl NewestHashes {
    fn read(database: &Database) -> Result<Self, Failure> {
        let mut newest = Self::default();
        for hash in database.newest_hashes(NEWEST)? {
            match hashers::identify(&hash) {
                Ok(encoded) => {
                    if let Some(algorithm) = encoded.algorithm() {
                        let hasher = encoded.hasher();
                        newest.add(Usual { algorithm, hasher });
                    }
                    newest.iterations = newest.iterations.or(encoded.iterations());
                }
                // But for an account whose password was never set.
                Err(HashError::UnknownAlgorithm) if !hash.expose().is_empty() => {
                    newest.foreign += 1;
                }
                Err(_) => {}
            }
        }
        Ok(newest)
    }

    fn add(&mut self, usual: Usual) {
        self.known += 1;
        let mut kinds = self.kinds.iter_mut();
        match kinds.find(|(kind, _)| kind.algorithm == usual.algorithm) {
            Some((_, count)) => *count += 1,
            None => self.kinds.push((usual, 1)),
        }
    }

    fn have(&self, algorithm: &str) -> bool {
        self.kinds
            .iter()
            .any(|(kind, _)| kind.algorithm == algorithm)
    }

    /// What most are of; of two kinds with as many, the newer one.
    fn usual(&self) -> Option<Usual> {
        let kinds = self.kinds.iter().rev();
        kinds.max_by_key(|(_, count)| count).map(|(kind, _)| *kind)
    }
}

impl HashSettings {
    /// Hashes as the server does, by the newest hashes: with another hasher or another count it
    /// would hash the password again at the next login.
    pub(crate) fn new(options: &PasswordOptions, database: &Database) -> Result<Self, Failure> {
        let newest = NewestHashes::read(database)?;
        let usual = newest.usual();
        // A count that is given is one of PBKDF2.
        let continued = usual
            .and_then(|usual| usual.hasher)
            .filter(|hasher| options.iterations.is_none() && *hasher != Hasher::Pbkdf2Sha1);
        let hasher = options.hasher.or(continued).unwrap_or(Hasher::Pbkdf2Sha256);
        let hashes_one = !options.no_password && !options.hashed;
        let package = hasher
            .python_package()
            .filter(|_| !newest.have(hasher.name()));
        let other = usual
            .map(|usual| usual.algorithm)
            .filter(|_| !hasher.has_iterations() || !usual.is_some_and(Usual::has_iterations))
            .filter(|usual| *usual != hasher.name());
        let warning = match (options.hasher, options.iterations, newest.iterations, other) {
            (None, ..) if newest.foreign > newest.known => Some(HashWarning::Foreign),
            _ if !hashes_one => None,
            (None, _, _, Some(other)) => Some(HashWarning::OtherHasher(other)),
            (Some(_), ..) if package.is_some() => package.map(HashWarning::NeedsPackage),
            (_, None, Some(count), _)
                if hasher.has_iterations() && count < hashers::FEWEST_DEFAULT_ITERATIONS =>
            {
                Some(HashWarning::FewIterations(count))
            }
            _ => None,
        };
        Ok(Self {
            hasher,
            iterations: options
                .iterations
                .or(newest.iterations.filter(|_| hasher.has_iterations())),
            asked: (options.hasher, options.iterations),
            warning,
        })
    }

    /// Refuses to hash a password as the server would not.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.warning == Some(HashWarning::Foreign) {
            Err(Failure::ForeignHashes)
        } else {
            Ok(())
        }
    }

    /// Warns of a password that was hashed so, if there is a reason to.
    pub(crate) fn warn(&self, ctx: &Context) {
        match self.warning {
            None | Some(HashWarning::Foreign) => {}
            Some(HashWarning::OtherHasher(other)) => {
                let remedy = if hashers::is_default(other) {
                    format!("set it again with `--hasher {other}`")
                } else {
                    "set it again with `--hashed` and a hash that the server has made".to_owned()
                };
                ctx.out.warn(&format!(
                    "most of the newest passwords here are {other} hashes, and this one is {}: if \
                     the server refuses it, {remedy}",
                    self.hasher.name()
                ));
            }
            Some(HashWarning::FewIterations(count)) => ctx.out.warn(&format!(
                "{count} iterations, as the newest passwords here have, are few: Django takes {} \
                 by now, and `--iterations` as many as you say",
                hashers::DEFAULT_ITERATIONS
            )),
            Some(HashWarning::NeedsPackage(package)) => ctx.out.warn(&format!(
                "none of the newest passwords here is hashed with {}: a login fails unless the \
                 server has the Python package `{package}`",
                self.hasher.name()
            )),
        }
    }

    /// Whether a hash is what the command line asks for.
    fn is_met_by(&self, hash: &PasswordHash) -> bool {
        let (hasher, iterations) = self.asked;
        hashers::identify(hash).is_ok_and(|hash| {
            hasher.is_none_or(|hasher| hash.algorithm() == Some(hasher.name()))
                && iterations.is_none_or(|count| hash.iterations() == Some(count))
        })
    }
}

fn password_from_variable(ctx: &Context, name: &str) -> Result<Password, Failure> {
    let Some(value) = ctx.variable(name) else {
        // Not repeated: it may be the password, given in place of the variable's name.
        return Err(Failure::Usage {
            message: "the variable named by `--password-env` is not set".to_owned(),
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
