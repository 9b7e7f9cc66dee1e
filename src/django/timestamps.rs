//! Timestamps as Django keeps them in SQLite: text without a zone, `2026-11-22 02:25:53.290018`,
//! the fraction left out when it is zero. The zone is UTC unless the project sets
//! `USE_TZ = False`; then it is the project's `TIME_ZONE`. Dates and times of day have no zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

/// `now` with the precision that Python's `datetime` has: microseconds.
#[must_use]
pub fn to_microseconds(now: Timestamp) -> Timestamp {
    // Truncated, since a rounded time could lie in the server's future.
    now.round(
        jiff::TimestampRound::new()
            .smallest(Unit::Microsecond)
            .mode(jiff::RoundMode::Floor),
    )
    .unwrap_or(now)
}

/// The text that Django would store for `time`.
#[must_use]
pub fn to_database(time: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(time);
    with_fraction(&local, ' ')
}

/// The time that Django would read from `text`, or `None` where Django reads none.
///
/// Django takes more than it writes: a `T`, an offset, a date alone.
#[must_use]
pub fn from_database(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let time_of_day = text.get("2026-11-22".len()..).unwrap_or_default();
    let time = if time_of_day.contains(['Z', 'z', '+', '-']) {
        text.parse().ok()?
    } else {
        zone.to_timestamp(text.parse::<DateTime>().ok()?).ok()?
    };
    is_pythons(time, zone).then_some(time)
}

/// The time that JSON carries, as [`to_json`] writes it, if Django could store it.
#[must_use]
pub fn from_json(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let time = to_microseconds(text.parse().ok()?);
    is_pythons(time, zone).then_some(time)
}

/// Whether the year is one of Python's, which begin with 1, in UTC and in this zone. They end
/// with 9999, as jiff's do.
#[must_use]
pub fn is_pythons(time: Timestamp, zone: &TimeZone) -> bool {
    [&TimeZone::UTC, zone]
        .iter()
        .all(|zone| zone.to_datetime(time).year() >= 1)
}

/// The text that Django would store for a date, `2026-11-22`, or `None` where it would read none.
#[must_use]
pub fn date_to_database(text: &str) -> Option<String> {
    let date: Date = text.parse().ok()?;
    // Neither a time behind it nor a year that Python's `date` lacks.
    (date.year() >= 1 && date.to_string() == text).then(|| text.to_owned())
}

/// The text that Django would store for a time of day, `10:00:00`, or `None` where it would read
/// none.
#[must_use]
pub fn time_to_database(text: &str) -> Option<String> {
    let time: Time = text.parse().ok()?;
    let stored = with_fraction(&Date::ZERO.to_datetime(time), ' ');
    let (_, stored) = stored.split_once(' ')?;
    // Hours and minutes at least, and nothing that would be dropped, such as an offset.
    (text.len() >= "10:00".len() && stored.starts_with(text)).then(|| stored.to_owned())
}

/// `time` as JSON carries it: `2026-11-22T02:25:53.290018Z`.
#[must_use]
pub fn to_json(time: Timestamp) -> String {
    with_fraction(&TimeZone::UTC.to_datetime(time), 'T') + "Z"
}

/// `time` as a person reads it in a table: `2026-11-22 02:25:53`, in UTC.
#[must_use]
pub fn to_table(time: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(time);
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Written out, since a list does it twice for every row and `strftime` takes three times as long.
fn with_fraction(time: &DateTime, separator: char) -> String {
    let mut text = format!(
        "{:04}-{:02}-{:02}{separator}{:02}:{:02}:{:02}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    let microseconds = time.subsec_nanosecond() / 1_000;
    if microseconds != 0 {
        text.push_str(&format!(".{microseconds:06}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_fraction_has_six_digits_or_is_absent() {
        for (time, stored) in [
            ("2026-11-22T02:25:53.290018Z", "2026-11-22 02:25:53.290018"),
            ("2026-11-22T02:25:53.00001Z", "2026-11-22 02:25:53.000010"),
            ("2026-01-01T00:00:00Z", "2026-01-01 00:00:00"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31 23:59:59.500000"),
        ] {
            assert_eq!(to_database(at(time), &TimeZone::UTC), stored);
            assert_eq!(from_database(stored, &TimeZone::UTC), Some(at(time)));
        }
    }

    #[test]
    fn nanoseconds_are_cut_off() {
        assert_eq!(
            to_microseconds(at("2026-01-01T00:00:00.999999999Z")),
            at("2026-01-01T00:00:00.999999Z")
        );
    }

    #[test]
    fn whatever_django_reads_is_read() {
        for (stored, time) in [
            ("2026-01-01T10:00:00Z", Some("2026-01-01T10:00:00Z")),
            ("2026-01-01 10:00:00+02:00", Some("2026-01-01T08:00:00Z")),
            ("2026-01-01", Some("2026-01-01T00:00:00Z")),
            ("garbage", None),
            ("0000-01-01 00:00:00", None),
            ("", None),
        ] {
            assert_eq!(from_database(stored, &TimeZone::UTC), time.map(at));
        }
    }

    #[test]
    fn a_date_is_stored_as_it_is_written() {
        assert_eq!(
            date_to_database("1999-12-31").as_deref(),
            Some("1999-12-31")
        );
        for no_date in [
            "",
            "2026-13-45",
            "31.12.1999",
            "1999-12-31 10:00:00",
            "19991231",
            "0000-01-01",
            "-000001-01-01",
        ] {
            assert_eq!(date_to_database(no_date), None, "{no_date}");
        }
    }

    #[test]
    fn a_time_of_day_is_stored_to_the_second_or_the_microsecond() {
        for (text, stored) in [
            ("08:30", Some("08:30:00")),
            ("08:30:05.25", Some("08:30:05.250000")),
            ("24:00", None),
            ("08:30:60", None),
            ("08", None),
            ("08:30+05:00", None),
            ("2026-11-22 08:30", None),
            ("8 o'clock", None),
            ("", None),
        ] {
            assert_eq!(time_to_database(text).as_deref(), stored, "{text}");
        }
    }

    #[test]
    fn a_project_without_time_zones_keeps_its_local_time() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let time = at("2026-07-01T10:00:00Z");
        assert_eq!(to_database(time, &berlin), "2026-07-01 12:00:00");
        assert_eq!(from_database("2026-07-01 12:00:00", &berlin), Some(time));
    }
}
