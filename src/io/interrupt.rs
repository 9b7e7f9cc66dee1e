//! Ctrl-C, and the other signals that an unattended program has to expect.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use crate::error::{Failure, Status};

/// Whether Ctrl-C and SIGTERM end the program at once. SQLite takes care of a transaction that is cut off.
static AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Whether either has arrived.
static REQUESTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Makes Ctrl-C an exit status, and a file-size limit an error instead of a death.
pub(crate) fn install() -> Result<(), Failure> {
    register().map_err(Failure::NoSignals)
}

fn register() -> io::Result<()> {
    flag::register(SIGINT, REQUESTED.clone())?;
    flag::register_conditional_shutdown(SIGINT, Status::Interrupted as i32, AT_ONCE.clone())?;
    for signal in [SIGTERM, SIGHUP] {
        flag::register(signal, REQUESTED.clone())?;
        flag::register_conditional_default(signal, AT_ONCE.clone())?;
    }
    // With a handler, a write beyond the limit fails with EFBIG, which SQLite reports.
    flag::register(SIGXFSZ, Arc::default())?;
    Ok(())
}

/// Whether the operator, or the system that stops a service, has asked for the end.
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Runs a conversation that switches the terminal's echo off; if a signal ends it, the echo is
/// on again.
pub(crate) fn keeping_echo<T>(converse: impl FnOnce() -> T) -> io::Result<T> {
    let before = tcgetattr(io::stdin())?;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
    let handle = signals.handle();
    let watcher = thread::Builder::new().spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
            crate::io::output::say("");
            if signal == SIGINT {
                low_level::exit(Status::Interrupted as i32);
            }
            // The others end a program as if nobody had listened.
            let _ = low_level::emulate_default_handler(signal);
        }
    })?;
    AT_ONCE.store(false, Ordering::SeqCst);
    let result = converse();
    AT_ONCE.store(true, Ordering::SeqCst);
    handle.close();
    // It has nothing left to do, so it cannot have failed in a way that matters.
    let _ = watcher.join();
    Ok(result)
}

/// While it lives, Ctrl-C and SIGTERM do not end the program but ask it, with [`requested`], to
/// stop at the next good moment.
pub(crate) struct Deferred;

impl Deferred {
    pub(crate) fn begin() -> Self {
        AT_ONCE.store(false, Ordering::SeqCst);
        Self
    }
}

impl Drop for Deferred {
    fn drop(&mut self) {
        AT_ONCE.store(true, Ordering::SeqCst);
    }
}
