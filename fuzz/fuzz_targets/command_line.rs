//! Command lines, with their durations, assignments and patterns: read or refused.

#![no_main]

use std::ffi::OsString;

use drfctl::cli::Cli;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|words: Vec<&str>| {
    let line = std::iter::once("drfctl").chain(words.iter().copied().take(8));
    if let Err(error) = Cli::read(line.map(OsString::from)) {
        assert!(!error.to_string().is_empty());
    }
    for option in ["--older-than", "--limit", "--username", "--sort", "--timeout"] {
        for word in &words {
            let line = ["drfctl", "list", &format!("{option}={word}")].map(OsString::from);
            let _ = Cli::read(line);
        }
    }
});
