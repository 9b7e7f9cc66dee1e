//! The file of a database: what can be one, who may touch it without locking the server out,
//! opening it safely beside a live server, and creating it.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::busy::BusyTimeout;
use crate::db::error::{Cause, ReadOnly};
use crate::db::model::FileTrouble;
use crate::escape::system_words;
use crate::platform::{files, process};

/// Whether everybody on the machine may read the file, and every key in it.
pub(in crate::db) fn is_world_readable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| files::mode(&file) & 0o004 != 0)
}

/// What is wrong with a file and those that SQLite keeps beside it.
pub(super) fn troubles(path: &Path, header: Header) -> Vec<FileTrouble> {
    const OTHERS_WRITE: u32 = 0o022;
    const GROUP_WRITES: u32 = 0o020;
    const ALL_WRITE: u32 = 0o002;
    let mut troubles = Vec::new();
    let Ok(path) = fs::canonicalize(path) else {
        return troubles;
    };
    let Ok(database) = fs::metadata(&path) else {
        return troubles;
    };
    if is_world_readable(&path) {
        troubles.push(FileTrouble::WorldReadable);
    }
    for suffix in ["-journal", "-wal", "-shm"] {
        let file = beside(&path, suffix);
        if fs::metadata(&file).is_ok_and(|file| files::user(&file) != files::user(&database)) {
            troubles.push(FileTrouble::ForeignSideFile(file.display().to_string()));
        }
    }
    let directory = path.parent().and_then(|parent| fs::metadata(parent).ok());
    // The journal is made in the directory: an owner of the file who may write there is the
    // server's user, whoever the directory belongs to.
    let is_let_in = |directory: &Metadata| {
        let mode = files::mode(directory);
        let is_group =
            mode & GROUP_WRITES != 0 && files::group(directory) == files::group(&database);
        files::user(&database) != 0 && (is_group || mode & ALL_WRITE != 0)
    };
    let is_shut_out = |directory: &Metadata| {
        files::user(directory) != files::user(&database) && !is_let_in(directory)
    };
    if directory.is_some_and(|directory| is_shut_out(&directory))
        && files::mode(&database) & OTHERS_WRITE == 0
    {
        troubles.push(FileTrouble::ForeignOwner);
    }
    if let Some(version) = header.dangerous_version() {
        troubles.push(FileTrouble::OldSqlite(version));
    }
    troubles
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens an existing file for reading and writing; where it may only be read, for reading.
/// One without a byte is a database to `migrate` alone.
pub(super) fn open(
    path: &Path,
    busy_timeout: BusyTimeout,
    may_be_empty: bool,
) -> Result<(Connection, Header), Cause> {
    let file = existing_file(path, may_be_empty)?;
    let header = Header::read(&file)?;
    if header.is_wal {
        check_owner(&file, &["-wal", "-shm"])?;
    }
    match connect(&file, busy_timeout) {
        Ok(connection) => Ok((connection, header)),
        Err(error) => Err(explain(&file, header, error.into())),
    }
}

fn connect(file: &Path, busy_timeout: BusyTimeout) -> rusqlite::Result<Connection> {
    /// Django's longest value of a column that is read here has 254 characters.
    const LONGEST_VALUE: i32 = 1 << 20;
    /// SQLite works with some megabytes, whatever the size of a database; a job on all users with
    /// three times its cache at most.
    const MOST_MEMORY: i64 = 96 << 20;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A canonical path begins with `/`: SQLite cannot take it for a `file:` URI, whose
    // parameters could switch locking off beside a live server.
    let mut connection = Connection::open_with_flags(file, flags)?;
    // A cell that somebody filled with gigabytes must not fill memory.
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    // Nor the key of an index, to which that limit does not apply.
    connection.pragma_update(None, "hard_heap_limit", MOST_MEMORY)?;
    connection.busy_handler(Some(busy_timeout.handler()))?;
    // The database is the server's: do not let its schema run anything unexpected here, and
    // let SQLite notice damage rather than spread it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // With FULL, the default, a power cut just after the commit can still take a key back that
    // has been printed (the journal's removal is not synced). Holds for this connection only.
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    Ok(connection)
}

/// No database that holds anything is smaller than this.
const SMALLEST_PAGE: u64 = 512;

/// The canonical path of a file that can hold a database.
fn existing_file(path: &Path, may_be_empty: bool) -> Result<PathBuf, Cause> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Cause::Missing,
        _ => cannot_open(&error),
    })?;
    if metadata.is_dir() {
        return Err(Cause::Directory);
    }
    if !metadata.is_file() {
        return Err(Cause::NotRegular);
    }
    match metadata.len() {
        0 if !may_be_empty => return Err(Cause::Empty),
        // SQLite would take a single byte for an empty database.
        1..SMALLEST_PAGE => return Err(Cause::NotADatabase),
        _ => {}
    }
    fs::canonicalize(path).map_err(|error| cannot_open(&error))
}

