//! Questions to a person. Nothing is asked unless stdin and stderr are terminals; without them
//! the error names the option to use instead.

use std::io;

use dialoguer::theme::{SimpleTheme, Theme as _};

use crate::error::Failure;
use crate::escape::quoted;
use crate::io::input;
use crate::io::output;
use crate::platform::terminal::{self, Conversation};
use crate::secret::Password;

/// Maximum attempts, as in `manage.py changepassword`.
const ATTEMPTS: u32 = 3;

/// Asks for a new password of this user, twice, until `validate` accepts it or the operator insists.
pub(crate) fn new_password(
    username: &str,
    validate: impl Fn(&Password) -> Result<(), Failure>,
) -> Result<Password, Failure> {
    require_terminal(
        "a password",
        "give it with `--password-stdin`, `--password-file FILE` or `--password-env NAME`",
    )?;
    for _ in 0..ATTEMPTS {
        let first = Password::new(ask(&password_of(username), Echo::Off)?);
        let second = Password::new(ask("Password (again)", Echo::Off)?);
        if first != second {
            output::say("The passwords do not match.");
            continue;
        }
        if let Err(refusal) = input::check_password(&first) {
            output::say(&refusal.to_string());
            continue;
        }
        match validate(&first) {
            Ok(()) => return Ok(first),
            Err(Failure::WeakPassword(problems)) => {
                for problem in problems {
                    output::say(&problem);
                }
                if is_yes("Bypass password validation and set the password anyway?")? {
                    return Ok(first);
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::TooManyAttempts(ATTEMPTS))
}

/// Asks for the password that a user has.
pub(crate) fn password(username: &str) -> Result<Password, Failure> {
    require_terminal(
        "a password",
        "give it with `--password-stdin` or `--password-file FILE`",
    )?;
    let password = Password::new(ask(&password_of(username), Echo::Off)?);
    input::check_password(&password).map(|()| password)
}

fn password_of(username: &str) -> String {
    format!("Password for {}", quoted(username))
}

/// Asks for a key or a header; what is typed is not shown.
pub(crate) fn token() -> Result<Vec<u8>, Failure> {
    ask("Token", Echo::Off).map(String::into_bytes)
}

/// Asks whether to go on, and declines otherwise; the default is No.
pub(crate) fn confirm(question: &str) -> Result<(), Failure> {
    confirm_about("a confirmation", question)
}

/// The same; `what` says without a terminal what is needed.
pub(crate) fn confirm_about(what: &str, question: &str) -> Result<(), Failure> {
    require_terminal(what, "give it with `--yes`")?;
    if is_yes(question)? {
        Ok(())
    } else {
        Err(Failure::Declined)
    }
}

fn is_yes(question: &str) -> Result<bool, Failure> {
    // What was typed before the question was no answer to it.
    terminal::discard_typed();
    let typed = ask(question, Echo::On)?;
    Ok(["y", "yes"].contains(&typed.trim().to_lowercase().as_str()))
}

/// Whether the terminal shows what is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    On,
    Off,
}

/// Reads one line. Ctrl-C and Ctrl-D end the command; nothing has been changed by then.
fn ask(what: &str, echo: Echo) -> Result<String, Failure> {
    let failed = |error: io::Error| input::unreadable("terminal", &error);
    let mut conversation = Conversation::begin(echo == Echo::On).map_err(failed)?;
    output::prompt(&prompt(what, echo));
    let Some(line) = conversation.read_line().map_err(failed)? else {
        conversation.show();
        output::say("");
        conversation.end();
        return Err(Failure::Interrupted);
    };
    String::from_utf8(line).map_err(|_| Failure::BadPassword("it is not valid UTF-8".to_owned()))
}

/// A question as people know it: `Password: `, `Revoke it? [y/N] `.
fn prompt(what: &str, echo: Echo) -> String {
    let mut text = String::new();
    // A string takes every text.
    let _ = match echo {
        Echo::On => SimpleTheme.format_confirm_prompt(&mut text, what, Some(false)),
        Echo::Off => SimpleTheme.format_input_prompt(&mut text, what, None),
    };
    text
}

fn require_terminal(what: &str, hint: &'static str) -> Result<(), Failure> {
    if input::is_typed() {
        Ok(())
    } else {
        Err(Failure::NoTerminal {
            what: what.to_owned(),
            hint,
        })
    }
}
