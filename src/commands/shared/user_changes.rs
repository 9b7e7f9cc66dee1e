//! What is said of a change to a user who existed.

use crate::context::Context;
use crate::db::{Database, User};
use crate::escape::quoted;

/// Reports the columns that were changed. `old_name` is the name before; `without_password` says
/// that the password, if it was changed, was removed.
pub(crate) fn note(
    ctx: &Context,
    database: &Database,
    user: &User,
    changed: &[String],
    old_name: &str,
    without_password: bool,
) {
    let name = quoted(&user.username);
    if changed.is_empty() {
        ctx.out.note(&format!("User {name} is already up to date."));
        return;
    }
    let is_renamed = user.username != old_name;
    if is_renamed {
        let old_name = quoted(old_name);
        ctx.out.note(&format!("Renamed {old_name} to {name}."));
    }
    let mut others = Vec::new();
    for column in changed {
        match column.as_str() {
            "is_active" if user.is_active => ctx.out.note(&format!("Activated {name}.")),
            "is_active" => ctx.out.note(&format!("Deactivated {name}.")),
            "password" if without_password => {}
            login if is_renamed && login == database.users().username_field() => {}
            other => others.push(other),
        }
    }
    if !others.is_empty() {
        let others = others.join(", ");
        ctx.out.note(&format!("Updated {others} of user {name}."));
    }
    if without_password && changed.iter().any(|column| column == "password") {
        note_removed_password(ctx, user);
    }
}

/// Reports that a user has no password any more.
pub(crate) fn note_removed_password(ctx: &Context, user: &User) {
    let name = quoted(&user.username);
    let place = ctx.place();
    ctx.out.note(&format!(
        "Removed the password of {name}{place}: nobody can log in with it."
    ));
}
