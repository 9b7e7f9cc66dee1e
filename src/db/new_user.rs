//! The values of a user's row: what was given, else what Django would store.

use jiff::Timestamp;

use super::database::Transaction;
use super::engine::{Column, Kind, Queries as _, Value};
use super::error::Cause;
use super::model::WantedUser;
use crate::django::{hashers, names, timestamps};
use crate::escape::{cut, visible};

/// A column with the value that it is to have.
pub(super) struct Given {
    /// The column's name.
    pub(super) column: String,
    /// The value.
    pub(super) value: Value,
}

impl Given {
    fn new(column: &str, value: Value) -> Self {
        Self {
            column: column.to_owned(),
            value,
        }
    }
}

/// The columns and values of a new row.
pub(super) fn row(
    tx: &Transaction<'_>,
    wanted: &WantedUser<'_>,
    now: Timestamp,
) -> Result<Vec<Given>, Cause> {
    let users = tx.users;
    let mut row = given(tx, wanted)?;
    row.push(Given::new(
        &users.username_field,
        Value::Text(wanted.username.to_owned()),
    ));
    let mut without_value = Vec::new();
    for column in &users.columns {
        let name = column.name.as_str();
        if row.iter().any(|given| given.column == name) {
            continue;
        }
        let value = match name {
            _ if column.is_key && matches!(column.kind, Kind::Uuid { .. }) => {
                Some(Value::Uuid(wanted.uuid))
            }
            // The database counts by itself.
            _ if column.is_key && users.has_counted_key() => None,
            "is_staff" | "is_superuser" => Some(Value::Boolean(false)),
            "is_active" => Some(Value::Boolean(true)),
            "date_joined" => Some(Value::Time(now)),
            // A second '' in a UNIQUE column would collide; NULL never does.
            "username" | "email" | "first_name" | "last_name"
                if column.not_null || !column.is_unique =>
            {
                Some(Value::Text(String::new()))
            }
            "password" => Some(Value::Text(String::new())),
            _ => {
                if column.needs_value() {
                    without_value.push(column.name.clone());
                }
                None
            }
        };
        if let Some(value) = value {
            row.push(Given::new(name, value));
        }
    }
    if without_value.is_empty() {
        Ok(row)
    } else {
        Err(Cause::ValueNeeded(without_value))
    }
}

/// The columns that the operator named, with their values.
pub(super) fn given(tx: &Transaction<'_>, wanted: &WantedUser<'_>) -> Result<Vec<Given>, Cause> {
    let users = tx.users;
    let fields = wanted.fields;
    let text = |value: &Option<String>| value.clone().map(Value::Text);
    let password = fields.password.as_ref();
    let known = [
        (
            "password",
            password.map(|hash| Value::Text(hash.expose().to_owned())),
        ),
        ("email", text(&fields.email)),
        ("first_name", text(&fields.first_name)),
        ("last_name", text(&fields.last_name)),
        ("is_staff", fields.is_staff.map(Value::Boolean)),
        ("is_superuser", fields.is_superuser.map(Value::Boolean)),
        ("is_active", fields.is_active.map(Value::Boolean)),
    ];
    let mut all: Vec<Given> = Vec::new();
    for (name, value) in known {
        if let Some(value) = value {
            let is_no_password = name == "password" && password.is_some_and(hashers::is_unusable);
            if is_no_password && !users.has(name) {
                continue;
            }
            users.require(name)?;
            if name != users.username_field {
                all.push(Given::new(name, value));
            }
        }
    }
    for (name, text) in wanted.extra {
        let column = users.require(name)?;
        let has_own_option = ["password", "email", "first_name", "last_name"];
        let is_username = *name == users.username_field;
        if is_username || has_own_option.contains(&name.as_str()) {
            return Err(Cause::OwnOption {
                column: name.clone(),
                is_username,
            });
        }
        if column.is_key && users.has_counted_key() {
            return Err(Cause::PrimaryKey(name.clone()));
        }
        if all.iter().any(|given| given.column == *name) {
            return Err(Cause::BadValue {
                column: name.clone(),
                problem: "it is given twice".to_owned(),
            });
        }
        let value = typed(tx, text, column)?;
        check_reference(tx, name, text, &value)?;
        all.push(Given::new(name, value));
    }
    Ok(all)
}

