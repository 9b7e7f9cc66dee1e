//! The users that a command acts on: by name, from a file, or by filters. Every command that acts
//! on several walks through them here, a chunk at a time.

use std::collections::BTreeSet;

use crate::cli::{Filters, Targets};
use crate::commands::shared::{groups, unknown_users};
use crate::context::Context;
use crate::db::{self, Batch, Database, Selection, TokenFilter, User, UserId};
use crate::error::Failure;
use crate::io::names;

/// Users that are looked up at once: more than a transaction has time for, so that its time limits
/// it and not their number. (Every transaction writes pages all over the index of the keys, and
/// few long ones write them less often than many short ones.)
const CHUNK: usize = 100_000;

/// A user, and the name that the operator typed.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) typed: String,
    pub(crate) user: User,
}

/// What to do about names that are no user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Refuse them.
    Refuse,
    /// Refuse them, and say how they could be created.
    RefuseUntilCreated,
    /// Warn of them, and go on without them.
    Skip,
}

/// The users that a command acts on.
pub(crate) enum TargetUsers {
    /// Named users, as they were looked up.
    Loaded(Vec<Target>),
    /// The names of existing users, too many to keep more than the names.
    Names(Vec<String>),
    /// All users who match filters.
    Selected(Selection),
}

impl TargetUsers {
    /// Looks every name up before anything is done: an error names all that do not exist.
    pub(crate) fn new(
        targets: &Targets,
        token: TokenFilter,
        unknown: Unknown,
        ctx: &Context,
        database: &Database,
    ) -> Result<Self, Failure> {
        let filters = &targets.filters;
        let is_by_name = targets.from.is_some() || !targets.username.is_empty();
        match (is_by_name, targets.all || filters.are_given()) {
            (true, false) => Self::named(targets, unknown, ctx, database),
            (false, true) => Ok(Self::Selected(filters.selection(token, ctx, database)?)),
            (true, true) => Err(Failure::usage("filters cannot be combined with user names")),
            (false, false) => Err(Failure::Usage {
                message: "no users given".to_owned(),
                hint: Some(
                    "name them, or use `--from FILE`, `--all` or a filter such as \
                     `--older-than 90d`"
                        .to_owned(),
                ),
            }),
        }
    }

    /// The filters, if that is how the users were chosen.
    pub(crate) fn selection(&self) -> Option<&Selection> {
        match self {
            Self::Loaded(_) | Self::Names(_) => None,
            Self::Selected(selection) => Some(selection),
        }
    }

    /// Walks through the users.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk {
            targets: self,
            position: 0,
            waiting: Vec::new(),
            typed: Vec::new(),
            after: None,
            seen: BTreeSet::new(),
            is_at_end: false,
        }
    }

    /// Looks the names up.
    fn named(
        targets: &Targets,
        unknown: Unknown,
        ctx: &Context,
        database: &Database,
    ) -> Result<Self, Failure> {
        let names = match &targets.from {
            Some(path) => names::read(path)?,
            None => targets
                .username
                .iter()
                .map(|name| (0, name.clone()))
                .collect(),
        };
        let mut missing = Vec::new();
        let mut existing = Vec::with_capacity(names.len());
        let mut loaded = Vec::new();
        let mut seen = BTreeSet::new();
        for (line, typed) in names {
            match database.user(&typed)? {
                None => {
                    if let Some(path) = &targets.from {
                        names::check_unknown(path, line, &typed)?;
                    }
                    missing.push(typed);
                }
                Some(user) => {
                    if existing.len() < CHUNK && seen.insert(user.id.clone()) {
                        loaded.push(Target {
                            typed: typed.clone(),
                            user,
                        });
                    }
                    existing.push(typed);
                }
            }
        }
        if !missing.is_empty() {
            match unknown {
                Unknown::Refuse => return Err(unknown_users::no_such_user(missing, database)),
                Unknown::RefuseUntilCreated => {
                    return Err(unknown_users::no_such_user_yet(missing, database));
                }
                Unknown::Skip => {
                    let failure = Failure::no_such_user(missing);
                    ctx.out.warn(&format!("{failure}; skipped"));
                }
            }
        }
        Ok(if existing.len() <= CHUNK {
            Self::Loaded(loaded)
        } else {
            Self::Names(existing)
        })
    }
}

/// A position among the users.
pub(crate) struct Walk<'a> {
    targets: &'a TargetUsers,
    position: usize,
    /// The users who are next, and the names that were typed for them.
    waiting: Vec<User>,
    typed: Vec<String>,
    after: Option<UserId>,
    seen: BTreeSet<UserId>,
    is_at_end: bool,
}

impl Walk<'_> {
    /// Looks up the users whose turn it is; false at the end.
    pub(crate) fn next(&mut self, database: &Database) -> Result<bool, db::Error> {
        match self.targets {
            TargetUsers::Selected(_) => return Ok(!self.is_at_end),
            TargetUsers::Loaded(users) => {
                for target in users.iter().skip(self.position) {
                    self.waiting.push(target.user.clone());
                    self.typed.push(target.typed.clone());
                }
                self.position = users.len();
            }
            TargetUsers::Names(names) => {
                while self.waiting.len() < CHUNK
                    && let Some(typed) = names.get(self.position)
                {
                    self.position += 1;
                    // Who existed a moment ago and does not now was deleted by the server.
                    if let Some(user) = database.user(typed)?
                        && self.seen.insert(user.id.clone())
                    {
                        self.waiting.push(user);
                        self.typed.push(typed.clone());
                    }
                }
            }
        }
        Ok(!self.waiting.is_empty())
    }

    /// The users whose turn it is. Say with [`Self::advance`] how many were dealt with.
    pub(crate) fn batch(&self) -> Batch<'_> {
        match self.targets {
            TargetUsers::Selected(selection) => Batch::Selected {
                selection,
                after: self.after.as_ref(),
            },
            TargetUsers::Loaded(_) | TargetUsers::Names(_) => Batch::Users(&self.waiting),
        }
    }

    /// The name that the operator typed for the user at this position of the batch.
    pub(crate) fn typed<'s>(&'s self, position: usize, user: &'s User) -> &'s str {
        self.typed.get(position).unwrap_or(&user.username)
    }

    /// Goes on behind the first `count` users of the batch, of whom `last` is the last.
    pub(crate) fn advance(&mut self, count: usize, last: Option<&User>) {
        self.waiting.drain(..count.min(self.waiting.len()));
        self.typed.drain(..count.min(self.typed.len()));
        match last {
            Some(user) => self.after = Some(user.id.clone()),
            None => self.is_at_end = true,
        }
    }
}

impl Filters {
    /// The selection that they make, at this moment. A group has to exist: a mistyped one would
    /// look like an empty one.
    pub(crate) fn selection(
        &self,
        token: TokenFilter,
        ctx: &Context,
        database: &Database,
    ) -> Result<Selection, Failure> {
        if let Some(group) = &self.group {
            groups::find_existing(std::slice::from_ref(group), database)?;
        }
        Ok(Selection {
            token,
            created_before: self.older_than.map(|age| ctx.ago(age)),
            last_login_before: self.last_login_before.map(|age| ctx.ago(age)),
            never_logged_in: self.never_logged_in,
            is_active: match (self.active, self.inactive) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            is_staff: self.staff,
            is_superuser: self.superuser,
            username: self.glob.clone(),
            group: self.group.clone(),
        })
    }
}
