//! `drfctl create-token`

use std::io::{self, Write};
use std::path::Path;

use crate::cli::{CreateToken, TokenFormat};
use crate::commands::shared::bulk::{Bulk, RUN_AGAIN};
use crate::commands::shared::targets::TargetUsers;
use crate::commands::shared::token_output::{TokenPrinter, TokenTally};
use crate::context::Context;
use crate::db::{
    Database, NoToken, TokenChange, TokenFilter, TokenOutcome, TokenPolicy, TokenRequest,
};
use crate::error::{Failure, StateAfter, Status};
use crate::escape::system_words;
use crate::io::secret_file::SecretFile;
use crate::io::{input, output};
use crate::secret::Key;

pub(super) fn run(args: &CreateToken, ctx: &mut Context) -> Result<Status, Failure> {
    let is_one = args.targets.is_one();
    let format = args.format.get();
    if !is_one && matches!(format, TokenFormat::Header | TokenFormat::Env) {
        return Err(Failure::usage(
            "`--format header` and `--format env` are for one named user",
        ));
    }
    if !is_one && args.key_file.is_some() {
        return Err(Failure::usage("`--key-file` is for one named user"));
    }
    let given_key = args.key_file.as_deref().map(input::key).transpose()?;
    let mut database = ctx.open_tokens()?;
    ctx.warn_of_readers(&database);
    let targets = TargetUsers::new(
        &args.targets,
        TokenFilter::Any,
        args.skip_missing,
        ctx,
        &database,
    )?;
    let job = Job {
        policy: policy(args, ctx),
        given_key,
        targets,
        is_one,
        format,
        skip_missing: args.skip_missing,
        destination: match &args.out {
            Some(path) => Destination::File(path),
            None => Destination::Stdout,
        },
    };
    let mut tally = TokenTally::default();
    let done = match job.destination {
        Destination::File(path) => {
            let mut file = SecretFile::create(path, ctx.settings.location.file())?;
            job.run(&mut file, ctx, &mut database, &mut tally)
                .and_then(|()| file.persist())
        }
        Destination::Stdout => output::secret(|out| job.run(out, ctx, &mut database, &mut tally)),
    };
    done.map_err(|failure| {
        let state = job.state_after(&failure, &tally);
        failure.with_state_after(state)
    })?;
    tally.note(ctx);
    Ok(Status::Done)
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

/// Where the keys go.
#[derive(Clone, Copy)]
enum Destination<'a> {
    /// Printed after the commit that made them true.
    Stdout,
    /// On the disk before the commit: no crash leaves a valid key that nobody has.
    File(&'a Path),
}

impl Destination<'_> {
    fn failure(self, error: io::Error) -> Failure {
        match self {
            Self::Stdout => Failure::Stdout(error),
            Self::File(path) => Failure::Unwritable {
                path: path.to_string_lossy().into_owned(),
                reason: system_words(&error),
            },
        }
    }
}

struct Job<'a> {
    policy: TokenPolicy,
    given_key: Option<Key>,
    targets: TargetUsers,
    is_one: bool,
    format: TokenFormat,
    skip_missing: bool,
    destination: Destination<'a>,
}

impl Job<'_> {
    fn run(
        &self,
        out: &mut dyn Write,
        ctx: &mut Context,
        database: &mut Database,
        tally: &mut TokenTally,
    ) -> Result<(), Failure> {
        let mut printer = TokenPrinter::new(out, self.format, self.is_one);
        let done = self.issue(&mut printer, ctx, database, tally);
        // Also after an interruption: what was done is printed whole.
        let ended = printer.end();
        done.and(ended.map_err(|error| self.destination.failure(error)))
    }

    fn issue(
        &self,
        printer: &mut TokenPrinter<'_>,
        ctx: &mut Context,
        database: &mut Database,
        tally: &mut TokenTally,
    ) -> Result<(), Failure> {
        database.prepare_bulk_write()?;
        let total = Bulk::total(&self.targets, ctx, database)?;
        let mut bulk = Bulk::begin(total, ctx);
        let mut walk = self.targets.walk();
        let now = ctx.now();
        while walk.next(database)? {
            bulk.give_way();
            let request = TokenRequest {
                batch: walk.batch(),
                policy: self.policy,
                now,
            };
            let mut print = |outcomes: &[TokenOutcome]| {
                printer
                    .print_all(outcomes, |position, user| walk.typed(position, user))
                    .map_err(|error| self.destination.failure(error))
            };
            let outcomes = database.issue_tokens(
                request,
                |count| match &self.given_key {
                    Some(key) => Ok(vec![key.clone(); count]),
                    None => ctx.keys(count),
                },
                |outcomes| {
                    self.refuse(outcomes)?;
                    match self.destination {
                        Destination::File(_) => print(outcomes),
                        Destination::Stdout => Ok(()),
                    }
                },
            )?;
            tally.add(&outcomes);
            if let Destination::Stdout = self.destination {
                print(&outcomes)?;
            }
            walk.advance(outcomes.len(), outcomes.last().map(|outcome| &outcome.user));
            bulk.committed(outcomes.len(), outcomes.iter().any(is_new))?;
        }
        Ok(())
    }

    /// What is true if the job fails with this after it has done what `tally` says.
    fn state_after(&self, failure: &Failure, tally: &TokenTally) -> Option<StateAfter> {
        let is_reset = self.policy == TokenPolicy::Reset;
        let hint = match (self.destination, failure) {
            (_, Failure::Stdout(_)) if is_reset => "the same command without `--reset` prints it",
            (_, Failure::Stdout(_)) => "the same command prints it once it can",
            (Destination::File(_), _) if is_reset => {
                "the same command without `--reset` writes the keys that are valid now"
            }
            (Destination::Stdout, _) if is_reset => {
                "`--reset-older-than` goes on with the others; `--reset` would start over"
            }
            (Destination::Stdout | Destination::File(_), _) => RUN_AGAIN,
        };
        let Some(mut state) = tally.state_after() else {
            return matches!(failure, Failure::Unwritable { .. })
                .then(|| StateAfter::sentence("nothing was changed"));
        };
        if let (Destination::File(_), Failure::Stopped) = (self.destination, failure) {
            state.sentence.push_str("; the file was not written");
        }
        state.hint = Some(hint.to_owned());
        Some(state)
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
        if gone.is_empty() || self.skip_missing {
            Ok(())
        } else {
            Err(Failure::NoSuchUser(gone))
        }
    }
}

fn is_new(outcome: &TokenOutcome) -> bool {
    matches!(&outcome.result, Ok(issued) if issued.change != TokenChange::Existing)
}
