//! Which passwords are too weak: the four validators that `startproject` puts into
//! `AUTH_PASSWORD_VALIDATORS`, with Django's own messages.
//!
//! Equals `django/contrib/auth/password_validation.py` of Django 4.2 to 6.1, where neither the
//! rules nor the English messages differ. How a password is hashed is in `hashers`.
//!
//! `common_passwords.txt` is `common-passwords.txt.gz` of Django 5.2 to 6.1 (BSD-3-Clause), as
//! `gunzip` gives it: 19,640 passwords collected by Royce Williams, in lower case, the most
//! common first. Django 4.2 has 15 of them only as `$hex[…]`, which no password matches.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::characters::{is_digit, is_space, is_word};
use crate::secret::Password;

/// How similar a password may not be to an attribute: Django's `max_similarity`.
const MAX_SIMILARITY: f64 = 0.7;

/// The fewest characters of a password: Django's `min_length`.
const MIN_LENGTH: usize = 8;

const COMMON_PASSWORDS: &str = include_str!("common_passwords.txt");

/// The same for looking up: a file of users has many passwords to be judged.
static COMMON_SET: LazyLock<BTreeSet<&str>> = LazyLock::new(|| COMMON_PASSWORDS.lines().collect());

/// What a password is compared with: an attribute of its user.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    /// Django's `verbose_name` of the field, as the message gives it: `email address`.
    pub verbose_name: &'a str,
    /// Its value; an empty one is passed over.
    pub value: &'a str,
}

/// Gives the messages of the validators that refuse a password, in Django's order; none if it
/// is good.
///
/// Django looks at `username`, `first_name`, `last_name` and `email`, in this order, which are
/// called `username`, `first name`, `last name` and `email address`; the first that is too
/// similar is the one named.
#[must_use]
pub fn validate(password: &Password, attributes: &[Attribute<'_>]) -> Vec<String> {
    let password = password.expose();
    let lower = password.to_lowercase();
    let mut messages = Vec::new();
    if let Some(attribute) = attributes.iter().find(|a| is_similar(&lower, a.value)) {
        messages.push(format!(
            "The password is too similar to the {}.",
            attribute.verbose_name
        ));
    }
    if password.chars().count() < MIN_LENGTH {
        messages.push(format!(
            "This password is too short. It must contain at least {MIN_LENGTH} characters."
        ));
    }
    if is_common(&lower) {
        messages.push("This password is too common.".to_owned());
    }
    if is_numeric(password) {
        messages.push("This password is entirely numeric.".to_owned());
    }
    messages
}

/// `UserAttributeSimilarityValidator`: compares with the whole value and with its words.
fn is_similar(lower_password: &str, value: &str) -> bool {
    if value.is_empty() {
        return false;
    }
    let password = Letters::of(lower_password);
    let lower = value.to_lowercase();
    lower
        .split(|c| !is_word(c))
        .chain([lower.as_str()])
        .map(Letters::of)
        .any(|part| !password.is_far_longer_than(&part) && password.ratio(&part) >= MAX_SIMILARITY)
}

/// A text as `difflib.SequenceMatcher.quick_ratio` sees it: its characters in no order but
/// their own.
struct Letters(Vec<char>);

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        Self(letters)
    }

    /// Django's `exceeds_maximum_length_ratio`: the two cannot be similar.
    fn is_far_longer_than(&self, part: &Self) -> bool {
        let (length, part) = (float(self.0.len()), float(part.0.len()));
        length >= 10.0 * part && part < MAX_SIMILARITY / 2.0 * length
    }

    /// `quick_ratio`: 1 where the two are made of the same characters, 0 where they share none.
    fn ratio(&self, other: &Self) -> f64 {
        let length = self.0.len() + other.0.len();
        if length == 0 {
            return 1.0;
        }
        2.0 * float(self.shared(other)) / float(length)
    }

    /// How many characters the two have in common, each as often as both have it.
    fn shared(&self, other: &Self) -> usize {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
            let order = l.cmp(r);
            if order.is_le() {
                left.next();
            }
            if order.is_ge() {
                right.next();
            }
            shared += usize::from(order.is_eq());
        }
        shared
    }
}

