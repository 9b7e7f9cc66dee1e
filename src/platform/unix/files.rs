//! Rights and owners of files, and the file systems that they are on.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, StatVfsMountFlags, accessat, statvfs};

/// A file that nobody but its owner can read or write.
const PRIVATE: u32 = 0o600;

/// The rights of owner, group and others, as `chmod` takes them.
pub(crate) fn mode(file: &Metadata) -> u32 {
    file.mode()
}

/// The number of the user whom it belongs to.
pub(crate) fn user(file: &Metadata) -> u32 {
    file.uid()
}

/// The number of the group that it belongs to.
pub(crate) fn group(file: &Metadata) -> u32 {
    file.gid()
}

/// Whether it has no name any more.
pub(crate) fn is_gone(file: &Metadata) -> bool {
    file.nlink() == 0
}

/// Which file it is, whatever its name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    number: u64,
}

impl Identity {
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let file = path.metadata()?;
        Ok(Self {
            device: file.dev(),
            number: file.ino(),
        })
    }
}

/// Gives a file to a user and a group; without a group it keeps its own.
pub(crate) fn give(file: &File, user: u32, group: Option<u32>) -> io::Result<()> {
    fchown(file, Some(user), group)
}

/// Makes files that nobody else can read.
pub(crate) fn create_private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(PRIVATE)
}

/// Lets nobody else read a file, whatever the umask says.
pub(crate) fn make_private(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(PRIVATE))
}

/// Whether this process has the right to write to a file, or to make files in a directory.
pub(crate) fn may_write(path: &Path) -> bool {
    accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS).is_ok()
}

/// Whether nothing can be written to the file system that a file is on.
pub(crate) fn is_on_read_only_system(path: &Path) -> bool {
    statvfs(path).is_ok_and(|system| system.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Whether a file is in memory, as the secrets of a container are. Only Linux says so.
pub(crate) fn is_in_memory(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        /// Of `linux/magic.h`.
        const TMPFS: u64 = 0x0102_1994;
        rustix::fs::statfs(path).is_ok_and(|system| u64::try_from(system.f_type) == Ok(TMPFS))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        false
    }
}

/// Brings the names in a directory to the disk.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The path that these bytes name.
pub(crate) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}
