//! Bringing `contenttypes`, `auth` and `authtoken` up to date. The statements are each engine's
//! own; which of them have to run is decided here, once.
//!
//! The ledger is Django's `django_migrations`: a second one would lie to it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::database::in_transaction;
use super::engine::{Access, Dialect, Engine, ForeignKey, Kind, Queries as _};
use super::engines;
use super::error::{Cause, Error};
use super::layout;
use super::rows;
use super::settings::Settings;
use super::user_table::{UserTable, UsernameField};
use crate::django::schema::{
    DEFAULT_USER_MODEL, DEFAULT_USER_TABLE, MIGRATION_TABLE, MIGRATIONS, MODELS, Migration, Model,
    OF_NEWER_LINES, TABLES,
};

/// What has to be done to a database, and the SQL that does it.
#[derive(Debug)]
pub struct Plan {
    /// The migrations, in their order, each as `app.name`.
    pub migrations: Vec<String>,
    /// The statements, in steps that are recorded one by one.
    steps: Vec<String>,
    /// What begins and ends the transaction around them.
    begin: &'static str,
    /// Whether the recorded history is whole for an older line of Django or DRF.
    is_whole_for_older: bool,
}

impl Plan {
    /// Whether what there is to do belongs to newer lines of Django and DRF alone: a project on an
    /// older line is up to date.
    #[must_use]
    pub fn is_whole_for_older(&self) -> bool {
        self.is_whole_for_older
    }

    /// All SQL, with the transaction around it; empty where there is nothing to do.
    #[must_use]
    pub fn sql(&self) -> String {
        if self.steps.is_empty() {
            return String::new();
        }
        let steps = self.steps.concat();
        match self.begin {
            "" => steps,
            begin => format!("{begin};\n{steps}COMMIT;\n"),
        }
    }
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

    /// What there is to do; changes nothing, and creates no file.
    pub fn plan(&self) -> Result<Plan, Error> {
        let plan = || match engines::connect_to_plan(self.settings)? {
            Some(engine) => in_transaction(engine.as_ref(), Access::Read, || {
                self.plan_for(engine.as_ref())
            }),
            None => self.plan_from_nothing(),
        };
        plan().map_err(|cause| self.settings.error(cause))
    }

    /// Does what there is to do, in one transaction where the engine can do that, and says what
    /// it was.
    pub fn run(&self) -> Result<Plan, Error> {
        self.apply().map_err(|cause| self.settings.error(cause))
    }

    fn apply(&self) -> Result<Plan, Cause> {
        if let Some(engine) = engines::connect_to_plan(self.settings)? {
            return self.apply_to(engine);
        }
        // What cannot be done at all leaves no file behind.
        self.plan_from_nothing()?;
        let is_created = engines::create(&self.settings.location)?;
        let applied = engines::connect_to_plan(self.settings)
            .and_then(|engine| self.apply_to(engine.ok_or(Cause::Missing)?));
        // One that waits for the lock has not failed: others may be at the same file.
        let has_failed = matches!(&applied, Err(cause) if !matches!(cause, Cause::Busy(_)));
        if is_created && has_failed {
            engines::discard(&self.settings.location);
        }
        applied
    }

    fn apply_to(&self, mut engine: Box<dyn Engine>) -> Result<Plan, Cause> {
        let plan = in_transaction(engine.as_ref(), Access::Read, || {
            self.plan_for(engine.as_ref())
        })?;
        if plan.migrations.is_empty() {
            return Ok(plan);
        }
        engine.begin(Access::Migrate)?;
        let applied = self.apply_locked(engine.as_ref());
        let Ok(plan) = applied else {
            engine.rollback();
            return applied;
        };
        let Err(cause) = engine.commit() else {
            return Ok(plan);
        };
        engine.rollback();
        if !cause.leaves_commit_unknown() {
            return Err(cause);
        }
        // The commit can have succeeded all the same: ask the database.
        let unknown = |_| Cause::CommitUnknown(cause.to_string());
        engine.reconnect().map_err(unknown)?;
        if self
            .plan_for(engine.as_ref())
            .map_err(unknown)?
            .migrations
            .is_empty()
        {
            Ok(plan)
        } else {
            Err(cause)
        }
    }

