//! Real Django and DRF: an environment for each pair of versions, and the project in
//! `tests/django` run in it by its command line, as a server, and as an oracle.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};
use std::{env, iter};

use serde_json::Value;

use super::optional::{Optional, variable};
use super::{Outcome, Sandbox, ServerDatabase};

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/django");

/// A Django with a DRF: the pairs that the tests know.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line {
    D42,
    D52Drf316,
    D52,
    D61,
}

impl Line {
    pub(crate) const ALL: [Self; 4] = [Self::D42, Self::D52Drf316, Self::D52, Self::D61];

    /// Names the requirements and the environment made from them.
    fn name(self) -> &'static str {
        match self {
            Self::D42 => "django-4.2-drf-3.14",
            Self::D52Drf316 => "django-5.2-drf-3.16",
            Self::D52 => "django-5.2-drf-3.18",
            Self::D61 => "django-6.1-drf-3.18",
        }
    }

    fn requirements(self) -> PathBuf {
        let file = format!("{}.txt", self.name());
        Path::new(PROJECT).join("requirements").join(file)
    }

    /// The first and the last Python 3 that this Django runs on.
    fn pythons(self) -> (u32, u32) {
        match self {
            Self::D42 => (8, 12),
            Self::D52Drf316 | Self::D52 => (10, 14),
            Self::D61 => (12, u32::MAX),
        }
    }
}

/// An environment in which one line is installed.
pub(crate) struct Django {
    python: PathBuf,
}

impl Django {
    /// The environment of the line, made when no earlier run has left it. `None` where it
    /// cannot be made: a test then has nothing to say, and the reason is on stderr once.
    pub(crate) fn line(line: Line) -> Option<&'static Self> {
        static ENVIRONMENTS: [Optional<Django>; Line::ALL.len()] =
            [const { Optional::new() }; Line::ALL.len()];

        let insist = "DRFCTL_TEST_REQUIRE_DJANGO";
        ENVIRONMENTS[line as usize].get(line.name(), insist, || Self::prepare(line))
    }

    fn prepare(line: Line) -> Result<Self, String> {
        let wanted = fs::read_to_string(line.requirements()).expect("read the requirements");

        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("django");
        fs::create_dir_all(&home).expect("make the directory of the environments");
        let environment = home.join(line.name());
        let python = environment.join("bin/python");
        // Written last: an environment without it, or with another's, is made anew.
        let installed = environment.join("requirements.txt");

        // Another `cargo test` may be at the same environment; the lock goes with the file.
        let lock = home.join(format!("{}.lock", line.name()));
        let lock = File::create(lock).expect("make the lock");
        lock.lock().expect("take the lock");
        if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) && python.exists() {
            return Ok(Self { python });
        }

        if environment.exists() {
            fs::remove_dir_all(&environment).expect("remove the old environment");
        }
        let django = Self::install(line, &environment)?;
        fs::write(&installed, wanted).expect("mark the environment as complete");
        Ok(django)
    }

    /// Makes an environment of the line in a directory that is not there yet.
    fn install(line: Line, environment: &Path) -> Result<Self, String> {
        let (first, last) = line.pythons();
        let base = newest_python(first, last).ok_or_else(|| match last {
            u32::MAX => format!("there is no Python 3.{first} or newer with venv here"),
            _ => format!("there is no Python 3.{first} to 3.{last} with venv here"),
        })?;
        run(Command::new(base).args(["-m", "venv"]).arg(environment))?;
        let python = environment.join("bin/python");
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--no-input", "--quiet"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(line.requirements()))?;
        Ok(Self { python })
    }

    /// The line in an environment of the test's own, where it may install something more.
    pub(crate) fn apart(line: Line, environment: &Path) -> Option<&'static Self> {
        // Where the line cannot be made, this says so.
        Self::line(line)?;
        let django = Self::install(line, environment).expect("make the environment");
        Some(Box::leak(Box::new(django)))
    }

    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// The project on a database, which need not exist yet where it is a file.
    pub(crate) fn project(&'static self, database: impl Into<Database>) -> Project {
        Project {
            django: self,
            database: database.into(),
            settings: Vec::new(),
        }
    }
}

