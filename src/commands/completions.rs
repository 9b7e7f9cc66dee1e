//! `drfctl completions`

use crate::cli::{self, Completions};
use crate::error::{Failure, Status};
use crate::io::output;

pub(super) fn run(args: &Completions) -> Result<Status, Failure> {
    // The generator panics where it cannot write: it cannot fail to write into memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::definition(), "drfctl", &mut script);
    output::data(|out| out.write_all(&script).map_err(Failure::Stdout))?;
    Ok(Status::Done)
}
