//! Many users from a file, hashed on all cores, written in the order in which they came.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rand::rngs::SysRng;

use super::cores;
use super::draft::Draft;
use super::output::UserPrinter;
use super::record::Record;
use super::user_file;
use crate::cli::CreateUser;
use crate::commands::shared::bulk::{Bulk, RUN_AGAIN};
use crate::commands::shared::groups;
use crate::commands::shared::new_password::{HashSettings, NewPassword};
use crate::commands::shared::new_users::{self, NewUsers};
use crate::commands::shared::superusers::{self, Consent};
use crate::commands::shared::token_output::where_keys_are;
use crate::context::Context;
use crate::db::{Database, Fields, Group, IfExists, NotEnsured, User, UserChange, WantedUser};
use crate::error::{Failure, StateAfter};
use crate::escape::quoted_list;
use crate::io::delivery::Delivery;
use crate::io::input;
use crate::io::output::grouped;
use crate::platform::interrupt;
use crate::secret::{Key, Password};

/// Passwords that a core hashes between two transactions.
const HASHES_A_CORE: usize = 32;

/// Users between two transactions, where nothing has to be hashed.
const CHUNK: usize = 5_000;

/// Counts what was done.
#[derive(Default)]
struct ImportTally {
    created: usize,
    updated: usize,
    unchanged: usize,
    /// Whether a password was hashed.
    hashed: bool,
    new_users: NewUsers,
}

impl ImportTally {
    fn done(&self) -> usize {
        self.created + self.updated + self.unchanged
    }

    /// What is true in the database if the job fails with this; `None` where nothing is done.
    fn state_after(&self, failure: &Failure, args: &CreateUser) -> Option<StateAfter> {
        let is_lost = matches!(failure, Failure::Stdout(_) | Failure::Unwritable { .. });
        let hint = match (is_lost, args.if_exists) {
            (true, _) if args.token => "`drfctl create-token` prints the keys again",
            (true, _) => "run `drfctl list --all-users` to see them",
            (false, IfExists::Refuse) => "`--if-exists skip` goes on with the others",
            (false, IfExists::Keep | IfExists::Update) => RUN_AGAIN,
        };
        let done = self.done();
        let keys = if is_lost {
            String::new()
        } else {
            where_keys_are(&args.out)
        };
        (done > 0).then(|| StateAfter {
            done: Some(done),
            sentence: format!(
                "{} users are done: {} created, {} updated{keys}",
                grouped(done as u64),
                grouped(self.created as u64),
                grouped(self.updated as u64)
            ),
            hint: Some(hint.to_owned()),
        })
    }
}

pub(super) fn run(
    path: &Path,
    args: &CreateUser,
    ctx: &mut Context,
    database: &mut Database,
) -> Result<(), Failure> {
    let mut import = Import {
        args,
        source: input::name_of(path),
        seen: BTreeMap::new(),
        unique_columns: database.unique_columns()?,
        unique: BTreeMap::new(),
        groups: groups::find(&args.group, database)?,
        groups_of_file: BTreeMap::new(),
        ignored: BTreeSet::new(),
        settings: HashSettings::new(&args.password, database)?,
        tally: ImportTally::default(),
    };
    // A file that can be read twice is checked whole before anything is written.
    let mut total = None;
    if input::can_be_read_twice(path) {
        let mut count = 0;
        for record in user_file::read(path, database.users())? {
            import.check(record?, database)?;
            count += 1;
        }
        import.seen.clear();
        import.unique.clear();
        total = Some(count);
    }
    let mut printer = UserPrinter::new(args, false);
    let mut delivery = if args.token {
        Delivery::open(&args.out, ctx.settings.location.file(), &ctx.out)?
    } else {
        Delivery::Stdout
    };
    let done = import.all(path, total, ctx, database, (&mut printer, &mut delivery));
    let ended = delivery.end(done, import.tally.done() > 0, || printer.finish());
    ended.map_err(|failure| {
        let failure = match failure {
            Failure::Interrupted if import.tally.done() > 0 => Failure::Stopped,
            failure => failure,
        };
        let state = import.tally.state_after(&failure, args);
        failure.with_state_after(state)
    })?;
    let ImportTally {
        created,
        updated,
        unchanged,
        hashed,
        new_users,
    } = import.tally;
    ctx.out.note(&format!(
        "Users: {} created, {} updated, {} unchanged.",
        grouped(created as u64),
        grouped(updated as u64),
        grouped(unchanged as u64)
    ));
    if !import.ignored.is_empty() {
        let ignored: Vec<&str> = import.ignored.into_iter().collect();
        ctx.out
            .note(&format!("Ignored columns: {}.", quoted_list(&ignored)));
    }
    if hashed {
        import.settings.warn(ctx);
    }
    new_users.warn(ctx, database);
    Ok(())
}

