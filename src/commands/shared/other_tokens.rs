//! What is to be said where the server may take its tokens from another table than DRF's.

use crate::context::Context;
use crate::db::{Database, OtherTokens};
use crate::error::Failure;
use crate::escape::quoted_list;

/// Warns of such tables.
pub(crate) fn warn(ctx: &Context, database: &Database) -> Result<(), Failure> {
    warn_of(&database.other_tokens()?, ctx);
    Ok(())
}

/// Warns of these tables.
pub(crate) fn warn_of(others: &[OtherTokens], ctx: &Context) {
    let tables: Vec<&str> = others.iter().map(|other| other.table.as_str()).collect();
    if !tables.is_empty() {
        ctx.out.warn(&format!(
            "the server may take its tokens from {}, which drfctl does not manage",
            quoted_list(&tables)
        ));
    }
}
