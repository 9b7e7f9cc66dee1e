//! CSV, a record at a time: RFC 4180, no more lenient about quotes than that, in bounded memory
//! and with the line of each record. What the cells mean is decided in `record`.

use std::io::BufRead;

use crate::error::Failure;
use crate::io::input::Lines;

/// The cells of a record, and the line that it begins on.
pub(super) struct CsvRecord {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

pub(super) struct CsvRecords<R> {
    lines: Lines<R>,
    separator: u8,
    /// The longest record, in bytes.
    longest: usize,
    /// A line that has been looked at and not taken.
    looked_at: Option<Vec<u8>>,
}

/// Where a byte of a record stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    /// Behind a quote that opened on this line.
    Quoted(u64),
    /// Behind the next quote, which closes the cell unless another follows at once.
    Closed(u64),
}

impl<R: BufRead> CsvRecords<R> {
    /// Begins, with the separator that the first line shows or, with `sep=;`, names.
    pub(super) fn open(mut lines: Lines<R>, longest: usize) -> Result<Self, Failure> {
        let first = lines.next_raw()?;
        let line = first.as_deref().unwrap_or_default().trim_ascii_end();
        let (separator, is_header) = match line.strip_prefix(b"sep=") {
            Some(&[separator]) if separator.is_ascii_punctuation() && separator != b'"' => {
                (separator, false)
            }
            // `trim_ascii_end` has taken the tab that it names.
            Some([]) => (b'\t', false),
            _ => (separator_of(line), true),
        };
        Ok(Self {
            lines,
            separator,
            longest,
            looked_at: first.filter(|_| is_header),
        })
    }

    /// Says what is wrong with a line.
    pub(super) fn failure_at(&self, line: u64, problem: String) -> Failure {
        self.lines.failure_at(line, problem)
    }

    /// The next record; empty lines are none.
    pub(super) fn next(&mut self) -> Result<Option<CsvRecord>, Failure> {
        loop {
            let Some(line) = self.line()? else {
                return Ok(None);
            };
            if line.trim_ascii_end().is_empty() {
                continue;
            }
            return self.record(line).map(Some);
        }
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.looked_at.take() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_raw(),
        }
    }

    /// Reads the record that begins with this line, as many lines as its quotes take.
    fn record(&mut self, first: Vec<u8>) -> Result<CsvRecord, Failure> {
        let begin = self.lines.number();
        let mut cells = Cells::default();
        let mut place = Place::CellStart;
        let mut line = first;
        let mut length = 0;
        loop {
            length += line.len();
            place = self.split(&line, place, &mut cells)?;
            let Place::Quoted(opened) = place else {
                break;
            };
            if length > self.longest {
                let within = format!("within {} bytes", self.longest);
                return Err(self.unclosed(opened, &within));
            }
            line = match self.lines.next_raw()? {
                Some(line) => line,
                None => return Err(self.unclosed(opened, "before the end")),
            };
        }
        let cells = cells
            .end()
            .ok_or_else(|| self.failure_at(begin, "it is not valid UTF-8".to_owned()))?;
        Ok(CsvRecord { line: begin, cells })
    }

    fn unclosed(&self, opened: u64, within: &str) -> Failure {
        self.failure_at(
            opened,
            format!("a quote opens here and is not closed {within}"),
        )
    }

    /// Adds a line to the cells of a record, and says where it ends.
    fn split(&self, line: &[u8], mut place: Place, cells: &mut Cells) -> Result<Place, Failure> {
        let without_end = line
            .strip_suffix(b"\r\n")
            .or_else(|| line.strip_suffix(b"\n"))
            .unwrap_or(line);
        for &byte in without_end {
            let is_separator = byte == self.separator;
            place = match (place, byte) {
                (Place::Quoted(opened), b'"') => Place::Closed(opened),
                (Place::Closed(opened), b'"') => {
                    cells.push(b'"');
                    Place::Quoted(opened)
                }
                (Place::Quoted(_), _) => {
                    cells.push(byte);
                    place
                }
                (_, _) if is_separator => {
                    cells.next();
                    Place::CellStart
                }
                (_, b'\r') => {
                    return Err(self.failure_at(
                        self.lines.number(),
                        "it has a carriage return inside: lines have to end with LF or CRLF"
                            .to_owned(),
                    ));
                }
                (Place::Closed(opened), _) => {
                    return Err(self.failure_at(
                        opened,
                        "a quote opens here, and text follows the quote that closes it".to_owned(),
                    ));
                }
                (Place::CellStart, b'"') => Place::Quoted(self.lines.number()),
                (Place::CellStart | Place::Plain, _) => {
                    cells.push(byte);
                    Place::Plain
                }
            };
        }
        if let Place::Quoted(_) = place {
            cells.extend(line.get(without_end.len()..).unwrap_or_default());
        }
        Ok(place)
    }
}

