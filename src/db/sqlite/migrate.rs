//! The migrations of `contenttypes`, `auth` and `authtoken`, as Django 6.1 and DRF 3.18 run
//! them on SQLite.
//!
//! The SQL was taken down from Django's own schema editor, so that the tables come out the
//! same to the letter; it lives in `migrations/`, a file for each migration that does anything.
//! The ledger is Django's `django_migrations`: a second one would lie to it.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::layout::{self, STOCK_USER_TABLE, TOKEN_TABLE, UserTable, identifier};
use super::{Patience, at, connect};
use crate::db::{Cause, Error, Settings};
use crate::django::timestamps;
use crate::escape::system_words;

/// A migration: the app, the name, and the SQL, if it does anything in SQLite.
struct Migration {
    app: &'static str,
    name: &'static str,
    sql: Option<&'static str>,
}

macro_rules! migration {
    ($app:literal, $name:literal) => {
        Migration {
            app: $app,
            name: $name,
            sql: None,
        }
    };
    ($app:literal, $name:literal, sql) => {
        Migration {
            app: $app,
            name: $name,
            sql: Some(include_str!(concat!(
                "migrations/",
                $app,
                ".",
                $name,
                ".sql"
            ))),
        }
    };
}

/// Every migration, in the order in which Django applies them to an empty database.
const MIGRATIONS: [Migration; 18] = [
    migration!("contenttypes", "0001_initial", sql),
    migration!("contenttypes", "0002_remove_content_type_name", sql),
    migration!("auth", "0001_initial", sql),
    migration!("auth", "0002_alter_permission_name_max_length", sql),
    migration!("auth", "0003_alter_user_email_max_length", sql),
    migration!("auth", "0004_alter_user_username_opts"),
    migration!("auth", "0005_alter_user_last_login_null", sql),
    migration!("auth", "0006_require_contenttypes_0002"),
    migration!("auth", "0007_alter_validators_add_error_messages"),
    migration!("auth", "0008_alter_user_username_max_length", sql),
    migration!("auth", "0009_alter_user_last_name_max_length", sql),
    migration!("auth", "0010_alter_group_name_max_length", sql),
    migration!("auth", "0011_update_proxy_permissions", sql),
    migration!("auth", "0012_alter_user_first_name_max_length", sql),
    migration!("authtoken", "0001_initial", sql),
    migration!("authtoken", "0002_auto_20160226_1747"),
    migration!("authtoken", "0003_tokenproxy"),
    migration!("authtoken", "0004_alter_tokenproxy_options"),
];

/// A model: the app, the name, and Django's verbose name.
type Model = (&'static str, &'static str, &'static str);

/// The model that is not there where a project has one of its own.
const STOCK_USER_MODEL: Model = ("auth", "user", "user");

/// The models of the three apps, in the order in which Django's
/// `post_migrate` makes their permissions.
const MODELS: [Model; 6] = [
    ("contenttypes", "contenttype", "content type"),
    ("auth", "permission", "permission"),
    ("auth", "group", "group"),
    STOCK_USER_MODEL,
    ("authtoken", "token", "Token"),
    ("authtoken", "tokenproxy", "Token"),
];

/// The tables that the first migration of an app makes, with the columns that never change.
const TABLES: [(&str, &str, &[&str]); 8] = [
    (
        "contenttypes",
        "django_content_type",
        &["id", "app_label", "model"],
    ),
    (
        "auth",
        "auth_permission",
        &["id", "name", "content_type_id", "codename"],
    ),
    ("auth", "auth_group", &["id", "name"]),
    (
        "auth",
        "auth_group_permissions",
        &["id", "group_id", "permission_id"],
    ),
    (
        "auth",
        STOCK_USER_TABLE,
        &[
            "id",
            "password",
            "last_login",
            "is_superuser",
            "username",
            "first_name",
            "last_name",
            "email",
            "is_staff",
            "is_active",
            "date_joined",
        ],
    ),
    ("auth", "auth_user_groups", &["id", "user_id", "group_id"]),
    (
        "auth",
        "auth_user_user_permissions",
        &["id", "user_id", "permission_id"],
    ),
    ("authtoken", TOKEN_TABLE, &["key", "created", "user_id"]),
];

const LEDGER: &str = "CREATE TABLE \"django_migrations\" (\"id\" integer NOT NULL PRIMARY KEY \
     AUTOINCREMENT, \"app\" varchar(255) NOT NULL, \"name\" varchar(255) NOT NULL, \
     \"applied\" datetime NOT NULL);\n";

/// The statements that SQLite keeps of Django's user table and of DRF's token table once all
/// migrations have run.
pub(super) fn stock_tables() -> [String; 2] {
    let users = include_str!("migrations/auth.0012_alter_user_first_name_max_length.sql");
    let tokens = include_str!("migrations/authtoken.0001_initial.sql");
    let first = |sql: &str| {
        let statement = sql.split(';').next().unwrap_or_default();
        statement.to_owned()
    };
    [
        first(users).replace("\"new__auth_user\"", "\"auth_user\""),
        first(&Reference::stock().fill_in(tokens)),
    ]
}

/// What has to be done to a database, and the SQL that does it.
#[derive(Debug)]
pub struct Plan {
    /// The migrations, in their order, each as `app.name`.
    pub migrations: Vec<String>,
    /// All SQL, without the transaction around it.
    pub sql: String,
}

/// Brings a database up to date.
#[derive(Debug)]
pub struct Migrator<'a> {
    settings: &'a Settings,
    now: Timestamp,
}

