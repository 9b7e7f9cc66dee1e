//! Tokens as `create-token` and `create-user --token` print them and report on them.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::{OutOptions, TokenFormat};
use crate::context::Context;
use crate::db::{IssuedToken, NoToken, TokenChange, TokenOutcome, User, UserId};
use crate::django::timestamps;
use crate::error::StateAfter;
use crate::escape::{quoted, visible};
use crate::io::output::{Json, JsonShape, grouped};

/// Reports how a user got the token, and whether the server will accept it.
pub(crate) fn note_token(ctx: &Context, user: &User, issued: &IssuedToken) {
    let name = quoted(&user.username);
    ctx.out.note(&match issued.change {
        TokenChange::Created => format!("Created a token for {name}."),
        TokenChange::Reset => format!("Replaced the token of {name}; the old key is refused now."),
        TokenChange::Existing => {
            let created = issued
                .token
                .created
                .map(|time| format!(" (created {} UTC)", timestamps::to_table(time)));
            format!("{name} already has a token{}.", created.unwrap_or_default())
        }
    });
    if !user.is_active {
        ctx.out.warn(&format!(
            "{name} is not active: the server refuses the token until that changes"
        ));
    }
}

/// Where the keys are that a failed job has made, to be read on from what it did; nothing where
/// they were printed.
pub(crate) fn where_keys_are(options: &OutOptions) -> String {
    let path = options.out.as_ref();
    path.map(|path| format!("; their keys are in {}", quoted(&path.to_string_lossy())))
        .unwrap_or_default()
}

/// Counts what a job did about tokens.
#[derive(Default)]
pub(crate) struct TokenTally {
    first: Vec<(User, IssuedToken)>,
    created: usize,
    reset: usize,
    existing: usize,
    inactive: usize,
    gone: usize,
}

impl TokenTally {
    /// Up to this many users are reported individually.
    const INDIVIDUALLY: usize = 10;

    /// Counts what a transaction did.
    pub(crate) fn add(&mut self, outcomes: &[TokenOutcome]) {
        for outcome in outcomes {
            match &outcome.result {
                Ok(issued) => {
                    match issued.change {
                        TokenChange::Created => self.created += 1,
                        TokenChange::Reset => self.reset += 1,
                        TokenChange::Existing => self.existing += 1,
                    }
                    self.inactive += usize::from(!outcome.user.is_active);
                    if self.first.len() <= Self::INDIVIDUALLY {
                        self.first.push((outcome.user.clone(), issued.clone()));
                    }
                }
                Err(NoToken::UserGone) => self.gone += 1,
                Err(NoToken::OtherToken | NoToken::KeyTaken) => {}
            }
        }
    }

    /// Whether nothing was done yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Reports what the job did.
    pub(crate) fn note(&self, ctx: &Context) {
        if self.first.len() <= Self::INDIVIDUALLY {
            for (user, issued) in &self.first {
                note_token(ctx, user, issued);
            }
        } else {
            ctx.out.note(&self.summary(&ctx.out.took()));
            if self.inactive > 0 {
                ctx.out.warn(&format!(
                    "{} of the users are not active: the server refuses their tokens",
                    grouped(self.inactive as u64)
                ));
            }
        }
        if self.gone > 0 {
            ctx.out.note(&format!(
                "{} users changed or were deleted meanwhile and were skipped.",
                grouped(self.gone as u64)
            ));
        }
    }

    /// What was done, without what was not: `Created 200,000 tokens in 9.1 s.`
    fn summary(&self, took: &str) -> String {
        let counts = [
            ("created", self.created),
            ("replaced", self.reset),
            ("kept", self.existing),
        ];
        let parts: Vec<String> = counts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(verb, count)| format!("{verb} {}", grouped(*count as u64)))
            .collect();
        let mut sentence = match parts.as_slice() {
            [before @ .., last] if !before.is_empty() => {
                format!("{} and {last}", before.join(", "))
            }
            _ => parts.concat(),
        };
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        format!("{sentence} tokens{took}.")
    }

    /// What is true in the database if the job fails now; `None` where nothing is done.
    pub(crate) fn state_after(&self) -> Option<StateAfter> {
        let done = self.created + self.reset + self.existing;
        let sentence = match self.first.as_slice() {
            [] => return None,
            [(user, issued)] => {
                let name = quoted(&user.username);
                match issued.change {
                    TokenChange::Existing => format!("{name} has the same token as before"),
                    TokenChange::Created => format!("{name} has a new token now"),
                    TokenChange::Reset => {
                        format!("{name} has a new token now, and the old one is gone")
                    }
                }
            }
            _ => format!(
                "{} users are done: {} tokens created, {} replaced",
                grouped(done as u64),
                grouped(self.created as u64),
                grouped(self.reset as u64)
            ),
        };
        Some(StateAfter {
            done: Some(done),
            sentence,
            hint: None,
        })
    }
}

