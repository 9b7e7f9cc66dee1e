//! Values on their way into a statement and out of a row, in the forms that Django stores.
//!
//! They stand in the statement as literals, as Django's own clients send them: one round trip
//! where a prepared statement takes two. The session's `sql_mode` is ours, so that a backslash
//! escapes.

use std::borrow::Cow;
use std::str::FromStr;

use ::mysql::consts::{ColumnFlags, ColumnType};
use ::mysql::{Row, Value as Sent};
use jiff::tz::TimeZone;

use crate::db::engine::{Cell, Value};
use crate::db::error::Cause;
use crate::django::timestamps;

/// The statement with the values in the places of its question marks.
pub(super) fn fill_in(sql: &str, values: &[Value], zone: &TimeZone) -> Result<String, Cause> {
    let mut filled = String::with_capacity(sql.len() + 48 * values.len());
    let mut values = values.iter();
    // The quote that a name or a literal was begun with.
    let mut quote = None;
    for character in sql.chars() {
        match (character, quote) {
            ('?', None) => {
                let value = values.next().ok_or_else(miscounted)?;
                push(&mut filled, value, zone);
                continue;
            }
            ('\'' | '"' | '`', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            _ => {}
        }
        filled.push(character);
    }
    match values.next() {
        None => Ok(filled),
        Some(_) => Err(miscounted()),
    }
}

fn miscounted() -> Cause {
    Cause::Other("a statement has another number of values than places".to_owned())
}

/// Appends a value as a literal.
pub(super) fn push(sql: &mut String, value: &Value, zone: &TimeZone) {
    match value {
        Value::Null => sql.push_str("NULL"),
        Value::Boolean(is) => sql.push(if *is { '1' } else { '0' }),
        Value::Integer(number) => sql.push_str(&number.to_string()),
        Value::Text(text) => push_text(sql, text),
        Value::Uuid(uuid) => push_text(sql, uuid.simple().encode_lower(&mut [0; 32])),
        Value::Time(time) => push_text(sql, &timestamps::to_database(*time, zone)),
    }
}

fn push_text(sql: &mut String, text: &str) {
    sql.push('\'');
    for character in text.chars() {
        match character {
            '\\' | '\'' => {
                sql.push('\\');
                sql.push(character);
            }
            '\0' => sql.push_str("\\0"),
            _ => sql.push(character),
        }
    }
    sql.push('\'');
}

/// The value in a column of a row; `None` where the row has no such column.
pub(super) fn cell<'a>(row: &'a Row, index: usize, zone: &TimeZone) -> Option<Cell<'a>> {
    let bytes = match row.as_ref(index)? {
        Sent::Bytes(bytes) => bytes.as_slice(),
        // Rows of statements without parameters hold text and NULL alone.
        _ => return Some(Cell::Null),
    };
    let column = row.columns_ref().get(index)?;
    let read = match column.column_type() {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_YEAR => parsed(bytes).map(Cell::Integer),
        // A sum of whole numbers is a DECIMAL.
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => parsed(bytes)
            .map(Cell::Integer)
            .or_else(|| parsed(bytes).map(Cell::Float)),
        ColumnType::MYSQL_TYPE_FLOAT | ColumnType::MYSQL_TYPE_DOUBLE => {
            parsed(bytes).map(Cell::Float)
        }
        ColumnType::MYSQL_TYPE_BIT => Some(Cell::Integer(
            bytes
                .iter()
                .fold(0, |bits, byte| bits << 8 | i64::from(*byte)),
        )),
        ColumnType::MYSQL_TYPE_DATETIME => return Some(time(bytes, zone)),
        // The session's time zone is UTC.
        ColumnType::MYSQL_TYPE_TIMESTAMP => return Some(time(bytes, &TimeZone::UTC)),
        // MariaDB's `uuid` comes as text, but no text is unsigned.
        _ if column.flags().contains(ColumnFlags::UNSIGNED_FLAG) => parsed(bytes).map(Cell::Uuid),
        _ => None,
    };
    Some(read.unwrap_or(Cell::Text(Cow::Borrowed(bytes))))
}

fn parsed<T: FromStr>(bytes: &[u8]) -> Option<T> {
    str::from_utf8(bytes).ok()?.parse().ok()
}

/// `0000-00-00 00:00:00` is no moment: Django reads it as NULL, too.
fn time(bytes: &[u8], zone: &TimeZone) -> Cell<'static> {
    str::from_utf8(bytes)
        .ok()
        .and_then(|text| timestamps::from_database(text, zone))
        .map_or(Cell::Null, Cell::Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(sql: &str, values: &[Value]) -> String {
        fill_in(sql, values, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn values_stand_in_the_statement_as_django_stores_them() {
        let uuid = "0b7c4d1e-8f2a-4c3b-9d5e-6f7a8b9c0d1e".parse().unwrap();
        let time = "2026-11-22T02:25:53.290018Z".parse().unwrap();
        assert_eq!(
            filled(
                "SELECT ?, ?, ?, ?, ?, ?",
                &[
                    Value::Null,
                    Value::Boolean(true),
                    Value::Integer(-3),
                    Value::Text("Zoë".to_owned()),
                    Value::Uuid(uuid),
                    Value::Time(time),
                ]
            ),
            "SELECT NULL, 1, -3, 'Zoë', '0b7c4d1e8f2a4c3b9d5e6f7a8b9c0d1e', \
             '2026-11-22 02:25:53.290018'"
        );
    }

    #[test]
    fn text_cannot_end_its_literal() {
        assert_eq!(
            filled("?", &[Value::Text("'; DROP TABLE x; -- \\".to_owned())]),
            r"'\'; DROP TABLE x; -- \\'"
        );
        assert_eq!(filled("?", &[Value::Text("a\0?b".to_owned())]), r"'a\0?b'");
    }

    #[test]
    fn a_question_mark_in_a_name_or_a_literal_is_no_place() {
        assert_eq!(
            filled(
                "SELECT `a?``b?`, '?', \"?\" WHERE x = ?",
                &[Value::Integer(1)]
            ),
            "SELECT `a?``b?`, '?', \"?\" WHERE x = 1"
        );
    }

    #[test]
    fn a_wrong_number_of_values_is_an_error() {
        assert!(fill_in("? ?", &[Value::Null], &TimeZone::UTC).is_err());
        assert!(fill_in("?", &[Value::Null, Value::Null], &TimeZone::UTC).is_err());
    }
}
