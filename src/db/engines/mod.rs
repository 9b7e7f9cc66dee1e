//! The engines, a folder each. The only place that chooses between them.

/// Makes `sql`, which finds the statements of a migration in the folder `migrations` beside the
/// file that it is called in.
macro_rules! migration_files {
    () => {
        migration_files!(
            "contenttypes.0001_initial",
            "contenttypes.0002_remove_content_type_name",
            "auth.0001_initial",
            "auth.0002_alter_permission_name_max_length",
            "auth.0003_alter_user_email_max_length",
            "auth.0005_alter_user_last_login_null",
            "auth.0008_alter_user_username_max_length",
            "auth.0009_alter_user_last_name_max_length",
            "auth.0010_alter_group_name_max_length",
            "auth.0011_update_proxy_permissions",
            "auth.0012_alter_user_first_name_max_length",
            "authtoken.0001_initial",
        );
    };
    ($($name:literal,)+) => {
        fn sql(migration: &str) -> Option<&'static str> {
            match migration {
                $($name => Some(include_str!(concat!("migrations/", $name, ".sql"))),)+
                _ => None,
            }
        }
    };
}

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use super::engine::{Dialect, Engine};
use super::error::Cause;
use super::location::Location;
use super::settings::Settings;

pub(super) use self::sqlite::is_world_readable;

/// The version of the SQLite that is built in.
pub(crate) fn sqlite_version() -> &'static str {
    sqlite::version()
}

/// Opens a database that exists.
pub(super) fn connect(settings: &Settings) -> Result<Box<dyn Engine>, Cause> {
    match &settings.location {
        Location::Sqlite(path) => Ok(Box::new(sqlite::Sqlite::open(path, settings)?)),
        #[cfg(feature = "postgres")]
        Location::Postgres(url) => Ok(Box::new(postgres::Postgres::connect(url, settings)?)),
        #[cfg(not(feature = "postgres"))]
        Location::Postgres(_) => Err(Cause::Other(
            "this program was built without PostgreSQL".to_owned(),
        )),
        #[cfg(feature = "mysql")]
        Location::Mysql(url) => Ok(Box::new(mysql::Mysql::connect(url, settings)?)),
        #[cfg(not(feature = "mysql"))]
        Location::Mysql(_) => Err(Cause::Other(
            "this program was built without MySQL".to_owned(),
        )),
    }
}

/// Opens a database for `migrate`; `None` where it does not exist and could be created.
pub(super) fn connect_to_plan(settings: &Settings) -> Result<Option<Box<dyn Engine>>, Cause> {
    match &settings.location {
        Location::Sqlite(path) => match sqlite::Sqlite::open_or_empty(path, settings) {
            Ok(engine) => Ok(Some(Box::new(engine))),
            Err(Cause::Missing) if sqlite::can_be_created(path) => Ok(None),
            Err(Cause::Missing) => Err(Cause::NoDirectory),
            Err(cause) => Err(cause),
        },
        Location::Postgres(_) | Location::Mysql(_) => connect(settings).map(Some),
    }
}

/// Creates a database that does not exist, where that is a matter of a file; true if it did.
pub(super) fn create(location: &Location) -> Result<bool, Cause> {
    match location {
        Location::Sqlite(path) => sqlite::create(path),
        Location::Postgres(_) | Location::Mysql(_) => Ok(false),
    }
}

/// Takes back what [`create`] did, if nothing was written to it.
pub(super) fn discard(location: &Location) {
    match location {
        Location::Sqlite(path) => sqlite::discard(path),
        Location::Postgres(_) | Location::Mysql(_) => {}
    }
}

/// The dialect of a database that need not be open.
pub(super) fn dialect(location: &Location) -> &'static Dialect {
    match location {
        Location::Sqlite(_) => &sqlite::DIALECT,
        #[cfg(feature = "postgres")]
        Location::Postgres(_) => &postgres::DIALECT,
        #[cfg(not(feature = "postgres"))]
        Location::Postgres(_) => &sqlite::DIALECT,
        #[cfg(feature = "mysql")]
        Location::Mysql(_) => &mysql::DIALECT,
        #[cfg(not(feature = "mysql"))]
        Location::Mysql(_) => &sqlite::DIALECT,
    }
}
