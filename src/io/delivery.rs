//! Where new secrets go: to stdout once they are true, or into a file just before.

use std::io::{self, Write as _};
use std::path::Path;

use crate::cli::OutOptions;
use crate::error::Failure;
use crate::io::owner::Owner;
use crate::io::secret_file::SecretFile;
use crate::platform::terminal;

/// The way of secrets to whoever asked for them.
pub(crate) enum Delivery {
    Stdout,
    File(Box<SecretFile>),
}

impl Delivery {
    /// Begins: from here on it is known that secrets can be delivered.
    ///
    /// `database` is the file that they come from, if it is one.
    pub(crate) fn open(options: &OutOptions, database: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = &options.out else {
            if terminal::is_stdout_closed() {
                return Err(Failure::Stdout(io::Error::other("it is closed")));
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
