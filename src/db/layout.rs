//! Where the users and the tokens are, read from the database itself, since there is no settings
//! module to ask. A layout that does not fit is refused here, before anything is written.

use super::engine::{Engine, ForeignKey, Queries as _, Value};
use super::error::Cause;
use super::settings::Settings;
use super::user_table::{UserTable, UsernameField};
use crate::django::schema::{DEFAULT_USER_TABLE, MIGRATION_TABLE, TOKEN_TABLE};

/// The table of the admin's log, which refers to the user table as the token table does.
const ADMIN_LOG_TABLE: &str = "django_admin_log";

/// What was found.
#[derive(Debug)]
pub(super) struct Layout {
    /// The users.
    pub(super) users: UserTable,
    /// Whether `authtoken_token` is there, with the columns that DRF gave it.
    pub(super) has_tokens: bool,
}

impl Layout {
    /// Finds the tables; `settings` hold what the operator says of them.
    pub(super) fn read(engine: &dyn Engine, settings: &Settings) -> Result<Self, Cause> {
        if settings.user_table.is_none()
            && settings.username_field.is_none()
            && engine.has_default_layout()?
        {
            return Ok(Self {
                users: UserTable::default_table(),
                has_tokens: true,
            });
        }
        let keys = engine.foreign_keys()?;
        let has_tokens = engine.has_table(TOKEN_TABLE)?;
        let username_field = match &settings.username_field {
            Some(field) => UsernameField::Named(field),
            None => UsernameField::Detect,
        };
        let users = find_users(
            engine,
            &keys,
            settings.user_table.as_deref(),
            username_field,
        )?;
        if users.name == DEFAULT_USER_TABLE
            && users
                .column("last_login")
                .is_some_and(|column| column.not_null)
        {
            // As `auth.0001_initial` leaves it: `manage.py migrate` may be in the middle of it.
            return Err(Cause::HalfMigrated(users.name));
        }
        if has_tokens {
            check_token_table(engine, &keys, &users)?;
        }
        Ok(Self { users, has_tokens })
    }

    /// Refuses to go on without the token table.
    pub(super) fn require_tokens(&self, engine: &dyn Engine) -> Result<(), Cause> {
        if self.has_tokens {
            return Ok(());
        }
        let table = TOKEN_TABLE.to_owned();
        if is_migrated(engine, "authtoken")? {
            return Err(Cause::DroppedTable {
                table,
                app: "authtoken",
            });
        }
        Err(Cause::NotMigrated(table))
    }
}

/// Finds the user table: the one that the operator named, else the one that is referred to as
/// the users', else Django's own.
pub(super) fn find_users(
    engine: &dyn Engine,
    keys: &[ForeignKey],
    named: Option<&str>,
    username_field: UsernameField<'_>,
) -> Result<UserTable, Cause> {
    let name = match named {
        Some(name) => name.to_owned(),
        None => user_table_name(engine, keys)?,
    };
    let found = UserTable::read(engine, &name, username_field)?;
    found.ok_or_else(|| match (named, referenced_user_table(keys)) {
        (Some(_), _) => Cause::NoSuchUserTable(name),
        (None, Some(_)) => Cause::DanglingReference(name),
        (None, None) => Cause::NotMigrated(name),
    })
}

/// The table that the tokens' foreign key names, else the admin log's.
pub(super) fn referenced_user_table(keys: &[ForeignKey]) -> Option<&str> {
    [TOKEN_TABLE, ADMIN_LOG_TABLE]
        .into_iter()
        .find_map(|table| reference(keys, table, "user_id"))
}

fn user_table_name(engine: &dyn Engine, keys: &[ForeignKey]) -> Result<String, Cause> {
    if let Some(user_table) = referenced_user_table(keys) {
        return Ok(user_table.to_owned());
    }
    if engine.has_table(DEFAULT_USER_TABLE)? {
        return Ok(DEFAULT_USER_TABLE.to_owned());
    }
    if !engine.has_table(MIGRATION_TABLE)? {
        return Err(Cause::NotDjango);
    }
    if !is_migrated(engine, "auth")? {
        return Err(Cause::NotMigrated(DEFAULT_USER_TABLE.to_owned()));
    }
    // Django leaves `auth_user` out exactly when the project has a custom user model.
    let candidates = engine.tables_with_column("password")?;
    if candidates.is_empty() {
        return Err(Cause::NoUserTable);
    }
    Err(Cause::UserTableUnclear(candidates))
}

/// Whether any migration of an app is recorded.
fn is_migrated(engine: &dyn Engine, app: &str) -> Result<bool, Cause> {
    let sql = "SELECT 1 FROM django_migrations WHERE app = ?";
    Ok(engine.has_table(MIGRATION_TABLE)? && engine.exists(sql, &[Value::Text(app.to_owned())])?)
}

/// The table that `table.column` refers to, if it is a foreign key.
fn reference<'a>(keys: &'a [ForeignKey], table: &str, column: &str) -> Option<&'a str> {
    keys.iter()
        .find(|key| key.table.eq_ignore_ascii_case(table) && key.column == column)
        .map(|key| key.to.as_str())
}

/// Compares the token table with what DRF makes.
fn check_token_table(
    engine: &dyn Engine,
    keys: &[ForeignKey],
    users: &UserTable,
) -> Result<(), Cause> {
    let columns = engine.columns(TOKEN_TABLE)?;
    for needed in ["key", "created", "user_id"] {
        if !columns.iter().any(|column| column.name == needed) {
            return Err(Cause::Layout(format!(
                "table `{TOKEN_TABLE}` has no column `{needed}`"
            )));
        }
    }
    for column in &columns {
        let known = ["key", "created", "user_id"].contains(&column.name.as_str());
        if !known && column.needs_value() {
            return Err(Cause::Layout(format!(
                "column `{}` of table `{TOKEN_TABLE}` needs a value",
                column.name
            )));
        }
        if column.name == "user_id" && !column.is_unique {
            return Err(Cause::Layout(format!(
                "column `user_id` of table `{TOKEN_TABLE}` is not unique"
            )));
        }
    }
    match reference(keys, TOKEN_TABLE, "user_id") {
        Some(table) if !table.eq_ignore_ascii_case(&users.name) => Err(Cause::TokensOfOtherTable {
            tokens_of: table.to_owned(),
            named: users.name.clone(),
        }),
        _ => Ok(()),
    }
}
