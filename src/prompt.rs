//! Questions to a person: the only file that uses dialoguer. Nothing is asked unless stdin and
//! stderr are terminals; without them the error names the option to use instead.

use std::io::{self, IsTerminal as _};

use dialoguer::{Confirm, Password as Prompt};
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::interrupt;
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
        let password = ask_twice()?;
        let refusal = match password {
            Some(password) => match judge(&password) {
                Ok(()) => return Ok(password),
                Err(refusal) => refusal,
            },
            None => Failure::BadPassword("the two do not match".to_owned()),
        };
        if tries == TRIES {
            return Err(refusal);
        }
        crate::output::say(&format!("{refusal}; try again"));
        tries += 1;
    }
}

/// Asks for a password that exists.
pub(crate) fn password() -> Result<Password, Failure> {
    require_terminal(
        "a password",
        "give it with `--password-stdin` or `--password-file FILE`",
    )?;
    ask("Password").map(Password::new)
}

/// Asks for a key or a header; what is typed is not shown.
pub(crate) fn token() -> Result<Zeroizing<Vec<u8>>, Failure> {
    ask("Token").map(|typed| Zeroizing::new(typed.into_bytes()))
}

/// Asks whether to go on; the answer that needs no thought is no.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    require_terminal("a confirmation", "give it with `--yes`")?;
    let asked = interrupt::keeping_echo(|| {
        Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact()
    });
    answer(asked)
}

/// Whether there is somebody to ask.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The same password twice; `None` if they differ.
fn ask_twice() -> Result<Option<Password>, Failure> {
    let first = Password::new(ask("Password")?);
    let second = Password::new(ask("Password (again)")?);
    Ok((first == second).then_some(first))
}

fn ask(what: &str) -> Result<String, Failure> {
    let asked = interrupt::keeping_echo(|| {
        Prompt::new()
            .with_prompt(what)
            .allow_empty_password(true)
            .report(false)
            .interact()
    });
    answer(asked)
}

fn answer<T>(asked: io::Result<dialoguer::Result<T>>) -> Result<T, Failure> {
    match asked {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(dialoguer::Error::IO(error))) | Err(error) => Err(Failure::Unreadable {
            path: "terminal".to_owned(),
            reason: error.kind().to_string(),
            hint: None,
        }),
    }
}

fn require_terminal(what: &'static str, hint: &'static str) -> Result<(), Failure> {
    if is_possible() {
        Ok(())
    } else {
        Err(Failure::NoTerminal { what, hint })
    }
}
