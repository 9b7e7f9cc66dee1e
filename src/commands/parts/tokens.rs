//! Tokens as `create-token` and `create-user --token` print them and talk of them.

use std::io::Write;

use serde::Serialize;

use crate::cli::TokenFormat;
use crate::context::Context;
use crate::db::{IssuedToken, NoToken, TokenChange, TokenOutcome, User, UserId};
use crate::django::timestamps;
use crate::escape::{quoted, visible};
use crate::output::{Json, JsonShape};

/// Says how a user came to the token, and whether the server will take it.
pub(crate) fn say(ctx: &Context, user: &User, issued: &IssuedToken) {
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

/// What was done to whom, for the talk at the end.
#[derive(Default)]
pub(crate) struct Tally {
    few: Vec<(User, IssuedToken)>,
    created: usize,
    reset: usize,
    existing: usize,
    inactive: usize,
    changed: usize,
}

impl Tally {
    /// Of so many users each gets a sentence.
    const FEW: usize = 10;

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
                    if self.few.len() <= Self::FEW {
                        self.few.push((outcome.user.clone(), issued.clone()));
                    }
                }
                Err(NoToken::UserGone) => self.changed += 1,
                Err(NoToken::OtherToken | NoToken::KeyTaken) => {}
            }
        }
    }

    /// Tells the operator.
    pub(crate) fn say(&self, ctx: &Context) {
        if self.few.len() <= Self::FEW {
            for (user, issued) in &self.few {
                say(ctx, user, issued);
            }
        } else {
            ctx.out.note(&format!(
                "Created {}, replaced {}, kept {} tokens.",
                self.created, self.reset, self.existing
            ));
            if self.inactive > 0 {
                ctx.out.warn(&format!(
                    "{} of the users are not active: the server refuses their tokens",
                    self.inactive
                ));
            }
        }
        if self.changed > 0 {
            ctx.out.note(&format!(
                "{} users changed or went away meanwhile and were left alone.",
                self.changed
            ));
        }
    }

    /// What is true, and how to see it, when the keys did not reach their reader.
    pub(crate) fn truth(&self) -> (String, String) {
        let truth = match self.few.as_slice() {
            [] => "nothing was changed".to_owned(),
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
                "{} tokens were made and {} replaced",
                self.created, self.reset
            ),
        };
        let hint = if self.reset > 0 {
            "the same command without `--reset` prints it"
        } else {
            "the same command prints it once it can"
        };
        (truth, hint.to_owned())
    }
}

/// A token as JSON shows it.
#[derive(Serialize)]
struct Row<'a> {
    username: &'a str,
    user_id: &'a UserId,
    email: Option<&'a str>,
    token: &'a str,
    created: Option<String>,
    result: TokenChange,
}

/// Writes tokens in the form that was asked for.
pub(crate) enum Printer<'a> {
    Json(Json<'a>),
    Lines { out: &'a mut dyn Write, line: Line },
}

/// What a line holds.
#[derive(Clone, Copy)]
pub(crate) enum Line {
    Key,
    NameAndKey,
    Header,
    Env,
    Drf,
}

impl<'a> Printer<'a> {
    /// Begins; `is_one` says whether a single user was asked for.
    pub(crate) fn new(out: &'a mut dyn Write, format: TokenFormat, is_one: bool) -> Self {
        let line = match format {
            TokenFormat::Json => return Self::Json(Json::new(out, JsonShape::one_value(is_one))),
            TokenFormat::Jsonl => return Self::Json(Json::new(out, JsonShape::Lines)),
            TokenFormat::Key if is_one => Line::Key,
            TokenFormat::Key => Line::NameAndKey,
            TokenFormat::Header => Line::Header,
            TokenFormat::Env => Line::Env,
            TokenFormat::Drf => Line::Drf,
        };
        Self::Lines { out, line }
    }

    /// Writes the tokens that were issued, and hands them over; `typed` gives the name by which
    /// the user at a position was called.
    pub(crate) fn print_all<'t>(
        &mut self,
        outcomes: &'t [TokenOutcome],
        typed: impl Fn(usize, &'t User) -> &'t str,
    ) -> anyhow::Result<()> {
        for (position, TokenOutcome { user, result }) in outcomes.iter().enumerate() {
            if let Ok(issued) = result {
                self.print(typed(position, user), user, issued)?;
            }
        }
        self.flush()
    }

    /// Hands over what was written so far.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Json(json) => json.flush(),
            Self::Lines { out, .. } => Ok(out.flush()?),
        }
    }

    /// Writes one token; `typed` is the name as it was given.
    pub(crate) fn print(
        &mut self,
        typed: &str,
        user: &User,
        issued: &IssuedToken,
    ) -> anyhow::Result<()> {
        let key = issued.token.key.expose();
        let (out, line) = match self {
            Self::Json(json) => {
                return json.value(&Row {
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
            Line::Key => writeln!(out, "{key}")?,
            Line::NameAndKey => writeln!(out, "{}\t{key}", visible(&user.username))?,
            Line::Header => writeln!(out, "Authorization: Token {key}")?,
            Line::Env => writeln!(out, "DRF_TOKEN={key}")?,
            Line::Drf => writeln!(out, "Generated token {key} for user {}", visible(typed))?,
        }
        Ok(())
    }

    /// Ends.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Json(json) => json.end(),
            Self::Lines { .. } => Ok(()),
        }
    }
}
