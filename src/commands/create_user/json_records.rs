//! JSON objects of a file, a record at a time: one a line, or the elements of an array. What
//! their keys mean is decided in `record`.

use std::fmt;
use std::io::{BufRead, Bytes};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::record::Cell;
use crate::error::Failure;
use crate::io::input::{self, Lines};

/// The keys and values of an object, in their order; a key may be there twice.
pub(super) struct JsonRecord {
    pub(super) line: u64,
    pub(super) pairs: Vec<(String, Cell)>,
}

/// One object a line.
pub(super) struct JsonLines<R>(pub(super) Lines<R>);

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Result<JsonRecord, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self(lines) = self;
        let text = lines.find(|line| !line.as_ref().is_ok_and(|text| text.trim().is_empty()))?;
        let line = lines.number();
        Some(text.and_then(|text| {
            let pairs = pairs(text.as_bytes());
            match pairs {
                Ok(pairs) => Ok(JsonRecord { line, pairs }),
                Err(error) => Err(lines.failure_at(line, problem(&error))),
            }
        }))
    }
}

/// The elements of an array, which may be one long line.
pub(super) struct JsonArray<R> {
    bytes: Bytes<R>,
    source: String,
    longest: usize,
    line: u64,
    has_begun: bool,
    has_ended: bool,
}

impl<R: BufRead> JsonArray<R> {
    /// `source` is the name of the file in messages; an element of more than `longest` bytes is an
    /// error.
    pub(super) fn new(input: R, source: String, longest: usize) -> Self {
        Self {
            bytes: input.bytes(),
            source,
            longest,
            line: 1,
            has_begun: false,
            has_ended: false,
        }
    }

    fn failure(&self, line: u64, problem: impl Into<String>) -> Failure {
        Failure::BadInput {
            path: self.source.clone(),
            line,
            problem: problem.into(),
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Failure> {
        let byte = self.bytes.next().transpose();
        let byte = byte.map_err(|error| input::unreadable(&self.source, &error))?;
        self.line += u64::from(byte == Some(b'\n'));
        Ok(byte)
    }

    /// The next byte that is not blank.
    fn token(&mut self) -> Result<Option<u8>, Failure> {
        loop {
            match self.byte()? {
                Some(byte) if byte.is_ascii_whitespace() => {}
                byte => return Ok(byte),
            }
        }
    }

    fn element(&mut self) -> Result<Option<JsonRecord>, Failure> {
        let next = if self.has_begun {
            match self.token()? {
                Some(b',') => self.token()?,
                Some(b']') => return self.end(),
                Some(_) => {
                    let problem = "a comma was expected between two JSON objects";
                    return Err(self.failure(self.line, problem));
                }
                None => None,
            }
        } else {
            self.has_begun = true;
            // The bracket, which has been looked at, with what may stand before it.
            while self.byte()?.is_some_and(|byte| byte != b'[') {}
            match self.token()? {
                Some(b']') => return self.end(),
                first => first,
            }
        };
        let line = self.line;
        match next {
            Some(b'{') => {}
            Some(_) => {
                return Err(self.failure(line, "an array of JSON objects was expected"));
            }
            None => return Err(self.failure(line, END_IN_THE_MIDDLE)),
        }
        let text = self.object(line)?;
        match pairs(&text) {
            Ok(pairs) => Ok(Some(JsonRecord { line, pairs })),
            Err(error) => {
                let line = line + (error.line() as u64).saturating_sub(1);
                Err(self.failure(line, problem(&error)))
            }
        }
    }

    /// The text of an object whose opening brace has been read.
    fn object(&mut self, line: u64) -> Result<Vec<u8>, Failure> {
        let mut text = vec![b'{'];
        let (mut depth, mut is_string, mut is_escaped) = (1_u32, false, false);
        while depth > 0 {
            let Some(byte) = self.byte()? else {
                return Err(self.failure(line, END_IN_THE_MIDDLE));
            };
            if text.len() == self.longest {
                let problem = format!("it has more than {} bytes", self.longest);
                return Err(self.failure(line, problem));
            }
            text.push(byte);
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = is_string,
                b'"' => is_string = !is_string,
                b'{' if !is_string => depth += 1,
                b'}' if !is_string => depth -= 1,
                _ => {}
            }
        }
        Ok(text)
    }

    fn end(&mut self) -> Result<Option<JsonRecord>, Failure> {
        match self.token()? {
            None => Ok(None),
            Some(_) => Err(self.failure(self.line, "something follows the JSON array")),
        }
    }
}

impl<R: BufRead> Iterator for JsonArray<R> {
    type Item = Result<JsonRecord, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let element = self.element().transpose();
        self.has_ended = !matches!(element, Some(Ok(_)));
        element
    }
}

