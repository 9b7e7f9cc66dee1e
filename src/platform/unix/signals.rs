//! The signals beside Ctrl-C, and listening for them during a conversation.

use std::io::{self, Read as _};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::{SigId, flag, low_level};

/// Whether SIGQUIT ends the program as if nobody listened.
static QUITS: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Notes in `requested` what asks for the end; while `at_once` holds, it ends the program.
pub(in super::super) fn install(
    requested: &Arc<AtomicBool>,
    at_once: &Arc<AtomicBool>,
) -> io::Result<()> {
    for signal in [SIGTERM, SIGHUP] {
        flag::register(signal, requested.clone())?;
        flag::register_conditional_default(signal, at_once.clone())?;
    }
    flag::register_conditional_default(SIGQUIT, QUITS.clone())?;
    // With a handler, a write beyond the limit fails with EFBIG, which SQLite reports.
    flag::register(SIGXFSZ, Arc::default())?;
    Ok(())
}

/// While it lives, a signal wakes who waits for input and ends nothing, so that the terminal can
/// be put in order first.
pub(super) struct Listener {
    signal: Arc<AtomicUsize>,
    woken: UnixStream,
    registered: Vec<SigId>,
}

impl Listener {
    pub(super) fn begin() -> io::Result<Self> {
        let (woken, wake) = UnixStream::pair()?;
        QUITS.store(false, Ordering::SeqCst);
        let mut listener = Self {
            signal: Arc::default(),
            woken,
            registered: Vec::new(),
        };
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            let number = usize::try_from(signal).unwrap_or_default();
            let noted = flag::register_usize(signal, listener.signal.clone(), number)?;
            listener.registered.push(noted);
            let waking = low_level::pipe::register(signal, wake.try_clone()?)?;
            listener.registered.push(waking);
        }
        Ok(listener)
    }

    /// Waits for something to read, or for a signal; false if it is a signal.
    pub(super) fn wait(&mut self, input: impl AsFd) -> io::Result<bool> {
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

    /// Lets a signal that has arrived end the program as if nobody had listened, but for Ctrl-C.
    pub(super) fn end(self) {
        let signal = i32::try_from(self.signal.load(Ordering::SeqCst)).unwrap_or_default();
        drop(self);
        if ![0, SIGINT].contains(&signal) {
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        QUITS.store(true, Ordering::SeqCst);
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}
