//! A file for secrets: readable by nobody else, there whole or not at all, never written
//! through a symbolic link.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Failure;
use crate::escape::system_words;

/// A file that takes its name, and replaces what was there, only when it is complete.
pub(crate) struct OutFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl OutFile {
    /// Begins to write; from here on it is known that the place can be written to.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let unwritable = |reason: String| Failure::Unwritable {
            path: path.to_string_lossy().into_owned(),
            reason,
        };
        match fs::symlink_metadata(path) {
            Ok(there) if there.is_symlink() => {
                return Err(unwritable("it is a symbolic link".to_owned()));
            }
            Ok(there) if there.is_dir() => return Err(unwritable("it is a directory".to_owned())),
            Ok(there) if !there.is_file() => {
                return Err(unwritable("it is not a regular file".to_owned()));
            }
            _ => {}
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".drfctl-")
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(directory)
            .map_err(|error| unwritable(system_words(&error)))?;
        Ok(Self {
            file: BufWriter::new(file),
            path: path.to_owned(),
        })
    }

    /// Gives the file its name.
    pub(crate) fn persist(mut self) -> Result<(), Failure> {
        let path = self.path.clone();
        let unwritable = |error: &io::Error| Failure::Unwritable {
            path: path.to_string_lossy().into_owned(),
            reason: system_words(error),
        };
        self.flush().map_err(|error| unwritable(&error))?;
        let file = self
            .file
            .into_inner()
            .map_err(|error| unwritable(error.error()))?;
        let directory = file.path().parent().map(Path::to_owned);
        file.persist(&self.path)
            .map_err(|error| unwritable(&error.error))?;
        // The name lives in the directory.
        if let Some(directory) = directory {
            File::open(directory)
                .and_then(|directory| directory.sync_all())
                .map_err(|error| unwritable(&error))?;
        }
        Ok(())
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    /// Brings what was written so far to the disk, so that no crash can take it back.
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().as_file().sync_all()
    }
}
