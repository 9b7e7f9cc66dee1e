//! Who runs the process, and what it gives up.

use rustix::process::{Resource, Rlimit, geteuid, setrlimit};

/// The variables in which the name of the user is, the first that is set.
pub(crate) const USER_NAME: [&str; 2] = ["USER", "LOGNAME"];

/// The number of the user in whose name files are opened.
pub(crate) fn user() -> u32 {
    geteuid().as_raw()
}

/// Whether that is root.
pub(crate) fn is_root() -> bool {
    geteuid().is_root()
}

/// Whether the process may give its files to other users. Linux has a capability for it.
pub(crate) fn may_give_files_away() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CapabilitySet, capabilities};
        capabilities(None).is_ok_and(|mine| mine.effective.contains(CapabilitySet::CHOWN))
    }
    #[cfg(not(target_os = "linux"))]
    is_root()
}

/// No core dump, and on Linux no other user's debugger, so that a secret in memory stays there.
/// Best effort: a system that refuses takes nothing from what the operator asked for.
pub(crate) fn no_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