/// Refuses a reference to a row that does not exist, before the database does it in fewer words.
fn check_reference(
    tx: &Transaction<'_>,
    column: &str,
    text: &str,
    value: &Value,
) -> Result<(), Cause> {
    let keys = tx.engine.foreign_keys()?;
    let reference = keys
        .into_iter()
        .find(|key| key.table == tx.users.name && key.column == column);
    let Some(reference) = reference.filter(|_| *value != Value::Null) else {
        return Ok(());
    };
    let columns = tx.engine.columns(&reference.to)?;
    let Some(key) = columns.iter().find(|column| column.is_key) else {
        return Ok(());
    };
    let sql = format!(
        "SELECT 1 FROM {} WHERE {} = ?",
        tx.quoted(&reference.to),
        tx.quoted(&key.name)
    );
    if tx.engine.exists(&sql, std::slice::from_ref(value))? {
        return Ok(());
    }
    Err(Cause::BadValue {
        column: column.to_owned(),
        problem: format!(
            "table `{}` has no row whose `{}` is `{}`",
            reference.to,
            key.name,
            cut(&visible(text))
        ),
    })
}

/// Reads a boolean as `--set` takes it.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "true" | "True" => Some(true),
        "0" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A value as Django would store it in a column of that kind, or why it could not read it back.
fn typed(tx: &Transaction<'_>, text: &str, column: &Column) -> Result<Value, Cause> {
    let refused = |problem: &str| Cause::BadValue {
        column: column.name.clone(),
        problem: problem.to_owned(),
    };
    // As the admin stores a field that is left empty: a second '' in a UNIQUE column would
    // collide, and no type but text could be read back from it.
    if text.is_empty() && !column.not_null {
        return Ok(Value::Null);
    }
    match &column.kind {
        Kind::Boolean => boolean(text)
            .map(Value::Boolean)
            .ok_or_else(|| refused("write `true` or `false` (or `1` or `0`)")),
        Kind::Integer {
            unsigned: false, ..
        } => match text.parse() {
            Ok(number) => Ok(Value::Integer(number)),
            Err(_) => Err(refused("it is not a whole number")),
        },
        Kind::Integer { unsigned: true, .. } => match text.parse() {
            Ok(number) if number >= 0 => Ok(Value::Integer(number)),
            _ => Err(refused("it is not a whole number from 0")),
        },
        Kind::Number => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Text(text.to_owned())),
            _ => Err(refused("it is not a number")),
        },
        Kind::DateTime => match timestamps::from_database(text, tx.zone) {
            Some(time) => Ok(Value::Time(time)),
            None => Err(refused("write a time as `2026-11-22 10:00:00`")),
        },
        Kind::Date => match timestamps::date_to_database(text) {
            Some(date) => Ok(Value::Text(date)),
            None => Err(refused("write a date as `2026-11-22`")),
        },
        Kind::Time => match timestamps::time_to_database(text) {
            Some(time) => Ok(Value::Text(time)),
            None => Err(refused("write a time of day as `10:00:00`")),
        },
        Kind::Uuid { .. } => match uuid::Uuid::try_parse(text) {
            Ok(uuid) => Ok(Value::Uuid(uuid)),
            Err(_) => Err(refused("it is not a UUID")),
        },
        Kind::Text(width) => match width.and_then(|width| names::too_long(text, width)) {
            Some(problem) => Err(refused(&problem)),
            None => Ok(Value::Text(text.to_owned())),
        },
        Kind::Other(_) => Ok(Value::Text(text.to_owned())),
    }
}