/// The newest interpreter of those versions that can make an environment for Django.
fn newest_python(first: u32, last: u32) -> Option<PathBuf> {
    let on_path = (first..=last.min(14))
        .map(|minor| PathBuf::from(format!("python3.{minor}")))
        .chain([PathBuf::from("python3")]);
    let pyenv = match variable("PYENV_ROOT") {
        root if root.is_empty() => env::home_dir().unwrap_or_default().join(".pyenv"),
        root => PathBuf::from(root),
    };
    let in_pyenv = fs::read_dir(pyenv.join("versions"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin/python"));

    on_path
        .chain(in_pyenv)
        .filter_map(|python| Some((minor_version(&python)?, python)))
        .filter(|(minor, _)| (first..=last).contains(minor))
        .max()
        .map(|(_, python)| python)
}

fn minor_version(python: &Path) -> Option<u32> {
    let probe = "import ensurepip, sqlite3, sys, venv; print(sys.version_info[1])";
    let output = Command::new(python).args(["-c", probe]).output().ok()?;
    // Nothing of a Python that is missing, broken, without a module, or a 2.
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn run(command: &mut Command) -> Result<(), String> {
    let outcome = Outcome::of(command);
    if outcome.status == 0 {
        return Ok(());
    }
    let said = outcome.stderr.lines().chain(outcome.stdout.lines());
    let program = command.get_program().display();
    Err(iter::once(format!("`{program}` failed"))
        .chain(said.map(str::to_owned))
        .collect::<Vec<_>>()
        .join("\n  "))
}

/// Where the database of a project is.
#[derive(Clone)]
pub(crate) enum Database {
    File(PathBuf),
    OnServer(ServerDatabase),
}

impl<P: Into<PathBuf>> From<P> for Database {
    fn from(path: P) -> Self {
        Self::File(path.into())
    }
}

impl From<&Sandbox> for Database {
    fn from(sandbox: &Sandbox) -> Self {
        match sandbox.on_server() {
            Some(database) => Self::OnServer(database.clone()),
            None => Self::File(sandbox.database()),
        }
    }
}

impl From<ServerDatabase> for Database {
    fn from(database: ServerDatabase) -> Self {
        Self::OnServer(database)
    }
}

/// What `manage.py migrate` has made in this run, by Python, server and settings.
type Made<T> = LazyLock<Mutex<HashMap<Environment, Arc<OnceLock<T>>>>>;
type Environment = (PathBuf, &'static str, Vec<(&'static str, String)>);

/// The project of `tests/django` with its settings chosen.
#[derive(Clone)]
pub(crate) struct Project {
    django: &'static Django,
    database: Database,
    settings: Vec<(&'static str, String)>,
}

impl Project {
    /// Sets one of the variables that `settings.py` names.
    pub(crate) fn with(mut self, setting: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((setting, value.into()));
        self
    }

    /// The same project on another database.
    pub(crate) fn on(&self, database: impl Into<Database>) -> Self {
        Self {
            database: database.into(),
            ..self.clone()
        }
    }

    /// Makes the database by `manage.py migrate`, or by copying one that this run has already
    /// made so.
    #[track_caller]
    pub(crate) fn migrated(self) -> Self {
        match &self.database {
            Database::File(file) => self.migrate_file(file),
            Database::OnServer(database) => self.migrate_on_server(database),
        }
        self
    }

    #[track_caller]
    fn migrate_file(&self, file: &Path) {
        static MADE: Made<Vec<u8>> = LazyLock::new(Mutex::default);
        let made = self.once(&MADE, "");
        let made = made.get_or_init(|| {
            self.manage(["migrate"]).success();
            fs::read(file).expect("read the migrated database")
        });
        fs::write(file, made).expect("write the migrated database");
    }

    #[track_caller]
    fn migrate_on_server(&self, database: &ServerDatabase) {
        static MADE: Made<String> = LazyLock::new(Mutex::default);
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let ServerDatabase { server, name } = database;
        let made = self.once(&MADE, server.name());
        let made = made.get_or_init(|| {
            let name = format!("migrated{}", COUNT.fetch_add(1, Ordering::Relaxed));
            server.create_database(&name);
            let database = ServerDatabase {
                server: *server,
                name: name.clone(),
            };
            self.on(database).manage(["migrate"]).success();
            name
        });
        server.drop_database(name);
        server.copy_database(made, name);
    }

    /// What is made once for all projects with this Django and these settings.
    fn once<T>(&self, made: &Made<T>, server: &'static str) -> Arc<OnceLock<T>> {
        let key = (self.django.python.clone(), server, self.settings.clone());
        Arc::clone(
            made.lock()
                .expect("no panic in here")
                .entry(key)
                .or_default(),
        )
    }

    /// One of the scripts of `tests/django`, on the project's database.
    pub(crate) fn script<S: AsRef<OsStr>>(
        &self,
        script: &str,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(&self.django.python);
        command
            .arg(Path::new(PROJECT).join(script))
            .args(args)
            .env_clear()
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        match &self.database {
            Database::File(file) => command.env("DATABASE", file),
            Database::OnServer(database) => command.env("DATABASE_URL", database.url()),
        };
        command
    }

    pub(crate) fn manage<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Outcome {
        Outcome::of(&mut self.script("manage.py", args))
    }

    pub(crate) fn serve(&self) -> Server {
        let mut peer = Peer::start(&mut self.script("serve.py", [""; 0]));
        let port = peer.read_line().trim().parse().expect("a port");
        Server { _peer: peer, port }
    }

    pub(crate) fn oracle(&self) -> Oracle {
        Oracle(Peer::start(&mut self.script("oracle.py", [""; 0])))
    }
}

/// A Python process that ends with this value, because its stdin does.
struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start Python");
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().expect("stdout is a pipe")),
            child,
        }
    }

    fn read_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("read from Python");
        assert!(!line.is_empty(), "Python ended; its stderr says why");
        line
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // Nothing to be done about a failure, least of all in a test that panics.
        self.child.wait().ok();
    }
}

