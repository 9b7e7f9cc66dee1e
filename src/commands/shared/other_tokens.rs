//! The warning that the server may take its tokens from another table than DRF's.

use crate::context::Context;
use crate::db::Database;
use crate::error::Failure;
use crate::escape::quoted_list;

/// Warns once per run.
pub(crate) fn warn(ctx: &Context, database: &Database) -> Result<(), Failure> {
    let others = database.other_tokens()?;
    let tables: Vec<&str> = others.iter().map(|other| other.table.as_str()).collect();
    if !tables.is_empty() {
        ctx.out.warn(&format!(
            "the server may take its tokens from {}, which drfctl does not manage",
            quoted_list(&tables)
        ));
    }
    Ok(())
}
