//! The values that options take: formats, durations, assignments, choices. Each command that
//! prints has a format of its own, so that no `match` on one has an arm that cannot be reached.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::{PathBufValueParser, PossibleValue, TypedValueParser};

use crate::db::{IfExists, Order};
use crate::django::hashers::Hasher;

/// What `--format` of one command takes.
pub(crate) trait OutputFormat: ValueEnum + Copy + Default + Send + Sync {
    /// Whether stdout is JSON, and an error on stderr with it.
    fn is_json(self) -> bool;
}

/// How a command shows one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// Plain text
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// How a command reports on several users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Plain text
    #[default]
    Text,
    /// One JSON value
    Json,
    /// One JSON object per line
    Jsonl,
}

/// How tokens are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenFormat {
    /// The key alone, or `name<TAB>key` for several users
    #[default]
    Key,
    /// One JSON value
    Json,
    /// One JSON object per line
    Jsonl,
    /// `Authorization: Token KEY`
    Header,
    /// `DRF_TOKEN=KEY`
    Env,
    /// What `manage.py drf_create_token` prints
    Drf,
}

/// How `list` prints its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Columns for people
    #[default]
    Table,
    /// One JSON array
    Json,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// The names alone, one per line
    Names,
}

impl OutputFormat for AnswerFormat {
    fn is_json(self) -> bool {
        match self {
            Self::Text => false,
            Self::Json => true,
        }
    }
}

impl OutputFormat for ReportFormat {
    fn is_json(self) -> bool {
        match self {
            Self::Text => false,
            Self::Json | Self::Jsonl => true,
        }
    }
}

impl OutputFormat for TokenFormat {
    fn is_json(self) -> bool {
        match self {
            Self::Key | Self::Header | Self::Env | Self::Drf => false,
            Self::Json | Self::Jsonl => true,
        }
    }
}

impl OutputFormat for ListFormat {
    fn is_json(self) -> bool {
        match self {
            Self::Table | Self::Csv | Self::Tsv | Self::Names => false,
            Self::Json | Self::Jsonl => true,
        }
    }
}

/// The names of the formats that any command takes, each once.
pub(super) fn format_names() -> Vec<String> {
    let mut names = names_of::<AnswerFormat>();
    for name in [
        names_of::<ReportFormat>(),
        names_of::<TokenFormat>(),
        names_of::<ListFormat>(),
    ]
    .concat()
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The names of the values of a choice.
pub(super) fn names_of<V: ValueEnum>() -> Vec<String> {
    V::value_variants()
        .iter()
        .filter_map(ValueEnum::to_possible_value)
        .map(|value| value.get_name().to_owned())
        .collect()
}

/// What `create-user` does with a user who exists: `--if-exists`.
impl ValueEnum for IfExists {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Refuse, Self::Keep, Self::Update]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Refuse => PossibleValue::new("error").help("Fail with exit status 4"),
            Self::Keep => PossibleValue::new("skip").help("Change nothing"),
            Self::Update => PossibleValue::new("update")
                .help("Change only the fields given on the command line"),
        })
    }
}

/// The order of a list: `--sort`.
impl ValueEnum for Order {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Username, Self::Created, Self::LastLogin]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Username => PossibleValue::new("username").help("By user name"),
            Self::Created => PossibleValue::new("created").help("Oldest token first"),
            Self::LastLogin => PossibleValue::new("last-login").help("Least recent login first"),
        })
    }
}

/// `--hasher`.
impl ValueEnum for Hasher {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, value)) if !column.is_empty() => Ok((column.to_owned(), value.to_owned())),
        _ => Err("write it as COLUMN=VALUE".to_owned()),
    }
}

/// Reads a number of rows.
pub(super) fn count(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "write a whole number from 1".to_owned())
}

/// Reads a number of iterations.
pub(super) fn iterations(text: &str) -> Result<u32, String> {
    let problem = || "write a whole number from 1 to 4294967295".to_owned();
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(problem)
}

/// Reads an age, which is more than nothing: of several processes that replace what is older than
/// no time, each would replace what another has just made.
pub(super) fn age(text: &str) -> Result<Duration, String> {
    match span(text, "90d")? {
        Duration::ZERO => Err("an age is more than 0, such as 90d".to_owned()),
        age => Ok(age),
    }
}

/// Reads the name of a file to write: a name that means stdin elsewhere is none.
pub(super) fn out_file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path.as_os_str() == "-" {
            Err("leave the option out to write to stdout")
        } else {
            Ok(path)
        }
    })
}

const DAY: u64 = 86_400;

/// Reads how long to wait.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    span(text, "30s")
}

/// Reads `1y`, `12w`, `90d`, `12h`, `30m` or `45s`; a year is 365 days.
fn span(text: &str, example: &str) -> Result<Duration, String> {
    let problem = || format!("write it as a number and y, w, d, h, m or s, such as {example}");
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(problem)?;
    let seconds = match unit {
        "y" => 365 * DAY,
        "w" => 7 * DAY,
        "d" => DAY,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return Err(problem()),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(problem());
    }
    let number: u64 = number.parse().map_err(|_| problem())?;
    // More than a millennium is a slip, and more than SQLite or a date can hold.
    number
        .checked_mul(seconds)
        .filter(|seconds| *seconds <= 400_000 * DAY)
        .map(Duration::from_secs)
        .ok_or_else(|| "that is longer than 400000d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [
            ("1y", 31_536_000),
            ("12w", 7_257_600),
            ("90d", 7_776_000),
            ("12h", 43_200),
            ("30m", 1_800),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in [
            "",
            "s",
            "5",
            "-5s",
            "+5s",
            "5.5h",
            "5 s",
            "5M",
            "1h30m",
            "99999999999999999999d",
            "9999999d",
            "2000y",
            "5é",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
