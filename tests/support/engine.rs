//! The databases that drfctl reads and writes, and one test body for all of them.

use super::Mariadb;
use super::Postgres;

/// The account of the tests on a server: it owns their databases and may do nothing else.
pub(crate) const ACCOUNT: &str = "drf";

/// Its password, which needs every kind of care in a URL.
pub(crate) const ACCOUNT_PASSWORD: &str = "p@ss:w/rd?#%&=+ [1]";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    Mariadb,
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mariadb];

    /// Runs the body of a test, unless it needs a server that this machine lacks.
    pub(crate) fn run(self, body: impl FnOnce(Self)) {
        if self == Self::Sqlite || self.server().is_some() {
            body(self);
        }
    }

    /// The server that the tests of this process share.
    pub(crate) fn server(self) -> Option<&'static dyn DatabaseServer> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Postgres::shared().map(|server| server as _),
            Self::Mariadb => Mariadb::shared().map(|server| server as _),
        }
    }
}

/// Makes tests for each engine of functions that take one: `name::sqlite`, `name::postgres` and
/// `name::mariadb`.
macro_rules! on_every_engine {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::Engine;

            #[test]
            fn sqlite() {
                Engine::Sqlite.run(super::$name);
            }

            #[cfg(feature = "postgres")]
            #[test]
            fn postgres() {
                Engine::Postgres.run(super::$name);
            }

            #[cfg(feature = "mysql")]
            #[test]
            fn mariadb() {
                Engine::Mariadb.run(super::$name);
            }
        }
    )+};
}
pub(crate) use on_every_engine;

/// What the tests ask of a server, whichever it is.
pub(crate) trait DatabaseServer: Sync {
    /// The name of the engine.
    fn name(&self) -> &'static str;

    /// Makes an empty database that the account of the tests owns.
    fn create_database(&self, name: &str);

    /// Removes a database, even one that is in use.
    fn drop_database(&self, name: &str);

    /// Makes a database that equals another.
    fn copy_database(&self, from: &str, to: &str);

    /// How the account of the tests reaches a database, over TCP.
    fn url(&self, database: &str) -> String;

    /// The rows of one statement, which the account of the tests runs. The columns have `|`
    /// between them, and each value is what SQLite has in its place: NULL is nothing, booleans
    /// are 0 and 1, times are in UTC and without `.000000`, UUIDs are 32 digits.
    fn rows(&self, database: &str, sql: &str) -> Vec<String>;

    /// Runs several statements, as the account of the tests.
    fn batch(&self, database: &str, sql: &str);

    /// All that the catalogue says of the tables of a database, in an order that does not depend
    /// on how they came about.
    fn catalog(&self, database: &str) -> Vec<String>;
}

/// A URL with a user and a password, and with these hosts.
pub(crate) fn url(scheme: &str, hosts: &str, database: &str) -> String {
    let password: String = ACCOUNT_PASSWORD
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("{scheme}://{ACCOUNT}:{password}@{hosts}/{database}")
}
