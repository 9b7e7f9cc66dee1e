//! A file for secrets: readable by nobody else, there whole or not at all, never written
//! through a symbolic link.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Failure;
use crate::escape::system_words;

/// A file that takes its name, and replaces what was there, only when it is complete.
pub(crate) struct SecretFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl SecretFile {
    /// Begins to write; from here on it is known that the place can be written to.
    ///
    /// `database` is the one that the secrets come from: neither it nor a file that SQLite keeps
    /// beside it may be replaced.
    pub(crate) fn create(path: &Path, database: Option<&Path>) -> Result<Self, Failure> {
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
        if database.is_some_and(|database| is_of_database(path, database)) {
            return Err(unwritable("it belongs to the database".to_owned()));
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".drfctl-")
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(directory)
            .and_then(|file| {
                // Whatever the umask says.
                let mode = fs::Permissions::from_mode(0o600);
                file.as_file().set_permissions(mode).map(|()| file)
            })
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

/// Whether a path leads to the database, or to a file that SQLite keeps beside it.
fn is_of_database(path: &Path, database: &Path) -> bool {
    let Ok(database) = fs::canonicalize(database) else {
        return false;
    };
    let same_file = |a: &Path, b: &Path| match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    };
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let is_beside = database
        .parent()
        .is_some_and(|parent| same_file(parent, directory.unwrap_or(Path::new("."))));
    let names = ["", "-journal", "-wal", "-shm"].map(|suffix| {
        let mut name = database.file_name().unwrap_or_default().to_owned();
        name.push(suffix);
        name
    });
    same_file(path, &database)
        || (is_beside
            && path
                .file_name()
                .is_some_and(|name| names.iter().any(|n| n == name)))
}

impl Write for SecretFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    /// Brings what was written so far to the disk, so that no crash can take it back.
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().as_file().sync_all()
    }
}
