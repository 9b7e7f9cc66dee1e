//! The rows of the user table.

use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::layout::{Column, Layout, UserTable, identifier};
use super::tokens::Issuer;
use super::{Database, HOLD, rows};
use crate::db::{
    Cause, Credentials, Error, Fields, IfExists, Issuance, Issue, Issued, Policy, User, UserChange,
    UserId,
};
use crate::django::{names, timestamps};
use crate::secret::{Key, PasswordHash};

/// A user who is to be there, and what is to be true of the user.
#[derive(Debug)]
pub struct WantedUser<'a> {
    /// What the user logs in with, in the form that is stored.
    pub username: &'a str,
    /// The columns that were named.
    pub fields: &'a Fields,
    /// Values for columns that only this server's user model has, by their names.
    pub extra: &'a [(String, String)],
    /// A primary key for a new user whose table does not count by itself.
    pub uuid: &'a str,
    /// A key for a token, if the user is to have one.
    pub token: Option<&'a Key>,
}

/// What came of it.
#[derive(Debug)]
pub struct UserOutcome {
    /// The user as now stored.
    pub user: User,
    /// What was done.
    pub change: UserChange,
    /// The user's token, if one was asked for.
    pub token: Option<Issued>,
}

impl Database {
    /// The user of exactly that name, as the server looks one up at a login.
    pub fn user_exactly(&self, username: &str) -> Result<Option<User>, Error> {
        self.read(|connection, layout| find(connection, &layout.users, username))
    }

    /// The user of that name: exactly that name, else its normal form.
    pub fn user(&self, username: &str) -> Result<Option<User>, Error> {
        self.read(|connection, layout| {
            let users = &layout.users;
            if let Some(user) = find(connection, users, username)? {
                return Ok(Some(user));
            }
            let normal = self.stored_username(username);
            if normal == username {
                return Ok(None);
            }
            find(connection, users, &normal)
        })
    }

    /// The form in which the server would store a user name.
    #[must_use]
    pub fn stored_username(&self, typed: &str) -> String {
        let normal = names::normalize_username(typed);
        if self.logs_in_with("email") {
            names::normalize_email(&normal)
        } else {
            normal
        }
    }

    /// Whether this is the column that users log in with.
    #[must_use]
    pub fn logs_in_with(&self, column: &str) -> bool {
        self.layout.users.login == column
    }

    /// How many characters fit a user's name, where the database says.
    #[must_use]
    pub fn username_width(&self) -> Option<usize> {
        self.user_column_width(&self.layout.users.login)
    }

    /// Whether the user model has a column of that name.
    #[must_use]
    pub fn has_user_column(&self, name: &str) -> bool {
        self.layout.users.has(name)
    }

    /// How many characters fit a column of the user table, where the database says.
    #[must_use]
    pub fn user_column_width(&self, name: &str) -> Option<usize> {
        self.layout.users.column(name).and_then(Column::width)
    }

    /// What the database knows of a user beside [`User`], for changing the password.
    pub fn credentials(&self, user: &UserId) -> Result<Option<Credentials>, Error> {
        self.read(|connection, layout| {
            let users = &layout.users;
            let or_empty = |name: &str| {
                if users.has(name) {
                    identifier(name)
                } else {
                    "''".to_owned()
                }
            };
            let sql = format!(
                "SELECT password, {}, {} FROM {} WHERE {} = ?1",
                or_empty("first_name"),
                or_empty("last_name"),
                identifier(&users.name),
                identifier(&users.key),
            );
            let found = connection
                .prepare(&sql)?
                .query_row([user], |row| {
                    Ok(Credentials {
                        password: PasswordHash::new(
                            rows::text(row.get_ref(0)?).unwrap_or_default(),
                        ),
                        first_name: rows::text(row.get_ref(1)?).unwrap_or_default(),
                        last_name: rows::text(row.get_ref(2)?).unwrap_or_default(),
                    })
                })
                .optional()?;
            Ok(found)
        })
    }

