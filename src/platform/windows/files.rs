//! Files have the access list of their directory, which is neither read nor changed here: each
//! counts as its owner's alone, and its owner as whoever runs drfctl.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) fn mode(_file: &Metadata) -> u32 {
    0o600
}

pub(crate) fn user(_file: &Metadata) -> u32 {
    super::process::user()
}

pub(crate) fn group(_file: &Metadata) -> u32 {
    super::process::user()
}

/// A file that is open keeps its name.
pub(crate) fn is_gone(_file: &Metadata) -> bool {
    false
}

/// Which file it is: one with two names counts as two.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity(PathBuf);

impl Identity {
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        path.canonicalize().map(Self)
    }
}

/// Refuses: a file cannot be given to the number of a user.
pub(crate) fn give(_file: &File, _user: u32, _group: Option<u32>) -> io::Result<()> {
    Err(io::Error::other("Windows has no such owners"))
}

pub(crate) fn create_private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[expect(clippy::unnecessary_wraps, reason = "other systems may refuse")]
pub(crate) fn make_private(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Whether the file has no attribute against it.
pub(crate) fn may_write(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|file| !file.permissions().readonly())
}

pub(crate) fn is_on_read_only_system(_path: &Path) -> bool {
    false
}

pub(crate) fn is_in_memory(_path: &Path) -> bool {
    false
}

/// Nothing to do: the file system keeps a journal of its names.
#[expect(clippy::unnecessary_wraps, reason = "other systems may refuse")]
pub(crate) fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The path that these bytes name in UTF-8.
pub(crate) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}
