//! Questions to a person: the only file that uses dialoguer. Nothing is asked unless stdin and
//! stderr are terminals; without them the error names the option to use instead.

use std::io::{self, IsTerminal as _};

use dialoguer::{Input, Password as Prompt};
use rustix::termios::{QueueSelector, tcflush};

use crate::error::Failure;
use crate::io::input;
use crate::io::interrupt;
use crate::secret::Password;

/// Maximum attempts, as in `manage.py changepassword`.
const ATTEMPTS: u32 = 3;

/// Asks for a new password, twice, until `validate` accepts it.
pub(crate) fn new_password(
    validate: impl Fn(&Password) -> Result<(), Failure>,
) -> Result<Password, Failure> {
    require_terminal(
        "a password",
        "give it with `--password-stdin` or `--password-file FILE`, or use `--no-password`",
    )?;
    let mut attempt = 1;
    loop {
        let refusal = match ask_twice()?.and_then(|password| validate(&password).map(|()| password))
        {
            Ok(password) => return Ok(password),
            Err(refusal) => refusal,
        };
        if attempt == ATTEMPTS {
            return Err(refusal);
        }
        crate::io::output::say(&format!("{refusal}; try again"));
        attempt += 1;
    }
}

/// Asks for a password that exists.
pub(crate) fn password() -> Result<Password, Failure> {
    require_terminal(
        "a password",
        "give it with `--password-stdin` or `--password-file FILE`",
    )?;
    let password = Password::new(ask("Password")?);
    input::check_password(&password).map(|()| password)
}

/// Asks for a key or a header; what is typed is not shown.
pub(crate) fn token() -> Result<Vec<u8>, Failure> {
    ask("Token").map(String::into_bytes)
}

/// Asks whether to go on; the default is No.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    require_terminal("a confirmation", "give it with `--yes`")?;
    // What was typed before the question was no answer to it.
    let _ = tcflush(io::stdin(), QueueSelector::IFlush);
    let asked = interrupt::keeping_echo(|| {
        Input::<String>::new()
            .with_prompt(format!("{question} [y/N]"))
            .allow_empty(true)
            .report(false)
            .interact_text()
    });
    let typed = answer(asked)?;
    Ok(["y", "yes"].contains(&typed.trim().to_lowercase().as_str()))
}

/// Whether there is a terminal to ask on.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The same password twice. The outer error ends the conversation, the inner one may be
/// followed by another try.
fn ask_twice() -> Result<Result<Password, Failure>, Failure> {
    let first = Password::new(ask("Password")?);
    let second = Password::new(ask("Password (again)")?);
    Ok(if first == second {
        input::check_password(&first).map(|()| first)
    } else {
        Err(Failure::BadPassword("the two do not match".to_owned()))
    })
}

fn ask(what: &str) -> Result<String, Failure> {
    let asked = interrupt::keeping_echo(|| {
        Prompt::new()
            .with_prompt(what)
            .allow_empty_password(true)
            .report(false)
            .interact()
    });
    // Best effort: what was typed is no less an answer where there is no `/dev/zero`.
    let _ = input::forget_typed_line();
    answer(asked)
}

fn answer<T>(asked: io::Result<dialoguer::Result<T>>) -> Result<T, Failure> {
    match asked {
        Ok(Ok(answer)) => Ok(answer),
        // In the question's raw mode Ctrl-C is a key, and no signal.
        Ok(Err(dialoguer::Error::IO(error))) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Failure::Interrupted)
        }
        Ok(Err(dialoguer::Error::IO(error))) | Err(error) => {
            Err(input::unreadable("terminal", &error))
        }
    }
}

fn require_terminal(what: &'static str, hint: &'static str) -> Result<(), Failure> {
    if is_possible() {
        Ok(())
    } else {
        Err(Failure::NoTerminal { what, hint })
    }
}
