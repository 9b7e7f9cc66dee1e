//! What several commands do alike.

pub(crate) mod bulk;
pub(crate) mod groups;
pub(crate) mod new_password;
pub(crate) mod new_users;
pub(crate) mod other_tokens;
pub(crate) mod references;
pub(crate) mod superusers;
pub(crate) mod targets;
pub(crate) mod token_output;
pub(crate) mod unknown_users;
pub(crate) mod user_changes;
pub(crate) mod user_fields;