/// Refuses to lock the server out of its own database.
///
/// SQLite keeps more files beside it, made by whoever needs them first: in WAL mode two that
/// even a reader needs, else a journal for each write. They get the database's mode, and its
/// owner too where the process may give files away; where it may not and is killed, a server
/// under another user is left with files that it cannot write to.
fn check_owner(file: &Path, needed: &[&str]) -> Result<(), Cause> {
    const SET_GID: u32 = 0o2000;
    const GROUP_WRITES: u32 = 0o020;
    const OTHERS_WRITE: u32 = 0o002;
    let database = fs::metadata(file).map_err(|error| cannot_open(&error))?;
    let is_safe = files::user(&database) == process::user()
        || process::may_give_files_away()
        || files::mode(&database) & OTHERS_WRITE != 0;
    // A file that exists keeps its owner.
    if is_safe || needed.iter().all(|suffix| beside(file, suffix).exists()) {
        return Ok(());
    }
    let directory =
        fs::metadata(file.parent().unwrap_or(file)).map_err(|error| cannot_open(&error))?;
    let group_inherits = files::mode(&directory) & SET_GID != 0
        && files::group(&directory) == files::group(&database)
        && files::mode(&database) & GROUP_WRITES != 0;
    if group_inherits {
        Ok(())
    } else {
        Err(Cause::WrongUser)
    }
}

/// Refuses a write that, cut off, would leave a journal which the server cannot roll back.
pub(super) fn check_journal_owner(file: &Path, header: Header) -> Result<(), Cause> {
    if header.is_wal {
        return Ok(());
    }
    check_owner(file, &["-journal"])
}

/// What the first page says of the file.
///
/// Read before SQLite opens the file: closing any descriptor of it gives up all the locks that
/// the process has on it.
#[derive(Clone, Copy, Default)]
pub(super) struct Header {
    /// Whether it is in WAL mode.
    pub(super) is_wal: bool,
    /// The version of the SQLite that last wrote to it, as `3051003`.
    version: u32,
}

impl Header {
    fn read(file: &Path) -> Result<Self, Cause> {
        let mut header = [0; 100];
        let mut file = fs::File::open(file).map_err(|error| cannot_open(&error))?;
        match file.read_exact(&mut header) {
            Ok(()) => Ok(Self {
                is_wal: header.get(18..20) == Some(&[2, 2]),
                version: u32::from_be_bytes(header.last_chunk().copied().unwrap_or_default()),
            }),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Self::default()),
            Err(error) => Err(cannot_open(&error)),
        }
    }

    /// The version of the SQLite that last wrote, if two checkpoints at once can damage the file
    /// in that version.
    fn dangerous_version(self) -> Option<String> {
        /// The version with the mend: 3.51.3.
        const MENDED: u32 = 3_051_003;
        let Self { is_wal, version } = self;
        (is_wal && version != 0 && version < MENDED).then(|| {
            let (major, minor) = (version / 1_000_000, version / 1_000 % 1_000);
            format!("{major}.{minor}.{}", version % 1_000)
        })
    }
}

