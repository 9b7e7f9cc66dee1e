//! `drfctl completions`

use crate::cli::{self, Completions};
use crate::context::Context;
use crate::error::Status;

pub(super) fn run(args: &Completions, ctx: &mut Context) -> anyhow::Result<Status> {
    ctx.out.data("", |out| {
        // The generator cannot fail half-way into memory; the pipe behind stdout can.
        let mut script = Vec::new();
        clap_complete::generate(args.shell, &mut cli::definition(), "drfctl", &mut script);
        Ok(out.write_all(&script)?)
    })?;
    Ok(Status::Done)
}
