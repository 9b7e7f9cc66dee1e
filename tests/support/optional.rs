//! What a machine may lack: made once, or named once on stderr and its tests not run.

use std::env;
use std::io::{self, Write as _};
use std::sync::OnceLock;

/// Something made for the whole process, or the reason why it cannot be.
pub(crate) struct Optional<T>(OnceLock<Result<T, String>>);

impl<T> Optional<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The thing itself. `None` where it cannot be made: a test then has nothing to say. Where
    /// the variable `insist` is 1, the test fails instead.
    pub(crate) fn get(
        &'static self,
        name: &str,
        insist: &str,
        prepare: impl FnOnce() -> Result<T, String>,
    ) -> Option<&'static T> {
        let made = self.0.get_or_init(|| {
            prepare().map_err(|reason| {
                let report = format!("not run: the tests on {name}: {reason}");
                // Past the capture of the test harness, which hides what a test that passes
                // prints.
                writeln!(io::stderr(), "\n{report}").expect("write to stderr");
                report
            })
        });
        match made {
            Ok(thing) => Some(thing),
            Err(report) => {
                assert!(variable(insist) != "1", "{report}");
                None
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' own switches")]
pub(crate) fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
