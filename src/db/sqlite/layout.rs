//! Where the users are: the user table, its primary key, its login column, its other columns,
//! all read from the database itself, since there is no settings module to ask.
//!
//! A layout that does not fit is refused here, before anything is written.

use rusqlite::{Connection, OptionalExtension as _};

use super::migrate;
use crate::db::Cause;

/// The table of DRF's tokens.
pub(super) const TOKEN_TABLE: &str = "authtoken_token";

/// The table of Django's own user model.
pub(super) const STOCK_USER_TABLE: &str = "auth_user";

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

/// The table of the users.
#[derive(Debug)]
pub(super) struct UserTable {
    /// Its name.
    pub(super) name: String,
    /// The name of its primary key.
    pub(super) key: String,
    /// The name of the column that users log in with.
    pub(super) login: String,
    /// All columns.
    pub(super) columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// The declared type, in lower case.
    pub(super) kind: String,
    /// Whether NULL is refused.
    pub(super) not_null: bool,
    /// Whether the database fills it in by itself.
    pub(super) has_default: bool,
    /// Whether it is (part of) the primary key.
    pub(super) is_key: bool,
    /// Whether no two rows may have the same value.
    pub(super) is_unique: bool,
}

impl Layout {
    /// Finds the tables; `user_table` and `username_field` are what the operator says of them.
    pub(super) fn read(
        connection: &Connection,
        user_table: Option<&str>,
        username_field: Option<&str>,
    ) -> Result<Self, Cause> {
        // One look, so that nothing changes between two questions; it also locks only once.
        let look = connection.unchecked_transaction()?;
        if user_table.is_none() && username_field.is_none() && is_stock(connection)? {
            look.commit()?;
            return Ok(Self {
                users: UserTable::stock(),
                has_tokens: true,
            });
        }
        let has_tokens = table_exists(connection, TOKEN_TABLE)?;
        let users = UserTable::find(connection, user_table, username_field)?;
        if users.name == STOCK_USER_TABLE
            && users
                .column("last_login")
                .is_some_and(|column| column.not_null)
        {
            // As `auth.0001_initial` leaves it: `manage.py migrate` may be in the middle of it.
            return Err(Cause::HalfMigrated(users.name));
        }
        if has_tokens {
            check_token_table(connection, &users)?;
        }
        look.commit()?;
        Ok(Self { users, has_tokens })
    }

    /// Refuses to go on without the table of the tokens.
    pub(super) fn require_tokens(&self) -> Result<(), Cause> {
        if self.has_tokens {
            Ok(())
        } else {
            Err(Cause::NotMigrated(TOKEN_TABLE.to_owned()))
        }
    }
}

impl UserTable {
    /// Django's own, as its last migration leaves it.
    fn stock() -> Self {
        let column = |name: &str, kind: &str| Column {
            name: name.to_owned(),
            kind: kind.to_owned(),
            not_null: name != "last_login",
            has_default: false,
            is_key: name == "id",
            is_unique: name == "username",
        };
        Self {
            name: STOCK_USER_TABLE.to_owned(),
            key: "id".to_owned(),
            login: "username".to_owned(),
            columns: vec![
                column("id", "integer"),
                column("password", "varchar(128)"),
                column("last_login", "datetime"),
                column("is_superuser", "bool"),
                column("username", "varchar(150)"),
                column("last_name", "varchar(150)"),
                column("email", "varchar(254)"),
                column("is_staff", "bool"),
                column("is_active", "bool"),
                column("date_joined", "datetime"),
                column("first_name", "varchar(150)"),
            ],
        }
    }

    /// Finds the table of the users; the arguments are what the operator says of it.
    pub(super) fn find(
        connection: &Connection,
        user_table: Option<&str>,
        username_field: Option<&str>,
    ) -> Result<Self, Cause> {
        match user_table {
            Some(name) => Self::read(connection, name, true, username_field),
            None => Self::read(
                connection,
                &user_table_name(connection)?,
                false,
                username_field,
            ),
        }
    }

