//! Waiting for another writer.

use std::thread;
use std::time::{Duration, Instant};

use crate::db::settings::{SILENCE, Settings};

/// How long to wait for another writer.
#[derive(Clone, Copy)]
pub(super) struct BusyTimeout {
    timeout: Duration,
    interrupted: fn() -> bool,
    waiting: fn(&str),
}

impl BusyTimeout {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            timeout: settings.timeout,
            interrupted: settings.interrupted,
            waiting: settings.waiting,
        }
    }

    /// Looks again in growing steps, a little different in each process: those that started
    /// together do not keep looking together. The longest is shorter than SQLite's own (0.1 s), or
    /// a server that writes all the time would hardly ever be met between two writes.
    pub(super) fn handler(self) -> impl FnMut(i32) -> bool + Send + 'static {
        const STEPS: [u32; 4] = [1, 2, 5, 10];
        const LONGEST: u32 = 25;
        let mut start = Instant::now();
        let mut is_told = false;
        move |count| {
            if count == 0 {
                start = Instant::now();
                is_told = false;
            }
            if !is_told && start.elapsed() >= SILENCE {
                is_told = true;
                (self.waiting)("another writer");
            }
            let left = self.timeout.saturating_sub(start.elapsed());
            if left.is_zero() || (self.interrupted)() {
                return false;
            }
            let step = usize::try_from(count)
                .ok()
                .and_then(|count| STEPS.get(count).copied())
                .unwrap_or(LONGEST);
            let less = (std::process::id() % 8) * step / 16;
            thread::sleep(Duration::from_millis((step - less).into()).min(left));
            true
        }
    }
}
