//! `drfctl create-token`

use serde::Serialize;
use std::io::Write;

use crate::cli::{CreateToken, Format};
use crate::commands::users::{self, Named};
use crate::context::Context;
use crate::db::{IfIssued, Issue, Issued, User, UserId};
use crate::django::timestamps;
use crate::error::{Failure, Status};
use crate::escape::{quoted, visible};
use crate::output::{Json, JsonShape};

pub(super) fn run(args: &CreateToken, ctx: &mut Context) -> anyhow::Result<Status> {
    let is_one = args.username.len() == 1;
    if !is_one && matches!(args.format, Format::Header | Format::Env) {
        return Err(Failure::usage("`--format header` and `--format env` are for one user").into());
    }
    let mut database = ctx.open_database(true)?;
    let named = users::named(&database, &args.username)?;
    let keys = named
        .iter()
        .map(|_| ctx.key())
        .collect::<Result<Vec<_>, _>>()?;
    let if_issued = if args.reset {
        IfIssued::Replace
    } else {
        IfIssued::Keep
    };
    let found: Vec<User> = named.iter().map(|named| named.user.clone()).collect();
    let issued = database.issue_tokens(&found, &keys, if_issued, ctx.now())?;
    let rows = users::still_there(named, issued)?;
    ctx.out.secret(
        || undelivered(&rows),
        |out| {
            let mut printer = Printer::new(out, args.format, is_one);
            for (named, issued) in &rows {
                printer.print(&named.typed, &named.user, issued)?;
            }
            printer.end()
        },
    )?;
    for (named, issued) in &rows {
        say(ctx, &named.user, issued);
    }
    Ok(Status::Done)
}

/// Says how a user came to the token, and whether the server will take it.
pub(super) fn say(ctx: &Context, user: &User, issued: &Issued) {
    let name = quoted(&user.username);
    match issued.issue {
        Issue::Created => ctx.out.note(&format!("Created a token for {name}.")),
        Issue::Existing => ctx.out.note(&format!(
            "{name} already has a token{}.",
            issued
                .token
                .created
                .map(|time| format!(" (created {} UTC)", timestamps::to_table(time)))
                .unwrap_or_default()
        )),
        Issue::Reset => ctx.out.note(&format!(
            "Replaced the token of {name}; the old key is refused from now on."
        )),
    }
    if !user.is_active {
        ctx.out.warn(&format!(
            "{name} is not active: the server refuses the token until that changes"
        ));
    }
}

/// What is true, and how to see it, when the keys did not reach the reader.
fn undelivered(rows: &[(Named, Issued)]) -> (String, String) {
    let what = match rows {
        [(named, issued)] => {
            let name = quoted(&named.user.username);
            match issued.issue {
                Issue::Existing => format!("{name} has the token as before"),
                Issue::Created => format!("{name} has a new token now"),
                Issue::Reset => format!("{name} has a new token now, and the old one is gone"),
            }
        }
        _ => "the users have their tokens now".to_owned(),
    };
    (
        what,
        "`drfctl create-token` without `--reset` prints it again".to_owned(),
    )
}

/// A token as JSON shows it.
#[derive(Serialize)]
struct Row<'a> {
    username: &'a str,
    user_id: &'a UserId,
    email: Option<&'a str>,
    token: &'a str,
    created: Option<String>,
    result: Issue,
}

/// Writes tokens in the form that was asked for.
pub(super) struct Printer<'a> {
    form: Form<'a>,
}

enum Form<'a> {
    Json(Json<'a>),
    Lines {
        out: &'a mut dyn Write,
        format: Format,
        is_one: bool,
    },
}

impl<'a> Printer<'a> {
    /// Begins; `is_one` says whether a single user was asked for.
    pub(super) fn new(out: &'a mut dyn Write, format: Format, is_one: bool) -> Self {
        let form = match format {
            Format::Json if !is_one => Form::Json(Json::new(out, JsonShape::Array)),
            Format::Json | Format::Jsonl => Form::Json(Json::new(out, JsonShape::Lines)),
            format => Form::Lines {
                out,
                format,
                is_one,
            },
        };
        Self { form }
    }

    /// Writes one token; `typed` is the name as it was given.
    pub(super) fn print(
        &mut self,
        typed: &str,
        user: &User,
        issued: &Issued,
    ) -> anyhow::Result<()> {
        let key = issued.token.key.expose();
        match &mut self.form {
            Form::Json(json) => json.value(&Row {
                username: &user.username,
                user_id: &user.id,
                email: user.email.as_deref(),
                token: key,
                created: issued.token.created.map(timestamps::to_json),
                result: issued.issue,
            })?,
            Form::Lines {
                out,
                format,
                is_one,
            } => match format {
                Format::Header => writeln!(out, "Authorization: Token {}", visible(key))?,
                Format::Env => writeln!(out, "DRF_TOKEN={}", visible(key))?,
                Format::Drf => writeln!(
                    out,
                    "Generated token {} for user {}",
                    visible(key),
                    visible(typed)
                )?,
                _ if *is_one => writeln!(out, "{}", visible(key))?,
                _ => writeln!(out, "{}\t{}", visible(&user.username), visible(key))?,
            },
        }
        Ok(())
    }

    /// Ends.
    pub(super) fn end(self) -> anyhow::Result<()> {
        match self.form {
            Form::Json(json) => json.end(),
            Form::Lines { .. } => Ok(()),
        }
    }
}
