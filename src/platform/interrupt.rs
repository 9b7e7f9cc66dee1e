//! Ctrl-C, and the other signals that an unattended program has to expect.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use super::system::signals;

/// Whether Ctrl-C and SIGTERM end the program at once. SQLite takes care of a transaction that is cut off.
static AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Whether either has arrived.
static REQUESTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Makes Ctrl-C this exit status, and a file-size limit an error instead of a death.
pub(crate) fn install(status: i32) -> io::Result<()> {
    flag::register(SIGINT, REQUESTED.clone())?;
    flag::register_conditional_shutdown(SIGINT, status, AT_ONCE.clone())?;
    signals::install(&REQUESTED, &AT_ONCE)
}

/// Whether the operator, or the system that stops a service, has asked for the end.
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// While it lives, Ctrl-C and SIGTERM do not end the program but ask it, with [`requested`], to
/// stop at the next good moment.
pub(crate) struct Deferred {
    /// What was so before: one may be begun within another.
    at_once: bool,
}

impl Deferred {
    pub(crate) fn begin() -> Self {
        Self {
            at_once: AT_ONCE.swap(false, Ordering::SeqCst),
        }
    }
}

impl Drop for Deferred {
    fn drop(&mut self) {
        AT_ONCE.store(self.at_once, Ordering::SeqCst);
    }
}
