//! A header is read as one key without a blank in it, or refused; a key that may become a token
//! can be sent in one.

#![no_main]

use drfctl::django::keys::{self, Header};
use drfctl::secret::Key;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Header::Key(key) = keys::read_header(bytes) {
        let is_blank = |c: char| matches!(c, ' ' | '\t'..='\r');
        assert!(!key.expose().is_empty() && !key.expose().contains(is_blank));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let key = Key::new(text.to_owned());
        if keys::problem(&key).is_none() {
            let header = format!("Authorization: Token {text}");
            assert_eq!(keys::read_header(header.as_bytes()), Header::Key(key));
        }
    }
});
