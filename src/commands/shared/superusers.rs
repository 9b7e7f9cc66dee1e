//! The last active superuser: without one nobody can administer the server. Every command that can
//! take superusers away asks here before it writes.

use crate::context::Context;
use crate::db::{self, Database, Fields, User};
use crate::django::hashers;
use crate::error::Failure;
use crate::escape::{quoted, quoted_list};
use crate::io::prompt;

/// What the operator has said to losing the last one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Nothing: a question.
    Ask,
    /// `--yes`, or a command that never asks: a warning.
    Warn,
}

impl Consent {
    /// What `--yes` says.
    pub(crate) fn of_yes(yes: bool) -> Self {
        if yes { Self::Warn } else { Self::Ask }
    }
}

/// Whether a superuser who gets these values is none any more, or cannot log in.
pub(crate) fn are_lost_by(fields: &Fields, extra: &[(String, String)]) -> bool {
    let is_switched_off = |column: &str, value: Option<bool>| {
        let set = extra.iter().find(|(name, _)| name == column);
        let set = set.and_then(|(_, text)| db::boolean(text));
        value.or(set) == Some(false)
    };
    is_switched_off("is_active", fields.is_active)
        || is_switched_off("is_superuser", fields.is_superuser)
        || fields.password.as_ref().is_some_and(hashers::is_unusable)
}

/// Asks or warns before these users are lost, if no active superuser is left then.
pub(crate) fn keep_the_last(
    users: &[&User],
    consent: Consent,
    ctx: &Context,
    database: &Database,
) -> Result<(), Failure> {
    let lost: Vec<&str> = users
        .iter()
        .filter(|user| user.is_superuser == Some(true) && user.is_active)
        .map(|user| user.username.as_str())
        .collect();
    if lost.is_empty() || database.active_superusers()? > lost.len() as u64 {
        return Ok(());
    }
    let are = match lost.as_slice() {
        [name] => format!("{} is the last active superuser", quoted(name)),
        names => format!("{} are the last active superusers", quoted_list(names)),
    };
    if consent == Consent::Warn {
        ctx.out.warn(&are);
        return Ok(());
    }
    let place = quoted(&ctx.settings.location.to_string());
    let question = format!("{are} in {place}. Continue?");
    prompt::confirm_about(&format!("{are}: a confirmation"), &question)
}
