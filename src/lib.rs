//! The library behind the `drfctl` binary.
//!
//! It exists so that tests can reach the parts; it is not a public API and promises no
//! compatibility between versions.

pub mod cli;
mod commands;
mod completion;
mod context;
pub mod db;
pub mod django;
mod error;
pub mod escape;
mod io;
mod platform;
pub mod secret;

use std::ffi::OsString;
use std::panic;

use clap::error::ErrorKind;

use crate::cli::{Cli, Unread};
use crate::context::Context;
pub use crate::error::Status;
use crate::error::{Failure, Report};
use crate::io::output;
use crate::platform::{interrupt, process};

/// Runs a command line, the program's name first, and says how the program is to end.
#[must_use]
pub fn run(arguments: &[OsString]) -> Status {
    // A bug must not throw a backtrace, or what it was working on, at an operator.
    panic::set_hook(Box::new(|panic| output::bug(panic.location())));
    panic::catch_unwind(|| dispatch(arguments)).unwrap_or(Status::Refused)
}

fn dispatch(arguments: &[OsString]) -> Status {
    process::no_core_dumps();
    if completion::answer(arguments.to_vec()) {
        return Status::Done;
    }
    let unread = Unread::new(arguments);
    output::set_color(unread.color());
    let cli = match Cli::read(arguments.iter().cloned()) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                output::help_instead(&error);
                return Status::Usage;
            }
            return ended_by(&cli::usage_failure(&error, &unread), unread.is_json());
        }
        Err(help) => {
            return output::help(&help)
                .map_or_else(|failure| ended_by(&failure, false), |()| Status::Done);
        }
    };
    output::set_color(cli.global.color);
    let as_json = cli.is_json();
    run_command(cli, as_json).unwrap_or_else(|failure| ended_by(&failure, as_json))
}

fn ended_by(failure: &Failure, as_json: bool) -> Status {
    let report = Report::from(failure);
    output::report(&report, as_json);
    report.status()
}

fn run_command(cli: Cli, as_json: bool) -> Result<Status, Failure> {
    interrupt::install(Status::Interrupted as i32).map_err(Failure::NoSignals)?;
    let mut context = Context::new(cli.global, as_json)?;
    let status = commands::run(cli.command, &mut context)?;
    context.out.end();
    Ok(status)
}
