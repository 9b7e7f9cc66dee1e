//! The password validators beside Django's own, on passwords that its rules are about.
//!
//! A usual run takes every eighth password of the corpus; all of them with
//! `DRFCTL_TEST_ALL_PASSWORDS=1`.

use std::io::{self, Write as _};

use drfctl::django::validators::{self, Attribute};
use drfctl::secret::Password;
use serde::Deserialize;

use crate::support::{Django, Line, Outcome, Sandbox, variable};

const COMMON: &str = "This password is too common.";

/// A line of `validators_corpus.py`.
#[derive(Deserialize)]
struct Judged {
    password: String,
    attributes: Vec<(String, String)>,
    messages: Vec<String>,
}

#[test]
fn django_4_2() {
    the_messages_are_those_of_django(Line::D42);
}

#[test]
fn django_6_1() {
    the_messages_are_those_of_django(Line::D61);
}

fn the_messages_are_those_of_django(line: Line) {
    let Some(django) = Django::line(line) else {
        return;
    };
    let project = django.project(Sandbox::new().database());
    let printed = Outcome::of(&mut project.script("validators_corpus.py", [""; 0])).success();
    let stride = match variable("DRFCTL_TEST_ALL_PASSWORDS").as_str() {
        "" => 8,
        _ => 1,
    };
    let mut same = 0;
    let mut in_hexadecimal = 0;
    for judged in printed.lines().step_by(stride) {
        let Judged {
            password,
            attributes,
            messages,
        } = serde_json::from_str(judged).expect("a password with its messages");
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(verbose_name, value)| Attribute {
                verbose_name,
                value,
            })
            .collect();
        let mut ours = validators::validate(&Password::new(password.clone()), &attributes);
        if matches!(line, Line::D42) && is_in_hexadecimal(&password) {
            // The list of 4.2 has some passwords as the program that found them wrote them;
            // drfctl has the list that came after.
            assert!(!ours.iter().any(|message| message == COMMON), "{password}");
            ours.push(COMMON.to_owned());
            in_hexadecimal += 1;
        } else {
            same += 1;
        }
        assert_eq!(ours, messages, "{judged}");
    }
    assert!(same > 1000, "the corpus has only {same} passwords");
    // Past the capture of the test harness: the number is part of what the run says.
    writeln!(
        io::stderr(),
        "\n{line:?}: the validators agree on {same} passwords; on {in_hexadecimal} others, \
         `$hex[…]` in the list of 4.2, they are known to differ"
    )
    .expect("stderr");
}

/// Whether it is one of the `$hex[…]` in Django 4.2's list of common passwords. The corpus has
/// no others of this form.
fn is_in_hexadecimal(password: &str) -> bool {
    let password = password.trim().to_lowercase();
    password
        .strip_prefix("$hex[")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}
