//! What names a database is read or refused, and no refusal shows the password in it.

#![no_main]

use drfctl::db::Location;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|parts: (&str, &str, &str)| {
    let (scheme, host, rest) = parts;
    let _ = rest.parse::<Location>();
    let url = format!("{scheme}://user:hunter2secret@{host}/{rest}");
    if url.matches("hunter2secret").count() == 1
        && let Err(problem) = url.parse::<Location>()
    {
        assert!(!problem.contains("hunter2secret"), "{url}");
    }
});
