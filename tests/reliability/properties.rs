//! What holds of every input that a parser may meet: properties, tried on inputs grown from the
//! tests' own values. `DRFCTL_TEST_SECONDS` says how long; else each is quick. What can be reached
//! as a function is also a target under `fuzz/`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use drfctl::cli::Cli;
use drfctl::db::Location;
use drfctl::django::keys::{self, Header};
use drfctl::django::{hashers, names, timestamps};
use drfctl::escape::visible;
use drfctl::secret::PasswordHash;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::mutations::Chance;
use super::{is_hidden, is_safe};
use crate::cli::with_users;
use crate::support::variable;

/// So many tries of what is quick, and of a whole command line.
const MANY: u32 = 20_000;
const FEW: u32 = 1_000;

/// Tries inputs until the time is over: each grown from one of the seeds, or the seed itself.
fn tries(least: u32, seeds: &[&str], mut holds: impl FnMut(&str)) {
    let seconds = variable("DRFCTL_TEST_SECONDS").parse().unwrap_or(0);
    let start = Instant::now();
    let mut chance = Chance::new(seconds);
    for seed in seeds {
        holds(seed);
    }
    let mut tried = 0;
    while tried < least || start.elapsed() < Duration::from_secs(seconds) {
        let seed = seeds[chance.below(seeds.len())];
        holds(&grown(seed, seeds, &mut chance));
        tried += 1;
    }
}

/// What a parser may not expect.
const SURPRISES: [&str; 24] = [
    "",
    "$",
    "=",
    "\0",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u{feff}",
    "é",
    "\u{202e}",
    "\u{10ffff}",
    "9999999999999999999999",
    "-1",
    "0",
    "%",
    "%00",
    "%2",
    "://",
    "@",
    ":",
    "[",
    "]",
    "\u{e9}\u{301}",
];

/// A seed with some changes: characters that go, come, move; parts of other seeds.
fn grown(seed: &str, seeds: &[&str], chance: &mut Chance) -> String {
    let mut chars: Vec<char> = seed.chars().collect();
    for _ in 0..=chance.below(4) {
        let at = chance.below(chars.len() + 1);
        let end = (at + chance.below(4)).min(chars.len());
        let part: Vec<char> = match chance.below(5) {
            0 => Vec::new(),
            1 => SURPRISES[chance.below(SURPRISES.len())].chars().collect(),
            2 => char::from_u32(u32::try_from(chance.below(0x11_0000)).expect("small"))
                .into_iter()
                .collect(),
            3 => chars[at..end].repeat(2),
            _ => {
                let other: Vec<char> = seeds[chance.below(seeds.len())].chars().collect();
                let start = chance.below(other.len() + 1);
                other[start..].to_vec()
            }
        };
        chars.splice(at..end, part);
        chars.truncate(300);
    }
    chars.into_iter().collect()
}

const HASHES: [&str; 11] = [
    "pbkdf2_sha256$1000$seasalt$bIv8TwtIcVqNHu1JtVlqrsbWRtiMvHHb2ZHhXzUbwtY=",
    "pbkdf2_sha1$1$salt$9AmHpdS7aWy7NTKq0fVOYCfP0UQ=",
    "argon2$argon2id$v=19$m=8,t=1,p=1$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw",
    "argon2$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$YC9+jJCrQhs5R6db7LlN8Q",
    "bcrypt_sha256$$2b$04$WBBWOeuP5y5VBCTqNZTNu.c4n46nQxEPMbVcGl0uhgfhUtiFWlkpK",
    "bcrypt$$2b$04$vZo.JDiKQ.ygwQGjZAMeZeNuGNsyGJv.HCrqAVkuvNUUhPu5hEQwC",
    "scrypt$16$seasalt$8$5$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==",
    "md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3",
    "sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8",
    "88a434c88cca4e900f7874cd98123f43",
    "!tJer1BtZfaDxndxV6fiMrkK0cDixLEenWjvHhfPI",
];

#[test]
fn whatever_stands_in_the_password_column_is_read_or_refused() {
    tries(MANY, &HASHES, |text| {
        let hash = PasswordHash::new(text.to_owned());
        match hashers::identify(&hash) {
            Ok(encoded) => {
                let is_usable = encoded.is_usable();
                assert!(!(text.starts_with('!') && is_usable), "{text:?}");
                assert_eq!(encoded.algorithm().is_some(), is_usable, "{text:?}");
            }
            // The hash itself is a secret.
            Err(error) => {
                let said = error.to_string();
                assert!(text.len() < 30 || !said.contains(text), "{said}");
                is_safe(&said, text);
            }
        }
    });
}

