//! A file for secrets: readable by nobody else, there whole or not at all, never written
//! through a symbolic link, and left alone where nothing about it would change.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Failure;
use crate::escape::{quoted, system_words};
use crate::io::owner::Owner;
use crate::platform::files::{self, Identity};
use crate::platform::process;

/// How the names of files begin that have not got their own yet.
const PREFIX: &str = ".drfctl-";

/// A file that takes its name, and replaces what was there, only when it is complete.
pub(crate) struct SecretFile {
    file: NamedTempFile,
    path: PathBuf,
    /// How many bytes have been committed.
    kept: u64,
}

impl SecretFile {
    /// Begins to write; from here on it is known that the place can be written to.
    ///
    /// `database` is the one that the secrets come from: neither it nor a file that SQLite keeps
    /// beside it may be replaced. The file belongs to `owner`, else, where root writes it, to whom
    /// it belonged before, or to the owner of the directory.
    pub(crate) fn create(
        path: &Path,
        owner: Option<&Owner>,
        database: Option<&Path>,
    ) -> Result<Self, Failure> {
        let unwritable = |reason: &str| unwritable(path, reason);
        let before = fs::symlink_metadata(path).ok();
        match &before {
            Some(there) if there.is_symlink() => return Err(unwritable("it is a symbolic link")),
            Some(there) if there.is_dir() => return Err(unwritable("it is a directory")),
            Some(there) if !there.is_file() => return Err(unwritable("it is not a regular file")),
            _ => {}
        }
        if database.is_some_and(|database| is_of_database(path, database)) {
            return Err(unwritable("it belongs to the database"));
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !directory.is_dir() {
            let directory = quoted(&directory.to_string_lossy());
            return Err(Failure::Unwritable {
                path: path.to_string_lossy().into_owned(),
                reason: "its directory does not exist".to_owned(),
                hint: Some(format!("create the directory {directory} first")),
            });
        }
        remove_leftovers(directory);
        let file = locked(directory)
            .and_then(|file| {
                files::make_private(file.as_file())?;
                give(file.as_file(), owner, before.as_ref(), directory)?;
                Ok(file)
            })
            .map_err(|error| unwritable(&system_words(&error)))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            kept: 0,
        })
    }

    /// Brings what a transaction is about to make true to the disk, behind what was kept: no
    /// crash leaves a valid key that nobody has.
    pub(crate) fn stage(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self
            .rewind()
            .and_then(|()| self.file.as_file_mut().write_all(bytes))
            .and_then(|()| self.file.as_file().sync_all());
        written.map_err(|error| unwritable(&self.path, &system_words(&error)))
    }

    /// Keeps what was staged, once it is true.
    pub(crate) fn keep(&mut self) -> Result<(), Failure> {
        let length = self.file.as_file().metadata().map(|file| file.len());
        self.kept = length.map_err(|error| unwritable(&self.path, &system_words(&error)))?;
        Ok(())
    }

    /// Gives the file its name, with what was kept. A file that is the same stays: who watches it
    /// would reload for nothing.
    pub(crate) fn persist(mut self) -> Result<(), Failure> {
        let path = self.path.clone();
        let unwritable = |error: &io::Error| unwritable(&path, &system_words(error));
        self.rewind().map_err(|error| unwritable(&error))?;
        if self.is_there_already().unwrap_or(false) {
            return Ok(());
        }
        self.file
            .as_file()
            .sync_all()
            .map_err(|error| unwritable(&error))?;
        let directory = self.file.path().parent().map(Path::to_owned);
        self.file
            .persist(&self.path)
            .map_err(|error| unwritable(&error.error))?;
        // The name lives in the directory.
        if let Some(directory) = directory {
            files::sync_directory(&directory).map_err(|error| unwritable(&error))?;
        }
        Ok(())
    }

    /// Whether the file that has the name has this content, owner and mode.
    fn is_there_already(&mut self) -> io::Result<bool> {
        let new = self.file.as_file().metadata()?;
        let old = fs::symlink_metadata(&self.path)?;
        let facts = |of: &Metadata| (files::user(of), files::group(of), files::mode(of), of.len());
        if facts(&new) != facts(&old) {
            return Ok(false);
        }
        // Byte by byte, since it can hold a million keys.
        self.file.as_file_mut().seek(SeekFrom::Start(0))?;
        let new = io::BufReader::new(self.file.as_file()).bytes();
        let old = io::BufReader::new(File::open(&self.path)?).bytes();
        for (new, old) in new.zip(old) {
            if new? != old? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes back what was staged and not kept.
    fn rewind(&mut self) -> io::Result<()> {
        let file = self.file.as_file_mut();
        file.set_len(self.kept)?;
        file.seek(SeekFrom::Start(self.kept))?;
        Ok(())
    }
}

fn unwritable(path: &Path, reason: &str) -> Failure {
    Failure::Unwritable {
        path: path.to_string_lossy().into_owned(),
        reason: reason.to_owned(),
        hint: None,
    }
}

/// A new file, with a lock that shows others that it is in use.
fn locked(directory: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempfile_in(directory)?;
        file.as_file().lock()?;
        // Another run may have taken it for a leftover before the lock was there.
        if !files::is_gone(&file.as_file().metadata()?) {
            return Ok(file);
        }
    }
}

/// Gives a file to whom it is for. Without rights to give files away, only root's own are given.
fn give(
    file: &File,
    owner: Option<&Owner>,
    before: Option<&Metadata>,
    directory: &Path,
) -> io::Result<()> {
    match owner {
        Some(owner) => files::give(file, owner.user, owner.group),
        None if process::is_root() => {
            let directory = fs::metadata(directory)?;
            // Where others can write, one of them may have put a file there to be given the key.
            let is_private = files::mode(&directory) & 0o022 == 0;
            let model = before.filter(|_| is_private).unwrap_or(&directory);
            files::give(file, files::user(model), Some(files::group(model)))
        }
        None => Ok(()),
    }
}

/// Removes files of keys that a killed process has left. One that is in use is locked.
fn remove_leftovers(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let is_one = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.file_type().is_ok_and(|file| file.is_file());
        if is_one
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a path leads to the database, or to a file that SQLite keeps beside it.
fn is_of_database(path: &Path, database: &Path) -> bool {
    let Ok(database) = fs::canonicalize(database) else {
        return false;
    };
    let same_file = |a: &Path, b: &Path| match (Identity::of(a), Identity::of(b)) {
        (Ok(a), Ok(b)) => a == b,
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
