//! `drfctl create-token`

use std::io::Write;
use std::path::Path;

use anyhow::bail;

use crate::cli::{CreateToken, TokenFormat};
use crate::commands::parts::bulk::Bulk;
use crate::commands::parts::tokens::{Printer, Tally};
use crate::commands::parts::users::Meant;
use crate::context::Context;
use crate::db::{
    Database, NoToken, TokenChange, TokenFilter, TokenOutcome, TokenPolicy, TokenRequest,
};
use crate::error::{Failure, Status};
use crate::input;
use crate::outfile::OutFile;
use crate::output;
use crate::secret::Key;

pub(super) fn run(args: &CreateToken, ctx: &mut Context) -> anyhow::Result<Status> {
    let is_one = args.targets.is_one();
    if !is_one && matches!(args.format.get(), TokenFormat::Header | TokenFormat::Env) {
        bail!(Failure::usage(
            "`--format header` and `--format env` are for one named user"
        ));
    }
    if !is_one && args.key_file.is_some() {
        bail!(Failure::usage("`--key-file` is for one named user"));
    }
    let own_key = args.key_file.as_deref().map(input::key).transpose()?;
    let mut database = ctx.open_database(true)?;
    ctx.warn_of_readers(&database);
    let meant = Meant::new(
        &args.targets,
        TokenFilter::Any,
        args.skip_missing,
        ctx,
        &database,
    )?;
    let job = Job {
        policy: policy(args, ctx),
        own_key,
        meant,
        is_one,
        format: args.format.get(),
        may_be_missing: args.skip_missing,
    };
    let mut tally = Tally::default();
    if let Some(path) = &args.out {
        // On the disk before the commit: no crash leaves a valid key that nobody has.
        let mut file = OutFile::create(path, ctx.settings.location.file())?;
        let before = Deliver::BeforeCommit;
        job.run(&mut file, before, ctx, &mut database, &mut tally)
            .and_then(|()| Ok(file.persist()?))
            .map_err(|error| unwritten(path, error, &tally))?;
    } else {
        let out = ctx.out.clone();
        let after = Deliver::AfterCommit;
        out.secret(|out| job.run(out, after, ctx, &mut database, &mut tally))
            .map_err(|error| output::undelivered(error, tally.truth()))?;
    }
    tally.say(ctx);
    Ok(Status::Done)
}

/// Says of an error that left the file unwritten what is true all the same.
fn unwritten(path: &Path, error: anyhow::Error, tally: &Tally) -> anyhow::Error {
    let truth = Some(tally.truth().0);
    if let Some((_, reason)) = output::write_error(&error) {
        let path = path.to_string_lossy().into_owned();
        return Failure::Unwritable {
            path,
            reason,
            truth,
        }
        .into();
    }
    match error.downcast::<Failure>() {
        Ok(Failure::Unwritable { path, reason, .. }) => Failure::Unwritable {
            path,
            reason,
            truth,
        }
        .into(),
        Ok(Failure::InterruptedAfter { done, hint, .. }) => Failure::InterruptedAfter {
            done,
            unwritten: true,
            hint,
        }
        .into(),
        Ok(other) => other.into(),
        Err(error) => error,
    }
}

fn policy(args: &CreateToken, ctx: &Context) -> TokenPolicy {
    match (args.key_file.is_some(), args.reset, args.reset_older_than) {
        (true, true, _) => TokenPolicy::ResetTo,
        (true, false, _) => TokenPolicy::Set,
        (false, true, _) => TokenPolicy::Reset,
        (false, false, Some(age)) => TokenPolicy::ResetOlder(ctx.ago(age)),
        (false, false, None) => TokenPolicy::GetOrCreate,
    }
}

/// When a key is handed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deliver {
    BeforeCommit,
    AfterCommit,
}

/// What is to be done, and for whom.
struct Job {
    policy: TokenPolicy,
    own_key: Option<Key>,
    meant: Meant,
    is_one: bool,
    format: TokenFormat,
    may_be_missing: bool,
}

impl Job {
    fn run(
        &self,
        out: &mut dyn Write,
        deliver: Deliver,
        ctx: &mut Context,
        database: &mut Database,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let mut printer = Printer::new(out, self.format, self.is_one);
        let done = self
            .work(&mut printer, deliver, ctx, database, tally)
            .map_err(|error| self.do_not_begin_anew(error));
        // Also after an interruption: what was done is handed over whole.
        let ended = printer.end();
        done.and(ended)
    }

    fn work(
        &self,
        printer: &mut Printer<'_>,
        deliver: Deliver,
        ctx: &mut Context,
        database: &mut Database,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        database.prepare_bulk_write()?;
        let mut bulk = Bulk::begin(Bulk::total(&self.meant, ctx, database)?, ctx)?;
        let mut walk = self.meant.walk();
        let now = ctx.now();
        while walk.next(database)? {
            bulk.give_way();
            let request = TokenRequest {
                batch: walk.batch(),
                policy: self.policy,
                now,
            };
            let outcomes = database.issue_tokens(
                request,
                |count| match &self.own_key {
                    Some(key) => Ok(vec![key.clone(); count]),
                    None => Ok::<_, anyhow::Error>(ctx.keys(count)?),
                },
                |outcomes| {
                    self.refuse(outcomes)?;
                    if deliver == Deliver::BeforeCommit {
                        printer.print_all(outcomes, |position, user| walk.typed(position, user))?;
                    }
                    Ok(())
                },
            )?;
            tally.add(&outcomes);
            if deliver == Deliver::AfterCommit {
                printer.print_all(&outcomes, |position, user| walk.typed(position, user))?;
            }
            walk.advance(outcomes.len(), outcomes.last().map(|outcome| &outcome.user));
            bulk.committed(outcomes.len(), outcomes.iter().any(is_new))?;
        }
        Ok(())
    }

    /// After an interruption another `--reset` would also replace the keys that are new.
    fn do_not_begin_anew(&self, error: anyhow::Error) -> anyhow::Error {
        match error.downcast::<Failure>() {
            Ok(Failure::InterruptedAfter {
                done, unwritten, ..
            }) if self.policy == TokenPolicy::Reset => Failure::InterruptedAfter {
                done,
                unwritten,
                hint: "`--reset-older-than` goes on with the others; `--reset` would begin anew",
            }
            .into(),
            Ok(other) => other.into(),
            Err(error) => error,
        }
    }

    /// Calls a transaction off for what stands in its way.
    fn refuse(&self, outcomes: &[TokenOutcome]) -> Result<(), Failure> {
        let mut gone = Vec::new();
        for TokenOutcome { user, result } in outcomes {
            match result {
                Err(NoToken::OtherToken) => {
                    return Err(Failure::OtherToken(user.username.clone()));
                }
                Err(NoToken::KeyTaken) => return Err(Failure::KeyTaken),
                Err(NoToken::UserGone) => gone.push(user.username.clone()),
                Ok(_) => {}
            }
        }
        if gone.is_empty() || self.may_be_missing {
            Ok(())
        } else {
            Err(Failure::NoSuchUser(gone))
        }
    }
}

fn is_new(outcome: &TokenOutcome) -> bool {
    matches!(&outcome.result, Ok(issued) if issued.change != TokenChange::Existing)
}
