//! A MariaDB server for the tests.

use std::path::PathBuf;
use std::process::Command;

use super::daemon::{Daemon, Home, free_port, program};
use super::engine::{ACCOUNT, ACCOUNT_PASSWORD, DatabaseServer, url};
use super::optional::Optional;
use super::{Outcome, REQUIRE_SERVERS};

/// What makes text mean the same as on the other engines.
const SESSION: &str = "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,\
                       STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', \
                       max_recursive_iterations = 4294967295";

pub(crate) struct Mariadb {
    daemon: Daemon,
    programs: Programs,
    port: u16,
}

#[derive(Clone)]
pub(super) struct Programs {
    install: PathBuf,
    server: PathBuf,
    client: PathBuf,
    dump: PathBuf,
}

impl Programs {
    pub(super) fn find() -> Result<Self, String> {
        Ok(Self {
            install: program("mariadb-install-db", &[])?,
            server: program("mariadbd", &[])?,
            client: program("mariadb", &[])?,
            dump: program("mariadb-dump", &[])?,
        })
    }
}

impl Mariadb {
    /// The server of this process. `None` where there is no MariaDB on the machine.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: Optional<Mariadb> = Optional::new();
        SHARED.get("MariaDB", REQUIRE_SERVERS, Self::start)
    }

    /// A server for one test, which it may kill.
    pub(crate) fn start() -> Result<Self, String> {
        let server = Self::run(Programs::find()?, Home::new(), &[]);
        server.create_account();
        Ok(server)
    }

    /// Makes a directory of data and runs a server with these options on it.
    pub(super) fn run(programs: Programs, home: Home, options: &[String]) -> Self {
        Outcome::of(
            home.command(&programs.install)
                .args(["--no-defaults", "--skip-test-db"])
                .arg("--auth-root-authentication-method=normal")
                .arg(format!("--datadir={}", home.path("data").display())),
        )
        .success();
        let port = free_port();
        let mut command = home.command(&programs.server);
        command.arg("--no-defaults");
        for (option, file) in [("datadir", "data"), ("socket", "sock"), ("pid-file", "pid")] {
            command.arg(format!("--{option}={}", home.path(file).display()));
        }
        command
            .args(["--bind-address=127.0.0.1", &format!("--port={port}")])
            .args([
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_unicode_ci",
            ])
            .args(["--max-connections=200", "--skip-name-resolve"])
            // Another zone than Django's: nothing may depend on the server's.
            .arg("--default-time-zone=-05:00")
            // Nothing has to outlive the machine.
            .args([
                "--innodb-flush-method=nosync",
                "--innodb-flush-log-at-trx-commit=0",
            ])
            .args([
                "--innodb-doublewrite=0",
                "--sync-frm=0",
                "--innodb-use-native-aio=0",
            ])
            .args([
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=16M",
            ])
            .args(options);
        let is_ready = |home: &Home| {
            let mut client = client(&programs.client, home, "root");
            Outcome::of(client.args(["-e", "SELECT 1"])).status == 0
        };
        let daemon = Daemon::start(home, &command, "KILL", is_ready);
        Self {
            daemon,
            programs,
            port,
        }
    }

    /// Ends the server as a power failure would.
    pub(crate) fn kill(&self) {
        self.daemon.kill();
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn is_running(&self) -> bool {
        self.daemon.is_running()
    }

    pub(super) fn create_account(&self) {
        let password = ACCOUNT_PASSWORD.replace('\'', "''");
        self.administer(&format!("CREATE USER {ACCOUNT} IDENTIFIED BY '{password}'"));
    }

    fn client(&self, user: &str) -> Command {
        client(&self.programs.client, self.daemon.home(), user)
    }

    /// Runs statements as the superuser, and returns what the client prints.
    #[track_caller]
    pub(crate) fn administer(&self, sql: &str) -> String {
        Outcome::of(self.client("root").args(["-N", "-e", sql])).success()
    }
}

/// The client, or one of the programs that take the same options.
fn client(program: &PathBuf, home: &Home, user: &str) -> Command {
    let mut command = home.command(program);
    command
        .args([
            "--no-defaults",
            "--default-character-set=utf8mb4",
            "--user",
            user,
        ])
        .arg(format!("--socket={}", home.path("sock").display()));
    if user == ACCOUNT {
        command.env("MYSQL_PWD", ACCOUNT_PASSWORD);
    }
    command
}

impl DatabaseServer for Mariadb {
    fn name(&self) -> &'static str {
        "MariaDB"
    }

    #[track_caller]
    fn create_database(&self, name: &str) {
        self.administer(&format!(
            "CREATE DATABASE `{name}`; GRANT ALL ON `{name}`.* TO {ACCOUNT}"
        ));
    }

    #[track_caller]
    fn drop_database(&self, name: &str) {
        self.administer(&format!("DROP DATABASE `{name}`"));
    }

    #[track_caller]
    fn copy_database(&self, from: &str, to: &str) {
        let mut dump = client(&self.programs.dump, self.daemon.home(), "root");
        let dump = Outcome::of(dump.args(["--single-transaction", from])).success();
        self.create_database(to);
        let mut load = self.client("root");
        Outcome::with_stdin(load.arg(to), dump.as_bytes()).success();
    }

    fn url(&self, database: &str) -> String {
        url("mysql", &format!("127.0.0.1:{}", self.port), database)
    }

    #[track_caller]
    fn rows(&self, database: &str, sql: &str) -> Vec<String> {
        let mut client = self.client(ACCOUNT);
        // In XML alone NULL is not a word, and from stdin a carriage return is lost.
        client.args(["--xml", "--init-command", SESSION, "-e", sql, database]);
        let printed = Outcome::of(&mut client).success();
        printed.split("<row>").skip(1).map(row).collect()
    }

    #[track_caller]
    fn batch(&self, database: &str, sql: &str) {
        let mut client = self.client(ACCOUNT);
        client.args(["--init-command", SESSION, database]);
        Outcome::with_stdin(&mut client, sql.as_bytes()).success();
    }

    #[track_caller]
    fn catalog(&self, database: &str) -> Vec<String> {
        self.rows(database, include_str!("mariadb.catalog.sql"))
    }
}

fn row(xml: &str) -> String {
    let values: Vec<_> = xml
        .split("<field name=\"")
        .skip(1)
        .map(|field| {
            let (_, value) = field.split_once('>').expect("the end of a tag");
            let (value, _) = value.rsplit_once("</field>").unwrap_or_default();
            let value = [
                ("&lt;", "<"),
                ("&gt;", ">"),
                ("&quot;", "\""),
                ("&amp;", "&"),
            ]
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to));
            match value.strip_suffix(".000000") {
                Some(time) if is_time(time) => time.to_owned(),
                _ => value,
            }
        })
        .collect();
    values.join("|")
}

/// Whether a text looks as `2026-01-02 03:04:05` does.
fn is_time(text: &str) -> bool {
    let shape = text.replace(|c: char| c.is_ascii_digit(), "0");
    shape == "0000-00-00 00:00:00"
}