    fn apply_locked(&self, engine: &dyn Engine) -> Result<Plan, Cause> {
        // Another process may have migrated while this one waited for the lock.
        let plan = self.plan_for(engine)?;
        for step in &plan.steps {
            engine.migrate(step)?;
        }
        for (_, table, _) in TABLES {
            if plan.steps.iter().any(|step| is_remade(step, table)) {
                engine.check_references(table)?;
            }
        }
        Ok(plan)
    }

    fn plan_for(&self, engine: &dyn Engine) -> Result<Plan, Cause> {
        if engine.table_names()?.is_empty() {
            return self.plan_from_nothing();
        }
        let applied = applied(engine)?;
        let keys = engine.foreign_keys()?;
        let users = self.user_model(engine, &keys, &applied)?;
        let pending: Vec<Migration> = MIGRATIONS
            .into_iter()
            .filter(|(app, _)| users.is_none() || *app == "authtoken")
            .filter(|(app, name)| !applied.contains(&((*app).into(), (*name).into())))
            .collect();
        check_history(&applied, &pending)?;
        check_tables(engine, &applied, &pending, users.is_some())?;
        let reference = match &users {
            Some(users) => Reference::to(engine, &keys, users)?,
            None => Reference::default(),
        };
        let mut models = MODELS.to_vec();
        if users.is_some() {
            models.retain(|model| *model != DEFAULT_USER_MODEL);
        }
        // A project whose users have no permissions can do without the app that has them.
        if users.is_some() && !engine.has_table("auth_permission")? {
            models.clear();
        }
        let has_ledger = engine.has_table(MIGRATION_TABLE)?;
        Ok(self.write(engine.dialect(), &pending, &reference, &models, has_ledger))
    }

    fn plan_from_nothing(&self) -> Result<Plan, Cause> {
        if let Some(table) = self.custom_user_table() {
            return Err(Cause::NoSuchUserTable(table.to_owned()));
        }
        let dialect = engines::dialect(&self.settings.location);
        let reference = Reference::default();
        Ok(self.write(dialect, &MIGRATIONS, &reference, &MODELS, false))
    }

    /// The user table that the operator named, if it is not Django's own.
    fn custom_user_table(&self) -> Option<&str> {
        self.settings
            .user_table
            .as_deref()
            .filter(|table| *table != DEFAULT_USER_TABLE)
    }

    /// The user table of a project with a custom user model; `None` for Django's.
    fn user_model(
        &self,
        engine: &dyn Engine,
        keys: &[ForeignKey],
        applied: &BTreeSet<(String, String)>,
    ) -> Result<Option<UserTable>, Cause> {
        let first_of_auth = ("auth".to_owned(), "0001_initial".to_owned());
        let may_be_default = self.custom_user_table().is_none()
            && (!applied.contains(&first_of_auth) || engine.has_table(DEFAULT_USER_TABLE)?);
        if may_be_default
            && layout::referenced_user_table(keys).is_none_or(|table| table == DEFAULT_USER_TABLE)
        {
            return Ok(None);
        }
        let named = self.settings.user_table.as_deref();
        layout::find_users(engine, keys, named, UsernameField::Unneeded).map(Some)
    }

