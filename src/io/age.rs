//! How long ago something was, in words, and how long something is, as options are written.

use std::time::Duration;

use jiff::Timestamp;

/// The age of a time in its largest unit: `3 days ago`.
pub(crate) fn age(time: Timestamp, now: Timestamp) -> String {
    const UNITS: [(&str, i64); 5] = [
        ("year", 365 * 86_400),
        ("month", 30 * 86_400),
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
    ];
    let seconds = now.duration_since(time).as_secs();
    let largest = UNITS
        .iter()
        .map(|(unit, length)| (unit, seconds.abs() / length))
        .find(|(_, count)| *count > 0);
    match largest {
        None => "just now".to_owned(),
        Some((unit, count)) => {
            let s = if count == 1 { "" } else { "s" };
            if seconds < 0 {
                format!("in {count} {unit}{s}")
            } else {
                format!("{count} {unit}{s} ago")
            }
        }
    }
}

/// A duration as options are written: `90d`, `12h`.
pub(crate) fn option(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (length, unit) = [(86_400, 'd'), (3_600, 'h'), (60, 'm')]
        .into_iter()
        .find(|(length, _)| seconds.is_multiple_of(*length))
        .unwrap_or((1, 's'));
    format!("{}{unit}", seconds / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_in_the_largest_unit_that_leaves_no_rest() {
        for (seconds, text) in [
            (90 * 86_400, "90d"),
            (36 * 3_600, "36h"),
            (90 * 60, "90m"),
            (45, "45s"),
        ] {
            assert_eq!(option(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        for (time, words) in [
            ("2026-11-25T11:59:30Z", "just now"),
            ("2026-11-25T11:59:00Z", "1 minute ago"),
            ("2026-11-25T09:00:01Z", "2 hours ago"),
            ("2026-11-24T12:00:00Z", "1 day ago"),
            ("2026-10-27T12:00:00Z", "29 days ago"),
            ("2026-10-26T12:00:00Z", "1 month ago"),
            ("2020-01-01T00:00:00Z", "6 years ago"),
            ("2026-11-25T13:30:00Z", "in 1 hour"),
        ] {
            assert_eq!(age(time.parse().unwrap(), now), words, "{time}");
        }
    }
}
