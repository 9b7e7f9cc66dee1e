//! A server program of the machine's, run by an unprivileged user in a directory of its own.
//! Both go when the test does, even one that is killed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use super::optional::variable;

/// Waits for the end of its stdin, which comes with the end of the test, however that ends.
const KEEPER: &str = r#"
directory=$1 signal=$2
shift 2
"$@" </dev/null >>log 2>&1 &
echo $!
read -r _
kill -s "$signal" $! 2>/dev/null
wait $!
cd /
exec rm -rf "$directory"
"#;

/// A directory of the unprivileged user's, for the files of one server.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("drfctl-")
            .tempdir()
            .expect("make the directory of a server");
        if let Some((user, group)) = unprivileged() {
            chown(directory.path(), Some(user), Some(group)).expect("give the directory away");
        }
        Self(directory.keep())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A program to be run by the unprivileged user, in this directory, with nothing of the
    /// caller's environment.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(&self.0)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C.UTF-8");
        if let Some((user, group)) = unprivileged() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // The keeper of a server that ran here has done it already.
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A running server.
pub(crate) struct Daemon {
    keeper: Child,
    pid: Pid,
    home: Home,
}

impl Daemon {
    /// Starts the program that `command` names, and waits until `is_ready` says so. `stop` is
    /// the signal that ends it at once.
    pub(crate) fn start(
        home: Home,
        command: &Command,
        stop: &str,
        is_ready: impl Fn(&Home) -> bool,
    ) -> Self {
        let mut keeper = home.command("/bin/sh");
        keeper
            .args(["-c", KEEPER, "sh"])
            .arg(&home.0)
            .arg(stop)
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A shell talks about a program that was killed.
            .stderr(Stdio::null())
            // A Ctrl-C at the terminal is for the test: the keeper then has to clean up.
            .process_group(0);
        let mut keeper = keeper.spawn().expect("start a shell");
        let mut pid = String::new();
        BufReader::new(keeper.stdout.take().expect("stdout is a pipe"))
            .read_line(&mut pid)
            .expect("read the process id");
        let pid = pid.trim().parse().expect("a process id");
        let daemon = Self {
            keeper,
            pid: Pid::from_raw(pid).expect("a process id"),
            home,
        };

        let start = Instant::now();
        while !is_ready(&daemon.home) {
            assert!(
                daemon.is_running() && start.elapsed() < Duration::from_secs(60),
                "{} did not start:\n{}",
                command.get_program().display(),
                fs::read_to_string(daemon.home.path("log")).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(20));
        }
        daemon
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// Ends the server and all processes that it has started, as a power failure would.
    pub(crate) fn kill(&self) {
        let pid = self.pid.as_raw_nonzero();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_default();
        let children = children
            .split_whitespace()
            .filter_map(|child| Pid::from_raw(child.parse().ok()?));
        for process in [self.pid].into_iter().chain(children) {
            // A child may have ended meanwhile.
            kill_process(process, Signal::KILL).ok();
        }
        while self.is_running() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether it has not ended: one that has is a zombie until its keeper takes notice.
    pub(crate) fn is_running(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid.as_raw_nonzero()));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing to be done about a failure, least of all in a test that panics.
        self.keeper.wait().ok();
    }
}

/// User and group of `nobody`, where the tests run as root: servers refuse to.
fn unprivileged() -> Option<(u32, u32)> {
    if !geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("read the users");
    let nobody = users
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields[0] == "nobody")
        .expect("there is a user `nobody`");
    let number = |field: &str| field.parse().expect("a number");
    Some((number(nobody[2]), number(nobody[3])))
}

/// The program of that name, in one of these directories or where root finds programs.
pub(crate) fn program(name: &str, directories: &[PathBuf]) -> Result<PathBuf, String> {
    let path = variable("PATH");
    let elsewhere = ["/usr/sbin", "/usr/bin"].map(PathBuf::from);
    directories
        .iter()
        .cloned()
        .chain(path.split(':').map(PathBuf::from))
        .chain(elsewhere)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
        .ok_or_else(|| format!("there is no `{name}` here"))
}

/// A port of 127.0.0.1 on which nobody listens. It is none that a client may be given.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Another `cargo test` begins elsewhere.
    let first = process::id().wrapping_mul(101);
    loop {
        let number = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + number % 20_000).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
