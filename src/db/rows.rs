//! How rows become the domain's types: read as tolerantly as Django reads them, since what is
//! in the database need not have been written by Django.

use super::engine::{Cell, Row};
use super::error::Cause;
use super::model::{Entry, Token, TokenHolder, User, UserId};
use super::user_table::UserTable;
use crate::secret::Key;

/// How many columns `{user_columns}` stands for in a statement.
pub(super) const USER_WIDTH: usize = 6;

/// How many columns `{entry_columns}` stands for in a statement.
pub(super) const ENTRY_WIDTH: usize = USER_WIDTH + 3;

/// Reads `{user_columns}`.
pub(super) fn user(row: &dyn Row, users: &UserTable) -> Result<User, Cause> {
    Ok(User {
        id: user_id(row.get(0)?, users),
        username: text(row.get(1)?).unwrap_or_default(),
        email: text(row.get(2)?),
        is_active: boolean(&row.get(3)?).unwrap_or(true),
        is_staff: boolean(&row.get(4)?),
        is_superuser: boolean(&row.get(5)?),
    })
}

/// Reads a key and its time from two neighbouring columns; `None` where the key is NULL.
pub(super) fn token(row: &dyn Row, first: usize) -> Result<Option<Token>, Cause> {
    let Some(key) = text(row.get(first)?) else {
        return Ok(None);
    };
    Ok(Some(Token {
        key: Key::new(key),
        created: row.time(first + 1)?,
    }))
}

/// Reads `{user_columns}`, and a key and its time behind them.
pub(super) fn holder(row: &dyn Row, users: &UserTable) -> Result<TokenHolder, Cause> {
    Ok(TokenHolder {
        user: user(row, users)?,
        token: token(row, USER_WIDTH)?,
    })
}

/// Reads `{entry_columns}`.
pub(super) fn entry(row: &dyn Row, users: &UserTable) -> Result<Entry, Cause> {
    Ok(Entry {
        user: user(row, users)?,
        last_login: row.time(USER_WIDTH)?,
        token: token(row, USER_WIDTH + 1)?,
    })
}

/// A primary key, from whatever type it has.
pub(super) fn user_id(cell: Cell<'_>, users: &UserTable) -> UserId {
    match cell {
        Cell::Integer(id) => UserId::Integer(id),
        Cell::Uuid(id) => UserId::Uuid(id),
        other => {
            let id = text(other).unwrap_or_default();
            match uuid::Uuid::try_parse(&id) {
                Ok(uuid) if users.has_uuid_key() && id.len() == 32 => UserId::Uuid(uuid),
                _ => UserId::Text(id),
            }
        }
    }
}

/// Text, also where a number was stored; what is not UTF-8 is replaced.
pub(super) fn text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Boolean(is) => Some(is.to_string()),
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Float(number) => Some(number.to_string()),
        Cell::Uuid(uuid) => Some(uuid.to_string()),
        Cell::Time(time) => Some(time.to_string()),
        // A copy of what is almost always right, and a second look at the rest.
        Cell::Text(bytes) => Some(str::from_utf8(&bytes).map_or_else(
            |_| String::from_utf8_lossy(&bytes).into_owned(),
            str::to_owned,
        )),
    }
}

/// A boolean as Django's converter reads it: 0 or not 0.
pub(super) fn boolean(cell: &Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Null => None,
        Cell::Boolean(is) => Some(*is),
        Cell::Integer(number) => Some(*number != 0),
        _ => Some(false),
    }
}

/// A whole number; 0 where there is none.
pub(super) fn integer(cell: &Cell<'_>) -> i64 {
    match cell {
        Cell::Integer(number) => *number,
        _ => 0,
    }
}
