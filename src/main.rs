//! The `drfctl` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    drfctl::run(std::env::args_os().collect()).into()
}
