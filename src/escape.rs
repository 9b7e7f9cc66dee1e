//! How foreign text is made safe to look at: names from a database, arguments in a message.
//!
//! A name can hold whatever a server once stored: an escape sequence that repaints the
//! terminal, a line break that forges a second row, characters that are not seen at all.
//! Pure functions; `output` and `error` decide where they are needed.

use std::io;

use unicode_general_category::{GeneralCategory, get_general_category};

/// The longest name, in characters, that a message repeats in full.
const LONGEST_NAME: usize = 60;

/// Writes control, format (bidirectional, zero-width, tag) and line-separating characters as
/// escapes and leaves everything else as it is.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A message that repeats what was typed, if that was very long only its beginning.
#[must_use]
pub fn cut(message: &str) -> String {
    const LONGEST: usize = 400;
    let mut shown: String = message.chars().take(LONGEST).collect();
    if message.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// What the system says of an error, without the number that Rust adds.
#[must_use]
pub fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}

/// A name as messages show it: in backticks, safe to look at, cut when it is very long.
#[must_use]
pub fn quoted(name: &str) -> String {
    let mut shown: String = visible(&name.chars().take(LONGEST_NAME).collect::<String>());
    if name.chars().nth(LONGEST_NAME).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Several names as messages show them; of very many only the first.
#[must_use]
pub fn quoted_list<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 20;
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| quoted(name.as_ref()))
        .collect();
    if names.len() > MOST {
        shown.push(format!("{} more", names.len() - MOST));
    }
    shown.join(", ")
}

/// Whether a character is not seen, or changes how others are.
pub(crate) fn is_hidden(c: char) -> bool {
    // Almost every character of almost every name: keep the table look-up for the others.
    if matches!(c, ' '..='~') {
        return false;
    }
    matches!(
        get_general_category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped_and_the_rest_is_left_alone() {
        for (text, shown) in [
            ("alice", "alice"),
            ("Zoë 名前 'quoted' \\", "Zoë 名前 'quoted' \\"),
            ("\u{1b}[31mevil\u{7}", "\\u{1b}[31mevil\\u{7}"),
            ("two\nlines\r\t", "two\\nlines\\r\\t"),
            ("\u{85}\u{9b}\u{7f}", "\\u{85}\\u{9b}\\u{7f}"),
            ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"),
            ("z\u{200b}w\u{feff}", "z\\u{200b}w\\u{feff}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}\u{e007f}", "\\u{e0041}\\u{e007f}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_very_long_name_is_cut() {
        assert_eq!(quoted(&"x".repeat(60)), format!("`{}`", "x".repeat(60)));
        assert_eq!(
            quoted(&"x".repeat(100_000)),
            format!("`{}…`", "x".repeat(60))
        );
    }
}
