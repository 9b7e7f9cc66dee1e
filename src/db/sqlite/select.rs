//! Users who are meant by what is true of them: the one place where a [`Selection`] becomes SQL,
//! so that a list shows what a command with the same filters acts on.

use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params_from_iter};

use super::layout::{TOKEN_TABLE, UserTable, identifier};
use super::{Database, rows};
use crate::db::{Cause, Entry, Error, Holding, Selection, User, UserId};
use crate::django::timestamps;

/// A selection as SQL, in which the user table is called `u` and the token table `t`.
pub(super) struct Selected {
    /// What stands behind FROM.
    pub(super) from: String,
    /// What stands behind WHERE, with the parameters' places numbered from 1.
    pub(super) conditions: String,
    /// The parameters.
    pub(super) parameters: Vec<Value>,
}

impl Selected {
    pub(super) fn new(
        users: &UserTable,
        selection: &Selection,
        zone: &TimeZone,
    ) -> Result<Self, Cause> {
        let join = if selection.holding == Holding::Token {
            "JOIN"
        } else {
            "LEFT JOIN"
        };
        let mut selected = Self {
            from: format!(
                "{} AS u {join} {TOKEN_TABLE} AS t ON t.user_id = u.{}",
                identifier(&users.name),
                identifier(&users.key)
            ),
            conditions: "1".to_owned(),
            parameters: Vec::new(),
        };
        if selection.holding == Holding::Nothing {
            selected.and("t.key IS NULL");
        }
        // Times are compared as times, since not all text that Django reads sorts as it writes.
        if let Some(time) = selection.created_before {
            let place = selected.place(timestamps::to_database(time, zone));
            selected.and(&format!("julianday(t.created) < julianday({place})"));
        }
        if let Some(time) = selection.last_login_before {
            let column = column(users, "last_login", "--last-login-before")?;
            let place = selected.place(timestamps::to_database(time, zone));
            selected.and(&format!("julianday({column}) < julianday({place})"));
        }
        if selection.never_logged_in {
            let column = column(users, "last_login", "--never-logged-in")?;
            selected.and(&format!("{column} IS NULL"));
        }
        match selection.is_active {
            Some(true) if users.has("is_active") => selected.and("u.is_active"),
            Some(false) if users.has("is_active") => selected.and("NOT u.is_active"),
            // Without the column everybody is active.
            Some(false) => selected.and("0"),
            _ => {}
        }
        if selection.is_staff {
            selected.and(&column(users, "is_staff", "--staff")?);
        }
        if selection.is_superuser {
            selected.and(&column(users, "is_superuser", "--superuser")?);
        }
        if let Some(pattern) = &selection.username {
            let place = selected.place(pattern.clone());
            selected.and(&format!("u.{} GLOB {place}", identifier(&users.login)));
        }
        Ok(selected)
    }

    /// Adds a condition.
    pub(super) fn and(&mut self, condition: &str) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
    }

    /// Adds a parameter and gives its place.
    pub(super) fn place(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len())
    }
}

/// The columns of an [`Entry`]; their number is [`ENTRY_WIDTH`].
pub(super) fn entry_columns(users: &UserTable) -> String {
    let last_login = if users.has("last_login") {
        "u.last_login"
    } else {
        "NULL"
    };
    format!(
        "{}, {last_login}, t.key, t.created",
        rows::user_columns(users)
    )
}

/// How many columns [`entry_columns`] names.
pub(super) const ENTRY_WIDTH: usize = rows::USER_WIDTH + 3;

/// Reads the columns that [`entry_columns`] names.
pub(super) fn entry(
    row: &rusqlite::Row<'_>,
    users: &UserTable,
    zone: &TimeZone,
) -> rusqlite::Result<Entry> {
    Ok(Entry {
        user: rows::user(row, users)?,
        last_login: rows::time(row.get_ref(rows::USER_WIDTH)?, zone),
        token: rows::token(row, rows::USER_WIDTH + 1, zone)?,
    })
}

/// Tells whether users are still among the selected.
pub(super) struct Recheck<'a> {
    statement: Statement<'a>,
    parameters: usize,
}

impl<'a> Recheck<'a> {
    /// `None` where everybody is selected, or the users were named: nothing can change that.
    pub(super) fn new(
        connection: &'a Connection,
        users: &UserTable,
        selection: Option<&Selection>,
        zone: &TimeZone,
    ) -> Result<Option<Self>, Cause> {
        let Some(selection) = selection.filter(|selection| selection.has_conditions()) else {
            return Ok(None);
        };
        let mut selected = Selected::new(users, selection, zone)?;
        let place = selected.parameters.len() + 1;
        selected.and(&format!("u.{} = ?{place}", identifier(&users.key)));
        let mut statement = connection.prepare(&format!(
            "SELECT 1 FROM {} WHERE {}",
            selected.from, selected.conditions
        ))?;
        for (position, value) in selected.parameters.iter().enumerate() {
            statement.raw_bind_parameter(position + 1, value)?;
        }
        Ok(Some(Self {
            statement,
            parameters: place,
        }))
    }

    pub(super) fn is_selected(&mut self, user: &UserId) -> Result<bool, Cause> {
        self.statement.raw_bind_parameter(self.parameters, user)?;
        Ok(self.statement.raw_query().next()?.is_some())
    }
}

impl Database {
    /// How many users are selected.
    pub fn count(&self, selection: &Selection) -> Result<u64, Error> {
        self.read(|connection, layout| {
            let selected = Selected::new(&layout.users, selection, &self.zone)?;
            let sql = format!(
                "SELECT count(*) FROM {} WHERE {}",
                selected.from, selected.conditions
            );
            let count: i64 = connection
                .prepare(&sql)?
                .query_row(params_from_iter(selected.parameters), |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// The selected users behind `after` in the order of their primary keys, at most `limit`.
    pub fn page(
        &self,
        selection: &Selection,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<User>, Error> {
        self.read(|connection, layout| {
            let users = &layout.users;
            let mut selected = Selected::new(users, selection, &self.zone)?;
            let key = format!("u.{}", identifier(&users.key));
            if let Some(after) = after {
                let place = selected.place(id_value(after));
                selected.and(&format!("{key} > {place}"));
            }
            let sql = format!(
                "SELECT {} FROM {} WHERE {} ORDER BY {key} LIMIT {limit}",
                rows::user_columns(users),
                selected.from,
                selected.conditions
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let page = statement.query_map(params_from_iter(selected.parameters), |row| {
                rows::user(row, users)
            })?;
            Ok(page.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn id_value(user: &UserId) -> Value {
    match user {
        UserId::Integer(id) => Value::Integer(*id),
        UserId::Uuid(id) | UserId::Text(id) => Value::Text(id.clone()),
    }
}

/// A column that a filter needs.
fn column(users: &UserTable, name: &str, option: &'static str) -> Result<String, Cause> {
    if users.has(name) {
        Ok(format!("u.{}", identifier(name)))
    } else {
        Err(Cause::NoColumn {
            column: name.to_owned(),
            table: users.name.clone(),
            option,
        })
    }
}
