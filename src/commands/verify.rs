//! `drfctl verify`

use std::path::Path;

use serde::Serialize;

use crate::cli::{AnswerFormat, Verify, VerifyPassword, VerifyToken, VerifyWhat};
use crate::commands::shared::new_password;
use crate::context::Context;
use crate::db::{User, UserId};
use crate::django::hashers::{self, HashError};
use crate::django::keys::{self, Header};
use crate::django::names;
use crate::error::{Failure, Status};
use crate::escape::visible;
use crate::io::output::{self, Json, JsonShape};
use crate::io::{input, prompt};

/// What DRF's `AuthTokenSerializer` answers to any login that fails.
const LOGIN_FAILED: &str = "Unable to log in with provided credentials.";

/// What it answers to an empty name or password.
const BLANK: &str = "This field may not be blank.";

/// The server's answer.
#[derive(Serialize)]
struct Answer {
    accepted: bool,
    status: u16,
    detail: Option<&'static str>,
    username: Option<String>,
    user_id: Option<UserId>,
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
    let pasted = match &args.key_file {
        Some(path) => {
            let line = input::line(path)?;
            ctx.warn_of_file_readers(path);
            line
        }
        None if prompt::is_possible() => prompt::token()?,
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
    let username = names::login_name(&args.username);
    let password = match new_password::read_password(&args.source, ctx) {
        Ok(password) => password,
        Err(Failure::EmptyPassword) => return Ok(Answer::refused(400, BLANK)),
        Err(failure) => return Err(failure),
    };
    if username.is_empty() {
        return Ok(Answer::refused(400, BLANK));
    }
    let Some(user) = database.user_exactly(username)? else {
        return Ok(Answer::refused(400, LOGIN_FAILED));
    };
    let Some(credentials) = database.credentials(&user.id)? else {
        return Ok(Answer::refused(400, LOGIN_FAILED));
    };
    let stored = hashers::identify(&credentials.password);
    let is_set = !credentials.password.expose().is_empty();
    if is_set && matches!(stored, Err(HashError::UnknownAlgorithm)) {
        ctx.out.warn(
            "the stored password uses a custom hasher, which Django does not ship: the server may \
             answer otherwise",
        );
    }
    match hashers::check_password(&password, &credentials.password) {
        Ok(true) if user.is_active => Ok(Answer::accepted(user)),
        Ok(_) => Ok(Answer::refused(400, LOGIN_FAILED)),
        Err(error @ (HashError::Malformed { .. } | HashError::PasswordTooLongForBcrypt)) => {
            ctx.out.warn(&format!("{error}"));
            Ok(Answer::refused(500, "Server Error"))
        }
        Err(error) => Err(Failure::BadPassword(error.to_string())),
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
        }
    }

    fn refused(status: u16, detail: &'static str) -> Self {
        Self {
            accepted: false,
            status,
            detail: Some(detail),
            username: None,
            user_id: None,
        }
    }
}
