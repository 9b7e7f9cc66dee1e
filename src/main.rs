//! The `drfctl` binary: everything is in the library.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Overwrites all memory that is given back: `secret`'s types wipe what is ours, but files of
/// users and answers to prompts also pass through the buffers of libraries.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    drfctl::run(std::env::args_os().collect()).into()
}