    fn write(
        &self,
        dialect: &Dialect,
        pending: &[Migration],
        reference: &Reference,
        models: &[Model],
        has_ledger: bool,
    ) -> Plan {
        let migrations = dialect.migrations;
        let mut plan = Plan {
            migrations: Vec::new(),
            steps: Vec::new(),
            begin: migrations.begin,
            is_whole_for_older: !pending.is_empty()
                && pending.iter().all(|one| OF_NEWER_LINES.contains(one)),
        };
        if pending.is_empty() {
            return plan;
        }
        if !has_ledger {
            plan.steps.push(migrations.ledger.to_owned());
        }
        let applied = (migrations.time)(self.now, &self.settings.zone);
        let ledger = dialect.quoted(MIGRATION_TABLE);
        for (app, name) in pending {
            let migration = format!("{app}.{name}");
            let statements = (migrations.sql)(&migration)
                .map(|statements| reference.fill_in(statements, dialect))
                .unwrap_or_default();
            plan.steps.push(format!(
                "-- {migration}\n{statements}INSERT INTO {ledger} ({}, {}, {}) \
                 VALUES ('{app}', '{name}', '{applied}');\n",
                dialect.quoted("app"),
                dialect.quoted("name"),
                dialect.quoted("applied"),
            ));
            plan.migrations.push(migration);
        }
        plan.steps.push(after_migrating(models, dialect));
        plan
    }
}

/// What `authtoken_token.user_id` refers to.
struct Reference {
    table: String,
    key: String,
    kind: Kind,
}

impl Default for Reference {
    fn default() -> Self {
        Self {
            table: DEFAULT_USER_TABLE.to_owned(),
            key: "id".to_owned(),
            kind: Kind::Integer {
                bytes: 4,
                unsigned: false,
            },
        }
    }
}

impl Reference {
    /// The type of a reference follows from the type of the key; but where two kinds of keys are
    /// declared alike, another table's reference to the users shows it, and without one it is
    /// Django's default since 6.0.
    fn to(engine: &dyn Engine, keys: &[ForeignKey], users: &UserTable) -> Result<Self, Cause> {
        let mut kind = users
            .column(&users.key)
            .map_or(Kind::Text(None), |key| key.kind.clone());
        if matches!(kind, Kind::Integer { .. }) && engine.dialect().has_one_integer_key {
            kind = Kind::Integer {
                bytes: 8,
                unsigned: false,
            };
            if let Some(other) = keys.iter().find(|key| key.to == users.name) {
                let columns = engine.columns(&other.table)?;
                let column = columns.iter().find(|column| column.name == other.column);
                kind = column.map_or(kind, |column| column.kind.clone());
            }
        }
        Ok(Self {
            table: users.name.clone(),
            key: users.key.clone(),
            kind,
        })
    }

    fn fill_in(&self, sql: &str, dialect: &Dialect) -> String {
        sql.replace("{users}", &dialect.quoted(&self.table))
            .replace("{id}", &dialect.quoted(&self.key))
            .replace("{user_id}", &(dialect.migrations.reference)(&self.kind))
            .replace(
                "{fk}",
                &dialect.quoted(&self.constraint(dialect.migrations.longest_name)),
            )
    }

    /// The name that Django gives the foreign key; where that is too long, the part behind the
    /// column is cut to a third of what may be (`_create_index_name`).
    fn constraint(&self, longest: usize) -> String {
        let mut suffix = format!("35299eff_fk_{}_{}", self.table, self.key);
        if "authtoken_token_user_id_".len() + suffix.chars().count() > longest {
            suffix = suffix.chars().take(longest / 3).collect();
        }
        format!("authtoken_token_user_id_{suffix}")
    }
}

