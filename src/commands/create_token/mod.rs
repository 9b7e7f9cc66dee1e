//! `drfctl create-token`

mod preview;
mod with_keys;

use crate::cli::{CreateToken, TokenFormat};
use crate::commands::shared::bulk::{Bulk, RUN_AGAIN};
use crate::commands::shared::other_tokens;
use crate::commands::shared::targets::{TargetUsers, Unknown};
use crate::commands::shared::token_output::{TokenPrinter, TokenTally, where_keys_are};
use crate::context::Context;
use crate::db::{
    Database, NoToken, Selection, TokenChange, TokenFilter, TokenOutcome, TokenPolicy, TokenRequest,
};
use crate::error::{Failure, StateAfter, Status};
use crate::escape::quoted;
use crate::io::delivery::Delivery;
use crate::io::output::grouped;
use crate::io::{input, prompt};
use crate::secret::Key;

pub(super) fn run(args: &CreateToken, ctx: &mut Context) -> Result<Status, Failure> {
    let is_one = args.targets.is_one();
    if !is_one && matches!(args.format.get(), TokenFormat::Header | TokenFormat::Env) {
        return Err(Failure::usage(
            "`--format header` and `--format env` are for one named user",
        ));
    }
    if !is_one && (args.key_file.is_some() || args.key_env.is_some()) {
        return Err(Failure::usage(
            "`--key-file` and `--key-env` are for one named user",
        ));
    }
    let given_key = given_key(args, ctx)?;
    let mut database = ctx.open_tokens()?;
    ctx.warn_of_readers(&database);
    other_tokens::warn(ctx, &database)?;
    if args.with_keys {
        return with_keys::run(args, ctx, &mut database);
    }
    let unknown = if args.skip_missing {
        Unknown::Skip
    } else {
        Unknown::RefuseUntilCreated
    };
    let targets = TargetUsers::new(&args.targets, TokenFilter::Any, unknown, ctx, &database)?;
    let policy = policy(args, ctx);
    if args.dry_run {
        preview::run(args, &targets, policy, ctx, &database)?;
        return Ok(Status::Done);
    }
    confirm(args, &targets, ctx, &database)?;
    let job = Job {
        policy,
        given_key,
        targets,
        format: args.format.get(),
        skip_missing: args.skip_missing,
    };
    let mut delivery = Delivery::open(&args.out, ctx.settings.location.file(), &ctx.out)?;
    let mut tally = TokenTally::default();
    let mut printer = TokenPrinter::new(Vec::new(), job.format, is_one);
    let done = job.issue(&mut printer, &mut delivery, ctx, &mut database, &mut tally);
    let ended = delivery.end(done, !tally.is_empty(), || printer.finish());
    ended.map_err(|failure| {
        let state = job.state_after(args, &failure, &tally);
        failure.with_state_after(state)
    })?;
    if tally.is_empty() && !args.skip_missing {
        ctx.out.note(NOTHING);
    }
    tally.note(ctx);
    Ok(Status::Done)
}

/// What is said where no user was named, or none matches.
const NOTHING: &str = "Nothing matches.";

fn given_key(args: &CreateToken, ctx: &Context) -> Result<Option<Key>, Failure> {
    match (&args.key_file, &args.key_env) {
        (Some(path), _) => {
            let key = input::key(path)?;
            ctx.warn_of_file_readers(path);
            Ok(Some(key))
        }
        (None, Some(name)) => match ctx.variable(name) {
            Some(value) => input::key_from_text(value.to_string_lossy().into_owned()).map(Some),
            None => Err(Failure::Usage {
                message: "the variable named by `--key-env` is not set".to_owned(),
                hint: Some("it takes the name of a variable, not its value".to_owned()),
            }),
        },
        (None, None) => Ok(None),
    }
}

fn policy(args: &CreateToken, ctx: &Context) -> TokenPolicy {
    let has_key = args.key_file.is_some() || args.key_env.is_some();
    match (has_key, args.reset, args.reset_older_than) {
        (true, true, _) => TokenPolicy::ResetTo,
        (true, false, _) => TokenPolicy::Set,
        (false, true, _) => TokenPolicy::Reset,
        (false, false, Some(age)) => TokenPolicy::ResetOlder(ctx.ago(age)),
        (false, false, None) => TokenPolicy::GetOrCreate,
    }
}

