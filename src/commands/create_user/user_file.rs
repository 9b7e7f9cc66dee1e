//! Files of users: JSON Lines, or CSV with a header, read a record at a time. The records are
//! validated in `import` and `draft`.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use csv::StringRecord;
use serde_json::error::Category;

use crate::commands::shared::user_fields::UserFields;
use crate::error::Failure;
use crate::escape::quoted;
use crate::io::input::{self, Lines};

/// The longest record of a user, in bytes.
const LONGEST_RECORD: u64 = 64 * 1024;

/// One user of a file.
pub(super) struct Record {
    /// The line, from 1.
    pub(super) line: u64,
    pub(super) fields: UserFields,
}

impl Record {
    fn new(line: u64, fields: UserFields) -> Result<Self, String> {
        if let Some(password) = &fields.password {
            input::check_password(password).map_err(|failure| failure.to_string())?;
        }
        Ok(Self { line, fields })
    }
}

/// Reads the users of a file, or of stdin where the path is `-`. JSON Lines begin with `{`.
pub(super) fn read(
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
                    .and_then(|fields| Record::new(self.lines.number(), fields))
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
        let user = fields
            .deserialize(Some(&self.header))
            .map_err(|error| csv_problem(&error))?;
        Record::new(line, user)
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
        if !UserFields::NAMES.contains(&name) {
            return Err(format!("there is no such column as {}", quoted(name)));
        }
        if header.iter().take(position).any(|earlier| earlier == name) {
            return Err(format!("the column {} is there twice", quoted(name)));
        }
    }
    Ok(())
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
                wrong_value(message)
            }
        }
    }
}

fn csv_problem(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not valid UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => error.kind().to_string(),
        csv::ErrorKind::Deserialize { err, .. } => wrong_value(&err.to_string()),
        _ => "it is not valid CSV".to_owned(),
    }
}

/// What is wrong with a value, of which only words of our own are repeated.
fn wrong_value(message: &str) -> String {
    if message.contains(UserFields::NO_BOOLEAN) {
        UserFields::NO_BOOLEAN.to_owned()
    } else {
        "a value has the wrong type".to_owned()
    }
}
