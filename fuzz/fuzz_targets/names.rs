//! Names and addresses are normalised once and for all, and what is shown holds no control
//! character.

#![no_main]

use drfctl::django::names;
use drfctl::escape::visible;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let once = names::normalize_username(text);
    assert_eq!(names::normalize_username(&once), once);
    let once = names::normalize_email(text);
    assert_eq!(names::normalize_email(&once), once);
    let _ = names::email_problem(text);
    if names::username_problem(text).is_none() {
        assert!(!text.contains(char::is_whitespace));
    }
    assert!(!visible(text).contains(char::is_control));
});