    fn read(
        connection: &Connection,
        name: &str,
        named_by_operator: bool,
        username_field: Option<&str>,
    ) -> Result<Self, Cause> {
        let columns = columns(connection, name)?;
        if columns.is_empty() {
            return Err(if named_by_operator {
                Cause::NoSuchUserTable(name.to_owned())
            } else {
                Cause::NotMigrated(name.to_owned())
            });
        }
        if !table_exists(connection, name)? {
            return Err(Cause::Layout(format!("`{name}` is not a table")));
        }
        let mut keys = columns.iter().filter(|column| column.is_key);
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(Cause::Layout(format!(
                "table `{name}` has no single-column primary key"
            )));
        };
        let key = key.name.clone();
        if !columns.iter().any(|column| column.name == "password") {
            return Err(Cause::Layout(format!(
                "table `{name}` has no column `password`"
            )));
        }
        let login = login_column(name, &columns, username_field)?;
        Ok(Self {
            name: name.to_owned(),
            key,
            login,
            columns,
        })
    }

    /// The column of that name, if the user model has it.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether the user model has a column of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// Whether the primary key holds UUIDs: Django's `UUIDField` is `char(32)` in SQLite.
    pub(super) fn has_uuid_key(&self) -> bool {
        self.column(&self.key)
            .is_some_and(|key| key.kind == "char(32)")
    }
}

impl Column {
    /// The width of a `varchar(N)`, which SQLite does not enforce and Django does.
    pub(super) fn width(&self) -> Option<usize> {
        let (kind, rest) = self.kind.split_once('(')?;
        let is_text = kind == "varchar" || kind == "char";
        rest.strip_suffix(')')
            .filter(|_| is_text)
            .and_then(|width| width.parse().ok())
    }

    /// Whether a row without a value for this column is refused.
    pub(super) fn needs_value(&self) -> bool {
        self.not_null && !self.has_default
    }
}

