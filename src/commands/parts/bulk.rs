//! A job on many users: progress for the person who watches, gaps for the server to write in,
//! and an end between two transactions when Ctrl-C asks for it.

use std::thread;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::users::Meant;
use crate::context::Context;
use crate::db::Database;
use crate::error::Failure;
use crate::io::interrupt::{self, Deferred};

/// A writer that waits for SQLite's lock sleeps up to a tenth of a second between two looks:
/// in a shorter gap it might never get its turn.
const GAP: Duration = Duration::from_millis(120);

/// The job.
pub(crate) struct Bulk {
    bar: ProgressBar,
    _deferred: Deferred,
    done: usize,
    last_write: Option<Instant>,
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
            last_write: None,
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

    /// Leaves the server its turn before the next transaction, if the last one wrote.
    pub(crate) fn give_way(&self) {
        if let Some(last_write) = self.last_write {
            thread::sleep(GAP.saturating_sub(last_write.elapsed()));
        }
    }

    /// Counts the users of a transaction.
    pub(crate) fn committed(&mut self, users: usize, wrote: bool) -> Result<(), Failure> {
        self.done += users;
        self.bar.inc(users as u64);
        self.last_write = wrote.then(Instant::now);
        let is_all = self.total == Some(self.done as u64);
        if interrupt::requested() && !is_all {
            self.bar.finish_and_clear();
            return Err(Failure::InterruptedAfter {
                done: self.done,
                unwritten: false,
                hint: "run it again to go on",
            });
        }
        Ok(())
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
