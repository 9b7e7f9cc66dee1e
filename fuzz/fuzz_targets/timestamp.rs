//! A time that is read from a database is written so that it is read again.

#![no_main]

use drfctl::django::timestamps;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = timestamps::date_to_database(text);
    let _ = timestamps::time_to_database(text);
    if let Some(time) = timestamps::from_database(text, &TimeZone::UTC) {
        let time = timestamps::to_microseconds(time);
        let written = timestamps::to_database(time, &TimeZone::UTC);
        let again = timestamps::from_database(&written, &TimeZone::UTC);
        assert_eq!(again, Some(time), "{written}");
        assert!(timestamps::to_json(time).ends_with('Z'));
        assert!(!timestamps::to_table(time).is_empty());
    }
});
