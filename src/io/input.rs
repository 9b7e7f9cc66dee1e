//! Reading what a person or a script hands over: stdin and files, with the limits enforced
//! before more is read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read};
use std::path::Path;

use crate::django::keys::{self, Header};
use crate::error::Failure;
use crate::escape::system_words;
use crate::io::output;
use crate::platform::files;
use crate::platform::terminal::{self, Conversation};
use crate::secret::{Key, Password};

/// Longer input is no key and no header that a server would read.
const LONGEST_HEADER: usize = 8_192;

/// Reads a password from stdin.
pub(crate) fn password_from_stdin() -> Result<Password, Failure> {
    read_password(open_stdin("the password")?, "stdin")
}

/// Reads a password from a file.
pub(crate) fn password_from_file(path: &Path) -> Result<Password, Failure> {
    let name = path.to_string_lossy();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    read_password(file, &name)
}

/// Whether others can read a file that holds a secret, and its owner could change that: a
/// container's secrets are mounted readable, in memory or read-only. A pipe has no readers.
pub(crate) fn is_readable_by_others(path: &Path) -> bool {
    const OTHERS_READ: u32 = 0o044;
    let can_be_read = std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && files::mode(&file) & OTHERS_READ != 0);
    can_be_read && !files::is_in_memory(path) && !files::is_on_read_only_system(path)
}

/// Takes a password as it comes, but for one newline at its end.
pub(crate) fn password_from_text(mut text: String) -> Result<Password, Failure> {
    text.truncate(without_newline(text.as_bytes()).len());
    to_password(text)
}

/// Refuses what cannot be a password at all, wherever it comes from.
pub(crate) fn check_password(password: &Password) -> Result<(), Failure> {
    let text = password.expose();
    if text.is_empty() {
        Err(Failure::EmptyPassword { hint: None })
    } else if text.len() > Password::MAX_BYTES {
        Err(Failure::BadPassword(too_long()))
    } else if text.contains('\0') {
        Err(Failure::NulInPassword)
    } else {
        Ok(())
    }
}

/// Refuses what may not become a password: besides that, what no login form can send.
pub(crate) fn check_new_password(password: &Password) -> Result<(), Failure> {
    check_password(password)?;
    if password.expose().contains(['\n', '\r']) {
        return Err(Failure::BadPassword("it has more than one line".to_owned()));
    }
    Ok(())
}

fn to_password(text: String) -> Result<Password, Failure> {
    let password = Password::new(text);
    check_password(&password).map(|()| password)
}

/// Reads a key that is to become a token, from a file or, with `-`, from stdin.
pub(crate) fn key(path: &Path) -> Result<Key, Failure> {
    let bytes = line(path)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::bad_key("it is not made of visible ASCII"))?;
    key_from_text(text)
}

/// Takes a key that is to become a token.
pub(crate) fn key_from_text(text: String) -> Result<Key, Failure> {
    let is_wrapped = keys::is_wrapped(&text);
    let key = Key::new(text);
    match (keys::problem(&key), is_wrapped) {
        (None, false) => Ok(key),
        (problem, _) => Err(Failure::BadKey {
            problem: problem.unwrap_or(MORE_THAN_A_KEY),
            hint: is_wrapped.then_some("give the key alone"),
        }),
    }
}

/// Reads what a client would send, or may have sent: any bytes, but for one newline at the end.
pub(crate) fn line(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = read_up_to(open(path, "a key")?, LONGEST_HEADER, &name_of(path))?;
    if bytes.len() > LONGEST_HEADER {
        return Err(Failure::bad_key("it is longer than any key"));
    }
    Ok(without_newline(&bytes).to_vec())
}

/// Reads the key of a token that may be there, such as one that has leaked: alone, or in the
/// header in which it was found.
pub(crate) fn sent_key(path: &Path) -> Result<Key, Failure> {
    to_sent_key(&line(path)?)
}

/// What stands where a key alone should stand. That no token has all of it would say nothing.
const MORE_THAN_A_KEY: &str = "there is more than the key";

fn to_sent_key(found: &[u8]) -> Result<Key, Failure> {
    let problem = match keys::read_header(found) {
        Header::Key(key) if !keys::is_wrapped(key.expose()) => return Ok(key),
        Header::Key(_) => MORE_THAN_A_KEY,
        Header::Refused(_) => "no server would read it as one",
    };
    Err(Failure::BadKey {
        problem,
        hint: Some("give the key alone, or as `Token KEY`; several, one per line"),
    })
}

/// Reads such keys, one a line, each with the number of its line.
pub(crate) fn sent_keys(path: &Path) -> Result<Vec<(u64, Key)>, Failure> {
    let file = BufReader::new(open(path, "keys")?);
    let mut lines = Lines::new(file, name_of(path), LONGEST_HEADER as u64);
    let mut keys = Vec::new();
    while let Some(line) = lines.next() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let key = to_sent_key(line.as_bytes())
            .map_err(|failure| failure.at_line(&name_of(path), lines.number()))?;
        keys.push((lines.number(), key));
    }
    if keys.is_empty() {
        return Err(Failure::bad_key("it is empty"));
    }
    // A key that is there twice is one key.
    keys.sort_by(|(_, one), (_, other)| one.expose().cmp(other.expose()));
    keys.dedup_by(|(_, later), (_, first)| later == first);
    keys.sort_by_key(|(line, _)| *line);
    Ok(keys)
}

