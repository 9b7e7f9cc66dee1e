//! The users that a command line means: by name, from a file, or by filters. Every command that
//! acts on several walks through them here, a chunk at a time.

use std::collections::HashSet;

use crate::cli::{Filters, Targets};
use crate::context::Context;
use crate::db::{self, Batch, Database, Selection, TokenFilter, User, UserId};
use crate::error::Failure;
use crate::input;

/// So many users are looked up before they are dealt with: more than a transaction has time for,
/// so that its time bounds it and not their number (every transaction writes pages all over the
/// index of the keys, and few long ones write them less often than many short ones).
const CHUNK: usize = 100_000;

/// A user, and the name by which the operator called the user.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) typed: String,
    pub(crate) user: User,
}

/// Who is meant.
pub(crate) enum Meant {
    /// These users.
    Few(Vec<Named>),
    /// The users of these names, all of whom were there; too many to keep more than the names.
    Names(Vec<String>),
    /// Those of whom this is true.
    Selected(Selection),
}

impl Meant {
    /// Reads the command line, and looks every name up before anything is done: an error names
    /// all that are not there. With `skip_missing` they are only warned of.
    pub(crate) fn new(
        targets: &Targets,
        token: TokenFilter,
        skip_missing: bool,
        ctx: &Context,
        database: &Database,
    ) -> anyhow::Result<Self> {
        let filters = &targets.filters;
        let names = match &targets.from {
            Some(path) => input::names(path)?,
            None => targets.username.clone(),
        };
        let is_by_name = targets.from.is_some() || !names.is_empty();
        match (is_by_name, targets.all || filters.are_given()) {
            (true, false) => Self::named(names, skip_missing, ctx, database),
            (false, true) => Ok(Self::Selected(filters.selection(token, ctx))),
            (true, true) => Err(Failure::usage(
                "filters do not go with named users: they choose among all",
            )
            .into()),
            (false, false) => Err(Failure::Usage {
                message: "no users are named".to_owned(),
                hint: Some(
                    "name them, or use `--from FILE`, `--all` or a filter such as \
                     `--older-than 90d`"
                        .to_owned(),
                ),
            }
            .into()),
        }
    }

    /// What has still to be true of a user when it comes to writing.
    pub(crate) fn selection(&self) -> Option<&Selection> {
        match self {
            Self::Few(_) | Self::Names(_) => None,
            Self::Selected(selection) => Some(selection),
        }
    }

    /// Walks through the users.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk {
            meant: self,
            position: 0,
            waiting: Vec::new(),
            typed: Vec::new(),
            after: None,
            seen: HashSet::new(),
            is_at_end: false,
        }
    }

    /// Looks up who has these names.
    fn named(
        names: Vec<String>,
        skip_missing: bool,
        ctx: &Context,
        database: &Database,
    ) -> anyhow::Result<Self> {
        let mut missing = Vec::new();
        let mut there = Vec::with_capacity(names.len());
        let mut few = Vec::new();
        let mut seen = HashSet::new();
        for typed in names {
            match database.user(&typed)? {
                None => missing.push(typed),
                Some(user) => {
                    if there.len() < CHUNK && seen.insert(user.id.clone()) {
                        few.push(Named {
                            typed: typed.clone(),
                            user,
                        });
                    }
                    there.push(typed);
                }
            }
        }
        if !missing.is_empty() {
            let failure = Failure::NoSuchUser(missing);
            if !skip_missing {
                return Err(failure.into());
            }
            ctx.out.warn(&format!("{failure}; going on without"));
        }
        Ok(if there.len() <= CHUNK {
            Self::Few(few)
        } else {
            Self::Names(there)
        })
    }
}

/// A position among the users.
pub(crate) struct Walk<'a> {
    meant: &'a Meant,
    position: usize,
    /// The users who are next, and the names that they were called by.
    waiting: Vec<User>,
    typed: Vec<String>,
    after: Option<UserId>,
    seen: HashSet<UserId>,
    is_at_end: bool,
}

impl Walk<'_> {
    /// Looks up the users whose turn it is; false at the end.
    pub(crate) fn next(&mut self, database: &Database) -> Result<bool, db::Error> {
        match self.meant {
            Meant::Selected(_) => return Ok(!self.is_at_end),
            Meant::Few(users) => {
                for named in users.iter().skip(self.position) {
                    self.waiting.push(named.user.clone());
                    self.typed.push(named.typed.clone());
                }
                self.position = users.len();
            }
            Meant::Names(names) => {
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
        match self.meant {
            Meant::Selected(selection) => Batch::Selected {
                selection,
                after: self.after.as_ref(),
            },
            Meant::Few(_) | Meant::Names(_) => Batch::Users(&self.waiting),
        }
    }

    /// The name by which the operator called the user at this position of the batch.
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
    /// What they say, at this moment.
    pub(crate) fn selection(&self, token: TokenFilter, ctx: &Context) -> Selection {
        Selection {
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
            group: None,
        }
    }
}
