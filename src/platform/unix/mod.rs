//! Linux and macOS, and what Linux alone has.

pub(crate) mod files;
pub(crate) mod process;
pub(super) mod signals;
pub(crate) mod terminal;
