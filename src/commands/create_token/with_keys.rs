//! `create-token --from FILE --with-keys`: tokens that come from another database, with their
//! keys and times.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;

use super::refuse;
use crate::cli::CreateToken;
use crate::commands::shared::token_output::{TokenPrinter, TokenTally};
use crate::commands::shared::unknown_users;
use crate::context::Context;
use crate::db::{Database, GivenToken, TokenPolicy};
use crate::django::timestamps;
use crate::error::{Failure, Status};
use crate::escape::quoted;
use crate::io::delivery::Delivery;
use crate::io::input::{self, Lines};
use crate::io::output::grouped;

/// A longer line holds no token.
const LONGEST_LINE: u64 = 64 * 1024;

/// A line of `list --show-keys --format jsonl`; what else is there belongs to the other database.
#[derive(Deserialize)]
struct Line {
    username: String,
    key: Option<String>,
    created: Option<String>,
}

pub(super) fn run(
    args: &CreateToken,
    ctx: &mut Context,
    database: &mut Database,
) -> Result<Status, Failure> {
    let path = args.targets.from.as_deref().unwrap_or(Path::new("-"));
    let tokens = read(path, args.skip_missing, ctx, database)?;
    let policy = if args.reset {
        TokenPolicy::ResetTo
    } else {
        TokenPolicy::Set
    };
    if args.dry_run {
        ctx.out.note(&format!(
            "Would take {} tokens from the file.",
            grouped(tokens.len() as u64)
        ));
        return Ok(Status::Done);
    }
    let mut delivery = Delivery::open(&args.out, ctx.settings.location.file(), &ctx.out)?;
    let mut printer = TokenPrinter::new(Vec::new(), args.format.get(), false);
    let mut bytes = Vec::new();
    // All or none: a project that has half of its tokens is worse off than one without.
    let outcomes = database.import_tokens(&tokens, policy, |outcomes| {
        refuse(outcomes, args.skip_missing)?;
        bytes = printer
            .batch(outcomes, true, |_, user| &user.username)
            .map_err(Failure::Stdout)?;
        delivery.before_commit(&bytes)
    })?;
    let mut tally = TokenTally::default();
    tally.add(&outcomes);
    delivery
        .after_commit(&bytes)
        .and_then(|()| printer.finish().map_err(Failure::Stdout))
        .and_then(|rest| delivery.finish(&rest))
        .map_err(|failure| failure.with_state_after(tally.state_after()))?;
    tally.note(ctx);
    Ok(Status::Done)
}

/// Reads the file whole: nothing is written before every line has been understood.
fn read(
    path: &Path,
    skip_missing: bool,
    ctx: &Context,
    database: &Database,
) -> Result<Vec<GivenToken>, Failure> {
    let source = input::name_of(path);
    let mut lines = Lines::new(
        BufReader::new(input::open(path, "tokens")?),
        source.clone(),
        LONGEST_LINE,
    );
    let mut tokens = Vec::new();
    let (mut missing, mut seen, mut from_the_future) = (Vec::new(), BTreeMap::new(), 0);
    let now = ctx.now();
    while let Some(text) = lines.next() {
        let text = text?;
        if text.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&text).map_err(|_| {
            lines.failure("it is no line of `list --show-keys --format jsonl`".to_owned())
        })?;
        // A user without a token.
        let Some(key) = line.key else { continue };
        let key = input::key_from_text(key)
            .map_err(|failure| failure.at_line(&source, lines.number()))?;
        // A time that the other database could not read becomes now.
        let created = line
            .created
            .map_or(Some(now), |text| {
                timestamps::from_json(&text, &ctx.settings.zone)
            })
            .ok_or_else(|| lines.failure("`created` is no time".to_owned()))?;
        from_the_future += usize::from(created > now);
        match database.user(&line.username)? {
            None => missing.push(line.username),
            Some(user) => {
                if let Some(line) = seen.insert(user.id.clone(), lines.number()) {
                    let username = user.username;
                    let failure = Failure::UserTwice { username, line };
                    return Err(failure.at_line(&source, lines.number()));
                }
                tokens.push(GivenToken { user, key, created });
            }
        }
    }
    if !missing.is_empty() {
        if !skip_missing {
            return Err(unknown_users::no_such_user_yet(missing, database));
        }
        let failure = Failure::no_such_user(missing);
        ctx.out.warn(&format!("{failure}; skipped"));
    }
    if from_the_future > 0 {
        ctx.out.warn(&format!(
            "{from_the_future} tokens have times in the future: `--reset-older-than` keeps them \
             until then"
        ));
    }
    if tokens.is_empty() && !skip_missing {
        return Err(Failure::Usage {
            message: format!("there are no keys in {}", quoted(&source)),
            hint: Some("write it with `drfctl list --show-keys --format jsonl`".to_owned()),
        });
    }
    Ok(tokens)
}