const TIMES: [&str; 12] = [
    "2026-11-22 02:25:53.290018",
    "2026-01-01 00:00:00",
    "2026-01-01T10:00:00Z",
    "2026-01-01 10:00:00+02:00",
    "2026-01-01",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59.999999",
    "1969-12-31 23:59:59.5",
    "2026-03-29 02:30:00",
    "garbage",
    "2026-02-30 00:00:00",
    "",
];

#[test]
fn a_time_that_is_read_is_written_so_that_it_is_read_again() {
    for zone in ["UTC", "Europe/Berlin", "Australia/Lord_Howe"] {
        let zone = TimeZone::get(zone).expect("a zone");
        tries(MANY, &TIMES, |text| {
            let Some(time) = timestamps::from_database(text, &zone) else {
                return;
            };
            let time = timestamps::to_microseconds(time);
            let written = timestamps::to_database(time, &zone);
            let again = timestamps::from_database(&written, &zone);
            // An hour that a clock shows twice may be either.
            let distance = again.map(|again| again.duration_since(time).as_secs().abs());
            assert!(
                distance.is_some_and(|seconds| seconds <= 3_600),
                "{text:?}: {written:?}"
            );
            if zone == TimeZone::UTC {
                assert_eq!(again, Some(time), "{text:?}: {written:?}");
            }
            assert!(timestamps::to_json(time).ends_with('Z'));
            assert!(!timestamps::to_table(time).is_empty());
        });
    }
}

#[test]
fn a_time_whose_offset_leads_out_of_pythons_years_is_none() {
    for text in [
        "0000-01-01 22:00:01+00:00",
        "0001-01-01 00:00:01+01:59",
        "-000001-01-01 00:00:00Z",
        "9999-12-31 23:59:59-01:00",
    ] {
        let read = timestamps::from_database(text, &TimeZone::UTC);
        assert_eq!(read, None, "{text}");
    }
    // A time that is one in UTC and none where the project is.
    let havana = TimeZone::get("America/Havana").expect("a zone");
    let text = "0001-01-01 00:00:01Z";
    assert_eq!(timestamps::from_database(text, &havana), None);
}

#[test]
fn every_microsecond_of_python_can_be_written_and_read() {
    let mut chance = Chance::new(3);
    for _ in 0..50_000 {
        let seconds = i64::try_from(chance.below(315_000_000_000)).expect("small") - 62_000_000_000;
        let micros = i32::try_from(chance.below(1_000_000)).expect("small");
        let time = Timestamp::new(seconds, micros * 1_000).or_else(|_| Timestamp::new(seconds, 0));
        let Ok(time) = time else { continue };
        let written = timestamps::to_database(time, &TimeZone::UTC);
        let read = timestamps::from_database(&written, &TimeZone::UTC);
        assert_eq!(
            read.map(timestamps::to_microseconds),
            Some(timestamps::to_microseconds(time))
        );
    }
}

const HEADERS: [&str; 10] = [
    "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4c",
    "Token abc",
    "Authorization: Token abc",
    "authorization:\ttOKEN   abc  ",
    "Authorization: Bearer abc",
    "Authorization:",
    "Token a b",
    "Authorization: Token \u{e9}",
    "Token\u{b}abc",
    "",
];

#[test]
fn a_header_is_read_as_drf_reads_it() {
    tries(MANY, &HEADERS, |text| {
        let read = keys::read_header(text.as_bytes());
        // A header with its name is unambiguous: DRF splits it at blanks.
        let name = text
            .get(..14)
            .is_some_and(|name| name.eq_ignore_ascii_case("authorization:"));
        if !name {
            return;
        }
        let is_blank = |c: char| matches!(c, ' ' | '\t'..='\r');
        let words: Vec<&str> = text[14..]
            .split(is_blank)
            .filter(|word| !word.is_empty())
            .collect();
        let is_token = words
            .first()
            .is_some_and(|word| word.eq_ignore_ascii_case("token"));
        match (read, words.as_slice()) {
            (Header::Key(key), [_, word]) => assert!(is_token && key.expose() == *word, "{text:?}"),
            (Header::Key(_), _) => panic!("{text:?}"),
            (Header::Refused(detail), words) => {
                assert!(!is_token || words.len() != 2, "{text:?}: {detail}");
                assert_eq!(
                    detail.contains("not provided"),
                    !is_token,
                    "{text:?}: {detail}"
                );
            }
        }
    });
}

