//! What a command line asks for before it is read, or although it cannot be: how an error or the
//! help is shown.

use std::ffi::OsString;

use clap::{ColorChoice, ValueEnum as _};

/// A command line that clap has not read.
pub(crate) struct Unread {
    color: ColorChoice,
    is_json: bool,
}

impl Unread {
    /// Looks for `--color` and `--format`.
    pub(crate) fn new(arguments: &[OsString]) -> Self {
        let words: Vec<&str> = arguments
            .iter()
            .filter_map(|word| word.to_str())
            .take_while(|word| *word != "--")
            .collect();
        let color = values(&words, "--color", None)
            .find_map(|value| ColorChoice::from_str(value, false).ok());
        Self {
            color: color.unwrap_or(ColorChoice::Auto),
            is_json: values(&words, "--format", Some("-f"))
                .any(|value| value == "json" || value == "jsonl"),
        }
    }

    /// When to use colour.
    pub(crate) fn color(&self) -> ColorChoice {
        self.color
    }

    /// Whether an error is shown as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.is_json
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
