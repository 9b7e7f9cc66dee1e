//! How foreign text is made safe to look at: names from a database, arguments in a message.
//!
//! A name can hold whatever a server once stored: an escape sequence that repaints the
//! terminal, a line break that forges a second row, characters that are not seen at all.
//! Pure functions; `output` and `error` decide where they are needed.

use std::io;
use std::path::Path;

use unicode_general_category::{GeneralCategory, get_general_category};

/// The longest name, in characters, that a message repeats in full.
const LONGEST_NAME: usize = 60;

/// Writes what is not seen, or changes how other text is seen, as escapes, and leaves everything
/// else as it is: control, format (bidirectional, zero-width, tag) and line-separating
/// characters, and all that a font may show as nothing.
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

/// A message as it is shown: safe to look at, whatever it repeats, and cut where it is very long.
pub(crate) fn shown(message: &str) -> String {
    /// As many characters as the longest list of names takes.
    const LONGEST: usize = 1_500;
    truncated(&visible(message), LONGEST)
}

/// A piece of a message, of which only the beginning is repeated where it is long.
pub(crate) fn cut(text: &str) -> String {
    const LONGEST: usize = 400;
    truncated(text, LONGEST)
}

fn truncated(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What the system says of an error, without the number that Rust adds.
pub(crate) fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}

/// A path as an argument that a POSIX shell reads back; `None` where that would take more than
/// quotes.
pub(crate) fn shell_word(path: &Path) -> Option<String> {
    const PLAIN: &[u8] = b"/.+-_@:,";
    let text = path.to_str().filter(|text| !text.is_empty())?;
    if text.starts_with('-') || text.contains('\'') || text.chars().any(is_hidden) {
        None
    } else if text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || PLAIN.contains(&byte))
    {
        Some(text.to_owned())
    } else {
        Some(format!("'{text}'"))
    }
}

/// A name as messages show it: in backticks, safe to look at, cut when it is very long.
pub(crate) fn quoted(name: &str) -> String {
    let mut shown: String = visible(&name.chars().take(LONGEST_NAME).collect::<String>());
    if name.chars().nth(LONGEST_NAME).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Several names as messages show them; of very many only the first.
pub(crate) fn quoted_list<S: AsRef<str>>(names: &[S]) -> String {
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
    ) || is_default_ignorable(c)
        // The Braille pattern without a dot.
        || c == '\u{2800}'
}

/// `Default_Ignorable_Code_Point` of Unicode 17, but for those that are format characters.
fn is_default_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2065}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{e0000}'..='\u{e0fff}'
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
            (
                "\u{115f}\u{1160}\u{3164}\u{ffa0}",
                "\\u{115f}\\u{1160}\\u{3164}\\u{ffa0}",
            ),
            ("\u{2800}\u{34f}", "\\u{2800}\\u{34f}"),
            ("\u{fe0f}\u{e0100}", "\\u{fe0f}\\u{e0100}"),
            ("\u{180b}\u{17b4}", "\\u{180b}\\u{17b4}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_message_is_shown_the_same_way_twice() {
        let message = format!("\u{1b}[31m{}", "x".repeat(100_000));
        let once = shown(&message);
        assert!(once.chars().count() < 1_600, "{once}");
        assert_eq!(shown(&once), once);
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