/// Whether the tables are, to the letter, the ones that current Django and DRF make: then there
/// is nothing to find out, which is a good part of the time that a short command takes.
fn is_stock(connection: &Connection) -> Result<bool, Cause> {
    let mut statement = connection.prepare(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN (?1, ?2) ORDER BY name",
    )?;
    let mut tables = statement.query([STOCK_USER_TABLE, TOKEN_TABLE])?;
    for stock in migrate::stock_tables() {
        let is_same = match tables.next()? {
            Some(row) => row.get_ref(0)?.as_str() == Ok(stock.as_str()),
            None => false,
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `name` as SQL writes an identifier.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether there is a table of that name.
pub(super) fn table_exists(connection: &Connection, table: &str) -> Result<bool, Cause> {
    let mut statement =
        connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")?;
    Ok(statement.exists([table])?)
}

/// The table that the tokens' foreign key names, else the admin log's.
pub(super) fn referenced_user_table(connection: &Connection) -> Result<Option<String>, Cause> {
    for table in [TOKEN_TABLE, ADMIN_LOG_TABLE] {
        let user_table = reference(connection, table, "user_id")?;
        if user_table.is_some() {
            return Ok(user_table);
        }
    }
    Ok(None)
}

/// The table that is referred to as the users', else Django's own.
fn user_table_name(connection: &Connection) -> Result<String, Cause> {
    if let Some(user_table) = referenced_user_table(connection)? {
        return Ok(user_table);
    }
    if table_exists(connection, STOCK_USER_TABLE)? {
        return Ok(STOCK_USER_TABLE.to_owned());
    }
    if !table_exists(connection, "django_migrations")? {
        return Err(Cause::NotDjango);
    }
    let auth_is_migrated = connection
        .prepare("SELECT 1 FROM django_migrations WHERE app = 'auth'")?
        .exists([])?;
    if !auth_is_migrated {
        return Err(Cause::NotMigrated(STOCK_USER_TABLE.to_owned()));
    }
    // Django leaves `auth_user` out exactly when the project has a user model of its own.
    let candidates = tables_with_passwords(connection)?;
    if candidates.is_empty() {
        return Err(Cause::NoUserTable);
    }
    Err(Cause::UserTableUnclear(candidates))
}

/// The tables that could be a user model's.
fn tables_with_passwords(connection: &Connection) -> Result<Vec<String>, Cause> {
    let mut statement = connection.prepare(
        "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c \
         WHERE m.type = 'table' AND c.name = 'password' ORDER BY m.name",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// The table that `table.column` refers to, if it is a foreign key.
fn reference(connection: &Connection, table: &str, column: &str) -> Result<Option<String>, Cause> {
    let found = connection
        .prepare("SELECT \"table\" FROM pragma_foreign_key_list(?1) WHERE \"from\" = ?2")?
        .query_row([table, column], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The declared type of any column that refers to the primary key of `table`.
pub(super) fn reference_type(
    connection: &Connection,
    table: &str,
) -> Result<Option<String>, Cause> {
    let found = connection
        .prepare(
            "SELECT lower(c.type) FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f, \
                 pragma_table_info(m.name) AS c \
             WHERE m.type = 'table' AND f.\"table\" = ?1 AND c.name = f.\"from\" LIMIT 1",
        )?
        .query_row([table], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The columns of a table, in their order; empty where there is no such table.
pub(super) fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>, Cause> {
    // A partial index, or one on an expression (a NULL name), does not make a column unique.
    let mut statement = connection.prepare(
        "SELECT name, lower(type), \"notnull\", dflt_value IS NOT NULL, pk > 0, name IN ( \
             SELECT max(part.name) \
             FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS part \
             WHERE list.\"unique\" AND NOT list.partial \
             GROUP BY list.name HAVING count(*) = 1 AND max(part.name) IS NOT NULL) \
         FROM pragma_table_info(?1) ORDER BY cid",
    )?;
    let columns = statement.query_map([table], |row| {
        Ok(Column {
            name: row.get(0)?,
            kind: row.get(1)?,
            not_null: row.get(2)?,
            has_default: row.get(3)?,
            is_key: row.get(4)?,
            is_unique: row.get(5)?,
        })
    })?;
    Ok(columns.collect::<rusqlite::Result<_>>()?)
}

/// The column that identifies a user: `username` where it is UNIQUE, else `email` where that
/// is, else the only UNIQUE text column.
fn login_column(
    table: &str,
    columns: &[Column],
    username_field: Option<&str>,
) -> Result<String, Cause> {
    if let Some(field) = username_field {
        return if columns.iter().any(|column| column.name == field) {
            Ok(field.to_owned())
        } else {
            Err(Cause::Ambiguous {
                problem: format!("has no column `{field}` in table `{table}`"),
                option: "--username-field",
            })
        };
    }
    let unique_text: Vec<&Column> = columns
        .iter()
        .filter(|column| column.is_unique || column.is_key)
        .filter(|column| column.kind.starts_with("varchar") || column.kind == "text")
        .collect();
    for usual in ["username", "email"] {
        if unique_text.iter().any(|column| column.name == usual) {
            return Ok(usual.to_owned());
        }
    }
    match unique_text.as_slice() {
        [only] => Ok(only.name.clone()),
        _ => Err(Cause::Ambiguous {
            problem: format!("does not tell which column of table `{table}` users log in with"),
            option: "--username-field",
        }),
    }
}

/// Compares the table of the tokens with what DRF makes.
fn check_token_table(connection: &Connection, users: &UserTable) -> Result<(), Cause> {
    let columns = columns(connection, TOKEN_TABLE)?;
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
    match reference(connection, TOKEN_TABLE, "user_id")? {
        Some(table) if !table.eq_ignore_ascii_case(&users.name) => Err(Cause::Ambiguous {
            problem: format!(
                "holds the tokens of table `{table}`, not of `{}`",
                users.name
            ),
            option: "--user-table",
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stock_layout_is_what_reading_it_would_find() {
        let connection = Connection::open_in_memory().unwrap();
        for table in migrate::stock_tables() {
            connection.execute_batch(&table).unwrap();
        }
        assert!(is_stock(&connection).unwrap());
        let read = UserTable::find(&connection, Some(STOCK_USER_TABLE), None).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", UserTable::stock()));

        connection
            .execute_batch("ALTER TABLE auth_user ADD COLUMN phone text")
            .unwrap();
        assert!(!is_stock(&connection).unwrap());
    }
}
