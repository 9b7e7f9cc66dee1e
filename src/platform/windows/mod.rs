//! Windows, which has access lists that files inherit from their directory where Unix has modes
//! and owners, and no signal but Ctrl-C.

pub(crate) mod files;
pub(crate) mod process;
pub(crate) mod terminal;

pub(super) mod signals {
    //! No signals beside Ctrl-C.

    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    pub(in super::super) fn install(
        _requested: &Arc<AtomicBool>,
        _at_once: &Arc<AtomicBool>,
    ) -> io::Result<()> {
        Ok(())
    }
}
