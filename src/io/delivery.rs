//! Where new secrets go: to stdout once they are true, or into a file just before.

use std::io::{self, Write as _};
use std::path::Path;

use crate::cli::OutOptions;
use crate::error::Failure;
use crate::io::output::Output;
use crate::io::owner::Owner;
use crate::io::secret_file::SecretFile;
use crate::platform::{Stdout, terminal};

/// The way of secrets to whoever asked for them.
pub(crate) enum Delivery {
    Stdout,
    File(Box<SecretFile>),
}

impl Delivery {
    /// Begins: from here on it is known that secrets can be delivered.
    ///
    /// `database` is the file that they come from, if it is one.
    pub(crate) fn open(
        options: &OutOptions,
        database: Option<&Path>,
        out: &Output,
    ) -> Result<Self, Failure> {
        let Some(path) = &options.out else {
            match terminal::stdout() {
                Stdout::Open => {}
                Stdout::Closed => return Err(Failure::Stdout(io::Error::other("it is closed"))),
                Stdout::PerhapsClosed => out.warn(
                    "stdout is closed, or is `/dev/null`: nobody sees the key; \
                     `drfctl create-token` prints it again",
                ),
            }
            return Ok(Self::Stdout);
        };
        let owner = options.owner.as_deref().map(Owner::read).transpose()?;
        let file = SecretFile::create(path, owner.as_ref(), database)?;
        Ok(Self::File(Box::new(file)))
    }

    /// Hands over what a transaction is about to make true, where that comes before the commit.
    pub(crate) fn before_commit(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(file) => file.stage(bytes),
        }
    }

    /// Hands over what has become true.
    pub(crate) fn after_commit(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
                written.map_err(Failure::Stdout)
            }
            Self::File(file) => file.keep(),
        }
    }

    /// Ends a job of several transactions: what was done is delivered whole, also after an error.
    /// `rest` is what is still to be written.
    pub(crate) fn end(
        self,
        done: Result<(), Failure>,
        is_anything_done: bool,
        rest: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<(), Failure> {
        if done.is_err() && !is_anything_done {
            return done;
        }
        let rest = rest().map_err(Failure::Stdout);
        done.and(rest.and_then(|rest| self.finish(&rest)))
    }

    /// Writes what is true already, and ends.
    pub(crate) fn finish(mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.before_commit(bytes)?;
        self.after_commit(bytes)?;
        match self {
            Self::Stdout => Ok(()),
            Self::File(file) => file.persist(),
        }
    }
}
