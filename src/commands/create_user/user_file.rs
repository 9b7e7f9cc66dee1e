//! Files of users: JSON Lines, a JSON array, or CSV with a header, read a record at a time.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use super::csv_records::CsvRecords;
use super::json_records::{JsonArray, JsonLines, JsonRecord};
use super::record::{Cell, Key, Keys, Record};
use crate::db::UserTable;
use crate::error::Failure;
use crate::io::input::{self, Input, Lines};

/// The longest record of a user, in bytes.
const LONGEST_RECORD: usize = 64 * 1024;

/// The users of a file.
pub(super) type Records = Box<dyn Iterator<Item = Result<Record, Failure>>>;

/// Reads the users of a file, or of stdin where the path is `-`. JSON Lines begin with `{`, an
/// array begins with `[`.
pub(super) fn read(path: &Path, users: &UserTable) -> Result<Records, Failure> {
    let source = input::name_of(path);
    let mut input = BufReader::new(input::open(path, "users")?);
    let start = input
        .fill_buf()
        .map_err(|error| input::unreadable(&source, &error))?;
    let start = start.strip_prefix(input::BYTE_ORDER_MARK).unwrap_or(start);
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    let keys = Keys::new(users);
    let lines = |input| Lines::new(input, source.clone(), LONGEST_RECORD as u64);
    Ok(match first {
        Some(b'{') => of_json(JsonLines(lines(input)), source, keys),
        Some(b'[') => {
            let array = JsonArray::new(input, source.clone(), LONGEST_RECORD);
            of_json(array, source, keys)
        }
        _ => Box::new(Csv::open(lines(input), keys)?),
    })
}

fn of_json(
    records: impl Iterator<Item = Result<JsonRecord, Failure>> + 'static,
    source: String,
    keys: Keys,
) -> Records {
    Box::new(records.map(move |record| {
        let JsonRecord { line, pairs } = record?;
        let (names, cells): (Vec<String>, Vec<Cell>) = pairs.into_iter().unzip();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        keys.read(&names)
            .and_then(|names| keys.record(line, &names, cells))
            .map_err(|problem| Failure::BadInput {
                path: source.clone(),
                line,
                problem,
            })
    }))
}

struct Csv {
    records: CsvRecords<BufReader<Input>>,
    keys: Keys,
    header: Vec<Key>,
}

impl Csv {
    fn open(lines: Lines<BufReader<Input>>, keys: Keys) -> Result<Self, Failure> {
        let mut records = CsvRecords::open(lines, LONGEST_RECORD)?;
        let (line, cells) = match records.next()? {
            Some(header) => (header.line, header.cells),
            None => (1, Vec::new()),
        };
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let header = keys
            .read_header(&cells)
            .map_err(|problem| records.failure_at(line, problem))?;
        Ok(Self {
            records,
            keys,
            header,
        })
    }

    fn record(&self, line: u64, cells: Vec<String>) -> Result<Record, String> {
        if cells.len() != self.header.len() {
            return Err(format!(
                "it has {} fields where the header has {}",
                cells.len(),
                self.header.len()
            ));
        }
        let cells = cells.into_iter().map(|text| {
            if text.is_empty() {
                Cell::Absent
            } else {
                Cell::Text(text)
            }
        });
        self.keys.record(line, &self.header, cells.collect())
    }
}

impl Iterator for Csv {
    type Item = Result<Record, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next().transpose()?;
        Some(record.and_then(|record| {
            self.record(record.line, record.cells)
                .map_err(|problem| self.records.failure_at(record.line, problem))
        }))
    }
}
