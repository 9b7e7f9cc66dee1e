//! PgBouncer in transaction mode: a connection of the server's serves one client after another.

use std::fs;
use std::net::TcpStream;

use super::daemon::{Daemon, Home, free_port, program};
use super::engine::{ACCOUNT, ACCOUNT_PASSWORD, url};
use super::optional::Optional;
use super::{Postgres, REQUIRE_SERVERS};

pub(crate) struct PgBouncer {
    _daemon: Daemon,
    port: u16,
}

impl PgBouncer {
    /// One before the PostgreSQL server of this process. `None` where there is none of both.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: Optional<PgBouncer> = Optional::new();
        let server = Postgres::shared()?;
        SHARED.get("PgBouncer", REQUIRE_SERVERS, || Self::before(server))
    }

    fn before(server: &Postgres) -> Result<Self, String> {
        let pgbouncer = program("pgbouncer", &[])?;
        let home = Home::new();
        let port = free_port();
        let accounts = home.path("accounts");
        let password = ACCOUNT_PASSWORD.replace('"', "\"\"");
        fs::write(&accounts, format!("\"{ACCOUNT}\" \"{password}\"\n")).expect("write");
        let settings = home.path("pgbouncer.ini");
        // Fewer connections than clients: they have to share.
        let text = format!(
            "[databases]\n\
             * = host={} port={}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = scram-sha-256\n\
             auth_file = {}\n\
             pool_mode = transaction\n\
             default_pool_size = 3\n\
             max_client_conn = 200\n",
            server.socket_directory().display(),
            server.port(),
            accounts.display(),
        );
        fs::write(&settings, text).expect("write the settings");
        let mut command = home.command(pgbouncer);
        command.arg(settings);
        let is_ready = |_: &Home| TcpStream::connect(("127.0.0.1", port)).is_ok();
        let daemon = Daemon::start(home, &command, "KILL", is_ready);
        Ok(Self {
            _daemon: daemon,
            port,
        })
    }

    /// How the account of the tests reaches a database of the server through PgBouncer.
    pub(crate) fn url(&self, database: &str) -> String {
        url("postgres", &format!("127.0.0.1:{}", self.port), database)
    }
}
