//! File systems of a test's own: small ones, and ones that may only be read. Root alone can
//! mount them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::support::{Outcome, Sandbox};

/// A file system in memory, for as long as the value lives.
pub(super) struct Disk(PathBuf);

impl Disk {
    #[track_caller]
    pub(super) fn of_kilobytes(sandbox: &Sandbox, size: u64) -> Self {
        let place = sandbox.path("disk");
        fs::create_dir(&place).expect("make a directory");
        let options = format!("size={size}k");
        let mount = ["-t", "tmpfs", "-o", &options, "drfctl-test"];
        Outcome::of(Command::new("mount").args(mount).arg(&place)).success();
        Self(place)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// From now on nobody may write to it, root neither.
    #[track_caller]
    pub(super) fn make_read_only(&self) {
        let remount = ["-o", "remount,ro"];
        Outcome::of(Command::new("mount").args(remount).arg(&self.0)).success();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmount = |place: &Path| {
            let status = Command::new("umount").arg("-l").arg(place).status();
            status.is_ok_and(|status| status.success())
        };
        assert!(unmount(&self.0) || thread::panicking());
    }
}