/// What Django's `post_migrate` adds: a content type for each model, four permissions for each
/// content type.
fn after_migrating(models: &[Model], dialect: &Dialect) -> String {
    let migrations = dialect.migrations;
    let (insert, or_ignore) = (migrations.insert_or_ignore, migrations.or_ignore);
    let q = |name: &str| dialect.quoted(name);
    let mut sql = "-- content types and permissions\n".to_owned();
    // Django 6 creates the content types of an app in the order of their names.
    let mut by_name = models.to_vec();
    by_name.sort_by_key(|(app, model, _)| {
        (MODELS.iter().position(|(first, ..)| first == app), *model)
    });
    for (app, model, _) in by_name {
        sql.push_str(&format!(
            "{insert} {} ({}, {}) VALUES ('{app}', '{model}'){or_ignore};\n",
            q("django_content_type"),
            q("app_label"),
            q("model"),
        ));
    }
    for (app, model, name) in models {
        for action in ["add", "change", "delete", "view"] {
            sql.push_str(&format!(
                "{insert} {} ({}, {}, {}) SELECT 'Can {action} {name}', {}, '{action}_{model}' \
                 FROM {} WHERE {} = '{app}' AND {} = '{model}'{or_ignore};\n",
                q("auth_permission"),
                q("name"),
                q("content_type_id"),
                q("codename"),
                q("id"),
                q("django_content_type"),
                q("app_label"),
                q("model"),
            ));
        }
    }
    sql
}

/// The recorded migrations of the three apps, each as app and name.
fn applied(engine: &dyn Engine) -> Result<BTreeSet<(String, String)>, Cause> {
    if !engine.has_table(MIGRATION_TABLE)? {
        for (_, table, _) in TABLES {
            if engine.has_table(table)? {
                return Err(Cause::Layout(format!(
                    "table `{table}` is there, but no migration is recorded"
                )));
            }
        }
        return Err(Cause::NotDjango);
    }
    let applied = engine.all(
        "SELECT app, name FROM django_migrations WHERE app IN ('contenttypes', 'auth', 'authtoken')",
        &[],
        |row| {
            let text = |column| row.get(column).map(|cell| rows::text(cell).unwrap_or_default());
            Ok((text(0)?, text(1)?))
        },
    )?;
    Ok(applied.into_iter().collect())
}

/// Refuses a history with a hole, or one that a newer version has begun to write.
fn check_history(applied: &BTreeSet<(String, String)>, pending: &[Migration]) -> Result<(), Cause> {
    for (pending_app, pending_name) in pending {
        let later = applied
            .iter()
            .find(|(app, name)| app == pending_app && name.as_str() > *pending_name);
        if let Some((app, name)) = later {
            return Err(Cause::Layout(format!(
                "migration `{app}.{name}` is recorded, but not `{app}.{pending_name}` before it"
            )));
        }
    }
    Ok(())
}

/// Compares the tables with what the recorded migrations should have left.
fn check_tables(
    engine: &dyn Engine,
    applied: &BTreeSet<(String, String)>,
    pending: &[Migration],
    has_custom_users: bool,
) -> Result<(), Cause> {
    let migrations = engine.dialect().migrations;
    for (app, table, columns) in TABLES {
        if has_custom_users && app != "authtoken" {
            continue;
        }
        let is_recorded = applied.contains(&(app.to_owned(), "0001_initial".to_owned()));
        let found: Vec<String> = engine
            .columns(table)?
            .into_iter()
            .map(|column| column.name)
            .collect();
        if found.is_empty() && !is_recorded {
            continue;
        }
        if found.is_empty() {
            return Err(Cause::DroppedTable {
                table: table.to_owned(),
                app,
            });
        }
        if !is_recorded && migrations.are_transactional {
            return Err(Cause::Layout(format!(
                "table `{table}` is there, but migration `{app}.0001_initial` is not recorded"
            )));
        }
        if let Some(missing) = columns
            .iter()
            .find(|name| !found.iter().any(|is| is == *name))
        {
            return Err(Cause::Layout(format!(
                "table `{table}` has no column `{missing}`"
            )));
        }
        // A table that is remade keeps the columns that Django knows, and no others.
        let is_remade = pending.iter().any(|(app, name)| {
            (migrations.sql)(&format!("{app}.{name}")).is_some_and(|sql| is_remade(sql, table))
        });
        let is_known = |name: &str| {
            columns.contains(&name) || (table, name) == ("django_content_type", "name")
        };
        let foreign = found.iter().find(|name| !is_known(name));
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