/// A line of the file that has been checked.
struct ImportRow {
    line: u64,
    draft: Draft,
    /// Those to join.
    groups: Vec<Group>,
    /// `None`: an existing user keeps the password.
    password: Option<NewPassword>,
}

struct Import<'a> {
    args: &'a CreateUser,
    source: String,
    /// The names so far, and their lines.
    seen: BTreeMap<String, u64>,
    unique_columns: Vec<String>,
    /// The values of UNIQUE columns in the lines so far, by column, and where they are.
    unique: BTreeMap<(String, String), u64>,
    groups: Vec<Group>,
    /// Groups that lines name, by their names.
    groups_of_file: BTreeMap<String, Group>,
    /// Columns that were not used.
    ignored: BTreeSet<&'static str>,
    settings: HashSettings,
    tally: ImportTally,
}

/// How users are printed, and where to.
type Printing<'a> = (&'a mut UserPrinter, &'a mut Delivery);

impl Import<'_> {
    /// Creates the users of the file, in as many steps as it takes.
    fn all(
        &mut self,
        path: &Path,
        total: Option<u64>,
        ctx: &mut Context,
        database: &mut Database,
        (printer, delivery): Printing<'_>,
    ) -> Result<(), Failure> {
        let mut bulk = Bulk::begin("Creating users", total, ctx);
        let mut chunk = Vec::new();
        let mut to_hash = 0;
        let full = HASHES_A_CORE * cores::count();
        // `fuse` drops the reader at the end of the file, and with it the contents of its buffer.
        let mut records = user_file::read(path, database.users())?.fuse().peekable();
        while let Some(record) = records.next() {
            let row = self.check(record?, database)?;
            to_hash += usize::from(matches!(row.password, Some(NewPassword::Plain(_))));
            chunk.push(row);
            if to_hash >= full || chunk.len() >= CHUNK || records.peek().is_none() {
                self.hash(&mut chunk, ctx.random, bulk.ahead())?;
                self.write(&mut chunk, ctx, database, (printer, delivery), &mut bulk)?;
                to_hash = 0;
            }
        }
        Ok(())
    }

    /// Validates a line: everything but what only hashing and writing can bring up.
    fn check(&mut self, record: Record, database: &Database) -> Result<ImportRow, Failure> {
        let line = record.line;
        self.row(record, database)
            .map_err(|failure| failure.at_line(&self.source, line))
    }

    fn row(&mut self, record: Record, database: &Database) -> Result<ImportRow, Failure> {
        let Record {
            line,
            fields,
            extra,
            groups,
            ignored,
        } = record;
        self.ignored.extend(ignored);
        let extra = [self.args.set.clone(), extra].concat();
        let draft = Draft::new(&fields, extra, &self.unique_columns, self.args, database)?;
        if let Some(first) = self.seen.insert(draft.username.clone(), line) {
            return Err(Failure::UserTwice {
                username: draft.username,
                line: first,
            });
        }
        if !draft.is_skipped(self.args) {
            self.check_unique(line, &draft)?;
        }
        let password = match (fields.password, fields.password_hash) {
            (Some(_), Some(_)) => {
                return Err(Failure::usage(
                    "`password` and `password_hash` exclude each other",
                ));
            }
            (Some(password), None) => Some(self.validated(password, &draft)?),
            (None, Some(hash)) => Some(NewPassword::hashed(hash)?),
            (None, None) if draft.keeps_password() => None,
            (None, None) if self.args.password.no_password => Some(NewPassword::Unusable),
            (None, None) => {
                return Err(Failure::Usage {
                    message: "a new user needs a `password` or a `password_hash`".to_owned(),
                    hint: Some(
                        "`--no-password` makes new users without one, and changes nobody else's"
                            .to_owned(),
                    ),
                });
            }
        };
        Ok(ImportRow {
            line,
            groups: self.groups(groups, database)?,
            draft,
            password,
        })
    }

    /// The groups for a line that names these.
    fn groups(&mut self, names: Vec<String>, database: &Database) -> Result<Vec<Group>, Failure> {
        let mut all = self.groups.clone();
        for name in names {
            let group = match self.groups_of_file.get(&name) {
                Some(group) => group.clone(),
                None => groups::find_one(&name, database)?,
            };
            if !all.contains(&group) {
                all.push(group.clone());
            }
            self.groups_of_file.insert(name, group);
        }
        Ok(all)
    }

    /// Refuses a value that an earlier line has in a UNIQUE column: the database would do it too,
    /// but after thousands of other users were written.
    fn check_unique(&mut self, line: u64, draft: &Draft) -> Result<(), Failure> {
        let email = draft.fields.email.iter();
        let given = email.map(|email| ("email", email)).chain(
            draft
                .extra
                .iter()
                .map(|(column, value)| (column.as_str(), value)),
        );
        // An empty value may be stored as NULL, of which there can be many.
        for (column, value) in given.filter(|(_, value)| !value.is_empty()) {
            if !self.unique_columns.iter().any(|unique| unique == column) {
                continue;
            }
            let key = (column.to_owned(), value.clone());
            if let Some(earlier) = self.unique.insert(key, line) {
                return Err(Failure::ValueTwice {
                    column: column.to_owned(),
                    value: value.clone(),
                    line: earlier,
                });
            }
        }
        Ok(())
    }

    fn validated(&self, password: Password, draft: &Draft) -> Result<NewPassword, Failure> {
        if !self.args.password.allow_weak_password {
            draft.owner.validate(&password)?;
        }
        self.settings.check()?;
        Ok(NewPassword::Plain(password))
    }

    /// Hashes the passwords of a chunk on all cores. Ctrl-C ends it between two hashes, which take
    /// a second each.
    fn hash(
        &mut self,
        chunk: &mut [ImportRow],
        random: SysRng,
        progressed: impl Fn() + Sync,
    ) -> Result<(), Failure> {
        let (args, settings) = (self.args, self.settings);
        let hashes = cores::map(chunk, |row| match row.password.take() {
            Some(_) if interrupt::requested() => (false, Err(Failure::Stopped)),
            Some(password) if !row.draft.is_skipped(args) => {
                let is_plain = matches!(password, NewPassword::Plain(_));
                let hash = password.hash(&row.draft.owner, settings, random);
                progressed();
                (
                    is_plain,
                    hash.map_err(|failure| failure.at_line(&self.source, row.line)),
                )
            }
            _ => (false, Ok(None)),
        });
        for (row, (is_plain, hash)) in chunk.iter_mut().zip(hashes) {
            let hash = match hash {
                Err(Failure::Stopped) if self.tally.done() == 0 => Err(Failure::Interrupted),
                hash => hash,
            }?;
            self.tally.hashed |= is_plain && hash.is_some();
            row.draft.fields.password = hash;
        }
        Ok(())
    }

    /// Writes the users of a chunk, in as many transactions as leave room for other writers.
    fn write(
        &mut self,
        chunk: &mut Vec<ImportRow>,
        ctx: &mut Context,
        database: &mut Database,
        (printer, delivery): Printing<'_>,
        bulk: &mut Bulk,
    ) -> Result<(), Failure> {
        let lost: Vec<&User> = chunk
            .iter()
            .filter(|row| !row.draft.is_skipped(self.args))
            .filter_map(|row| row.draft.lost_superuser())
            .collect();
        superusers::keep_the_last(&lost, Consent::Warn, ctx, database)?;
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
                    extra: &row.draft.extra,
                    groups: if row.draft.is_skipped(self.args) {
                        &[]
                    } else {
                        &row.groups
                    },
                    names_groups: self.args.format.is_json(),
                    uuid: *uuid,
                    token: keys.get(position),
                })
                .collect();
            bulk.give_way();
            let is_first = self.tally.done() == 0;
            let mut bytes = Vec::new();
            let outcomes = database
                .ensure_users(&wanted, self.args.if_exists, ctx.now(), |outcomes| {
                    let rows = chunk.iter().zip(outcomes);
                    if let Some((row, _)) = rows.clone().find(|(_, outcome)| outcome.is_none()) {
                        return Err(row.draft.overtaken().at_line(&self.source, row.line));
                    }
                    let rows = rows.filter_map(|(row, outcome)| {
                        Some((row.draft.typed.as_str(), outcome.as_ref()?))
                    });
                    bytes = printer.batch(rows, is_first).map_err(Failure::Stdout)?;
                    delivery.before_commit(&bytes)
                })
                .map_err(|NotEnsured { error, position }| {
                    match (position.and_then(|position| chunk.get(position)), error) {
                        (Some(row), Failure::Database(error)) if error.cause.is_of_row() => {
                            new_users::not_created(error, &row.draft.username, database)
                                .at_line(&self.source, row.line)
                        }
                        (_, error) => error,
                    }
                })?;
            let written = outcomes.len();
            for outcome in outcomes.into_iter().flatten() {
                match &outcome.change {
                    UserChange::Created => {
                        self.tally.created += 1;
                        let User { username, id, .. } = &outcome.user;
                        self.tally.new_users.add(username, id);
                    }
                    UserChange::Updated(changed) if !changed.is_empty() => self.tally.updated += 1,
                    UserChange::Updated(_) | UserChange::Kept => self.tally.unchanged += 1,
                }
            }
            delivery.after_commit(&bytes)?;
            chunk.drain(..written);
            bulk.committed(written, written > 0)?;
        }
        Ok(())
    }

    fn keys(&self, count: usize, ctx: &mut Context) -> Result<Vec<Key>, Failure> {
        let count = if self.args.token { count } else { 0 };
        ctx.keys(count)
    }
}
