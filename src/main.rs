//! The `drfctl` binary: everything is in the library.

use std::alloc::System;
use std::ffi::OsString;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Overwrites every heap buffer that is freed; `drfctl::secret` says why.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    drfctl::run(&arguments).into()
}
