//! What came of a process: compared whole, so that no test overlooks a stray line.

use std::fmt;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use super::engine::ACCOUNT_PASSWORD;

#[must_use]
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Runs the command to its end; its stdin is empty.
    pub(crate) fn of(command: &mut Command) -> Self {
        wait(start(command, Stdio::null()))
    }

    /// Runs the command to its end with `input` as its stdin.
    pub(crate) fn with_stdin(command: &mut Command, input: &[u8]) -> Self {
        let mut child = start(command, Stdio::piped());
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        thread::scope(|scope| {
            // Beside the reading of stdout: both may be longer than a pipe holds. A process
            // that ends without reading its stdin is no failure of the test.
            scope.spawn(move || stdin.write_all(input).ok());
            wait(child)
        })
    }

    /// Starts every command before it waits for the first.
    pub(crate) fn of_all(commands: impl IntoIterator<Item = Command>) -> Vec<Self> {
        let started: Vec<_> = commands
            .into_iter()
            .map(|mut command| start(&mut command, Stdio::null()))
            .collect();
        started.into_iter().map(wait).collect()
    }

    /// Compares all three at once.
    #[track_caller]
    pub(crate) fn expect(self, status: i32, stdout: &str, stderr: &str) {
        let wanted = Self {
            status,
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
        };
        let (wanted, got) = (wanted.to_string(), self.to_string());
        assert!(wanted == got, "wanted:\n{wanted}\ngot:\n{got}");
    }

    /// The stdout of a process that succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert!(self.status == 0, "wanted: status 0\ngot:\n{self}");
        self.stdout
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            for line in text.split_inclusive('\n') {
                write!(f, "\n{name} {line:?}")?;
            }
        }
        Ok(())
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        let stderr = text(output.stderr);
        assert!(!holds_secret(&stderr), "a secret on stderr: {stderr}");
        Self {
            // As the shell says it, where a signal ended the process.
            status: output
                .status
                .code()
                .or_else(|| output.status.signal().map(|signal| 128 + signal))
                .expect("a process ends with a status or by a signal"),
            stdout: text(output.stdout),
            stderr,
        }
    }
}

/// Whether a text holds a whole key, the password that most tests use, or that of a database.
/// Asked of the stderr of every process that any test starts.
fn holds_secret(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let has_key = text
        .split(|c| !is_digit(c))
        .any(|digits| digits.len() == 40);
    // In a URL the password is written in another way.
    has_key
        || ["correct horse battery", ACCOUNT_PASSWORD, "p%40ss"]
            .iter()
            .any(|secret| text.contains(secret))
}

fn start(command: &mut Command, stdin: Stdio) -> Child {
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()))
}

fn wait(child: Child) -> Outcome {
    child.wait_with_output().expect("wait for a child").into()
}
