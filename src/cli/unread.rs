//! What a command line asks for before it is read, or although it cannot be read: its command, and
//! how an error or the help is shown.

use std::ffi::OsString;

use clap::{ColorChoice, ValueEnum as _};

/// A command line that clap has not read.
pub(crate) struct Unread<'a> {
    words: Vec<&'a str>,
}

impl<'a> Unread<'a> {
    /// Takes the words up to the first `--`.
    pub(crate) fn new(arguments: &'a [OsString]) -> Self {
        let words = arguments.iter().filter_map(|word| word.to_str());
        Self {
            words: words.take_while(|word| *word != "--").collect(),
        }
    }

    /// The command that seems to be meant, and how it is called, such as `drfctl verify token`;
    /// the program itself, where none is.
    pub(super) fn command(&self) -> (clap::Command, String) {
        let mut command = super::definition();
        let mut path = command.get_name().to_owned();
        for word in self.words.iter().skip(1) {
            if let Some(below) = command.find_subcommand(word) {
                path = format!("{path} {word}");
                command = below.clone();
            }
        }
        (command, path)
    }

    /// The word that stands behind another.
    pub(super) fn word_after(&self, word: &str) -> Option<&'a str> {
        let position = self.words.iter().position(|other| *other == word)?;
        self.words.get(position + 1).copied()
    }

    /// When to use colour.
    pub(crate) fn color(&self) -> ColorChoice {
        values(&self.words, "--color", None)
            .find_map(|value| ColorChoice::from_str(value, false).ok())
            .unwrap_or(ColorChoice::Auto)
    }

    /// Whether an error is shown as JSON.
    pub(crate) fn is_json(&self) -> bool {
        values(&self.words, "--format", Some("-f")).any(|value| value == "json" || value == "jsonl")
    }
}

/// What seems to be the values of an option.
fn values<'a>(
    words: &'a [&'a str],
    long: &'a str,
    short: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let separate = words.windows(2).filter_map(move |pair| match pair {
        [option, value] if *option == long || Some(*option) == short => Some(*value),
        _ => None,
    });
    let attached = words.iter().filter_map(move |word| {
        word.strip_prefix(long)
            .and_then(|rest| rest.strip_prefix('='))
            .or_else(|| word.strip_prefix(short?))
    });
    separate.chain(attached)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_found_whatever_stands_around_it() {
        for (line, path) in [
            ("drfctl", "drfctl"),
            ("drfctl --frob", "drfctl"),
            ("drfctl -d x list --frob", "drfctl list"),
            ("drfctl verify token KEY", "drfctl verify token"),
            ("drfctl -- list", "drfctl"),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(Unread::new(&words).command().1, path, "{line}");
        }
    }

    #[test]
    fn colour_and_format_are_found_in_every_spelling() {
        for (line, color, is_json) in [
            ("drfctl --color never x", ColorChoice::Never, false),
            ("drfctl x --color=always -f json", ColorChoice::Always, true),
            ("drfctl x -fjsonl", ColorChoice::Auto, true),
            ("drfctl x --format=json --color", ColorChoice::Auto, true),
            ("drfctl x -- --format=json", ColorChoice::Auto, false),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let unread = Unread::new(&words);
            assert_eq!(
                (unread.color(), unread.is_json()),
                (color, is_json),
                "{line}"
            );
        }
    }
}
