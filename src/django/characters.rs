//! How Python sorts characters, where Rust does it otherwise.

use unicode_general_category::{GeneralCategory, get_general_category};

/// The characters that Python's `str.isdigit` takes beyond the decimal digits (category Nd):
/// those with `Numeric_Type=Digit`, as superscripts and circled digits. Unicode adds no more of
/// them: the last came with 7.0.
const DIGITS: [(char, char); 20] = [
    ('\u{b2}', '\u{b3}'),
    ('\u{b9}', '\u{b9}'),
    ('\u{1369}', '\u{1371}'),
    ('\u{19da}', '\u{19da}'),
    ('\u{2070}', '\u{2070}'),
    ('\u{2074}', '\u{2079}'),
    ('\u{2080}', '\u{2089}'),
    ('\u{2460}', '\u{2468}'),
    ('\u{2474}', '\u{247c}'),
    ('\u{2488}', '\u{2490}'),
    ('\u{24ea}', '\u{24ea}'),
    ('\u{24f5}', '\u{24fd}'),
    ('\u{24ff}', '\u{24ff}'),
    ('\u{2776}', '\u{277e}'),
    ('\u{2780}', '\u{2788}'),
    ('\u{278a}', '\u{2792}'),
    ('\u{10a40}', '\u{10a43}'),
    ('\u{10e60}', '\u{10e68}'),
    ('\u{11052}', '\u{1105a}'),
    ('\u{1f100}', '\u{1f10a}'),
];

/// What Python's `str.isdigit` takes.
pub(super) fn is_digit(character: char) -> bool {
    get_general_category(character) == GeneralCategory::DecimalNumber
        || DIGITS
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&character))
}

/// What `\w` matches in Python: letters, numbers of any kind and the underscore; not marks and
/// joiners, which the `\w` of Rust's `regex` takes too.
pub(super) fn is_word(character: char) -> bool {
    use GeneralCategory::{
        DecimalNumber, LetterNumber, LowercaseLetter, ModifierLetter, OtherLetter, OtherNumber,
        TitlecaseLetter, UppercaseLetter,
    };
    character == '_'
        || matches!(
            get_general_category(character),
            UppercaseLetter
                | LowercaseLetter
                | TitlecaseLetter
                | ModifierLetter
                | OtherLetter
                | DecimalNumber
                | LetterNumber
                | OtherNumber
        )
}

/// What Python's `str.strip` removes: white space, and four separators among the controls.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}
