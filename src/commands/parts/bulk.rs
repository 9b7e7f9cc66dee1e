//! A job on many users: progress for the person who watches, gaps for the server to write in,
//! and an end between two transactions when Ctrl-C asks for it.

use std::thread;
use std::time::Duration;

use indicatif::ProgressBar;

use super::users::Meant;
use crate::context::Context;
use crate::db::Database;
use crate::error::Failure;
use crate::interrupt::{self, Deferred};

/// A writer that waits for SQLite's lock sleeps up to a tenth of a second between two looks:
/// in a shorter gap it might never get its turn.
const GAP: Duration = Duration::from_millis(120);

/// The job.
pub(crate) struct Bulk {
    bar: ProgressBar,
    _deferred: Deferred,
    done: usize,
    /// How many users there are to deal with; unknown where that would cost a look at them all.
    total: Option<u64>,
}

impl Bulk {
    /// Begins. From here on Ctrl-C waits for the end of a transaction. `total` is the number of
    /// users, where it is known.
    pub(crate) fn begin(total: Option<u64>, ctx: &Context) -> anyhow::Result<Self> {
        Ok(Self {
            bar: ctx.out.progress(total),
            _deferred: Deferred::begin()?,
            done: 0,
            total,
        })
    }

    /// The number of users, where it is known or somebody watches who would like to know it.
    pub(crate) fn total(
        meant: &Meant,
        ctx: &Context,
        database: &Database,
    ) -> anyhow::Result<Option<u64>> {
        Ok(match meant {
            Meant::Few(users) => Some(users.len() as u64),
            Meant::Names(names) => Some(names.len() as u64),
            Meant::Selected(selection) if ctx.out.shows_progress() => {
                Some(database.count(selection)?)
            }
            Meant::Selected(_) => None,
        })
    }

    /// Counts the users of a transaction; if it wrote, leaves the server its turn.
    pub(crate) fn committed(&mut self, users: usize, wrote: bool) -> Result<(), Failure> {
        self.done += users;
        self.bar.inc(users as u64);
        let is_all = self.total == Some(self.done as u64);
        if interrupt::requested() && !is_all {
            self.bar.finish_and_clear();
            return Err(Failure::InterruptedAfter(self.done));
        }
        if wrote && !is_all {
            thread::sleep(GAP);
        }
        Ok(())
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