/// The separator of a header: a comma, unless there is none and it has others.
fn separator_of(header: &[u8]) -> u8 {
    let has = |separator| header.contains(&separator);
    match (has(b','), has(b';'), has(b'\t')) {
        (false, true, false) => b';',
        (false, false, true) => b'\t',
        _ => b',',
    }
}

/// The cells of a record so far; the last is still open.
#[derive(Default)]
struct Cells {
    ended: Vec<Vec<u8>>,
    open: Vec<u8>,
}

impl Cells {
    fn push(&mut self, byte: u8) {
        self.open.push(byte);
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.open.extend_from_slice(bytes);
    }

    fn next(&mut self) {
        self.ended.push(std::mem::take(&mut self.open));
    }

    /// All of them; `None` if one is not UTF-8.
    fn end(mut self) -> Option<Vec<String>> {
        self.next();
        let texts = self.ended.into_iter().map(String::from_utf8);
        texts.collect::<Result<_, _>>().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Failure> {
        let lines = Lines::new(text, "file".to_owned(), 1_000);
        let mut records = CsvRecords::open(lines, 1_000)?;
        let mut all = Vec::new();
        while let Some(record) = records.next()? {
            all.push((record.line, record.cells));
        }
        Ok(all)
    }

    #[test]
    fn whatever_the_csv_crate_writes_is_read() {
        let cells = [
            "",
            "a",
            "\"",
            "\"\"",
            ",",
            ";",
            "\n",
            "\r\n",
            "\r",
            " b ",
            "\u{feff}c",
            "d\"e",
            "é",
        ];
        let mut wanted = Vec::new();
        let mut writer = csv::Writer::from_writer(Vec::new());
        for one in cells {
            for other in cells {
                wanted.push([one, other, "x"].map(str::to_owned).to_vec());
                writer.write_record([one, other, "x"]).unwrap();
            }
        }
        let written = writer.into_inner().unwrap();
        let records = read(&written).unwrap();
        let got: Vec<_> = records.into_iter().map(|(_, cells)| cells).collect();
        assert_eq!(got, wanted);
    }

    #[test]
    fn every_record_has_its_line_whatever_ends_it() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "", "\"c\",\"d", "e\"", "f,g"].join(end);
            let lines: Vec<u64> = read(text.as_bytes())
                .unwrap()
                .into_iter()
                .map(|(line, _)| line)
                .collect();
            assert_eq!(lines, [1, 3, 5]);
        }
    }

    #[test]
    fn a_wrong_quote_is_named_by_the_line_where_it_opens() {
        for (text, line) in [
            ("a,b\n\"c,d\n", 2),
            ("a,b\nc,\"d\ne,\"f\"\n", 2),
            ("a,b\n\"c\"d,e\n", 2),
            ("\"a\" ,b\n", 1),
            ("a\nb,\"", 2),
        ] {
            match read(text.as_bytes()) {
                Err(Failure::BadInput {
                    line: named,
                    problem,
                    ..
                }) => {
                    assert_eq!(named, line, "{text}");
                    assert!(problem.contains("a quote opens here"), "{problem}");
                }
                Err(other) => panic!("{text}: {other}"),
                Ok(records) => panic!("{text}: {records:?}"),
            }
        }
    }

    #[test]
    fn the_separator_is_that_of_the_header_or_the_one_named_above_it() {
        for text in [
            "a,b\nc,d",
            "a;b\nc;d",
            "a\tb\nc\td",
            "sep=;\r\na;b\r\nc;d",
            "sep=|\na|b\nc|d",
        ] {
            let records = read(text.as_bytes()).unwrap();
            let cells: Vec<_> = records.into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(cells, [["a", "b"], ["c", "d"]], "{text}");
        }
    }
}
