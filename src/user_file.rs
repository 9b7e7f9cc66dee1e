//! Files of users: JSON Lines, or CSV with a header. Read a record at a time; what the records
//! mean is `commands::import`'s to judge.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use csv::StringRecord;
use serde::Deserialize;
use serde_json::error::Category;

use crate::error::Failure;
use crate::escape::quoted;
use crate::io::input::{self, Lines};
use crate::secret::{Password, PasswordHash};

/// A longer record is no user.
const LONGEST_RECORD: u64 = 64 * 1024;

/// One user of a file. What is `None` is not named.
pub(crate) struct Record {
    /// The line, from 1.
    pub(crate) line: u64,
    pub(crate) username: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) is_staff: Option<bool>,
    pub(crate) is_superuser: Option<bool>,
    pub(crate) is_active: Option<bool>,
    pub(crate) password: Option<Password>,
    pub(crate) password_hash: Option<PasswordHash>,
}

/// The keys of a JSON object, and the columns of a CSV file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    username: String,
    email: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    is_staff: Option<Truth>,
    is_superuser: Option<Truth>,
    is_active: Option<Truth>,
    password: Option<String>,
    password_hash: Option<String>,
}

impl Keys {
    const NAMES: [&str; 9] = [
        "username",
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "is_superuser",
        "is_active",
        "password",
        "password_hash",
    ];
}

/// A boolean: JSON has them, CSV has only words.
#[derive(Deserialize)]
#[serde(untagged)]
enum Truth {
    Is(bool),
    Number(u8),
    Word(String),
}

/// Reads the users of a file, or of stdin where the path is `-`. JSON Lines begin with `{`.
pub(crate) fn read(
    path: &Path,
) -> Result<Box<dyn Iterator<Item = Result<Record, Failure>>>, Failure> {
    let source = input::name_of(path);
    let mut input = BufReader::new(input::open(path)?);
    let start = input
        .fill_buf()
        .map_err(|error| input::unreadable(&source, &error))?;
    let start = start.strip_prefix(input::BYTE_ORDER_MARK).unwrap_or(start);
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(if first == Some(&b'{') {
        Box::new(JsonLines {
            lines: Lines::new(input, source, LONGEST_RECORD),
        })
    } else {
        Box::new(Csv::new(input, source)?)
    })
}

struct JsonLines {
    lines: Lines<BufReader<File>>,
}

impl Iterator for JsonLines {
    type Item = Result<Record, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            return Some(match self.lines.next()? {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => serde_json::from_str(&text)
                    .map_err(|error| json_problem(&error))
                    .and_then(|keys| record(keys, self.lines.number()))
                    .map_err(|problem| self.lines.failure(problem)),
                Err(failure) => Err(failure),
            });
        }
    }
}

struct Csv {
    reader: csv::Reader<BufReader<File>>,
    header: StringRecord,
    source: String,
}

impl Csv {
    fn new(input: BufReader<File>, source: String) -> Result<Self, Failure> {
        let mut csv = Self {
            reader: csv::ReaderBuilder::new().flexible(true).from_reader(input),
            header: StringRecord::new(),
            source,
        };
        let header = csv.reader.headers();
        csv.header = header
            .map_err(|error| csv_problem(&error))
            .cloned()
            .and_then(|header| {
                check_header(&header)?;
                Ok(header)
            })
            .map_err(|problem| csv.failure(1, problem))?;
        Ok(csv)
    }

    fn failure(&self, line: u64, problem: String) -> Failure {
        Failure::BadInput {
            path: self.source.clone(),
            line,
            problem,
        }
    }

    fn parse(&self, fields: &StringRecord, line: u64) -> Result<Record, String> {
        if fields.len() != self.header.len() {
            return Err(format!(
                "it has {} fields where the header has {}",
                fields.len(),
                self.header.len()
            ));
        }
        let keys = fields
            .deserialize(Some(&self.header))
            .map_err(|_| "a value has the wrong type".to_owned())?;
        record(keys, line)
    }
}

impl Iterator for Csv {
    type Item = Result<Record, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut fields = StringRecord::new();
        let read = self.reader.read_record(&mut fields);
        let position = fields.position().map_or(0, csv::Position::line);
        Some(match read {
            Ok(false) => return None,
            Ok(true) => self
                .parse(&fields, position)
                .map_err(|problem| self.failure(position, problem)),
            Err(error) => {
                let line = error.position().map_or(position, csv::Position::line);
                Err(self.failure(line, csv_problem(&error)))
            }
        })
    }
}

fn check_header(header: &StringRecord) -> Result<(), String> {
    if !header.iter().any(|name| name == "username") {
        return Err("there is no header with a column `username`".to_owned());
    }
    for (position, name) in header.iter().enumerate() {
        if !Keys::NAMES.contains(&name) {
            return Err(format!("there is no such column as {}", quoted(name)));
        }
        if header.iter().take(position).any(|earlier| earlier == name) {
            return Err(format!("the column {} is there twice", quoted(name)));
        }
    }
    Ok(())
}

fn record(keys: Keys, line: u64) -> Result<Record, String> {
    let password = match keys.password {
        None => None,
        Some(text) => Some(input::check_password(text).map_err(|failure| failure.to_string())?),
    };
    Ok(Record {
        line,
        username: keys.username,
        email: keys.email,
        first_name: keys.first_name,
        last_name: keys.last_name,
        is_staff: truth(keys.is_staff)?,
        is_superuser: truth(keys.is_superuser)?,
        is_active: truth(keys.is_active)?,
        password,
        password_hash: keys.password_hash.map(PasswordHash::new),
    })
}

fn truth(value: Option<Truth>) -> Result<Option<bool>, String> {
    Ok(Some(match value {
        None => return Ok(None),
        Some(Truth::Is(is)) => is,
        Some(Truth::Number(0)) => false,
        Some(Truth::Number(1)) => true,
        Some(Truth::Word(word)) if word.eq_ignore_ascii_case("true") => true,
        Some(Truth::Word(word)) if word.eq_ignore_ascii_case("false") => false,
        Some(_) => return Err("write a boolean as `true` or `false`".to_owned()),
    }))
}

/// What is wrong, in words that repeat no value: it may be a password.
fn json_problem(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Io => "it cannot be read".to_owned(),
        Category::Syntax => format!("it is not valid JSON (column {})", error.column()),
        Category::Eof => "it ends in the middle of the JSON".to_owned(),
        Category::Data => {
            let message = error.to_string();
            let names_a_key = ["unknown field", "missing field", "duplicate field"]
                .iter()
                .any(|start| message.starts_with(start));
            let message = message.split(" at line").next().unwrap_or_default();
            if names_a_key {
                message.to_owned()
            } else {
                "a value has the wrong type".to_owned()
            }
        }
    }
}

fn csv_problem(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not valid UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => error.kind().to_string(),
        _ => "it is not valid CSV".to_owned(),
    }
}