impl<'a> Migrator<'a> {
    /// For the database that `settings` name; `now` is recorded as the time of the migrations.
    #[must_use]
    pub fn new(settings: &'a Settings, now: Timestamp) -> Self {
        Self { settings, now }
    }

    /// What there is to do; changes nothing, and makes no file.
    pub fn plan(&self) -> Result<Plan, Error> {
        let path = self.settings.path();
        let plan = || match connect(path, Patience::of(self.settings), true) {
            Ok(connection) => self.plan_for(&connection),
            Err(Cause::Missing) if has_directory(path) => self.plan_from_nothing(),
            Err(Cause::Missing) => Err(Cause::NoDirectory),
            Err(cause) => Err(cause),
        };
        plan().map_err(|cause| at(path, Patience::of(self.settings), cause))
    }

    /// Does what there is to do in one transaction, and says what that was.
    pub fn run(&self) -> Result<Plan, Error> {
        self.apply()
            .map_err(|cause| at(self.settings.path(), Patience::of(self.settings), cause))
    }

    fn apply(&self) -> Result<Plan, Cause> {
        let path = self.settings.path();
        if !path.exists() {
            // Before a file is made: what cannot be done at all leaves none behind.
            self.plan_from_nothing()?;
        }
        create_if_missing(path)?;
        let mut connection = connect(path, Patience::of(self.settings), true)?;
        let plan = self.plan_for(&connection)?;
        if plan.migrations.is_empty() {
            return Ok(plan);
        }
        // Tables are remade under a new name, as Django does it, while others refer to them.
        connection.pragma_update(None, "foreign_keys", false)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have migrated while this one waited for the lock.
        let plan = self.plan_for(&transaction)?;
        transaction.execute_batch(&plan.sql)?;
        for (_, table, _) in TABLES {
            if is_remade(&plan.sql, table) {
                check_references(&transaction, table)?;
            }
        }
        let Err(failure) = transaction.commit() else {
            return Ok(plan);
        };
        // The commit can have succeeded all the same: ask the database.
        let cause = Cause::from(failure);
        drop(connection);
        let connection = connect(path, Patience::of(self.settings), true)
            .map_err(|_| Cause::CommitUnknown(cause.to_string()))?;
        if self.plan_for(&connection)?.migrations.is_empty() {
            Ok(plan)
        } else {
            Err(cause)
        }
    }

    fn plan_for(&self, connection: &Connection) -> Result<Plan, Cause> {
        if is_blank(connection)? {
            return self.plan_from_nothing();
        }
        let applied = applied(connection)?;
        let users = self.user_model(connection, &applied)?;
        let pending: Vec<&Migration> = MIGRATIONS
            .iter()
            .filter(|migration| users.is_none() || migration.app == "authtoken")
            .filter(|migration| !applied.contains(&(migration.app.into(), migration.name.into())))
            .collect();
        check_history(&applied, &pending)?;
        check_tables(connection, &applied, &pending, users.is_some())?;
        let has_ledger = layout::table_exists(connection, "django_migrations")?;
        let reference = match &users {
            Some(users) => Reference::to(connection, users)?,
            None => Reference::stock(),
        };
        let mut models = MODELS.to_vec();
        if users.is_some() {
            models.retain(|model| *model != STOCK_USER_MODEL);
        }
        // A project whose users have no permissions can do without the app that has them.
        if users.is_some() && !layout::table_exists(connection, "auth_permission")? {
            models.clear();
        }
        Ok(self.write(&pending, &reference, &models, has_ledger))
    }

    fn plan_from_nothing(&self) -> Result<Plan, Cause> {
        if let Some(table) = self.own_user_table() {
            return Err(Cause::NoSuchUserTable(table.to_owned()));
        }
        let all: Vec<&Migration> = MIGRATIONS.iter().collect();
        Ok(self.write(&all, &Reference::stock(), &MODELS, false))
    }

    /// The user table that the operator named, if it is not Django's own.
    fn own_user_table(&self) -> Option<&str> {
        self.settings
            .user_table
            .as_deref()
            .filter(|table| *table != STOCK_USER_TABLE)
    }

