//! A job on many users: a progress bar for the operator, gaps in which the server can write, and
//! an end between two transactions when Ctrl-C asks for it.

use std::thread;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::targets::TargetUsers;
use crate::context::Context;
use crate::db::Database;
use crate::error::Failure;
use crate::platform::interrupt::{self, Deferred};

/// A writer that waits for SQLite's lock sleeps up to a tenth of a second between two attempts:
/// in a shorter gap it might never get its turn.
const GAP: Duration = Duration::from_millis(120);

/// The hint of a job that can simply be run again.
pub(crate) const RUN_AGAIN: &str = "run it again to go on";

/// The job.
pub(crate) struct Bulk {
    bar: Option<ProgressBar>,
    _deferred: Deferred,
    done: usize,
    last_write: Option<Instant>,
    /// The number of users; unknown where counting them would cost a query of its own.
    total: Option<u64>,
}

impl Bulk {
    /// Begins. From here on Ctrl-C waits for the end of a transaction. `label` says what is done;
    /// `total` is the number of users, where it is known.
    pub(crate) fn begin(label: &'static str, total: Option<u64>, ctx: &Context) -> Self {
        Self {
            bar: ctx.out.progress(label, total),
            _deferred: Deferred::begin(),
            done: 0,
            last_write: None,
            total,
        }
    }

    /// The number of users, where it is known or a progress bar needs it.
    pub(crate) fn total(
        targets: &TargetUsers,
        ctx: &Context,
        database: &Database,
    ) -> Result<Option<u64>, Failure> {
        Ok(match targets {
            TargetUsers::Loaded(users) => Some(users.len() as u64),
            TargetUsers::Names(names) => Some(names.len() as u64),
            TargetUsers::Selected(selection) if ctx.out.is_to_terminal() => {
                Some(database.count(selection)?)
            }
            TargetUsers::Selected(_) => None,
        })
    }

    /// Leaves the server its turn before the next transaction, if the last one wrote.
    pub(crate) fn give_way(&self) {
        if let Some(last_write) = self.last_write {
            thread::sleep(GAP.saturating_sub(last_write.elapsed()));
        }
    }

    /// What counts a user of whom the most is done, from any thread.
    pub(crate) fn ahead(&self) -> impl Fn() + Sync + use<> {
        let bar = self.bar.clone();
        move || {
            if let Some(bar) = &bar {
                bar.inc(1);
            }
        }
    }

    /// Counts the users of a transaction.
    pub(crate) fn committed(&mut self, users: usize, wrote: bool) -> Result<(), Failure> {
        self.done += users;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done as u64);
        }
        self.last_write = wrote.then(Instant::now);
        let is_all = self.total == Some(self.done as u64);
        if interrupt::requested() && !is_all {
            return Err(Failure::Stopped);
        }
        Ok(())
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
