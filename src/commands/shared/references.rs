//! Rows of other tables that refer to a user, where they cannot all be seen.

use crate::context::Context;
use crate::db::References;
use crate::escape::quoted_list;

/// Warns of tables whose rows this role may not read.
pub(crate) fn warn_of_unreadable(references: &References, ctx: &Context) {
    let tables: Vec<&str> = references.unreadable.iter().map(String::as_str).collect();
    if !tables.is_empty() {
        ctx.out.warn(&format!(
            "this role may not read {}: rows there that refer to the user are not counted",
            quoted_list(&tables)
        ));
    }
}