    /// The user table of a project with a user model of its own; `None` for Django's.
    fn user_model(
        &self,
        connection: &Connection,
        applied: &BTreeSet<(String, String)>,
    ) -> Result<Option<UserTable>, Cause> {
        let first_of_auth = ("auth".to_owned(), "0001_initial".to_owned());
        let is_stock = self.own_user_table().is_none()
            && (!applied.contains(&first_of_auth)
                || layout::table_exists(connection, STOCK_USER_TABLE)?);
        if is_stock
            && layout::referenced_user_table(connection)?.is_none_or(|t| t == STOCK_USER_TABLE)
        {
            return Ok(None);
        }
        let users = UserTable::find(
            connection,
            self.settings.user_table.as_deref(),
            // Which column users log in with does not matter to the tables.
            Some("password"),
        )?;
        Ok(Some(users))
    }

    fn write(
        &self,
        pending: &[&Migration],
        reference: &Reference,
        models: &[Model],
        has_ledger: bool,
    ) -> Plan {
        let applied = timestamps::to_database(self.now, &self.settings.zone);
        let mut sql = String::new();
        if pending.is_empty() {
            return Plan {
                migrations: Vec::new(),
                sql,
            };
        }
        if !has_ledger {
            sql.push_str(LEDGER);
        }
        for migration in pending {
            let Migration { app, name, .. } = migration;
            sql.push_str(&format!("-- {app}.{name}\n"));
            if let Some(statements) = migration.sql {
                sql.push_str(&reference.fill_in(statements));
            }
            sql.push_str(&format!(
                "INSERT INTO \"django_migrations\" (\"app\", \"name\", \"applied\") \
                 VALUES ('{app}', '{name}', '{applied}');\n"
            ));
        }
        sql.push_str("-- content types and permissions\n");
        sql.push_str(&after_migrating(models));
        Plan {
            migrations: pending
                .iter()
                .map(|migration| format!("{}.{}", migration.app, migration.name))
                .collect(),
            sql,
        }
    }
}

/// What `authtoken_token.user_id` refers to.
struct Reference {
    table: String,
    key: String,
    kind: String,
}

impl Reference {
    fn stock() -> Self {
        Self {
            table: STOCK_USER_TABLE.to_owned(),
            key: "id".to_owned(),
            kind: "integer".to_owned(),
        }
    }

    /// The type of a reference follows from the type of the key, but for one: Django declares
    /// `AutoField` and `BigAutoField` alike (`integer`) and references to them differently
    /// (`integer`, `bigint`). Another table's reference to the users tells; without one it is
    /// Django's default since 6.0.
    fn to(connection: &Connection, users: &UserTable) -> Result<Self, Cause> {
        let kind = users
            .column(&users.key)
            .map(|key| key.kind.clone())
            .unwrap_or_default();
        let kind = if kind == "integer" {
            layout::reference_type(connection, &users.name)?.unwrap_or_else(|| "bigint".to_owned())
        } else {
            kind
        };
        Ok(Self {
            table: users.name.clone(),
            key: users.key.clone(),
            kind,
        })
    }

    fn fill_in(&self, sql: &str) -> String {
        sql.replace("{users}", &identifier(&self.table))
            .replace("{id}", &identifier(&self.key))
            .replace("{user_id}", &self.kind)
    }
}

/// What Django's `post_migrate` adds: a content type for each model, four permissions for each
/// content type.
fn after_migrating(models: &[Model]) -> String {
    let mut sql = String::new();
    // Django 6 makes the content types of an app in the order of their names.
    let mut by_name = models.to_vec();
    by_name.sort_by_key(|(app, model, _)| {
        (MODELS.iter().position(|(first, ..)| first == app), *model)
    });
    for (app, model, _) in by_name {
        sql.push_str(&format!(
            "INSERT OR IGNORE INTO \"django_content_type\" (\"app_label\", \"model\") \
             VALUES ('{app}', '{model}');\n"
        ));
    }
    for (app, model, name) in models {
        for action in ["add", "change", "delete", "view"] {
            sql.push_str(&format!(
                "INSERT OR IGNORE INTO \"auth_permission\" (\"name\", \"content_type_id\", \
                 \"codename\") SELECT 'Can {action} {name}', \"id\", '{action}_{model}' \
                 FROM \"django_content_type\" WHERE \"app_label\" = '{app}' \
                 AND \"model\" = '{model}';\n"
            ));
        }
    }
    sql
}

/// Whether the database has no tables at all.
fn is_blank(connection: &Connection) -> Result<bool, Cause> {
    let mut statement = connection.prepare("SELECT 1 FROM sqlite_master")?;
    Ok(!statement.exists([])?)
}