#[test]
fn a_key_that_becomes_a_token_can_be_sent_in_a_header() {
    let seeds = [
        "12345678901234567890",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        "Az!\"#$%&'()*+,-./:;<=>?@",
    ];
    tries(MANY, &seeds, |text| {
        let key = drfctl::secret::Key::new(text.to_owned());
        if keys::problem(&key).is_none() {
            let header = format!("Authorization: Token {text}");
            assert_eq!(
                keys::read_header(header.as_bytes()),
                Header::Key(key),
                "{text:?}"
            );
        }
    });
}

/// A command line with one value in it.
fn reads(option: &str, value: &str) -> bool {
    let words = ["drfctl", "list", &format!("{option}={value}")].map(OsString::from);
    Cli::read(words).is_ok()
}

#[test]
fn a_duration_is_a_number_and_a_unit_and_nothing_else() {
    let seeds = [
        "90d",
        "12h",
        "30m",
        "45s",
        "0s",
        "9999999d",
        "1h30m",
        "-5s",
        "5 s",
        "99999999999999999999d",
    ];
    tries(FEW, &seeds, |text| {
        let Some(last) = text.chars().last() else {
            return assert!(!reads("--timeout", text));
        };
        let number = &text[..text.len() - last.len_utf8()];
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if reads("--timeout", text) {
            assert!(is_number && "smhdwy".contains(last), "{text:?}");
        } else if is_number && number.len() < 4 {
            assert!(!"smhd".contains(last), "{text:?}");
        }
    });
}

const URLS: [&str; 13] = [
    "sqlite:////srv/app/db.sqlite3",
    "sqlite:///relative.db",
    "postgres://u:hunter2secret@h:5432/d?sslmode=require",
    "postgresql://u:hunter2secret@[::1]/d",
    "mysql://u:hunter2secret@%2Fvar%2Frun%2Fmysqld/d",
    "db.sqlite3",
    "postgres://u:hunter2secret@h1,h2:5433/d",
    "mysql2://u:hunter2secret@h/d?ssl-mode=VERIFY_CA#x",
    "\"postgres://u:hunter2secret@h/d\"",
    "sqlite://u:hunter2secret@h/d",
    "postgis://hunter2secret",
    "file:x?mode=ro",
    // Pasted into itself.
    "mysql://u@h/d?ssl-mysql://u:hunter2secret@h/d?ssl-mode=VERIFY_CA",
];

#[test]
fn no_message_about_a_url_shows_its_password() {
    tries(FEW, &URLS, |text| {
        // Where it still is the password, and nothing else.
        if !text.contains("://u:hunter2secret@") || text.matches("hunter2secret").count() != 1 {
            return;
        }
        if let Err(problem) = text.parse::<Location>() {
            assert!(!problem.contains("hunter2secret"), "{text:?}: {problem}");
            is_safe(&problem, text);
        }
        let words = ["drfctl", "-d", text, "list"].map(OsString::from);
        if let Err(error) = Cli::read(words) {
            assert!(!error.to_string().contains("hunter2secret"), "{text:?}");
        }
    });
}

#[test]
fn what_is_shown_holds_nothing_hidden() {
    tries(
        MANY,
        &[
            "alice",
            "\u{1b}[31m",
            "a\u{200b}b\u{2066}",
            "\u{e0041}",
            "zoë 名前",
        ],
        |text| {
            let shown = visible(text);
            // The characters that Unicode lets be ignored are a matter of their own.
            let hidden = shown
                .chars()
                .find(|c| c.is_control() || ('\u{2028}'..='\u{202e}').contains(c));
            assert_eq!(hidden, None, "{text:?}");
            if !text.chars().any(is_hidden) {
                assert_eq!(shown, text);
            }
        },
    );
}

