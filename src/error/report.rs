//! An error as it is shown: in sentences, or as the value of `error` in a JSON object.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde::Serialize;

use super::{Failure, Status};
use crate::escape::{cut, shown, visible};

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    code: &'static str,
    exit_status: u8,
    /// What happened, in one sentence.
    pub(crate) message: String,
    /// The next step, if there is one.
    pub(crate) hint: Option<String>,
    /// How many users are done, where a job failed after its first commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<usize>,
    #[serde(skip)]
    status: Status,
}

impl Report {
    /// How the program ends after this.
    pub(crate) fn status(&self) -> Status {
        self.status
    }
}

impl From<&Failure> for Report {
    fn from(failure: &Failure) -> Self {
        let facts = failure.facts();
        Self {
            code: facts.code,
            exit_status: facts.status as u8,
            message: shown(&failure.to_string()),
            hint: facts.hint.map(|hint| shown(&hint)),
            done: match failure {
                Failure::AfterCommit { state, .. } => state.done,
                _ => None,
            },
            status: facts.status,
        }
    }
}

impl From<&clap::Error> for Report {
    /// clap writes paragraphs; the first says what is wrong, one that begins with "tip:" helps.
    /// Both may repeat an argument of any length.
    fn from(error: &clap::Error) -> Self {
        let mut text = error.to_string();
        // A password where none belongs (`set-password alice secret`) must not get into a log.
        if let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg)
            && error.kind() == ErrorKind::UnknownArgument
            && !argument.starts_with('-')
        {
            text = text.replace(&format!("'{argument}' "), "");
        }
        let mut paragraphs = text.split("\n\n").map(|paragraph| {
            let words: Vec<&str> = paragraph.split_whitespace().collect();
            cut(&visible(&words.join(" ")))
        });
        let message = paragraphs.next().unwrap_or_default();
        let tip =
            paragraphs.find_map(|paragraph| paragraph.strip_prefix("tip: ").map(str::to_owned));
        Self::from(&Failure::Usage {
            message: message
                .strip_prefix("error: ")
                .unwrap_or(&message)
                .to_owned(),
            hint: tip.or_else(|| Some(format!("see `{} --help`", command_of(&text)))),
        })
    }
}

/// The command whose usage clap shows: the words up to the first option or argument.
fn command_of(text: &str) -> String {
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let words: Vec<&str> = usage
        .unwrap_or("drfctl")
        .split(' ')
        .take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    words.join(" ")
}
