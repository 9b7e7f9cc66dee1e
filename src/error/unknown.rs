//! Names that are no user's and keys that are no token's, and what they may have meant. Who finds
//! that out is `commands::shared::unknown_users` and `commands::revoke`.

use std::fmt;

use crate::django::keys;
use crate::escape::{quoted, quoted_list};

/// Names that are no user's.
#[derive(Debug)]
pub(crate) struct UnknownUsers {
    pub(crate) names: Vec<String>,
    pub(crate) meant: Meant,
}

/// What an unknown name may have meant.
#[derive(Debug)]
pub(crate) enum Meant {
    /// Nothing that is known.
    Nothing,
    /// One of these users, whose names are much like it.
    Users(Vec<String>),
    /// The user of whom another column has that value.
    Column {
        table: String,
        username_field: String,
        column: String,
    },
    /// A user who is still to be created.
    NewUser,
}

impl UnknownUsers {
    /// The next step: never to create what may be a typing mistake.
    pub(super) fn hint(&self) -> String {
        if self.names.iter().any(|name| keys::stands_in(name)) {
            return "this looks like a key: use `drfctl show --key-file FILE` or \
                    `drfctl revoke --key-file FILE`"
                .to_owned();
        }
        match (&self.meant, self.names.as_slice()) {
            (Meant::Users(names), _) => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                format!("did you mean {}?", names.join(" or "))
            }
            (Meant::Column { column, .. }, _) if is_plain(column) => {
                format!("add `--username-field {column}`")
            }
            (Meant::NewUser, [name]) if is_plain(name) => {
                format!("create it with `drfctl create-user {name}`")
            }
            _ => "`drfctl list --all-users` shows all users".to_owned(),
        }
    }
}

impl fmt::Display for UnknownUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.names.len() == 1 { "" } else { "s" };
        // A key in the place of a name is still a secret.
        let names: Vec<String> = self.names.iter().map(|name| keys::masked(name)).collect();
        write!(f, "no user{s} named {}", quoted_list(&names))?;
        if let Meant::Column {
            table,
            username_field,
            column,
        } = &self.meant
        {
            let what = if self.names.len() == 1 {
                "that value"
            } else {
                "the first of these values"
            };
            write!(
                f,
                " in column {} of {}; its {} column has {what}",
                quoted(username_field),
                quoted(table),
                quoted(column)
            )?;
        }
        Ok(())
    }
}

/// Keys that are no token's.
#[derive(Debug, Default)]
pub(crate) struct UnknownKeys {
    /// The lines that they stand in; empty where there is only one.
    pub(crate) lines: Vec<u64>,
    /// Whether one is masked, as `list` shows keys.
    pub(crate) are_masked: bool,
    /// Tables that have them all the same, and that drfctl does not manage.
    pub(crate) elsewhere: Vec<String>,
}

impl UnknownKeys {
    pub(super) fn hint(&self) -> Option<String> {
        if self.are_masked {
            Some(
                "`drfctl list --show-keys` shows whole keys, and a user's name will do instead"
                    .to_owned(),
            )
        } else if self.elsewhere.is_empty() {
            None
        } else {
            Some("delete it in the project, which has that table".to_owned())
        }
    }
}

impl fmt::Display for UnknownKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lines.as_slice() {
            [] => write!(f, "no token with that key")?,
            [line] => write!(f, "no token with the key in line {line}")?,
            lines => {
                let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
                write!(f, "no tokens with the keys in lines {}", lines.join(", "))?;
            }
        }
        if self.are_masked {
            write!(f, ": `list` masks keys, and this is a masked one")?;
        }
        if !self.elsewhere.is_empty() {
            write!(
                f,
                "; {} has it, which drfctl does not manage",
                quoted_list(&self.elsewhere)
            )?;
        }
        Ok(())
    }
}

/// A user's name as a command in a hint has it: itself, where it can be typed like that.
pub(crate) fn name_to_type(name: &str) -> &str {
    if is_plain(name) { name } else { "NAME" }
}

/// Whether a name can stand in a shell command unquoted.
pub(crate) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name.len() <= 60
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@.+-_".contains(&byte))
}