/// Whether there is a directory for a file that does not exist.
pub(in crate::db) fn can_be_created(path: &Path) -> bool {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => true,
        Some(parent) => parent.is_dir(),
        None => false,
    }
}

/// Creates the file, empty, readable by nobody else, and owned as its directory is when `root`
/// creates it: a file of root's would be read-only to the server. Leaves one that exists alone,
/// and creates what a symbolic link points at, as Django does. True if it was created.
pub(in crate::db) fn create(path: &Path) -> Result<bool, Cause> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|file| file.is_symlink());
    let made = files::create_private(&mut OpenOptions::new())
        .write(true)
        .create(is_link)
        .create_new(!is_link)
        .open(path);
    let file = match made {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Cause::NoDirectory),
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            return Err(Cause::ReadOnly(ReadOnly::Mount));
        }
        Err(error) => return Err(cannot_open(&error)),
    };
    if process::is_root() {
        let given = fs::canonicalize(path)
            .and_then(|path| path.parent().unwrap_or(&path).metadata())
            .and_then(|it| files::give(&file, files::user(&it), Some(files::group(&it))));
        if let Err(error) = given {
            discard(path);
            return Err(match error.kind() {
                io::ErrorKind::PermissionDenied => Cause::WrongUser,
                _ => cannot_open(&error),
            });
        }
    }
    Ok(true)
}

/// Removes a file that was created and is still empty.
pub(in crate::db) fn discard(path: &Path) {
    if let Ok(path) = fs::canonicalize(path)
        && fs::metadata(&path).is_ok_and(|file| file.len() == 0)
    {
        let _ = fs::remove_file(path);
    }
}

/// Says of an error that SQLite has few words for what the system knows better. The file itself
/// is not opened again: see [`Header`].
pub(super) fn explain(path: &Path, header: Header, cause: Cause) -> Cause {
    /// SQLite may need as many at once, and has closed them again by now.
    const FILES: usize = 3;
    let said = match cause {
        Cause::CannotOpen(said) => said,
        Cause::ReadOnly(ReadOnly::Unknown) => return why_read_only(path),
        cause => return cause,
    };
    let files: Result<Vec<_>, _> = (0..FILES).map(|_| fs::File::open("/dev/null")).collect();
    if let Err(error) = files
        && error.kind() != io::ErrorKind::NotFound
    {
        return cannot_open(&error);
    }
    let is_read_only = files::is_on_read_only_system(path);
    let needs_files = header.is_wal && !beside(path, "-shm").exists();
    match (needs_files, is_read_only) {
        (true, true) => Cause::WalReadOnlyMount,
        (true, false) => Cause::WalReadOnly,
        (false, true) => Cause::ReadOnly(ReadOnly::Mount),
        (false, false) => Cause::CannotOpen(said),
    }
}

/// What keeps this process from writing.
pub(super) fn why_read_only(path: &Path) -> Cause {
    let is_mounted_so = files::is_on_read_only_system(path);
    let metadata = fs::metadata(path).ok();
    Cause::ReadOnly(match metadata {
        _ if is_mounted_so => ReadOnly::Mount,
        Some(file) if !files::may_write(path) => {
            let mode = files::mode(&file) & 0o7777;
            if files::user(&file) == process::user() {
                ReadOnly::Mode(mode)
            } else {
                ReadOnly::OtherUser(mode)
            }
        }
        Some(_) if !path.parent().is_none_or(files::may_write) => ReadOnly::Directory,
        _ => ReadOnly::Unknown,
    })
}

fn cannot_open(error: &io::Error) -> Cause {
    Cause::CannotOpen(system_words(error))
}
