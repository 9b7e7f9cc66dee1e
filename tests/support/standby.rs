//! Two PostgreSQL servers: what the first has committed is in the second.

use std::thread;
use std::time::{Duration, Instant};

use super::Postgres;
use super::engine::url;

/// A pair for one test, which may kill the first.
pub(crate) struct Replicated {
    pub(crate) primary: Postgres,
    pub(crate) standby: Postgres,
}

impl Replicated {
    /// `None` where there is no PostgreSQL on the machine.
    pub(crate) fn start() -> Option<Self> {
        // The shared server has said so, if it cannot be had.
        Postgres::shared()?;
        let primary = Postgres::start().expect("there is a PostgreSQL");
        let standby = primary.standby("standby");
        primary.administer("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        primary.administer("SELECT pg_reload_conf()");
        let state = "SELECT sync_state FROM pg_stat_replication";
        let start = Instant::now();
        while primary.administer(state) != "sync\n" {
            assert!(start.elapsed() < Duration::from_secs(60), "no replication");
            thread::sleep(Duration::from_millis(20));
        }
        Some(Self { primary, standby })
    }

    /// Makes the standby take writes. The primary has to be gone.
    #[track_caller]
    pub(crate) fn promote(&self) {
        assert_eq!(self.standby.administer("SELECT pg_promote()"), "t\n");
    }

    /// How the account of the tests reaches a database on the one of both that takes writes.
    pub(crate) fn url(&self, database: &str) -> String {
        let [first, second] = [&self.primary, &self.standby].map(Postgres::port);
        let hosts = format!("127.0.0.1:{first},127.0.0.1:{second}");
        let url = url("postgres", &hosts, database);
        format!("{url}?target_session_attrs=read-write")
    }
}