    /// The password hashes of the newest users, newest first, at most `limit` of them.
    pub fn newest_hashes(&self, limit: u32) -> Result<Vec<PasswordHash>, Error> {
        self.read(|connection, layout| {
            let sql = format!(
                "SELECT password FROM {} ORDER BY rowid DESC LIMIT ?1",
                identifier(&layout.users.name)
            );
            let mut statement = connection.prepare(&sql)?;
            let hashes = statement.query_map([limit], |row| {
                Ok(PasswordHash::new(
                    rows::text(row.get_ref(0)?).unwrap_or_default(),
                ))
            })?;
            Ok(hashes.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Refuses, before anything is hashed or asked, a new user whose row could not be written:
    /// columns in `extra` that are not there, and columns without a value that need one.
    pub fn check_new_user(&self, extra: &[(String, String)]) -> Result<(), Error> {
        self.read(|_, layout| {
            new_row(
                &layout.users,
                &WantedUser {
                    username: "",
                    fields: &Fields::default(),
                    extra,
                    uuid: "",
                    token: None,
                },
                &self.zone,
                "",
            )
            .map(drop)
        })
    }

    /// Creates users, or does as `if_exists` says with those who are there; with their tokens in
    /// the same transaction. The answer is for the first of them, as many as fit into one
    /// transaction of bounded length; call again with the others. `None` stands for a user who
    /// is there and should not be, or is not there and cannot be made for want of a password.
    ///
    /// Where everything is so already, nothing is locked.
    pub fn ensure_users(
        &mut self,
        wanted: &[WantedUser<'_>],
        if_exists: IfExists,
        now: Timestamp,
    ) -> Result<Vec<Option<UserOutcome>>, Error> {
        if if_exists == IfExists::Update {
            let found = wanted.iter().map(|wanted| self.already_so(wanted));
            let outcomes = found.collect::<Result<Option<Vec<_>>, _>>()?;
            if let Some(outcomes) = outcomes {
                return Ok(outcomes.into_iter().map(Some).collect());
            }
        }
        let zone = self.zone.clone();
        self.write(
            |connection, layout, zone| {
                let start = Instant::now();
                let mut outcomes = Vec::with_capacity(wanted.len());
                for wanted in wanted {
                    outcomes.push(ensure(connection, layout, zone, wanted, if_exists, now)?);
                    if start.elapsed() > HOLD {
                        break;
                    }
                }
                Ok(outcomes)
            },
            |connection, layout, outcomes: &Vec<Option<UserOutcome>>| {
                for (wanted, outcome) in wanted.iter().zip(outcomes) {
                    if let Some(outcome) = outcome
                        && !is_as_wanted(connection, layout, &zone, wanted, outcome)?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }

    /// Stores a hash for a user; false if the user is gone.
    pub fn set_password(&mut self, user: &UserId, hash: &PasswordHash) -> Result<bool, Error> {
        self.write(
            |connection, layout, _| {
                let sql = format!(
                    "UPDATE {} SET password = ?1 WHERE {} = ?2",
                    identifier(&layout.users.name),
                    identifier(&layout.users.key)
                );
                let changed = connection
                    .prepare(&sql)?
                    .execute(rusqlite::params![hash.expose(), user])?;
                Ok(changed == 1)
            },
            |connection, layout, _| {
                let sql = format!(
                    "SELECT 1 FROM {} WHERE password = ?1 AND {} = ?2",
                    identifier(&layout.users.name),
                    identifier(&layout.users.key)
                );
                let mut statement = connection.prepare(&sql)?;
                Ok(statement.exists(rusqlite::params![hash.expose(), user])?)
            },
        )
    }

    /// The user, if there is nothing to write.
    fn already_so(&self, wanted: &WantedUser<'_>) -> Result<Option<UserOutcome>, Error> {
        let found = self.read(|connection, layout| {
            let Some(user) = find(connection, &layout.users, wanted.username)? else {
                return Ok(None);
            };
            let is_so = differing(connection, &layout.users, &self.zone, &user, wanted)?.is_empty();
            Ok(is_so.then_some(user))
        })?;
        let Some(user) = found else { return Ok(None) };
        let token = match wanted.token {
            None => None,
            Some(_) => match self.token(&user.id)? {
                None => return Ok(None),
                Some(token) => Some(Issued {
                    token,
                    issue: Issue::Existing,
                }),
            },
        };
        Ok(Some(UserOutcome {
            user,
            change: UserChange::Updated(Vec::new()),
            token,
        }))
    }
}

/// Creates a user, or deals with the one who is there, within a transaction.
fn ensure(
    connection: &Connection,
    layout: &Layout,
    zone: &TimeZone,
    wanted: &WantedUser<'_>,
    if_exists: IfExists,
    now: Timestamp,
) -> Result<Option<UserOutcome>, Cause> {
    let users = &layout.users;
    let change = match (find(connection, users, wanted.username)?, if_exists) {
        (None, _) if wanted.fields.password.is_none() => return Ok(None),
        (None, _) => {
            insert(
                connection,
                users,
                zone,
                wanted,
                &timestamps::to_database(now, zone),
            )?;
            UserChange::Created
        }
        (Some(_), IfExists::Refuse) => return Ok(None),
        (Some(_), IfExists::Keep) => UserChange::Kept,
        (Some(user), IfExists::Update) => update(connection, users, zone, &user, wanted)?,
    };
    // As it is now.
    let Some(user) = find(connection, users, wanted.username)? else {
        return Ok(None);
    };
    let mut token = None;
    if let Some(key) = wanted.token
        && let Issuance::Issued(issued) =
            Issuer::new(connection, layout, zone, Policy::Keep, now)?.issue(&user.id, key)?
    {
        token = Some(issued);
    }
    Ok(Some(UserOutcome {
        user,
        change,
        token,
    }))
}

/// Whether the database holds what a transaction wrote.
fn is_as_wanted(
    connection: &Connection,
    layout: &Layout,
    zone: &TimeZone,
    wanted: &WantedUser<'_>,
    outcome: &UserOutcome,
) -> Result<bool, Cause> {
    let users = &layout.users;
    let Some(user) = find(connection, users, wanted.username)? else {
        return Ok(false);
    };
    if user.id != outcome.user.id {
        return Ok(false);
    }
    if !matches!(outcome.change, UserChange::Kept)
        && !differing(connection, users, zone, &user, wanted)?.is_empty()
    {
        return Ok(false);
    }
    let Some(issued) = &outcome.token else {
        return Ok(true);
    };
    let mut statement = connection.prepare("SELECT 1 FROM authtoken_token WHERE key = ?1")?;
    Ok(statement.exists([issued.token.key.expose()])?)
}

fn find(connection: &Connection, users: &UserTable, username: &str) -> Result<Option<User>, Cause> {
    let sql = format!(
        "SELECT {} FROM {} AS u WHERE u.{} = ?1",
        rows::user_columns(users),
        identifier(&users.name),
        identifier(&users.login)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query_map([username], |row| rows::user(row, users))?;
    let user = found.next().transpose()?;
    if found.next().is_some() {
        return Err(Cause::Layout(format!(
            "column `{}` of table `{}` has one name twice",
            users.login, users.name
        )));
    }
    Ok(user)
}

fn insert(
    connection: &Connection,
    users: &UserTable,
    zone: &TimeZone,
    wanted: &WantedUser<'_>,
    now: &str,
) -> Result<(), Cause> {
    let (names, values): (Vec<&str>, Vec<Value>) =
        new_row(users, wanted, zone, now)?.into_iter().unzip();
    let names: Vec<String> = names.into_iter().map(identifier).collect();
    let places: Vec<String> = (1..=values.len()).map(|n| format!("?{n}")).collect();
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        identifier(&users.name),
        names.join(", "),
        places.join(", ")
    );
    connection
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?;
    Ok(())
}

/// The columns and values of a new row: what was given, else what Django would put there.
fn new_row<'a>(
    users: &'a UserTable,
    wanted: &WantedUser<'_>,
    zone: &TimeZone,
    now: &str,
) -> Result<Vec<(&'a str, Value)>, Cause> {
    let mut values = given(users, wanted, zone)?;
    values.push((&users.login, Value::Text(wanted.username.to_owned())));
    let mut without_value = Vec::new();
    for column in &users.columns {
        let name = column.name.as_str();
        if values.iter().any(|(given, _)| *given == name) {
            continue;
        }
        let default = match name {
            _ if column.is_key && users.has_uuid_key() => Some(Value::Text(wanted.uuid.to_owned())),
            // An INTEGER PRIMARY KEY counts by itself.
            _ if column.is_key && column.kind == "integer" => None,
            "is_staff" | "is_superuser" => Some(Value::Integer(0)),
            "is_active" => Some(Value::Integer(1)),
            "date_joined" => Some(Value::Text(now.to_owned())),
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
        if let Some(value) = default {
            values.push((name, value));
        }
    }
    if without_value.is_empty() {
        Ok(values)
    } else {
        Err(Cause::ValueNeeded(without_value))
    }
}

/// The columns that the operator named, with their values.
fn given<'a>(
    users: &'a UserTable,
    wanted: &WantedUser<'_>,
    zone: &TimeZone,
) -> Result<Vec<(&'a str, Value)>, Cause> {
    let fields = wanted.fields;
    let text = |value: &Option<String>| value.clone().map(Value::Text);
    let truth = |value: Option<bool>| value.map(|value| Value::Integer(value.into()));
    let password = fields.password.as_ref();
    let known = [
        (
            "password",
            password.map(|hash| Value::Text(hash.expose().to_owned())),
        ),
        ("email", text(&fields.email)),
        ("first_name", text(&fields.first_name)),
        ("last_name", text(&fields.last_name)),
        ("is_staff", truth(fields.is_staff)),
        ("is_superuser", truth(fields.is_superuser)),
        ("is_active", truth(fields.is_active)),
    ];
    let mut values: Vec<(&str, Value)> = Vec::new();
    for (name, value) in known {
        if let Some(value) = value {
            let column = column(users, name, option_for(name))?;
            if column.name != users.login {
                values.push((column.name.as_str(), value));
            }
        }
    }
    for (name, text) in wanted.extra {
        let column = column(users, name, "--set")?;
        let has_own_option = ["password", "email", "first_name", "last_name"];
        let problem = if has_own_option.contains(&name.as_str()) || *name == users.login {
            Some("it has an option of its own")
        } else if values.iter().any(|(given, _)| given == name) {
            Some("it is given twice")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(Cause::BadValue {
                column: name.clone(),
                problem: problem.to_owned(),
            });
        }
        values.push((column.name.as_str(), typed(text, column, zone)?));
    }
    Ok(values)
}

/// A column that an option needs.
fn column<'a>(users: &'a UserTable, name: &str, option: &'static str) -> Result<&'a Column, Cause> {
    users.column(name).ok_or_else(|| Cause::NoColumn {
        column: name.to_owned(),
        table: users.name.clone(),
        option,
    })
}

/// The option that names a column.
fn option_for(column: &str) -> &'static str {
    match column {
        "password" => "the password",
        "email" => "--email",
        "first_name" => "--first-name",
        "last_name" => "--last-name",
        "is_staff" => "--staff",
        "is_superuser" => "--superuser",
        _ => "--inactive",
    }
}

/// A value as Django would store it in a column of that type, or why it could not read it back.
fn typed(text: &str, column: &Column, zone: &TimeZone) -> Result<Value, Cause> {
    let refused = |problem: &str| Cause::BadValue {
        column: column.name.clone(),
        problem: problem.to_owned(),
    };
    // As the admin stores a field that is left empty: a second '' in a UNIQUE column would
    // collide, and no type but text could be read back from it.
    if text.is_empty() && !column.not_null {
        return Ok(Value::Null);
    }
    let kind = column.kind.split('(').next().unwrap_or_default();
    match kind {
        "bool" => match text {
            "1" | "true" | "True" => Ok(Value::Integer(1)),
            "0" | "false" | "False" => Ok(Value::Integer(0)),
            _ => Err(refused("write `true` or `false`")),
        },
        "integer" | "bigint" | "smallint" => match text.parse() {
            Ok(number) => Ok(Value::Integer(number)),
            Err(_) => Err(refused("it is not a whole number")),
        },
        "integer unsigned" | "bigint unsigned" | "smallint unsigned" => match text.parse() {
            Ok(number) if number >= 0 => Ok(Value::Integer(number)),
            _ => Err(refused("it is not a whole number from 0")),
        },
        "real" | "decimal" => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Text(text.to_owned())),
            _ => Err(refused("it is not a number")),
        },
        "datetime" => match timestamps::from_database(text, zone) {
            Some(time) => Ok(Value::Text(timestamps::to_database(time, zone))),
            None => Err(refused("write a time as `2026-11-22 10:00:00`")),
        },
        "date" => match timestamps::date_to_database(text) {
            Some(date) => Ok(Value::Text(date)),
            None => Err(refused("write a date as `2026-11-22`")),
        },
        "time" => match timestamps::time_to_database(text) {
            Some(time) => Ok(Value::Text(time)),
            None => Err(refused("write a time of day as `10:00:00`")),
        },
        "char" if column.width() == Some(32) => match uuid::Uuid::try_parse(text) {
            Ok(uuid) => Ok(Value::Text(uuid.simple().to_string())),
            Err(_) => Err(refused("it is not a UUID")),
        },
        _ => match column
            .width()
            .and_then(|width| names::too_long(text, width))
        {
            Some(problem) => Err(refused(&problem)),
            None => Ok(Value::Text(text.to_owned())),
        },
    }
}

fn update(
    connection: &Connection,
    users: &UserTable,
    zone: &TimeZone,
    user: &User,
    wanted: &WantedUser<'_>,
) -> Result<UserChange, Cause> {
    let changes = differing(connection, users, zone, user, wanted)?;
    for (name, value) in &changes {
        let sql = format!(
            "UPDATE {} SET {} = ?1 WHERE {} = ?2",
            identifier(&users.name),
            identifier(name),
            identifier(&users.key)
        );
        connection
            .prepare_cached(&sql)?
            .execute(rusqlite::params![value, user.id])?;
    }
    Ok(UserChange::Updated(
        changes.into_iter().map(|(name, _)| name).collect(),
    ))
}

/// The named columns whose stored value is another than the given one.
fn differing(
    connection: &Connection,
    users: &UserTable,
    zone: &TimeZone,
    user: &User,
    wanted: &WantedUser<'_>,
) -> Result<Vec<(String, Value)>, Cause> {
    let mut changes = Vec::new();
    for (name, value) in given(users, wanted, zone)? {
        let column = identifier(name);
        let is_same = if name == "password" {
            // One unusable password is as good as another.
            format!("({column} IS ?2 OR ({column} LIKE '!%' AND ?2 LIKE '!%'))")
        } else {
            format!("{column} IS ?2")
        };
        let sql = format!(
            "SELECT 1 FROM {} WHERE {} = ?1 AND {is_same}",
            identifier(&users.name),
            identifier(&users.key),
        );
        let mut statement = connection.prepare_cached(&sql)?;
        if statement.exists(rusqlite::params![user.id, value])? {
            continue;
        }
        changes.push((name.to_owned(), value));
    }
    Ok(changes)
}
