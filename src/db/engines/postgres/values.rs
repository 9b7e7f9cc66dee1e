//! Values on their way to and from the server. They go as text of no declared type, so that the
//! server takes each for what the column is (`citext`, `inet`, `bigint`); they come in binary.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use bytes::BytesMut;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type};
use uuid::Uuid;

use crate::db::engine::{Cell, Row, Value};
use crate::db::error::Cause;
use crate::django::timestamps;

type Failed = Box<dyn Error + Sync + Send>;

/// A value as a parameter of a statement.
pub(super) struct Parameter<'a>(pub(super) &'a Value);

impl fmt::Debug for Parameter<'_> {
    /// Shows nothing: it may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parameter")
    }
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        let Some(text) = text(self.0) else {
            return Ok(IsNull::Yes);
        };
        out.extend_from_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A value as PostgreSQL reads it; `None` for NULL.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(true) => Cow::Borrowed("t"),
        Value::Boolean(false) => Cow::Borrowed("f"),
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Text(text) => Cow::Borrowed(text.as_str()),
        Value::Uuid(uuid) => Cow::Owned(uuid.to_string()),
        Value::Time(time) => Cow::Owned(time.to_string()),
    })
}

/// Rows of so many columns, as what stands behind SELECT, and its values: an array for each column,
/// however many rows there are. What is the same in all of them is sent, and read, once.
pub(super) fn selected(rows: &[Vec<Value>], columns: usize) -> (String, Vec<Value>) {
    let (mut selected, mut arrays, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let (mut once, mut each) = (Vec::new(), Vec::new());
    for column in 0..columns {
        let mut values = rows.iter().filter_map(|row| row.get(column));
        let kind = values.clone().find_map(kind).unwrap_or("text");
        match values.next() {
            // One column has to say how many rows there are.
            Some(first) if column > 0 && rows.len() > 1 && values.all(|value| value == first) => {
                selected.push(format!("?::{kind}"));
                once.push(first.clone());
            }
            _ => {
                let name = format!("column{column}");
                arrays.push(format!("?::{kind}[]"));
                each.push(Value::Text(array(
                    rows.iter().filter_map(|row| row.get(column)),
                )));
                selected.push(name.clone());
                names.push(name);
            }
        }
    }
    let selected = format!(
        "{} FROM unnest({}) AS given ({})",
        selected.join(", "),
        arrays.join(", "),
        names.join(", ")
    );
    once.append(&mut each);
    (selected, once)
}

/// The type of a value, unless any will do.
fn kind(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null | Value::Text(_) => None,
        Value::Boolean(_) => Some("boolean"),
        Value::Integer(_) => Some("bigint"),
        Value::Uuid(_) => Some("uuid"),
        Value::Time(_) => Some("timestamptz"),
    }
}

/// Values of one column as the literal of an array.
fn array<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let mut array = "{".to_owned();
    for value in values {
        if array.len() > 1 {
            array.push(',');
        }
        match text(value) {
            Some(text) => {
                array.push('"');
                array.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
                array.push('"');
            }
            None => array.push_str("NULL"),
        }
    }
    array.push('}');
    array
}

/// A row of an answer.
pub(super) struct PostgresRow<'a>(pub(super) &'a tokio_postgres::Row);

impl Row for PostgresRow<'_> {
    fn get(&self, column: usize) -> Result<Cell<'_>, Cause> {
        match self.0.try_get::<_, Option<Stored<'_>>>(column)? {
            Some(Stored(cell)) => Ok(cell),
            None => Ok(Cell::Null),
        }
    }
}

/// A value in the form in which the server sends it.
struct Stored<'a>(Cell<'a>);

