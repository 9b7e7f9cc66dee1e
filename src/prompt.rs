//! Questions to a person: the only file that uses dialoguer. Nothing is asked unless stdin and
//! stderr are terminals; without them the error names the option to use instead.

use std::io::{self, IsTerminal as _};

use dialoguer::Password as Prompt;

use crate::error::Failure;
use crate::secret::Password;

/// How often a password is asked for before giving up, as `manage.py changepassword` does.
const TRIES: u32 = 3;

/// Asks for a new password, twice, until `judge` takes it.
pub(crate) fn new_password(
    judge: impl Fn(&Password) -> Result<(), Failure>,
) -> Result<Password, Failure> {
    require_terminal(
        "a password",
        "give it with `--password-stdin` or `--password-file FILE`, or use `--no-password`",
    )?;
    let mut tries = 1;
    loop {
        let typed = Prompt::new()
            .with_prompt("Password")
            .with_confirmation("Password (again)", "The two do not match; try again.")
            .allow_empty_password(true)
            .interact()
            .map_err(|error| lost_terminal(&error))?;
        let password = Password::new(typed);
        match judge(&password) {
            Ok(()) => return Ok(password),
            Err(refusal) if tries == TRIES => return Err(refusal),
            Err(refusal) => {
                crate::output::say(&format!("{refusal}"));
                tries += 1;
            }
        }
    }
}

fn require_terminal(what: &'static str, hint: &'static str) -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        Ok(())
    } else {
        Err(Failure::NoTerminal { what, hint })
    }
}

fn lost_terminal(error: &dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        return Failure::Interrupted;
    }
    Failure::Unreadable {
        path: "terminal".to_owned(),
        reason: error.kind().to_string(),
        hint: None,
    }
}
