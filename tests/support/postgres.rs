//! A PostgreSQL server for the tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::daemon::{Daemon, Home, free_port, program};
use super::engine::{ACCOUNT, ACCOUNT_PASSWORD, DatabaseServer, url};
use super::optional::Optional;
use super::{Outcome, REQUIRE_SERVERS};

/// What stands between the columns, the rows and the answers that `psql` prints.
const COLUMN: &str = "\u{1f}";
const ROW: &str = "\u{1e}";
const ANSWER: &str = "\u{1d}\n";

pub(crate) struct Postgres {
    daemon: Daemon,
    programs: Programs,
    port: u16,
}

/// Where the programs of the newest PostgreSQL are: most are not on `PATH`, and what is there
/// may be a wrapper that takes its time.
#[derive(Clone)]
struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
    psql: PathBuf,
    pg_basebackup: PathBuf,
}

impl Programs {
    fn find() -> Result<Self, String> {
        let mut directories: Vec<_> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|version| version.path().join("bin"))
            .collect();
        directories.sort();
        directories.reverse();
        let find = |name| program(name, &directories);
        Ok(Self {
            initdb: find("initdb")?,
            postgres: find("postgres")?,
            psql: find("psql")?,
            pg_basebackup: find("pg_basebackup")?,
        })
    }
}

impl Postgres {
    /// The server of this process. `None` where there is no PostgreSQL on the machine.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: Optional<Postgres> = Optional::new();
        SHARED.get("PostgreSQL", REQUIRE_SERVERS, Self::start)
    }

    /// A server for one test, which it may kill.
    pub(crate) fn start() -> Result<Self, String> {
        let programs = Programs::find()?;
        let home = Home::new();
        let data = home.path("data");
        Outcome::of(
            home.command(&programs.initdb)
                .args(["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"])
                .args(["--auth=trust", "--no-sync", "--no-instructions", "-D"])
                .arg(&data),
        )
        .success();
        let access = "local all all trust\n\
                      local replication all trust\n\
                      host all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(data.join("pg_hba.conf"), access).expect("say who may connect");

        let server = Self::run(programs, home);
        let password = ACCOUNT_PASSWORD.replace('\'', "''");
        server.administer(&format!(
            "CREATE ROLE {ACCOUNT} LOGIN PASSWORD '{password}'"
        ));
        Ok(server)
    }

    /// Runs the server whose files are in the directory.
    fn run(programs: Programs, home: Home) -> Self {
        let port = free_port();
        let mut command = home.command(&programs.postgres);
        command.arg("-D").arg(home.path("data"));
        command.arg("-p").arg(port.to_string());
        command.arg("-k").arg(home.path(""));
        for setting in [
            "listen_addresses=127.0.0.1",
            "fsync=off",
            "shared_buffers=32MB",
            "max_connections=200",
            // Another zone than Django's: nothing may depend on the server's.
            "timezone=America/New_York",
        ] {
            command.arg("-c").arg(setting);
        }
        let is_ready = |home: &Home| {
            let mut psql = psql(&programs, home, port, "postgres", "postgres");
            Outcome::of(psql.args(["-c", "SELECT 1"])).status == 0
        };
        let daemon = Daemon::start(home, &command, "QUIT", is_ready);
        Self {
            daemon,
            programs,
            port,
        }
    }

    /// A hot standby of this server, which streams from it under this name.
    pub(crate) fn standby(&self, name: &str) -> Self {
        let home = Home::new();
        let source = format!(
            "host={} port={} user=postgres application_name={name}",
            self.socket_directory().display(),
            self.port
        );
        Outcome::of(
            home.command(&self.programs.pg_basebackup)
                .args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
                .args(["-d", &source, "-D"])
                .arg(home.path("data")),
        )
        .success();
        Self::run(self.programs.clone(), home)
    }

    /// Ends the server as a power failure would.
    pub(crate) fn kill(&self) {
        self.daemon.kill();
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn socket_directory(&self) -> PathBuf {
        self.daemon.home().path("")
    }

    fn psql(&self, user: &str, database: &str) -> Command {
        psql(
            &self.programs,
            self.daemon.home(),
            self.port,
            user,
            database,
        )
    }

    /// `psql` on a URL, as any client would use it.
    pub(crate) fn client(&self, url: &str, sql: &str) -> Command {
        let mut command = self.daemon.home().command(&self.programs.psql);
        command.args(["-X", "-q", "-A", "-t", "-d", url, "-c", sql]);
        command
    }

    /// Runs one statement as the superuser, and returns what `psql` prints.
    #[track_caller]
    pub(crate) fn administer(&self, sql: &str) -> String {
        Outcome::of(self.psql("postgres", "postgres").args(["-c", sql])).success()
    }
}

