//! `drfctl verify`

use std::path::Path;

use serde::Serialize;

use crate::cli::{AnswerFormat, Verify, VerifyPassword, VerifyToken, VerifyWhat};
use crate::commands::shared::{new_password, other_tokens};
use crate::context::Context;
use crate::db::{User, UserId};
use crate::django::hashers::{self, HashError};
use crate::django::keys::{self, Header};
use crate::django::names;
use crate::error::{Failure, Status};
use crate::escape::visible;
use crate::io::output::{self, Json, JsonShape};
use crate::io::{input, prompt};
use crate::secret::PasswordHash;

/// What DRF's `AuthTokenSerializer` answers to any login that fails.
const LOGIN_FAILED: &str = "Unable to log in with provided credentials.";

/// What it answers to an empty name or password.
const BLANK: &str = "This field may not be blank.";

/// What it answers to a NUL in either.
const NUL: &str = "Null characters are not allowed.";

/// The server's answer.
#[derive(Serialize)]
struct Answer {
    accepted: bool,
    status: u16,
    detail: Option<&'static str>,
    username: Option<String>,
    user_id: Option<UserId>,
    /// Of the stored password, where one is verified.
    #[serde(flatten)]
    hash: Option<HashFacts>,
}

/// Which hasher the stored password needs.
#[derive(Default, Serialize)]
struct HashFacts {
    hasher: Option<&'static str>,
    default_hasher: Option<bool>,
}

pub(super) fn run(args: &Verify, ctx: &mut Context) -> Result<Status, Failure> {
    let (answer, format) = match &args.what {
        VerifyWhat::Token(args) => (token(args, ctx)?, args.format.get()),
        VerifyWhat::Password(args) => (password(args, ctx)?, args.format.get()),
    };
    output::data(|out| {
        let written = match format {
            AnswerFormat::Json => Json::new(out, JsonShape::Lines).value(&answer),
            AnswerFormat::Text => writeln!(out, "{}", answer.text()),
        };
        written.map_err(Failure::Stdout)
    })?;
    Ok(if answer.accepted {
        Status::Done
    } else {
        Status::Refused
    })
}

/// Answers as DRF's `TokenAuthentication`.
fn token(args: &VerifyToken, ctx: &Context) -> Result<Answer, Failure> {
    let database = ctx.open_tokens()?;
    other_tokens::warn(ctx, &database)?;
    let pasted = match &args.key_file {
        Some(path) => {
            let line = input::line(path)?;
            ctx.warn_of_file_readers(path);
            line
        }
        None if input::is_typed() => prompt::token()?,
        None => input::line(Path::new("-"))?,
    };
    let key = match keys::read_header(&pasted) {
        Header::Key(key) => key,
        Header::Refused(detail) => return Ok(Answer::refused(401, detail)),
    };
    Ok(match database.token_of_key(&key)? {
        None => Answer::refused(401, keys::INVALID_TOKEN),
        Some((user, _)) if !user.is_active => Answer::refused(401, keys::INACTIVE_USER),
        Some((user, _)) => Answer::accepted(user),
    })
}

/// Answers as DRF's `obtain_auth_token`.
fn password(args: &VerifyPassword, ctx: &Context) -> Result<Answer, Failure> {
    let database = ctx.open_users()?;
    database.require_passwords()?;
    let username = names::login_name(&args.username);
    let refused = |detail| Ok(Answer::refused(400, detail).with_hash(HashFacts::default()));
    let password = match new_password::read_password(&args.username, &args.source, ctx) {
        Ok(password) => password,
        Err(Failure::EmptyPassword { .. }) => return refused(BLANK),
        Err(Failure::NulInPassword) => return refused(NUL),
        Err(failure) => return Err(failure),
    };
    if username.is_empty() {
        return refused(BLANK);
    }
    let Some(user) = database.user_exactly(username)? else {
        return refused(LOGIN_FAILED);
    };
    let Some(credentials) = database.credentials(&user.id)? else {
        return refused(LOGIN_FAILED);
    };
    let facts = HashFacts::of(&credentials.password, ctx);
    let answer = match hashers::check_password(&password, &credentials.password) {
        Ok(true) if user.is_active => Answer::accepted(user),
        Ok(_) => Answer::refused(400, LOGIN_FAILED),
        Err(error @ (HashError::Malformed { .. } | HashError::PasswordTooLongForBcrypt)) => {
            ctx.out.warn(&format!("{error}"));
            Answer::refused(500, "Server Error")
        }
        Err(error) => return Err(Failure::BadPassword(error.to_string())),
    };
    Ok(answer.with_hash(facts))
}

impl HashFacts {
    /// Looks at a stored password, and warns where not every server reads it.
    fn of(hash: &PasswordHash, ctx: &Context) -> Self {
        let algorithm = match hashers::identify(hash) {
            Ok(encoded) => encoded.algorithm(),
            Err(HashError::UnknownAlgorithm) => {
                if !hash.expose().is_empty() {
                    ctx.out.warn(
                        "the stored password uses a custom hasher, which Django does not ship: \
                         the server may answer otherwise",
                    );
                }
                None
            }
            Err(
                HashError::Malformed { algorithm, .. }
                | HashError::NeverMatches { algorithm, .. }
                | HashError::TooCostly { algorithm, .. }
                | HashError::Unsupported { algorithm },
            ) => Some(algorithm),
            Err(_) => None,
        };
        let is_default = algorithm.map(hashers::is_default);
        if let (Some(algorithm), Some(false)) = (algorithm, is_default) {
            let unsupported = match hashers::identify(hash) {
                Err(HashError::Unsupported { .. }) => ", and drfctl cannot check it",
                _ => "",
            };
            ctx.out.warn(&format!(
                "the stored password is a `{algorithm}` hash{unsupported}: a server refuses it \
                 unless `PASSWORD_HASHERS` in its settings names that hasher"
            ));
        }
        Self {
            hasher: algorithm,
            default_hasher: is_default,
        }
    }
}

impl Answer {
    /// What a person reads: DRF's own text, or the user.
    fn text(&self) -> String {
        match (self.detail, &self.username) {
            (Some(detail), _) => detail.to_owned(),
            (None, username) => username.as_deref().map(visible).unwrap_or_default(),
        }
    }

    fn accepted(user: User) -> Self {
        Self {
            accepted: true,
            status: 200,
            detail: None,
            username: Some(user.username),
            user_id: Some(user.id),
            hash: None,
        }
    }

    fn refused(status: u16, detail: &'static str) -> Self {
        Self {
            accepted: false,
            status,
            detail: Some(detail),
            username: None,
            user_id: None,
            hash: None,
        }
    }

    fn with_hash(self, facts: HashFacts) -> Self {
        Self {
            hash: Some(facts),
            ..self
        }
    }
}
