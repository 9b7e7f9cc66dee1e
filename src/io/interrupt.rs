//! Ctrl-C, and the other signals that an unattended program has to expect.

use std::io::{self, Read as _};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::{SigId, flag, low_level};

use crate::error::{Failure, Status};

/// Whether Ctrl-C and SIGTERM end the program at once. SQLite takes care of a transaction that is cut off.
static AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Whether either has arrived.
static REQUESTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Whether SIGQUIT ends the program as if nobody listened.
static QUITS: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

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
    flag::register_conditional_default(SIGQUIT, QUITS.clone())?;
    // With a handler, a write beyond the limit fails with EFBIG, which SQLite reports.
    flag::register(SIGXFSZ, Arc::default())?;
    Ok(())
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

/// A conversation on a terminal, which a signal ends; whoever holds it can then put the terminal
/// in order.
pub(crate) struct Conversation {
    _deferred: Deferred,
    signal: Arc<AtomicUsize>,
    woken: UnixStream,
    registered: Vec<SigId>,
}

impl Conversation {
    pub(crate) fn begin() -> io::Result<Self> {
        let (woken, wake) = UnixStream::pair()?;
        QUITS.store(false, Ordering::SeqCst);
        let mut conversation = Self {
            _deferred: Deferred::begin(),
            signal: Arc::default(),
            woken,
            registered: Vec::new(),
        };
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            let number = usize::try_from(signal).unwrap_or_default();
            let noted = flag::register_usize(signal, conversation.signal.clone(), number)?;
            conversation.registered.push(noted);
            let waking = low_level::pipe::register(signal, wake.try_clone()?)?;
            conversation.registered.push(waking);
        }
        Ok(conversation)
    }

    /// Waits for something to read, or for a signal; false if it is a signal.
    pub(crate) fn wait(&mut self, input: impl AsFd) -> io::Result<bool> {
        loop {
            let mut ready = [
                PollFd::new(&self.woken, PollFlags::IN),
                PollFd::new(&input, PollFlags::IN),
            ];
            match poll(&mut ready, None) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let [woken, _] = ready;
            if woken.revents().is_empty() {
                return Ok(true);
            }
            let mut byte = [0];
            self.woken.read_exact(&mut byte)?;
            return Ok(false);
        }
    }

    /// Ends the conversation after a signal: Ctrl-C is an error like others; the other signals
    /// end the program as if nobody had listened.
    pub(crate) fn end_by_signal(self) -> Failure {
        let signal = self.signal.load(Ordering::SeqCst);
        match i32::try_from(signal) {
            Ok(signal) if signal != SIGINT => {
                drop(self);
                let _ = low_level::emulate_default_handler(signal);
            }
            _ => {}
        }
        Failure::Interrupted
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        QUITS.store(true, Ordering::SeqCst);
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}
