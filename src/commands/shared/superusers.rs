//! The last active superuser: without one nobody can administer the server.

use crate::context::Context;
use crate::db::{Database, User};
use crate::error::Failure;
use crate::escape::quoted;
use crate::io::prompt;

/// Asks before the last active superuser goes, or warns where `yes` has answered already.
pub(crate) fn keep_the_last(
    user: &User,
    yes: bool,
    ctx: &Context,
    database: &Database,
) -> Result<(), Failure> {
    let is_superuser = user.is_superuser == Some(true) && user.is_active;
    if !is_superuser || database.other_active_superusers(&user.id)? > 0 {
        return Ok(());
    }
    let name = quoted(&user.username);
    if yes {
        ctx.out
            .warn(&format!("{name} is the last active superuser"));
        return Ok(());
    }
    let place = quoted(&ctx.settings.location.to_string());
    let question = format!("{name} is the last active superuser in {place}. Continue?");
    if prompt::confirm(&question)? {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}
