//! Keys of tokens: which ones an operator may bring, and how DRF reads one from a request.
//! Source: `rest_framework/authentication.py` of DRF 3.18.

use crate::secret::Key;

/// The fewest characters of a key that is brought along: 80 bits, if they are hexadecimal.
const SHORTEST: usize = 20;

/// The width of `authtoken_token.key`.
const LONGEST: usize = 40;

/// Keys that stand in the documentation of DRF, in its source, in tutorials and in the entry
/// point of `netbox-docker`; whoever attacks a server tries them first.
const WELL_KNOWN: [&str; 6] = [
    "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b",
    "401f7ac837da42b97f613d789819ff93537bee6a",
    "9933b08199c62bcf9418ad846dd0e4bbdfc6ee4b",
    "7524dc17fe8433444278515f9622edf3d0b93c41",
    "83bfe03d294a7234db627540c21565dd66975bf8",
    "0123456789abcdef0123456789abcdef01234567",
];

/// Says why a key may not become a token, if it may not.
#[must_use]
pub fn problem(key: &Key) -> Option<&'static str> {
    let text = key.expose();
    if text.contains('\n') {
        return Some("it has more than one line");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some("it is not made of visible ASCII");
    }
    if text.len() < SHORTEST {
        return Some("it is shorter than 20 characters");
    }
    if text.len() > LONGEST {
        return Some("it is longer than 40 characters");
    }
    let first = text.chars().next();
    if WELL_KNOWN
        .iter()
        .any(|known| text.eq_ignore_ascii_case(known))
        || text.chars().all(|c| Some(c) == first)
    {
        return Some("it is a well-known example");
    }
    None
}

/// Whether a text holds something of the form of a key that DRF makes.
#[must_use]
pub fn stands_in(text: &str) -> bool {
    words(text).any(is_of_drf)
}

/// A text in which of such keys only the first characters are left.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for key in words(text).filter(|word| is_of_drf(word)) {
        let prefix = Key::new(key.to_owned()).prefix().to_owned();
        masked = masked.replace(key, &format!("{prefix}…"));
    }
    masked
}

/// Whether a text holds more than the key that is meant: quotes, a name, a comma.
#[must_use]
pub fn is_wrapped(text: &str) -> bool {
    let text = text.trim();
    let is_quoted = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    (stands_in(text) && !is_of_drf(text))
        || ['"', '\'', '`'].into_iter().any(is_quoted)
        || text.starts_with(['{', '['])
        || text.ends_with([',', ';'])
        || text.starts_with("DRF_TOKEN=")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
}

