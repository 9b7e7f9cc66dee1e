//! An error as it is shown: in sentences, or as the value of `error` in a JSON object.

use serde::Serialize;

use super::{Failure, Status};
use crate::escape::shown;

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
