//! Many users from a file, hashed on all cores, written in the order in which they came.

use std::collections::HashSet;
use std::path::Path;

use anyhow::bail;
use rand::rngs::SysRng;
use rayon::prelude::*;

use super::bulk::Bulk;
use super::draft::{Draft, Spec, if_exists};
use super::passwords::{NewPassword, Recipe};
use super::user_output::{Printer, warn_of_missing_rows};
use crate::cli::CreateUser;
use crate::context::Context;
use crate::db::{Database, Fields, User, UserChange, WantedUser};
use crate::error::Failure;
use crate::input;
use crate::output;
use crate::secret::{Key, Password};
use crate::user_file::{self, Record};

/// Passwords that a core hashes between two transactions.
const HASHES_A_CORE: usize = 32;

/// Users between two transactions, where nothing has to be hashed.
const CHUNK: usize = 5_000;

/// How many users were dealt with, and how.
#[derive(Default)]
struct Tally {
    created: usize,
    updated: usize,
    left: usize,
    /// Whether a password was hashed.
    hashed: bool,
    /// One who was created, for the others.
    first_created: Option<User>,
}

pub(crate) fn run(
    path: &Path,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> anyhow::Result<()> {
    let mut import = Import {
        args,
        source: input::name_of(path),
        seen: HashSet::new(),
        recipe: Recipe::new(&args.password, database)?,
        tally: Tally::default(),
    };
    // What can be read twice is checked whole before anything is written.
    let mut total = None;
    if input::can_be_read_twice(path) {
        let mut count = 0;
        for record in user_file::read(path)? {
            import.check(record?, database)?;
            count += 1;
        }
        import.seen.clear();
        total = Some(count);
    }
    let out = ctx.out.clone();
    let done = out.secret(|out| {
        let mut printer = Printer::new(out, args, false);
        let mut bulk = Bulk::begin(total, ctx)?;
        let mut chunk = Vec::new();
        let mut to_hash = 0;
        let full = HASHES_A_CORE * rayon::current_num_threads();
        // `fuse` lets the reader go at the end of the file, and with it what its buffer holds.
        let mut records = user_file::read(path)?.fuse().peekable();
        while let Some(record) = records.next() {
            let row = import.check(record?, database)?;
            to_hash += usize::from(matches!(row.password, Some(NewPassword::Clear(_))));
            chunk.push(row);
            if to_hash >= full || chunk.len() >= CHUNK || records.peek().is_none() {
                import.hash(&mut chunk, ctx.random)?;
                import.write(&mut chunk, ctx, database, &mut printer, &mut bulk)?;
                to_hash = 0;
            }
        }
        printer.end()
    });
    let Tally {
        created,
        updated,
        left,
        hashed,
        first_created,
    } = import.tally;
    done.map_err(|error| {
        let truth = format!("{created} users were created");
        let hint = "run `drfctl list --all-users` to see them".to_owned();
        output::undelivered(error, (truth, hint))
    })?;
    out.note(&format!(
        "Users: {created} created, {updated} updated, {left} left as they were."
    ));
    if hashed {
        import.recipe.warn(ctx);
    }
    if let Some(user) = first_created {
        warn_of_missing_rows(ctx, database, &user);
    }
    Ok(())
}

/// A line of the file that has been checked.
struct Row {
    line: u64,
    draft: Draft,
    /// `None` leaves the password of a user who is there alone.
    password: Option<NewPassword>,
}

struct Import<'a> {
    args: &'a CreateUser,
    source: String,
    /// The names of the lines so far.
    seen: HashSet<String>,
    recipe: Recipe,
    tally: Tally,
}