const END_IN_THE_MIDDLE: &str = "it ends in the middle of the JSON";

/// Reads an object. `serde_json`'s own map would drop all but the last of equal keys.
fn pairs(text: &[u8]) -> Result<Vec<(String, Cell)>, serde_json::Error> {
    struct Pairs(Vec<(String, Cell)>);
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = Pairs;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
            let mut pairs = Vec::new();
            while let Some((key, value)) = map.next_entry()? {
                pairs.push((key, cell(value)));
            }
            Ok(Pairs(pairs))
        }
    }
    impl<'de> Deserialize<'de> for Pairs {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Object)
        }
    }
    serde_json::from_slice(text).map(|Pairs(pairs)| pairs)
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Absent,
        Value::Bool(is) => Cell::Boolean(is),
        Value::Number(number) => Cell::Number(number.to_string()),
        Value::String(text) => Cell::Text(text),
        Value::Array(values) => {
            let texts = values.into_iter().map(|value| match value {
                Value::String(text) => Some(text),
                _ => None,
            });
            texts
                .collect::<Option<_>>()
                .map_or(Cell::Structure, Cell::Texts)
        }
        Value::Object(_) => Cell::Structure,
    }
}

/// What is wrong, in words that repeat no value: it may be a password.
fn problem(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Io => "it cannot be read".to_owned(),
        Category::Syntax => format!("it is not valid JSON (column {})", error.column()),
        Category::Eof => END_IN_THE_MIDDLE.to_owned(),
        Category::Data => "it is not a JSON object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<Vec<u64>, (u64, String)> {
        JsonArray::new(text.as_bytes(), "file".to_owned(), 60)
            .map(|record| record.map(|record| record.line))
            .collect::<Result<_, _>>()
            .map_err(|failure| match failure {
                Failure::BadInput { line, problem, .. } => (line, problem),
                other => panic!("{other}"),
            })
    }

    #[test]
    fn an_array_is_split_into_its_objects() {
        assert_eq!(lines("[]\n"), Ok(vec![]));
        assert_eq!(
            lines("\u{feff} [{\"a\":1},{\"b\":\"]},{\\\"\"}]"),
            Ok(vec![1, 1])
        );
        assert_eq!(lines("[\n {\n \"a\": [{}]\n },\n {}\n]\n"), Ok(vec![2, 5]));
    }

    #[test]
    fn what_is_wrong_with_an_array_is_named_with_its_line() {
        let long = format!("[\n{{\"a\":\"{}\"}}]", "x".repeat(60));
        for (text, line, problem) in [
            ("[", 1, "it ends in the middle of the JSON"),
            ("[{}", 1, "it ends in the middle of the JSON"),
            ("[\n{\"a\":\n", 2, "it ends in the middle of the JSON"),
            ("[{},\n]", 2, "an array of JSON objects was expected"),
            (
                "[{}\n{}]",
                2,
                "a comma was expected between two JSON objects",
            ),
            ("[1]", 1, "an array of JSON objects was expected"),
            ("[{}]\n{}", 2, "something follows the JSON array"),
            ("[{\n\n\"a\":tru}]", 3, "it is not valid JSON (column 8)"),
            (&long, 2, "it has more than 60 bytes"),
        ] {
            assert_eq!(lines(text), Err((line, problem.to_owned())), "{text}");
        }
    }
}