/// The recorded migrations of the three apps, each as app and name.
fn applied(connection: &Connection) -> Result<BTreeSet<(String, String)>, Cause> {
    if !layout::table_exists(connection, "django_migrations")? {
        let mut tables = TABLES.iter().map(|(_, table, _)| *table);
        let known = tables.find_map(|table| {
            layout::table_exists(connection, table)
                .map(|exists| exists.then_some(table))
                .transpose()
        });
        return Err(match known.transpose()? {
            Some(table) => Cause::Layout(format!(
                "table `{table}` is there, but no migration is recorded"
            )),
            None => Cause::NotDjango,
        });
    }
    let mut statement = connection.prepare(
        "SELECT app, name FROM django_migrations WHERE app IN ('contenttypes', 'auth', 'authtoken')",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Refuses a history with a hole, or one that a newer version has begun to write.
fn check_history(
    applied: &BTreeSet<(String, String)>,
    pending: &[&Migration],
) -> Result<(), Cause> {
    for migration in pending {
        let later = applied
            .iter()
            .find(|(app, name)| app == migration.app && name.as_str() > migration.name);
        if let Some((app, name)) = later {
            return Err(Cause::Layout(format!(
                "migration `{app}.{name}` is recorded, but not `{app}.{}` before it",
                migration.name
            )));
        }
    }
    Ok(())
}

/// Compares the tables with what the recorded migrations should have left.
fn check_tables(
    connection: &Connection,
    applied: &BTreeSet<(String, String)>,
    pending: &[&Migration],
    has_own_users: bool,
) -> Result<(), Cause> {
    for (app, table, columns) in TABLES {
        if has_own_users && app != "authtoken" {
            continue;
        }
        let is_recorded = applied.contains(&(app.to_owned(), "0001_initial".to_owned()));
        let is: Vec<String> = layout::columns(connection, table)?
            .into_iter()
            .map(|column| column.name)
            .collect();
        if is.is_empty() && !is_recorded {
            continue;
        }
        if is.is_empty() {
            return Err(Cause::Layout(format!(
                "migration `{app}.0001_initial` is recorded, but there is no table `{table}`"
            )));
        }
        if !is_recorded {
            return Err(Cause::Layout(format!(
                "table `{table}` is there, but migration `{app}.0001_initial` is not recorded"
            )));
        }
        if let Some(missing) = columns.iter().find(|name| !is.iter().any(|is| is == *name)) {
            return Err(Cause::Layout(format!(
                "table `{table}` has no column `{missing}`"
            )));
        }
        // A table that is remade keeps the columns that Django knows, and no others.
        let is_remade = pending
            .iter()
            .any(|migration| migration.sql.is_some_and(|sql| is_remade(sql, table)));
        let is_known = |name: &str| {
            columns.contains(&name) || (table, name) == ("django_content_type", "name")
        };
        let foreign = is.iter().find(|name| !is_known(name));
        if let (true, Some(foreign)) = (is_remade, foreign) {
            return Err(Cause::Layout(format!(
                "table `{table}` has a column `{foreign}` that would be lost"
            )));
        }
    }
    Ok(())
}

/// Whether SQL makes a table anew, as Django changes columns in SQLite.
fn is_remade(sql: &str, table: &str) -> bool {
    sql.contains(&format!("DROP TABLE \"{table}\""))
}

/// Refuses to commit a reference to a row that is not there.
fn check_references(connection: &Connection, table: &str) -> Result<(), Cause> {
    let broken = connection
        .prepare("SELECT \"parent\" FROM pragma_foreign_key_check(?1)")?
        .query_map([table], |row| row.get::<_, String>(0))?
        .next()
        .transpose()?;
    match broken {
        Some(parent) => Err(Cause::Layout(format!(
            "table `{table}` refers to a row that is not in `{parent}`"
        ))),
        None => Ok(()),
    }
}

fn has_directory(path: &Path) -> bool {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => true,
        Some(parent) => parent.is_dir(),
        None => false,
    }
}

/// Makes the file, empty, readable by nobody else, and owned as its directory is when `root`
/// makes it: a file of root's would be read-only to the server.
fn create_if_missing(path: &Path) -> Result<(), Cause> {
    let cannot_open = |error: &io::Error| Cause::CannotOpen(system_words(error));
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let file = match made {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Cause::NoDirectory),
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            return Err(Cause::ReadOnly);
        }
        Err(error) => return Err(cannot_open(&error)),
    };
    if rustix::process::geteuid().is_root() {
        let directory = std::fs::canonicalize(path)
            .and_then(|path| path.parent().unwrap_or(&path).metadata())
            .map_err(|error| cannot_open(&error))?;
        fchown(&file, Some(directory.uid()), Some(directory.gid()))
            .map_err(|error| cannot_open(&error))?;
    }
    Ok(())
}