impl Import<'_> {
    /// Judges a line: everything about it but what hashing and writing can bring up.
    fn check(&mut self, record: Record, database: &Database) -> anyhow::Result<Row> {
        let line = record.line;
        self.draft(record, database)
            .map_err(|error| self.at(line, error))
    }

    fn draft(&mut self, record: Record, database: &Database) -> anyhow::Result<Row> {
        let draft = Draft::new(
            &Spec {
                username: record.username,
                email: record.email,
                first_name: record.first_name,
                last_name: record.last_name,
                is_staff: record.is_staff,
                is_superuser: record.is_superuser,
                is_active: record.is_active,
            },
            self.args,
            database,
        )?;
        if !self.seen.insert(draft.username.clone()) {
            bail!(Failure::usage("this user is already further up"));
        }
        let password = match (record.password, record.password_hash) {
            (Some(_), Some(_)) => {
                bail!(Failure::usage(
                    "`password` and `password_hash` exclude each other"
                ))
            }
            (Some(password), None) => Some(self.judged(password, &draft)?),
            (None, Some(hash)) => Some(NewPassword::hashed(hash)?),
            (None, None) if self.args.password.no_password => Some(NewPassword::Unusable),
            (None, None) if draft.keeps_password() => None,
            (None, None) => bail!(Failure::Usage {
                message: "a new user needs a `password` or a `password_hash`".to_owned(),
                hint: Some("`--no-password` makes users without one".to_owned()),
            }),
        };
        Ok(Row {
            line: record.line,
            draft,
            password,
        })
    }

    fn judged(&self, password: Password, draft: &Draft) -> Result<NewPassword, Failure> {
        if !self.args.password.allow_weak_password {
            draft.subject.judge(&password)?;
        }
        self.recipe.check()?;
        Ok(NewPassword::Clear(password))
    }

    /// Hashes the passwords of a chunk on all cores.
    fn hash(&mut self, chunk: &mut [Row], random: SysRng) -> anyhow::Result<()> {
        let (args, recipe) = (self.args, self.recipe);
        let hashes = chunk
            .par_iter_mut()
            .map(|row| match row.password.take() {
                Some(password) if !row.draft.is_skipped(args) => {
                    let is_clear = matches!(password, NewPassword::Clear(_));
                    (is_clear, password.hash(&row.draft.subject, recipe, random))
                }
                _ => (false, Ok(None)),
            })
            .collect::<Vec<_>>();
        for (row, (is_clear, hash)) in chunk.iter_mut().zip(hashes) {
            let hash = hash.map_err(|error| self.at(row.line, error.into()))?;
            self.tally.hashed |= is_clear && hash.is_some();
            row.draft.fields.password = hash;
        }
        Ok(())
    }

    /// Writes the users of a chunk, in as many transactions as leave room for other writers.
    fn write(
        &mut self,
        chunk: &mut Vec<Row>,
        ctx: &mut Context,
        database: &mut Database,
        printer: &mut Printer<'_>,
        bulk: &mut Bulk,
    ) -> anyhow::Result<()> {
        while !chunk.is_empty() {
            let keys = self.keys(chunk.len(), ctx)?;
            let uuids = chunk
                .iter()
                .map(|_| ctx.uuid())
                .collect::<Result<Vec<_>, _>>()?;
            let nothing = Fields::default();
            let wanted: Vec<WantedUser<'_>> = chunk
                .iter()
                .zip(&uuids)
                .enumerate()
                .map(|(position, (row, uuid))| WantedUser {
                    username: &row.draft.username,
                    fields: if row.draft.is_skipped(self.args) {
                        &nothing
                    } else {
                        &row.draft.fields
                    },
                    extra: &self.args.set,
                    groups: &[],
                    uuid: *uuid,
                    token: keys.get(position),
                })
                .collect();
            bulk.give_way();
            let outcomes = database.ensure_users(&wanted, if_exists(self.args), ctx.now())?;
            let written = outcomes.len();
            for (row, outcome) in chunk.iter().zip(outcomes) {
                let Some(outcome) = outcome else {
                    return Err(self.at(row.line, row.draft.overtaken().into()));
                };
                match &outcome.change {
                    UserChange::Created => {
                        self.tally.created += 1;
                        let first = &mut self.tally.first_created;
                        first.get_or_insert_with(|| outcome.user.clone());
                    }
                    UserChange::Updated(changed) if !changed.is_empty() => self.tally.updated += 1,
                    UserChange::Updated(_) | UserChange::Kept => self.tally.left += 1,
                }
                printer.print(&row.draft.typed, &outcome)?;
            }
            printer.flush()?;
            chunk.drain(..written);
            bulk.committed(written, written > 0)?;
        }
        Ok(())
    }

    fn keys(&self, count: usize, ctx: &mut Context) -> Result<Vec<Key>, Failure> {
        let count = if self.args.token { count } else { 0 };
        ctx.keys(count)
    }

    /// Says in which line something went wrong.
    fn at(&self, line: u64, error: anyhow::Error) -> anyhow::Error {
        match error.downcast::<Failure>() {
            Ok(failure) => Failure::AtLine {
                path: self.source.clone(),
                line,
                failure: Box::new(failure),
            }
            .into(),
            Err(error) => error,
        }
    }
}
