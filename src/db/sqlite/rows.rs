//! How rows become the domain's types: read as tolerantly as Django reads them, since what is
//! in the database need not have been written by Django.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};

use super::layout::{UserTable, identifier};
use crate::db::{Token, User, UserId};
use crate::django::timestamps;
use crate::secret::Key;

/// The columns of a user, for a SELECT in which the user table is called `u`; their number is
/// [`USER_WIDTH`].
pub(super) fn user_columns(users: &UserTable) -> String {
    let or_null = |name: &str| {
        if users.has(name) {
            format!("u.{}", identifier(name))
        } else {
            "NULL".to_owned()
        }
    };
    format!(
        "u.{}, u.{}, {}, {}, {}, {}",
        identifier(&users.key),
        identifier(&users.login),
        or_null("email"),
        or_null("is_active"),
        or_null("is_staff"),
        or_null("is_superuser"),
    )
}

/// How many columns [`user_columns`] names.
pub(super) const USER_WIDTH: usize = 6;

/// Reads the columns that [`user_columns`] names.
pub(super) fn user(row: &Row<'_>, users: &UserTable) -> rusqlite::Result<User> {
    Ok(User {
        id: user_id(row.get_ref(0)?, users.has_uuid_key()),
        username: text(row.get_ref(1)?).unwrap_or_default(),
        email: text(row.get_ref(2)?),
        is_active: truth(row.get_ref(3)?).unwrap_or(true),
        is_staff: truth(row.get_ref(4)?),
        is_superuser: truth(row.get_ref(5)?),
    })
}

/// Reads a key and its time from two neighbouring columns; `None` where the key is NULL.
pub(super) fn token(
    row: &Row<'_>,
    first: usize,
    zone: &TimeZone,
) -> rusqlite::Result<Option<Token>> {
    let Some(key) = text(row.get_ref(first)?) else {
        return Ok(None);
    };
    Ok(Some(Token {
        key: Key::new(key),
        created: time(row.get_ref(first + 1)?, zone),
    }))
}

/// A primary key, from whatever type it has.
pub(super) fn user_id(value: ValueRef<'_>, is_uuid: bool) -> UserId {
    match value {
        ValueRef::Integer(id) => UserId::Integer(id),
        other => {
            let id = text(other).unwrap_or_default();
            if is_uuid && id.len() == 32 && id.is_ascii() {
                UserId::Uuid(id)
            } else {
                UserId::Text(id)
            }
        }
    }
}

/// Text, also where a number was stored; what is not UTF-8 is replaced.
pub(super) fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            // A copy of what is almost always right, and a second look at the rest.
            Some(str::from_utf8(bytes).map_or_else(
                |_| String::from_utf8_lossy(bytes).into_owned(),
                str::to_owned,
            ))
        }
    }
}

/// A boolean as Django's converter reads it: 0 or not 0.
pub(super) fn truth(value: ValueRef<'_>) -> Option<bool> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number != 0),
        _ => Some(false),
    }
}

/// A time; `None` where Django would read none.
pub(super) fn time(value: ValueRef<'_>, zone: &TimeZone) -> Option<Timestamp> {
    timestamps::from_database(&text(value)?, zone)
}

impl ToSql for UserId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Integer(id) => id.to_sql(),
            Self::Uuid(id) | Self::Text(id) => id.to_sql(),
        }
    }
}