/// What some programs put in front of UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The lines of a file of bounded length, without their ends.
pub(crate) struct Lines<R> {
    input: R,
    source: String,
    longest: u64,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// `source` is the name of the file in messages; a line of more than `longest` bytes is an
    /// error.
    pub(crate) fn new(input: R, source: String, longest: u64) -> Self {
        Self {
            input,
            source,
            longest,
            number: 0,
        }
    }

    /// The number of the last line, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Says what is wrong with the last line.
    pub(crate) fn failure(&self, problem: String) -> Failure {
        self.failure_at(self.number, problem)
    }

    /// Says what is wrong with an earlier line.
    pub(crate) fn failure_at(&self, line: u64, problem: String) -> Failure {
        Failure::BadInput {
            path: self.source.clone(),
            line,
            problem,
        }
    }

    /// The next line as it is, with its end.
    pub(crate) fn next_raw(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut bytes = Vec::new();
        let read = (&mut self.input)
            .take(self.longest + 3)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| unreadable(&self.source, &error))?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if without_newline(&bytes).len() as u64 > self.longest {
            let problem = format!("it has more than {} bytes", self.longest);
            return Err(self.failure(problem));
        }
        if self.number == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Some(bytes))
    }

    fn read(&mut self) -> Result<Option<String>, Failure> {
        let Some(bytes) = self.next_raw()? else {
            return Ok(None);
        };
        match std::str::from_utf8(without_newline(&bytes)) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(self.failure("it is not valid UTF-8".to_owned())),
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<String, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// A file or stdin. Where a person types it, Ctrl-C ends it as it ends a prompt.
pub(crate) struct Input {
    file: File,
    conversation: Option<Conversation>,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(conversation) = &mut self.conversation
            && !conversation.wait(&self.file)?
        {
            let ended = self.conversation.take();
            if let Some(conversation) = ended {
                conversation.end();
            }
            return Err(io::Error::other(TypingInterrupted));
        }
        self.file.read(buffer)
    }
}

/// A signal ended what a person typed.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
struct TypingInterrupted;

/// Opens a file or, with `-`, stdin, of which a person at a terminal is told `what` is read.
pub(crate) fn open(path: &Path, what: &str) -> Result<Input, Failure> {
    if path.as_os_str() == "-" {
        return open_stdin(what);
    }
    let file = File::open(path).map_err(|error| unreadable(&name_of(path), &error))?;
    Ok(Input {
        file,
        conversation: None,
    })
}

/// Whether a person is at the terminal, who types what is read and sees what is asked.
pub(crate) fn is_typed() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn open_stdin(what: &str) -> Result<Input, Failure> {
    let file = stdin()?;
    let conversation = if is_typed() {
        output::say(&format!(
            "Reading {what} from the terminal; end with Ctrl-D."
        ));
        Some(Conversation::begin(true).map_err(|error| unreadable("stdin", &error))?)
    } else {
        None
    };
    Ok(Input { file, conversation })
}

/// What messages call a file.
pub(crate) fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "stdin".to_owned()
    } else {
        path.to_string_lossy().into_owned()
    }
}

/// Whether a file starts again when it is opened again: a pipe does not.
pub(crate) fn can_be_read_twice(path: &Path) -> bool {
    path.as_os_str() != "-" && path.is_file()
}

fn read_password(input: impl Read, name: &str) -> Result<Password, Failure> {
    // The password, a line break, and a byte order mark.
    let limit = Password::MAX_BYTES + 2 + BYTE_ORDER_MARK.len();
    let bytes = read_up_to(input, limit, name)?;
    if bytes.len() > limit {
        return Err(Failure::BadPassword(too_long()));
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    match std::str::from_utf8(without_newline(bytes)) {
        Ok(text) => to_password(text.to_owned()),
        Err(_) => Err(Failure::BadPassword("it is not valid UTF-8".to_owned())),
    }
}

/// Reads at most one byte more than `limit`, which shows that there is more.
fn read_up_to(input: impl Read, limit: usize, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![0; limit + 1];
    let mut length = 0;
    let mut input = input.take(limit as u64 + 1);
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(name, &error)),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

fn stdin() -> Result<File, Failure> {
    terminal::stdin().map_err(|error| unreadable("stdin", &error))
}

fn without_newline(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_suffix(b"\r\n")
        .or_else(|| bytes.strip_suffix(b"\n"))
        .unwrap_or(bytes)
}

fn too_long() -> String {
    format!("it has more than {} bytes", Password::MAX_BYTES)
}

/// What the system says of a file that cannot be read.
pub(crate) fn unreadable(name: &str, error: &io::Error) -> Failure {
    if matches!(error.get_ref(), Some(inner) if inner.is::<TypingInterrupted>()) {
        return Failure::Interrupted;
    }
    Failure::Unreadable {
        path: name.to_owned(),
        reason: system_words(error),
        hint: None,
    }
}
