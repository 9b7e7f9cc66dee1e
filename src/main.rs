//! The `drfctl` binary: everything is in the library.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Overwrites every heap buffer that is freed; `drfctl::secret` says why.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    drfctl::run(&std::env::args_os().collect::<Vec<_>>()).into()
}
