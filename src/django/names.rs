//! Django's rules for user names and e-mail addresses: what is valid, and the form that is
//! stored. Source: `django.contrib.auth.validators`, `django.contrib.auth.base_user`,
//! `django.core.validators` of Django 6.1.

use std::net::{Ipv4Addr, Ipv6Addr};

use unicode_normalization::UnicodeNormalization;

use super::characters::{is_space, is_word};

/// The width of `auth_user.username` and, in Django's form, the longest valid name.
pub const USERNAME_MAX: usize = 150;

/// The width of `auth_user.email`.
pub const EMAIL_MAX: usize = 254;

/// The width of `auth_user.first_name` and `auth_user.last_name`.
pub const PERSON_NAME_MAX: usize = 150;

/// Says in Django's words why `name` is not a user name, if it is not.
///
/// Django judges the name as typed and normalises it afterwards, so a decomposed `á` is
/// refused although its normal form would pass.
#[must_use]
pub fn username_problem(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("Username cannot be blank.".to_owned());
    }
    if !name.chars().all(|c| is_word(c) || "@.+-".contains(c)) {
        return Some(
            "Enter a valid username. This value may contain only letters, numbers, and \
             @/./+/-/_ characters."
                .to_owned(),
        );
    }
    too_long(name, USERNAME_MAX)
}

/// Says in Django's words that `text` has more than `max` characters, if it has.
#[must_use]
pub fn too_long(text: &str, max: usize) -> Option<String> {
    let length = text.chars().count();
    (length > max)
        .then(|| format!("Ensure this value has at most {max} characters (it has {length})."))
}

/// The form in which Django stores and looks up a user name: Unicode NFKC.
///
/// Over-long text comes back as it is: normalising it could be made to take very long
/// (CVE-2023-46695), and no such name is ever stored.
#[must_use]
pub fn normalize_username(name: &str) -> String {
    if name.is_ascii() || name.chars().nth(EMAIL_MAX).is_some() {
        return name.to_owned();
    }
    name.nfkc().collect()
}

/// Says in Django's words why `email` is not an address, if it is not.
#[must_use]
pub fn email_problem(email: &str) -> Option<String> {
    let valid = email.chars().count() <= 320
        && email
            .rsplit_once('@')
            .is_some_and(|(user, domain)| is_mailbox(user) && is_mail_domain(domain));
    if valid {
        too_long(email, EMAIL_MAX)
    } else {
        Some("Enter a valid email address.".to_owned())
    }
}

/// A name as DRF's login reads it: without blanks around it, but not in its normal form.
#[must_use]
pub fn login_name(name: &str) -> &str {
    name.trim_matches(is_space)
}

/// The form in which Django stores an address: without blanks around it, the part behind the
/// last `@` in lower case; text without an `@` is left alone.
#[must_use]
pub fn normalize_email(email: &str) -> String {
    match email.trim_matches(is_space).rsplit_once('@') {
        Some((user, domain)) => format!("{user}@{}", domain.to_lowercase()),
        None => email.to_owned(),
    }
}

/// `EmailValidator.user_regex`: a dot-atom or a quoted string.
fn is_mailbox(user: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-!#$%&'*+/=?^_`{}|~".contains(c))
    };
    user.split('.').all(is_atom) || is_quoted_mailbox(user)
}

fn is_quoted_mailbox(user: &str) -> bool {
    let Some(inside) = user
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return false;
    };
    let plain = |c: char| matches!(c, '\u{1}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '!' | '#'..='[' | ']'..='\u{7f}');
    let escaped = |c: char| matches!(c, '\u{1}'..='\u{9}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{7f}');
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        let good = if c == '\\' {
            chars.next().is_some_and(escaped)
        } else {
            plain(c)
        };
        if !good {
            return false;
        }
    }
    true
}

/// `EmailValidator.validate_domain_part`: a host name with a top-level domain, `localhost`, or
/// an address literal in brackets.
fn is_mail_domain(domain: &str) -> bool {
    if domain == "localhost" {
        return true;
    }
    if let Some(literal) = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return literal.parse::<Ipv4Addr>().is_ok() || literal.parse::<Ipv6Addr>().is_ok();
    }
    let Some((host, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let fits_label = |c: char| c == '-' || c.is_ascii_alphanumeric() || is_idn_letter(c);
    let is_label = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && label.chars().all(fits_label)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(is_label) && is_label(top) && is_top_level(top)
}

/// The last label has two letters or more and no digits, unless it is punycode.
fn is_top_level(top: &str) -> bool {
    let punycode = top
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
        && (5..=63).contains(&top.len())
        && top.bytes().skip(4).all(|b| b.is_ascii_alphanumeric());
    let letters = top.chars().count() >= 2
        && top
            .chars()
            .all(|c| c == '-' || c.is_ascii_alphabetic() || is_idn_letter(c));
    punycode || letters
}

fn is_idn_letter(c: char) -> bool {
    matches!(c, '\u{a1}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_judged_as_django_judges_them() {
        for name in [
            "alice",
            "a.b@c+d-e_f",
            "Zoë",
            "名前",
            "²½",
            "ﬁnn",
            "аdmin",
            &"x".repeat(150),
        ] {
            assert_eq!(username_problem(name), None, "{name}");
        }
        for name in [
            "",
            "two words",
            "a/b",
            "line\n",
            "\u{1b}",
            "a\u{301}",
            "zero\u{200d}width",
            "😀",
            &"x".repeat(151),
        ] {
            assert!(username_problem(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn user_names_are_stored_in_nfkc() {
        for (typed, stored) in [
            ("alice", "alice"),
            ("ﬁnn", "finn"),
            ("Ⅳ", "IV"),
            ("ｎｅｗ", "new"),
        ] {
            assert_eq!(normalize_username(typed), stored);
        }
    }

    #[test]
    fn addresses_are_judged_as_django_judges_them() {
        for email in [
            "a@b.co",
            "a.b+c@Sub.Example.com",
            "a@localhost",
            "\"quoted\\ name\"@example.com",
            "a@[127.0.0.1]",
            "a@[::1]",
            "a@exämple.com",
            "a@b.xn--p1ai",
        ] {
            assert_eq!(email_problem(email), None, "{email}");
        }
        for email in [
            "",
            "alice",
            "@b.co",
            "a@",
            "a@b",
            "a@b.c",
            "a@-b.co",
            "a@b-.co",
            "a b@c.co",
            "a..b@c.co",
            "a@b.co\n",
            "a@b..co",
            "a@b.c0",
            "a@[300.0.0.1]",
            "é@b.co",
        ] {
            assert!(email_problem(email).is_some(), "{email:?}");
        }
    }

    #[test]
    fn addresses_are_stored_with_a_lower_case_domain() {
        for (typed, stored) in [
            ("  x@Y.COM ", "x@y.com"),
            ("Foo@bar@BAZ.Com", "Foo@bar@baz.com"),
            (" none ", " none "),
        ] {
            assert_eq!(normalize_email(typed), stored);
        }
    }
}