fn psql(programs: &Programs, home: &Home, port: u16, user: &str, database: &str) -> Command {
    let mut command = home.command(&programs.psql);
    command
        .args(["-X", "-q", "-A", "-t", "-F", COLUMN, "-R", ROW])
        .args(["-v", "ON_ERROR_STOP=1", "-U", user, "-d", database])
        .arg("-h")
        .arg(home.path(""))
        .args(["-p", &port.to_string()])
        .env("PGTZ", "UTC");
    command
}

impl DatabaseServer for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    #[track_caller]
    fn create_database(&self, name: &str) {
        self.administer(&format!("CREATE DATABASE \"{name}\" OWNER {ACCOUNT}"));
    }

    #[track_caller]
    fn drop_database(&self, name: &str) {
        self.administer(&format!("DROP DATABASE \"{name}\" WITH (FORCE)"));
    }

    #[track_caller]
    fn copy_database(&self, from: &str, to: &str) {
        self.administer(&format!(
            "CREATE DATABASE \"{to}\" TEMPLATE \"{from}\" OWNER {ACCOUNT}"
        ));
    }

    fn url(&self, database: &str) -> String {
        url("postgres", &format!("127.0.0.1:{}", self.port), database)
    }

    #[track_caller]
    fn rows(&self, database: &str, sql: &str) -> Vec<String> {
        // The types of the columns first: `psql` prints a boolean as it prints a letter.
        let script = format!("{sql}\n\\gdesc\n\\echo {ANSWER}{sql};\n");
        let mut psql = self.psql(ACCOUNT, database);
        let printed = Outcome::with_stdin(psql.args(["-f", "-"]), script.as_bytes()).success();
        let (columns, rows) = printed.split_once(ANSWER).expect("two answers");
        let kinds: Vec<_> = split(columns)
            .filter_map(|column| column.split_once(COLUMN))
            .map(|(_, kind)| kind)
            .collect();
        split(rows)
            .map(|row| {
                let values = row.split(COLUMN).zip(&kinds);
                let values: Vec<_> = values.map(|(value, kind)| as_sqlite(value, kind)).collect();
                values.join("|")
            })
            .collect()
    }

    #[track_caller]
    fn batch(&self, database: &str, sql: &str) {
        let mut psql = self.psql(ACCOUNT, database);
        Outcome::with_stdin(psql.args(["-f", "-"]), sql.as_bytes()).success();
    }

    #[track_caller]
    fn catalog(&self, database: &str) -> Vec<String> {
        self.rows(database, include_str!("postgres.catalog.sql"))
    }
}

/// The rows of one answer: without a line feed at the end of the last, and none where there is
/// nothing at all.
fn split(answer: &str) -> impl Iterator<Item = &str> {
    let answer = answer.strip_suffix('\n');
    answer.into_iter().flat_map(|answer| answer.split(ROW))
}

fn as_sqlite(value: &str, kind: &str) -> String {
    match (kind, value) {
        ("boolean", "t") => "1".to_owned(),
        ("boolean", "f") => "0".to_owned(),
        ("uuid", uuid) => uuid.replace('-', ""),
        ("timestamp with time zone", time) if !time.is_empty() => {
            let time = time.strip_suffix("+00").expect("a time in UTC");
            match time.split_once('.') {
                Some((seconds, fraction)) => format!("{seconds}.{fraction:0<6}"),
                None => time.to_owned(),
            }
        }
        (_, value) => value.to_owned(),
    }
}