fn is_of_drf(word: &str) -> bool {
    word.len() == LONGEST && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What DRF makes of an `Authorization` header before it looks into the database.
#[derive(Debug, PartialEq, Eq)]
pub enum Header {
    /// A key to look up.
    Key(Key),
    /// The `detail` of the refusal.
    Refused(&'static str),
}

/// What DRF answers where the key is not in the database.
pub const INVALID_TOKEN: &str = "Invalid token.";

/// What DRF answers where the token's user may not log in.
pub const INACTIVE_USER: &str = "User inactive or deleted.";

/// Reads what an operator pastes: a header with or without `Authorization:`, or a key alone.
#[must_use]
pub fn read_header(pasted: &[u8]) -> Header {
    const NAME: &[u8] = b"authorization:";
    let is_header = pasted
        .get(..NAME.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(NAME));
    let value = pasted.get(NAME.len()..).filter(|_| is_header);
    let mut words: Vec<&[u8]> = value
        .unwrap_or(pasted)
        // Python's `bytes.split`, which knows the vertical tab too.
        .split(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
        .filter(|word| !word.is_empty())
        .collect();
    let has_keyword = words
        .first()
        .is_some_and(|word| word.eq_ignore_ascii_case(b"token"));
    if !is_header && !has_keyword && !has_other_scheme(&words) {
        words.insert(0, b"Token");
    } else if !has_keyword {
        return Header::Refused("Authentication credentials were not provided.");
    }
    match words.as_slice() {
        [_, key] => match std::str::from_utf8(key) {
            Ok(key) => Header::Key(Key::new(key.to_owned())),
            Err(_) => Header::Refused(
                "Invalid token header. Token string should not contain invalid characters.",
            ),
        },
        [_] => Header::Refused("Invalid token header. No credentials provided."),
        _ => Header::Refused("Invalid token header. Token string should not contain spaces."),
    }
}

/// Whether it is a header of another scheme, of which DRF leaves the answer to others.
fn has_other_scheme(words: &[&[u8]]) -> bool {
    const SCHEMES: [&[u8]; 5] = [b"basic", b"bearer", b"digest", b"jwt", b"negotiate"];
    words.len() > 1
        && words.first().is_some_and(|word| {
            SCHEMES
                .iter()
                .any(|scheme| word.eq_ignore_ascii_case(scheme))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_keys_are_refused() {
        for key in [
            "",
            "short",
            "1234567890123456789",
            "with a space in the middle",
            "two\nlines of a key, long enough",
            "ключ, который достаточно длинный",
            "0123456789ABCDEF0123456789abcdef01234567",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            &"k1".repeat(21),
        ] {
            assert!(problem(&Key::new(key.to_owned())).is_some(), "{key}");
        }
        for key in [
            "12345678901234567890",
            &"k1".repeat(20),
            "Az!\"#$%&'()*+,-./:;<=>?@",
        ] {
            assert_eq!(problem(&Key::new(key.to_owned())), None, "{key}");
        }
    }

    #[test]
    fn of_a_key_in_a_text_only_the_first_characters_are_left() {
        let key = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
        for (text, left) in [
            (key.to_owned(), "0a1b2c3d…"),
            (format!("alice\t{key}"), "alice\t0a1b2c3d…"),
            (format!("DRF_TOKEN={key}"), "DRF_TOKEN=0a1b2c3d…"),
            (format!("{{\"key\":\"{key}\"}}"), "{\"key\":\"0a1b2c3d…\"}"),
        ] {
            assert!(stands_in(&text));
            assert_eq!(masked(&text), left);
        }
        for text in [
            format!("\"{key}\""),
            format!("{key},"),
            format!("TOKEN={key}"),
            format!("alice\t{key}"),
            "'a key of another form'".to_owned(),
            "DRF_TOKEN=another-form".to_owned(),
            "{\"token\":\"another-form\"}".to_owned(),
        ] {
            assert!(is_wrapped(&text), "{text}");
        }
        for text in [key, "another-form-of-a-key=", "\"", ""] {
            assert!(!is_wrapped(text), "{text}");
        }
        for text in [
            "alice",
            &key[1..],
            &format!("{key}0"),
            &key.replace('a', "g"),
        ] {
            assert!(!stands_in(text), "{text}");
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn headers_are_read_as_drf_reads_them() {
        let key = |key: &str| Header::Key(Key::new(key.to_owned()));
        for (pasted, read) in [
            (&b"abc"[..], key("abc")),
            (b"Token abc", key("abc")),
            (b"Authorization: Token abc", key("abc")),
            (b"authorization:  tOKEN   abc  ", key("abc")),
            (
                b"Authorization: Bearer abc",
                Header::Refused("Authentication credentials were not provided."),
            ),
            (
                b"Bearer abc",
                Header::Refused("Authentication credentials were not provided."),
            ),
            (b"Bearer", key("Bearer")),
            (
                b"Authorization:",
                Header::Refused("Authentication credentials were not provided."),
            ),
            (
                b"Authorization: Token",
                Header::Refused("Invalid token header. No credentials provided."),
            ),
            (
                b"",
                Header::Refused("Invalid token header. No credentials provided."),
            ),
            (
                b"Authorization: Token a b",
                Header::Refused("Invalid token header. Token string should not contain spaces."),
            ),
            (
                b"Authorization: Token \xff\xfe",
                Header::Refused(
                    "Invalid token header. Token string should not contain invalid characters.",
                ),
            ),
        ] {
            assert_eq!(read_header(pasted), read, "{pasted:?}");
        }
    }
}
