//! What each operating system has its own way of: rights and owners of files, signals, the
//! terminal, what a process gives up. Only these files name a system. `unix` and `windows` offer
//! the same functions; where a system lacks something, its function says what holds instead.

pub(crate) mod interrupt;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;

pub(crate) use self::system::{files, process, terminal};

/// What can be known of stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stdout {
    Open,
    /// It was closed when the program was started, or is `/dev/null`, and nothing tells which.
    PerhapsClosed,
    /// It was closed when the program was started.
    Closed,
}
