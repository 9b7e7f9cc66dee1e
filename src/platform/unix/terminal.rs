//! The standard streams, and a conversation on the terminal that they may be.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::AsFd;

use rustix::fs::{Dev, FileType, OFlags, fcntl_getfl, fstat, stat};
use rustix::io::Errno;
use rustix::process::{Pid, getppid};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetwinsize,
    tcsetattr,
};
use zeroize::Zeroize as _;

use super::signals::Listener;
use crate::platform::Stdout;
use crate::platform::interrupt::Deferred;

/// stdin without the standard library's buffer, which is never freed (see [`crate::secret`]).
pub(crate) fn stdin() -> io::Result<File> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Whether stdout was closed when the program was started. Rust's runtime then opens `/dev/null`
/// in its place, for reading and writing, which a shell's `>/dev/null` is not. But
/// `subprocess.DEVNULL` in Python is. Who has stdin like this as well wants no conversation.
pub(crate) fn stdout() -> Stdout {
    if !is_replaced(io::stdout()) || is_replaced(io::stdin()) {
        Stdout::Open
    } else if is_closed_by_shell() {
        Stdout::Closed
    } else {
        Stdout::PerhapsClosed
    }
}

fn is_replaced(stream: impl AsFd) -> bool {
    let flags = fcntl_getfl(&stream);
    let Ok(file) = fstat(&stream) else {
        return false;
    };
    FileType::from_raw_mode(file.st_mode) == FileType::CharacterDevice
        && is_null(file.st_rdev)
        && flags.is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR)
}

/// Whether it was a shell that gave this program another stdout than its own: `>&-`, then. Some
/// shells close their own meanwhile. Only Linux can be asked.
fn is_closed_by_shell() -> bool {
    const SHELLS: [&str; 7] = ["ash", "bash", "busybox", "dash", "ksh", "sh", "zsh"];
    let Some(parent) = getppid().map(Pid::as_raw_nonzero) else {
        return false;
    };
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
    let is_other = match stat(format!("/proc/{parent}/fd/1")) {
        Ok(own) => !is_null(own.st_rdev),
        Err(error) => error == Errno::NOENT,
    };
    is_other && SHELLS.contains(&name.trim_end())
}

/// Whether it is the device of `/dev/null`, which on Linux has a fixed number.
#[cfg(target_os = "linux")]
fn is_null(device: Dev) -> bool {
    (rustix::fs::major(device), rustix::fs::minor(device)) == (1, 3)
}

#[cfg(not(target_os = "linux"))]
fn is_null(device: Dev) -> bool {
    stat("/dev/null").is_ok_and(|null| null.st_rdev == device)
}

/// How many columns wide the terminal is that stdout is.
pub(crate) fn width() -> Option<u16> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

/// Throws away what was typed and not yet read.
pub(crate) fn discard_typed() {
    let _ = tcflush(io::stdin(), QueueSelector::IFlush);
}

/// A question and its answer, which a signal ends.
pub(crate) struct Conversation {
    silence: Option<Silence>,
    listener: Listener,
    _deferred: Deferred,
}

impl Conversation {
    /// `shows` says whether what is typed appears on the terminal.
    pub(crate) fn begin(shows: bool) -> io::Result<Self> {
        let deferred = Deferred::begin();
        let listener = Listener::begin()?;
        let silence = if shows { None } else { Some(Silence::begin()?) };
        Ok(Self {
            silence,
            listener,
            _deferred: deferred,
        })
    }

    /// Waits for something to read, or for a signal; false if it is a signal.
    pub(crate) fn wait(&mut self, input: &File) -> io::Result<bool> {
        self.listener.wait(input)
    }

    /// Reads a line, without its end; nothing if there is none, after Ctrl-C or Ctrl-D.
    pub(crate) fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        /// Longer than most lines, so that few buffers are left to be overwritten.
        const LINE: usize = 4096;
        let mut terminal = stdin()?;
        let mut line = Vec::with_capacity(LINE);
        while self.listener.wait(&terminal)? {
            let mut piece = [0; 256];
            let read = terminal.read(&mut piece)?;
            line.extend(piece.iter().take(read));
            piece.zeroize();
            if line.last() == Some(&b'\n') {
                line.pop();
                return Ok(Some(line));
            }
            if read == 0 {
                break;
            }
        }
        Ok(None)
    }

    /// Lets the terminal show again what is typed.
    pub(crate) fn show(&mut self) {
        self.silence = None;
    }

    /// Ends the conversation, and the program as well if a signal other than Ctrl-C asks for it.
    pub(crate) fn end(self) {
        drop(self.silence);
        self.listener.end();
    }
}

/// While it lives, the terminal does not show what is typed, but for the line break.
struct Silence(Termios);

impl Silence {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Drain, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