/// A token as JSON shows it.
#[derive(Serialize)]
struct TokenRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    email: Option<&'a str>,
    token: &'a str,
    created: Option<String>,
    result: TokenChange,
}

/// Writes tokens in the format that was asked for.
pub(crate) enum TokenPrinter<W> {
    Json(Json<W>),
    Lines { out: W, line: TokenLine },
}

/// What a line holds.
#[derive(Clone, Copy)]
pub(crate) enum TokenLine {
    Key,
    NameAndKey,
    Header,
    Env,
    Drf,
}

impl<W: Write> TokenPrinter<W> {
    /// Begins; `is_one` says whether a single user was asked for.
    pub(crate) fn new(out: W, format: TokenFormat, is_one: bool) -> Self {
        let line = match format {
            TokenFormat::Json => return Self::Json(Json::new(out, JsonShape::one_value(is_one))),
            TokenFormat::Jsonl => return Self::Json(Json::new(out, JsonShape::Lines)),
            TokenFormat::Key if is_one => TokenLine::Key,
            TokenFormat::Key => TokenLine::NameAndKey,
            TokenFormat::Header => TokenLine::Header,
            TokenFormat::Env => TokenLine::Env,
            TokenFormat::Drf => TokenLine::Drf,
        };
        Self::Lines { out, line }
    }

    /// Writes the tokens of a batch; `typed` gives the name that was typed for the user at a
    /// position.
    pub(crate) fn print_all<'t>(
        &mut self,
        outcomes: &'t [TokenOutcome],
        typed: impl Fn(usize, &'t User) -> &'t str,
    ) -> io::Result<()> {
        for (position, TokenOutcome { user, result }) in outcomes.iter().enumerate() {
            if let Ok(issued) = result {
                self.print(typed(position, user), user, issued)?;
            }
        }
        Ok(())
    }

    /// Writes one token; `typed` is the name as it was typed.
    pub(crate) fn print(
        &mut self,
        typed: &str,
        user: &User,
        issued: &IssuedToken,
    ) -> io::Result<()> {
        let key = issued.token.key.expose();
        let (out, line) = match self {
            Self::Json(json) => {
                return json.value(&TokenRow {
                    username: &user.username,
                    user_id: &user.id,
                    email: user.email.as_deref(),
                    token: key,
                    created: issued.token.created.map(timestamps::to_json),
                    result: issued.change,
                });
            }
            Self::Lines { out, line } => (out, *line),
        };
        // A server may hold keys that were not made by DRF.
        let key = visible(key);
        match line {
            TokenLine::Key => writeln!(out, "{key}"),
            TokenLine::NameAndKey => writeln!(out, "{}\t{key}", visible(&user.username)),
            TokenLine::Header => writeln!(out, "Authorization: Token {key}"),
            TokenLine::Env => writeln!(out, "DRF_TOKEN={key}"),
            TokenLine::Drf => {
                writeln!(out, "Generated token {key} for user {}", visible(typed))
            }
        }
    }
}

impl TokenPrinter<Vec<u8>> {
    /// What a transaction is about to make true. Where an attempt at it failed before, what was
    /// printed then is not in it.
    pub(crate) fn batch<'t>(
        &mut self,
        outcomes: &'t [TokenOutcome],
        is_first: bool,
        typed: impl Fn(usize, &'t User) -> &'t str,
    ) -> io::Result<Vec<u8>> {
        if let Self::Json(json) = self {
            *json.is_first() = is_first;
        }
        self.print_all(outcomes, typed)?;
        Ok(self.take())
    }

    /// What was written and not taken yet.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Json(json) => json.take(),
            Self::Lines { out, .. } => std::mem::take(out),
        }
    }

    /// Ends, and gives what is still to be written.
    pub(crate) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Json(json) => json.finish(),
            Self::Lines { out, .. } => Ok(out),
        }
    }
}