/// Asks before the keys of more than named users are replaced: their clients are cut off.
fn confirm(
    args: &CreateToken,
    targets: &TargetUsers,
    ctx: &Context,
    database: &Database,
) -> Result<(), Failure> {
    let Some(selection) = targets.selection().filter(|_| args.reset && !args.yes) else {
        return Ok(());
    };
    let replaced = database.count(&Selection {
        token: TokenFilter::With,
        ..selection.clone()
    })?;
    // Nobody misses what was not there.
    if replaced == 0 {
        return Ok(());
    }
    let created = database.count(selection)?.saturating_sub(replaced);
    let place = quoted(&ctx.settings.location.to_string());
    let mut question = format!("Replace {}", tokens(replaced));
    if created > 0 {
        question.push_str(&format!(" and create {}", grouped(created)));
    }
    question.push_str(&format!(" in {place}? The old keys stop working."));
    prompt::confirm(&question)
}

fn tokens(count: u64) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} token{s}", grouped(count))
}

struct Job {
    policy: TokenPolicy,
    given_key: Option<Key>,
    targets: TargetUsers,
    format: TokenFormat,
    skip_missing: bool,
}

impl Job {
    fn issue(
        &self,
        printer: &mut TokenPrinter<Vec<u8>>,
        delivery: &mut Delivery,
        ctx: &mut Context,
        database: &mut Database,
        tally: &mut TokenTally,
    ) -> Result<(), Failure> {
        database.prepare_bulk_write()?;
        let total = Bulk::total(&self.targets, ctx, database)?;
        let mut bulk = Bulk::begin("Creating tokens", total, ctx);
        let mut walk = self.targets.walk();
        let now = ctx.now();
        while walk.next(database)? {
            bulk.give_way();
            let request = TokenRequest {
                batch: walk.batch(),
                policy: self.policy,
                now,
            };
            let mut bytes = Vec::new();
            let is_first = tally.is_empty();
            let outcomes = database.issue_tokens(
                request,
                |count| match &self.given_key {
                    Some(key) => Ok(vec![key.clone(); count]),
                    None => ctx.keys(count),
                },
                |outcomes| {
                    refuse(outcomes, self.skip_missing)?;
                    let typed = |position, user| walk.typed(position, user);
                    bytes = printer
                        .batch(outcomes, is_first, typed)
                        .map_err(Failure::Stdout)?;
                    delivery.before_commit(&bytes)
                },
            )?;
            tally.add(&outcomes);
            delivery.after_commit(&bytes)?;
            walk.advance(outcomes.len(), outcomes.last().map(|outcome| &outcome.user));
            bulk.committed(outcomes.len(), outcomes.iter().any(is_new))?;
        }
        Ok(())
    }

    /// What is true if the job fails with this after it has done what `tally` says.
    fn state_after(
        &self,
        args: &CreateToken,
        failure: &Failure,
        tally: &TokenTally,
    ) -> Option<StateAfter> {
        let is_unwritten = matches!(failure, Failure::Unwritable { .. });
        let Some(mut state) = tally.state_after() else {
            return is_unwritten.then(|| StateAfter::sentence("nothing was changed"));
        };
        let is_reset = self.policy == TokenPolicy::Reset;
        let is_lost = is_unwritten || matches!(failure, Failure::Stdout(_));
        let hint = match (is_lost, is_reset) {
            (true, true) => "the same command without `--reset` prints the keys that are valid now",
            (true, false) => "the same command prints it once it can",
            (false, true) => {
                "`--reset-older-than` goes on with the others; `--reset` would start over"
            }
            (false, false) => RUN_AGAIN,
        };
        if !is_lost {
            state.sentence.push_str(&where_keys_are(&args.out));
        }
        state.hint = Some(hint.to_owned());
        Some(state)
    }
}

/// Calls a transaction off for what stands in its way.
fn refuse(outcomes: &[TokenOutcome], skip_missing: bool) -> Result<(), Failure> {
    let mut gone = Vec::new();
    for TokenOutcome { user, result } in outcomes {
        match result {
            Err(NoToken::OtherToken) => return Err(Failure::OtherToken(user.username.clone())),
            Err(NoToken::KeyTaken) => return Err(Failure::KeyTaken),
            Err(NoToken::UserGone) => gone.push(user.username.clone()),
            Ok(_) => {}
        }
    }
    if gone.is_empty() || skip_missing {
        Ok(())
    } else {
        Err(Failure::no_such_user(gone))
    }
}

fn is_new(outcome: &TokenOutcome) -> bool {
    matches!(&outcome.result, Ok(issued) if issued.change != TokenChange::Existing)
}