impl<'a> FromSql<'a> for Stored<'a> {
    fn from_sql(kind: &Type, bytes: &'a [u8]) -> Result<Self, Failed> {
        Ok(Self(match *kind {
            Type::BOOL => Cell::Boolean(bool::from_sql(kind, bytes)?),
            Type::INT2 => Cell::Integer(i16::from_sql(kind, bytes)?.into()),
            Type::INT4 => Cell::Integer(i32::from_sql(kind, bytes)?.into()),
            Type::INT8 => Cell::Integer(i64::from_sql(kind, bytes)?),
            Type::OID => Cell::Integer(u32::from_sql(kind, bytes)?.into()),
            Type::FLOAT4 => Cell::Float(f32::from_sql(kind, bytes)?.into()),
            Type::FLOAT8 => Cell::Float(f64::from_sql(kind, bytes)?),
            Type::UUID => Cell::Uuid(Uuid::from_slice(bytes)?),
            Type::TIMESTAMPTZ | Type::TIMESTAMP => moment(i64::from_be_bytes(bytes.try_into()?)),
            ref other if is_text(other) => Cell::Text(Cow::Borrowed(bytes)),
            ref other => return Err(format!("no value of type {other} can be read").into()),
        }))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Whether values come as their text. Types that an extension or a project adds do (`citext`,
/// enumerations), as far as columns of users have them.
fn is_text(kind: &Type) -> bool {
    matches!(
        *kind,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON
    ) || kind.schema() != "pg_catalog"
}

/// The moment so many microseconds after the beginning of 2000; as text where that is `infinity`,
/// or a year that Python does not know.
fn moment(microseconds: i64) -> Cell<'static> {
    const EPOCH: i64 = 946_684_800;
    let since = SignedDuration::from_micros(microseconds);
    let time = since
        .checked_add(SignedDuration::from_secs(EPOCH))
        .and_then(|since| Timestamp::from_duration(since).ok())
        .filter(|time| timestamps::is_pythons(*time, &TimeZone::UTC));
    match time {
        Some(time) => Cell::Time(time),
        None => Cell::Text(Cow::Borrowed(b"infinity")),
    }
}

/// The statement with `$1`, `$2` … for its question marks: outside of names and literals each
/// stands for a value.
pub(super) fn numbered(sql: &str) -> String {
    let mut numbered = String::with_capacity(sql.len() + 16);
    let mut quote = None;
    let mut count = 0;
    for character in sql.chars() {
        match (quote, character) {
            (None, '?') => {
                count += 1;
                numbered.push_str(&format!("${count}"));
                continue;
            }
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        numbered.push(character);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks_are_numbered_outside_of_names_and_literals() {
        assert_eq!(
            numbered("SELECT '?''?', \"a?\"\"?\", ? FROM t WHERE x = ? AND y = '\"' AND z=?"),
            "SELECT '?''?', \"a?\"\"?\", $1 FROM t WHERE x = $2 AND y = '\"' AND z=$3"
        );
    }

    #[test]
    fn an_array_keeps_what_its_own_syntax_would_change() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            array([text("a,{\"b\\"), Value::Null, text("NULL"), text("")].iter()),
            "{\"a,{\\\"b\\\\\",NULL,\"NULL\",\"\"}"
        );
    }

    #[test]
    fn what_is_the_same_in_all_rows_is_sent_once() {
        let text = |text: &str| Value::Text(text.to_owned());
        let row = |key: &str, id| vec![text(key), Value::Null, Value::Integer(id)];
        assert_eq!(
            selected(&[row("a", -1), row("b", -1)], 3),
            (
                "column0, ?::text, ?::bigint FROM unnest(?::text[]) AS given (column0)".to_owned(),
                vec![Value::Null, Value::Integer(-1), text("{\"a\",\"b\"}")]
            )
        );
        assert_eq!(
            selected(&[row("a", 7)], 3),
            (
                "column0, column1, column2 FROM unnest(?::text[], ?::text[], ?::bigint[]) \
                 AS given (column0, column1, column2)"
                    .to_owned(),
                vec![text("{\"a\"}"), text("{NULL}"), text("{\"7\"}")]
            )
        );
    }

    #[test]
    fn a_moment_is_counted_from_the_year_2000() {
        let time = |text: &str| Cell::Time(text.parse().unwrap());
        assert_eq!(moment(0), time("2000-01-01T00:00:00Z"));
        assert_eq!(moment(-1), time("1999-12-31T23:59:59.999999Z"));
        assert_eq!(
            moment(817_352_753_290_018),
            time("2025-11-25T02:25:53.290018Z")
        );
        for infinite in [i64::MAX, i64::MIN] {
            assert_eq!(moment(infinite), Cell::Text(Cow::Borrowed(b"infinity")));
        }
    }
}