/// The project served on loopback.
pub(crate) struct Server {
    _peer: Peer,
    port: u16,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The names in lower case.
    pub(crate) headers: HashMap<String, String>,
    /// A string where it is a page and not JSON, as after an exception.
    pub(crate) body: Value,
}

impl Server {
    /// Gets a page, with the bytes of an `Authorization` header where there are some.
    #[track_caller]
    pub(crate) fn get(&self, path: &str, authorization: Option<&[u8]>) -> Reply {
        let header = match authorization {
            Some(value) => [b"Authorization: ", value, b"\r\n"].concat(),
            None => Vec::new(),
        };
        self.send("GET", path, &header, "")
    }

    /// Asks for the endpoint that only a valid token opens.
    #[track_caller]
    pub(crate) fn protected(&self, key: &str) -> Reply {
        self.get("/protected/", Some(format!("Token {key}").as_bytes()))
    }

    #[track_caller]
    pub(crate) fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let encode = |text: &str| -> String {
            let mut encoded = String::new();
            for byte in text.bytes() {
                write!(encoded, "%{byte:02X}").expect("a string takes it");
            }
            encoded
        };
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let header = b"Content-Type: application/x-www-form-urlencoded\r\n";
        self.send("POST", path, header, &fields.join("&"))
    }

    #[track_caller]
    pub(crate) fn post_json(&self, path: &str, body: &Value) -> Reply {
        let header = b"Content-Type: application/json\r\n";
        self.send("POST", path, header, &body.to_string())
    }

    /// Logs in at DRF's `obtain_auth_token`; its field is `username` whatever the user model.
    #[track_caller]
    pub(crate) fn log_in(&self, username: &str, password: &str) -> Reply {
        let fields = [("username", username), ("password", password)];
        self.post_form("/api-token-auth/", &fields)
    }

    /// HTTP/1.0 by hand: clients refuse to send a header that is not text, and some tests
    /// are about what a server says to that.
    #[track_caller]
    fn send(&self, method: &str, path: &str, header: &[u8], body: &str) -> Reply {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connect");
        let length = body.len();
        let first =
            format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n");
        let request = [first.as_bytes(), header, b"\r\n", body.as_bytes()].concat();
        stream.write_all(&request).expect("send the request");

        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .expect("read the response");
        let (head, body) = response.split_once("\r\n\r\n").expect("a whole response");
        let (first, headers) = head.split_once("\r\n").expect("headers");
        Reply {
            status: first
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .expect("a status"),
            headers: headers
                .split("\r\n")
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.to_owned())),
        }
    }
}

impl Reply {
    /// Checks the status and the body, and shows both when one is another.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16, body: &Value) {
        assert_eq!((self.status, &self.body), (status, body));
    }
}

/// What Django itself makes of the database: the functions of `oracle.py`.
pub(crate) struct Oracle(Peer);

impl Oracle {
    /// Calls the function that the request names as `op`.
    #[track_caller]
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        let Self(peer) = self;
        let stdin = peer.stdin.as_mut().expect("stdin is open until the end");
        writeln!(stdin, "{request}").expect("write to the oracle");
        let mut reply: Value = serde_json::from_str(&peer.read_line()).expect("a line is JSON");
        assert!(reply.get("error").is_none(), "{request}: {reply}");
        reply["answer"].take()
    }
}
