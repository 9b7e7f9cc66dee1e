//! What several commands do alike.

pub(crate) mod bulk;
pub(crate) mod draft;
pub(crate) mod groups;
pub(crate) mod import;
pub(crate) mod passwords;
pub(crate) mod superusers;
pub(crate) mod tokens;
pub(crate) mod user_output;
pub(crate) mod users;
