//! The standard streams and the console. Ctrl-C ends the program while it asks; the console is
//! put in order by the shell.

use std::fs::File;
use std::io::{self, BufRead as _};
use std::os::windows::io::{AsHandle as _, AsRawHandle as _};

use crate::platform::Stdout;

/// stdin without the standard library's buffer, which is never freed (see [`crate::secret`]).
pub(crate) fn stdin() -> io::Result<File> {
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

/// A program can be started without a stdout.
pub(crate) fn stdout() -> Stdout {
    if io::stdout().as_raw_handle().is_null() {
        Stdout::Closed
    } else {
        Stdout::Open
    }
}

/// How many columns wide the console is that stdout is.
pub(crate) fn width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0)
}

/// Nothing is thrown away.
pub(crate) fn discard_typed() {}

/// A question and its answer.
pub(crate) struct Conversation {
    shows: bool,
}

impl Conversation {
    #[expect(clippy::unnecessary_wraps, reason = "other systems may refuse")]
    pub(crate) fn begin(shows: bool) -> io::Result<Self> {
        Ok(Self { shows })
    }

    /// Ctrl-C ends the program.
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "other systems wait for signals"
    )]
    pub(crate) fn wait(&mut self, _input: &File) -> io::Result<bool> {
        Ok(true)
    }

    /// Reads a line, without its end; nothing if there is none.
    pub(crate) fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if !self.shows {
            return rpassword::read_password().map(|line| Some(line.into_bytes()));
        }
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).into()))
    }

    pub(crate) fn show(&mut self) {
        self.shows = true;
    }

    pub(crate) fn end(self) {}
}
