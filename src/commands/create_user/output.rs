//! Users as `create-user` prints them.

use std::io;

use serde::Serialize;

use crate::cli::{CreateUser, TokenFormat};
use crate::commands::shared::token_output::TokenPrinter;
use crate::db::{TokenChange, UserChange, UserId, UserOutcome};
use crate::io::output::{Json, JsonShape};

/// A user as JSON shows it.
#[derive(Serialize)]
struct UserRow<'a> {
    user_id: &'a UserId,
    username: &'a str,
    email: Option<&'a str>,
    is_active: bool,
    is_staff: Option<bool>,
    is_superuser: Option<bool>,
    groups: &'a [String],
    result: UserResult,
    changed: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_created: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_result: Option<TokenChange>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum UserResult {
    Created,
    Updated,
    Unchanged,
    Skipped,
}

/// Writes users in the format that was asked for, into memory: JSON, or the tokens alone.
pub(super) enum UserPrinter {
    Users(Json<Vec<u8>>),
    Tokens(TokenPrinter<Vec<u8>>),
}

impl UserPrinter {
    /// Begins; `is_one` says whether a single user was asked for.
    pub(super) fn new(args: &CreateUser, is_one: bool) -> Self {
        let out = Vec::new();
        match args.format.get() {
            TokenFormat::Json => Self::Users(Json::new(out, JsonShape::one_value(is_one))),
            TokenFormat::Jsonl => Self::Users(Json::new(out, JsonShape::Lines)),
            format @ (TokenFormat::Key
            | TokenFormat::Header
            | TokenFormat::Env
            | TokenFormat::Drf) => Self::Tokens(TokenPrinter::new(out, format, is_one)),
        }
    }

    /// Writes one user; `typed` is the name as it was typed.
    pub(super) fn print(&mut self, typed: &str, outcome: &UserOutcome) -> io::Result<()> {
        match (self, &outcome.token) {
            (Self::Users(json), _) => json.value(&row(outcome)),
            (Self::Tokens(printer), Some(issued)) => printer.print(typed, &outcome.user, issued),
            (Self::Tokens(_), None) => Ok(()),
        }
    }

    /// What a transaction is about to make true, with the names as they were typed. Where an
    /// attempt at it failed before, what was printed then is not in it.
    pub(super) fn batch<'t>(
        &mut self,
        outcomes: impl Iterator<Item = (&'t str, &'t UserOutcome)>,
        is_first: bool,
    ) -> io::Result<Vec<u8>> {
        if let Self::Users(json) = self {
            *json.is_first() = is_first;
        }
        for (typed, outcome) in outcomes {
            self.print(typed, outcome)?;
        }
        Ok(match self {
            Self::Users(json) => json.take(),
            Self::Tokens(printer) => printer.take(),
        })
    }

    /// Ends, and gives what is still to be written.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Users(json) => json.finish(),
            Self::Tokens(printer) => printer.finish(),
        }
    }
}

fn row(outcome: &UserOutcome) -> UserRow<'_> {
    let user = &outcome.user;
    let token = outcome.token.as_ref();
    let (result, changed): (_, &[String]) = match &outcome.change {
        UserChange::Created => (UserResult::Created, &[]),
        UserChange::Kept => (UserResult::Skipped, &[]),
        UserChange::Updated(changed) if changed.is_empty() => (UserResult::Unchanged, changed),
        UserChange::Updated(changed) => (UserResult::Updated, changed),
    };
    UserRow {
        user_id: &user.id,
        username: &user.username,
        email: user.email.as_deref(),
        is_active: user.is_active,
        is_staff: user.is_staff,
        is_superuser: user.is_superuser,
        groups: &outcome.groups,
        result,
        changed,
        token: token.map(|issued| issued.token.key.expose()),
        token_created: token.map(|issued| issued.change == TokenChange::Created),
        token_result: token.map(|issued| issued.change),
    }
}
