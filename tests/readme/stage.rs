//! A machine for the recipes to run on, as unkind as real ones: a password with every character
//! that a shell could spoil, secrets that everybody can read, a stdin that never ends, and an API
//! client that has never logged in.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{Outcome, rows};

/// Good by Django's validators, bad for shells, `printf`, YAML and templates.
pub(super) const PASSWORD: &str = r#"Qz\t7 "it's" $HOME \\n `id` %s {{ x }} #:"#;

/// A key that an operator chose.
pub(super) const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

/// Directories of a real machine that recipes name.
const MOVED: [&str; 3] = ["/srv/", "/run/", "/etc/"];

/// A server that the recipes name, and the file that takes its place.
const SERVER: &str = "postgres://app@db.example.com/app";

pub(super) struct Stage {
    directory: TempDir,
}

impl Stage {
    pub(super) fn new() -> Self {
        let stage = Self {
            directory: tempfile::tempdir().expect("make a temporary directory"),
        };
        for name in [
            "srv/app",
            "run/app",
            "run/secrets/admin",
            "credentials",
            "bin",
            "home",
        ] {
            fs::create_dir_all(stage.path(name)).expect("make a directory");
        }
        // As Docker and Kubernetes mount secrets: everybody may read.
        stage.secret("run/secrets/admin_password", PASSWORD, 0o444);
        stage.secret("run/secrets/admin/password", PASSWORD, 0o440);
        stage.secret("run/secrets/worker_token", KEY, 0o444);
        // As systemd hands a credential over.
        stage.secret("credentials/admin_password", PASSWORD, 0o400);
        stage
    }

    /// Where the recipes start, with nothing but a path to name what is in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The database that `/srv/app/db.sqlite3` is in the recipes.
    pub(super) fn served(&self) -> PathBuf {
        self.path("srv/app/db.sqlite3")
    }

    /// The database of recipes that name none.
    pub(super) fn default(&self) -> PathBuf {
        self.path("db.sqlite3")
    }

    /// The text with its absolute paths moved to the stage, and its server to a file.
    pub(super) fn moved(&self, text: &str) -> String {
        let root = self.directory.path().display();
        let server = format!("sqlite:///{root}/new.sqlite3");
        let text = text.replace(SERVER, &server);
        let text = MOVED.iter().fold(text, |text, directory| {
            text.replace(directory, &format!("{root}{directory}"))
        });
        text.replace("/usr/bin/drfctl", "drfctl")
    }

    fn secret(&self, name: &str, content: &str, mode: u32) {
        let path = self.path(name);
        fs::write(&path, format!("{content}\n")).expect("write the secret");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
    }

    /// Puts a program in the place of one that is not to run: it writes its arguments down, and
    /// the files that they name behind `@`.
    pub(super) fn stub(&self, program: &str) {
        let path = self.path("bin").join(program);
        let log = self.path(&format!("{program}.log"));
        let script = format!(
            "#!/bin/sh\nfor word; do\n    echo \"$word\"\n    \
             case $word in @*) cat \"${{word#@}}\" ;; esac\ndone >> '{}'\n",
            log.display()
        );
        fs::write(&path, script).expect("write the stub");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("chmod");
    }

    /// What was asked of a program that is a stub; nothing if it was not started.
    pub(super) fn asked(&self, program: &str) -> String {
        fs::read_to_string(self.path(&format!("{program}.log"))).unwrap_or_default()
    }

    /// Runs a script as `sh -e` does.
    pub(super) fn sh(&self, script: &str) -> Outcome {
        Self::wait(self.command("sh").args(["-e", "-c", &self.moved(script)]))
    }

    /// Runs drfctl with these words and variables.
    pub(super) fn drfctl(&self, words: &[String], variables: &[(String, String)]) -> Outcome {
        let words = words.iter().map(|word| self.moved(word));
        let variables = variables
            .iter()
            .map(|(name, value)| (name, self.moved(value)));
        Self::wait(self.command("drfctl").args(words).envs(variables))
    }

    /// Runs drfctl on a database.
    pub(super) fn on<const N: usize>(&self, database: &Path, words: [&str; N]) -> Outcome {
        Outcome::of(self.command("drfctl").arg("-d").arg(database).args(words))
    }

    /// Runs drfctl on a database with something to read.
    #[track_caller]
    pub(super) fn tell(&self, database: &Path, words: &[&str], input: &str) -> Outcome {
        let mut command = self.command("drfctl");
        command.arg("-d").arg(database).args(words);
        Outcome::with_stdin(&mut command, input.as_bytes())
    }

    fn command(&self, program: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_drfctl"));
        let mut command = Command::new("timeout");
        command
            .args(["120", program])
            .current_dir(self.directory.path())
            .env_clear()
            .env(
                "PATH",
                format!(
                    "{}:{}:/usr/bin:/bin",
                    self.path("bin").display(),
                    binary.parent().expect("a directory").display()
                ),
            )
            .env("HOME", self.path("home"))
            .env("ADMIN_PASSWORD", PASSWORD)
            .env("DRF_TOKEN", KEY)
            .env("CREDENTIALS_DIRECTORY", self.path("credentials"))
            .env("GITHUB_ENV", self.path("github.env"));
        command
    }

    /// Waits for the end with a stdin that stays open, so that whoever reads it waits for ever.
    fn wait(command: &mut Command) -> Outcome {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("start the recipe");
        let stdin = child.stdin.take();
        let outcome = child.wait_with_output().expect("wait for the recipe");
        drop(stdin);
        outcome.into()
    }

    /// Adds a user without a password, and a token.
    #[track_caller]
    pub(super) fn service_account(&self, database: &Path, name: &str) -> String {
        let create = ["create-user", name, "--no-password", "--token"];
        self.on(database, create).success().trim_end().to_owned()
    }

    /// Makes the database, with an API client that has a token and never logs in.
    #[track_caller]
    pub(super) fn migrated(&self, database: &Path) -> String {
        self.on(database, ["migrate"]).success();
        self.service_account(database, "client")
    }

    /// Whether a server would accept the key.
    pub(super) fn accepts(&self, database: &Path, key: &str) -> bool {
        self.tell(database, &["verify", "token"], key).status == 0
    }

    /// Checks that the user can log in with the hostile password, and no other way of reading it.
    #[track_caller]
    pub(super) fn logs_in(&self, database: &Path, name: &str) {
        let verify = ["verify", "password", name, "--password-stdin"];
        self.tell(database, &verify, PASSWORD)
            .expect(0, &format!("{name}\n"), "");
    }

    /// Checks that a file holds the user's key and a newline, for nobody else to read.
    #[track_caller]
    pub(super) fn holds_the_key_of(&self, file: &str, database: &Path, name: &str) {
        let path = self.path(file);
        let stored = rows(
            database,
            &format!(
                "SELECT key FROM authtoken_token JOIN auth_user ON id = user_id \
                 WHERE username = '{name}'"
            ),
        );
        let content = fs::read_to_string(&path).expect("read the key file");
        assert_eq!(content, format!("{}\n", stored.concat()));
        let mode = fs::metadata(&path).expect("stat").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