#[test]
fn a_name_is_normalised_once_and_for_all() {
    tries(
        MANY,
        &[
            "alice",
            "ｎｅｗｂｏｂ",
            "ﬁsh",
            "a\u{301}",
            "Zoe@EXAMPLE.com",
            "@",
            "a@b@C",
        ],
        |text| {
            let once = names::normalize_username(text);
            assert_eq!(names::normalize_username(&once), once, "{text:?}");
            let once = names::normalize_email(text);
            assert_eq!(names::normalize_email(&once), once, "{text:?}");
            let _ = names::email_problem(text);
            if names::username_problem(text).is_none() {
                assert!(!text.chars().any(char::is_whitespace), "{text:?}");
            }
        },
    );
}

/// Text that a cell may hold, with what makes a reader of CSV or JSON stumble.
fn cell(chance: &mut Chance) -> String {
    const PARTS: [&str; 18] = [
        "\"", "\"\"", ",", "\n", "\r\n", "\r", "\\", "\\n", "{", "é", "名", ";", "\t", "'", " ",
        "x", "=1+1", "#",
    ];
    (0..chance.below(7))
        .map(|_| PARTS[chance.below(PARTS.len())])
        .collect()
}

#[test]
fn every_cell_survives_an_import() {
    let rounds = if super::is_full() { 200 } else { 6 };
    let mut chance = Chance::new(11);
    for round in 0..rounds {
        let cells: Vec<[String; 2]> = (0..60)
            .map(|_| [cell(&mut chance), cell(&mut chance)])
            .collect();
        let ends = ["\n", "\r\n"][round % 2];
        let mut csv = format!("username,first_name,last_name{ends}");
        let mut jsonl = String::new();
        for (n, [first, last]) in cells.iter().enumerate() {
            let quoted = |text: &str| text.replace('"', "\"\"");
            let _ = write!(
                csv,
                "user{n},\"{}\",\"{}\"{ends}",
                quoted(first),
                quoted(last)
            );
            let row = serde_json::json!({
                "username": format!("user{n}"), "first_name": first, "last_name": last,
            });
            let _ = write!(jsonl, "{row}{ends}");
        }
        for file in [csv, jsonl] {
            let sandbox = with_users(&[]);
            let args = ["-q", "create-user", "--no-password", "--from", "-"];
            sandbox.run_with_stdin(args, &file).expect(0, "", "");
            let connection = rusqlite::Connection::open(sandbox.database()).expect("open");
            let sql = "SELECT first_name, last_name FROM auth_user ORDER BY id";
            let mut statement = connection.prepare(sql).expect(sql);
            let rows: Vec<[String; 2]> = statement
                .query_map([], |row| Ok([row.get(0)?, row.get(1)?]))
                .expect(sql)
                .collect::<Result<_, _>>()
                .expect(sql);
            assert!(rows == cells, "{file}");
        }
    }
}

#[test]
fn a_pattern_matches_what_sqlites_glob_matches() {
    const LETTERS: [&str; 10] = ["a", "b", "A", "-", "]", "[", "^", "*", "?", "é"];
    let patterns = if super::is_full() { 3_000 } else { 60 };
    let mut chance = Chance::new(5);
    let mut text = |least: usize, most: usize| -> String {
        let length = least + chance.below(most - least + 1);
        (0..length)
            .map(|_| LETTERS[chance.below(LETTERS.len())])
            .collect()
    };
    let sandbox = with_users(&[]);
    let connection = rusqlite::Connection::open(sandbox.database()).expect("open");
    for _ in 0..300 {
        let name = text(1, 3);
        let sql = "INSERT OR IGNORE INTO auth_user (password, is_superuser, username, last_name, \
                   email, is_staff, is_active, date_joined, first_name) \
                   VALUES ('!', 0, ?1, '', '', 0, 1, '2026-01-01 00:00:00', '')";
        connection.execute(sql, [name]).expect("insert");
    }
    for _ in 0..patterns {
        let pattern = text(0, 6);
        let option = format!("--username={pattern}");
        let listed = sandbox
            .run(["list", "--all-users", "-f", "jsonl", &option])
            .success();
        let mut listed: Vec<String> = listed
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .map(|row| row["username"].as_str().expect("text").to_owned())
            .collect();
        listed.sort();
        let sql = "SELECT username FROM auth_user WHERE username GLOB ?1";
        let mut statement = connection.prepare(sql).expect(sql);
        let mut wanted: Vec<String> = statement
            .query_map([&pattern], |row| row.get(0))
            .expect(sql)
            .collect::<Result<_, _>>()
            .expect(sql);
        wanted.sort();
        assert_eq!(listed, wanted, "{pattern:?}");
    }
}