/// Exact, for no text has 2⁵³ characters.
#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
const fn float(length: usize) -> f64 {
    length as f64
}

/// `CommonPasswordValidator`.
fn is_common(lower_password: &str) -> bool {
    let stripped = lower_password.trim_matches(is_space);
    COMMON_SET.contains(stripped)
}

/// `NumericPasswordValidator`: Python's `str.isdigit`.
fn is_numeric(password: &str) -> bool {
    !password.is_empty() && password.chars().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(password: &str, attributes: &[(&str, &str)]) -> Vec<String> {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|&(verbose_name, value)| Attribute {
                verbose_name,
                value,
            })
            .collect();
        validate(&Password::new(password.to_owned()), &attributes)
    }

    /// From `tests/auth_tests/test_validators.py` of Django 5.2.
    #[test]
    fn the_attributes_and_their_parts_count() {
        let user = [
            ("username", "testclient"),
            ("first name", "Test"),
            ("last name", "Client"),
            ("email address", "testclient@example.com"),
        ];
        let similar = |to: &str| vec![format!("The password is too similar to the {to}.")];
        assert_eq!(messages("testclient", &user), similar("username"));
        assert_eq!(messages("example.com", &user), similar("email address"));
        assert_eq!(messages("TestClient", &user[3..]), similar("email address"));
        assert!(messages("testclient", &user[1..2]).is_empty());
        assert!(messages("testclient", &[]).is_empty());
        assert!(messages("testclient", &[("username", "")]).is_empty());
    }

    #[test]
    fn the_ratio_is_that_of_difflib() {
        // 2 × 7 / 20, which is 0.7 to the last bit, and what is next below it.
        assert_eq!(
            messages("abcdefgxyz", &[("username", "abcdefg123")]).len(),
            1
        );
        assert!(messages("abcdefgxyz1", &[("username", "abcdefg234")]).is_empty());
        // Letters in another order, and more often than there, count as in a multiset.
        assert_eq!(messages("ecila-aa", &[("username", "alice")]).len(), 1);
        assert!(messages("aaaaaaaaaaaa", &[("username", "alice")]).is_empty());
    }

    #[test]
    fn all_that_is_wrong_is_said_in_django_s_order() {
        assert_eq!(
            messages("1234567", &[("username", "1234567")]),
            [
                "The password is too similar to the username.",
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]
        );
    }

    #[test]
    fn length_is_in_characters() {
        let short = ["This password is too short. It must contain at least 8 characters."];
        assert_eq!(messages("ÄÖÜßäöü", &[]), short);
        assert!(messages("ÄÖÜßäöü€", &[]).is_empty());
        assert_eq!(messages("", &[]), short);
    }

    #[test]
    fn the_list_is_whole_and_compared_without_case_and_blanks() {
        assert_eq!(COMMON_PASSWORDS.lines().count(), 19_640);
        for common in [
            "password",
            "PassWord1",
            " password\n",
            "\u{1c}password\u{3000}",
        ] {
            let all = messages(common, &[]);
            assert_eq!(all, ["This password is too common."], "{common:?}");
        }
        assert!(messages("pass word1", &[]).is_empty());
    }

    #[test]
    fn digits_of_every_script_are_digits_and_fractions_are_not() {
        let numeric = ["This password is entirely numeric."];
        for digits in ["73519264", "٠٧٢٤٨١٣٥", "²³¹²³¹²³", "①②③④⑤⑥⑦⑧"]
        {
            assert_eq!(messages(digits, &[]), numeric, "{digits}");
        }
        for others in ["½½½½½½½½", "ⅣⅣⅣⅣⅣⅣⅣⅣ", "7351926x", "⑩⑩⑩⑩⑩⑩⑩⑩"]
        {
            assert!(messages(others, &[]).is_empty(), "{others}");
        }
    }
}
