//! Users and groups of the system, by name or number, for `--owner`.
//!
//! Names are looked up in `/etc/passwd` and `/etc/group` alone: a static binary has nothing else.

use std::fs;

use crate::error::Failure;
use crate::escape::quoted;

/// Whom a file is given to. Without a group it keeps its own.
pub(crate) struct Owner {
    pub(crate) user: u32,
    pub(crate) group: Option<u32>,
}

impl Owner {
    /// Reads `USER`, `USER:GROUP` or numbers; a user who is named brings the login group along.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        let unknown = |what: &str, name: &str| Failure::Usage {
            message: format!("no {what} named {} on this machine", quoted(name)),
            hint: Some("`--owner` takes USER or USER:GROUP, by name or number".to_owned()),
        };
        let (user, login_group) = match user.parse() {
            Ok(number) => (number, None),
            Err(_) => entry("/etc/passwd", user).ok_or_else(|| unknown("user", user))?,
        };
        let group = match group {
            None => login_group,
            Some(group) => {
                let number = group.parse().ok();
                let listed = || entry("/etc/group", group).map(|(number, _)| number);
                let number = number.or_else(listed);
                Some(number.ok_or_else(|| unknown("group", group))?)
            }
        };
        Ok(Self { user, group })
    }
}

/// The number of a name in a file of lines `name:x:number:group:…`, and the number behind it.
fn entry(file: &str, name: &str) -> Option<(u32, Option<u32>)> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let number = fields.nth(1)?.parse().ok()?;
        Some((number, fields.next().and_then(|group| group.parse().ok())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_a_name_or_a_number_with_or_without_a_group() {
        for (text, user, group) in [
            ("0", 0, None),
            ("7:9", 7, Some(9)),
            ("root", 0, Some(0)),
            ("root:9", 0, Some(9)),
            ("12:root", 12, Some(0)),
        ] {
            let owner = Owner::read(text).unwrap();
            assert_eq!((owner.user, owner.group), (user, group), "{text}");
        }
        for text in ["", ":", "nobody-of-that-name", "root:nobody-of-that-name"] {
            assert!(Owner::read(text).is_err(), "{text}");
        }
    }
}
