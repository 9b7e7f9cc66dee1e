//! Random passwords, hashed by drfctl and taken by the live server, and hashed by Django and
//! taken by drfctl.
//!
//! A usual run takes a few; `DRFCTL_TEST_ALL_PASSWORDS=1` takes 1,000 for each hasher and each
//! Django, at the cost of the real hashers, which is hours on a small machine. Any other number
//! takes so many:
//!
//! ```sh
//! DRFCTL_TEST_ALL_PASSWORDS=1 cargo test --release --test drfctl server::passwords
//! ```

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use drfctl::django::hashers::{self, HashError, Hasher};
use drfctl::secret::{Password, PasswordHash};
use rand::RngExt as _;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::stock;
use crate::support::{Django, Line, Outcome, Sandbox, variable};

const PASSWORD: &str = "correct horse battery staple";

/// The newest DRF on each Django: how a password is hashed is Django's.
const LINES: [Line; 3] = [Line::D42, Line::D52, Line::D61];

/// How many passwords: `few` in a usual run.
fn count(few: usize) -> usize {
    match variable("DRFCTL_TEST_ALL_PASSWORDS").as_str() {
        "" => few,
        "1" => 1000,
        number => number.parse().expect("a number"),
    }
}

/// Characters that passwords are made of: each range is as likely as the next.
const CHARACTERS: [(char, char); 6] = [
    (' ', '~'),
    ('\u{1}', '\u{ff}'),
    ('\u{370}', '\u{5ff}'),
    ('\u{2000}', '\u{206f}'),
    ('\u{1f300}', '\u{1f64f}'),
    ('\u{1}', '\u{10ffff}'),
];

/// So many random passwords of 1 to 4,096 bytes; the first is as long as can be, the second has
/// one character.
fn random_passwords(count: usize) -> Vec<String> {
    let mut random = UnwrapErr(SysRng);
    let mut lengths = vec![Password::MAX_BYTES, 1];
    // Short ones are as likely as long ones.
    lengths.resize_with(count.max(2), || {
        let most = 1 << random.random_range(0..=12);
        random.random_range(1..=most)
    });
    lengths.truncate(count);
    let password = |length| {
        let mut random = UnwrapErr(SysRng);
        let kinds = random.random_range(1..=CHARACTERS.len());
        let mut password = String::new();
        while password.len() < length {
            let (first, last) = CHARACTERS[random.random_range(0..kinds)];
            password.push(random.random_range(first..=last));
        }
        if password.len() > Password::MAX_BYTES {
            password.pop();
        }
        password
    };
    lengths.into_iter().map(password).collect()
}

fn json_lines(values: impl Iterator<Item = Value>) -> String {
    let lines: Vec<_> = values.map(|value| value.to_string()).collect();
    lines.join("\n")
}

/// Says on stderr, past the capture of the test harness, what a run found.
fn report(found: &str) {
    writeln!(io::stderr(), "\n{found}").expect("stderr");
}

#[test]
fn pbkdf2_sha256_logs_in() {
    what_drfctl_hashes_logs_in(Hasher::Pbkdf2Sha256, "PBKDF2PasswordHasher");
}

#[test]
fn pbkdf2_sha1_logs_in() {
    what_drfctl_hashes_logs_in(Hasher::Pbkdf2Sha1, "PBKDF2SHA1PasswordHasher");
}

#[test]
fn argon2_logs_in() {
    what_drfctl_hashes_logs_in(Hasher::Argon2, "Argon2PasswordHasher");
}

#[test]
fn bcrypt_sha256_logs_in() {
    what_drfctl_hashes_logs_in(Hasher::BcryptSha256, "BCryptSHA256PasswordHasher");
}

#[test]
fn scrypt_logs_in() {
    what_drfctl_hashes_logs_in(Hasher::Scrypt, "ScryptPasswordHasher");
}

/// On each Django, whose own hasher is the same one: creates users from a file, logs each of
/// them in, one in ten also with a wrong password, and looks whether the server hashed any
/// password anew.
fn what_drfctl_hashes_logs_in(hasher: Hasher, class: &'static str) {
    for line in LINES {
        let Some(django) = Django::line(line) else {
            continue;
        };
        let sandbox = Sandbox::new();
        let project = django.project(sandbox.database()).migrated();
        let project = project.with("FIRST_HASHER", class);
        if hasher.has_iterations() {
            // Shows drfctl how often this Django iterates.
            let root = json!({"op": "create_user", "username": "root", "password": PASSWORD});
            project.oracle().ask(&root);
        }

        let users: Vec<_> = random_passwords(count(3))
            .into_iter()
            .enumerate()
            .map(|(number, password)| (format!("user{number}"), password))
            .collect();
        let records = users
            .iter()
            .map(|(username, password)| json!({"username": username, "password": password}));
        let create = [
            "create-user",
            "--from=-",
            "--allow-weak-password",
            "--hasher",
            hasher.name(),
        ];
        sandbox
            .run_with_stdin(create, json_lines(records))
            .success();
        let stored = || sandbox.sqlite("SELECT id, password FROM auth_user ORDER BY id");
        let before = stored();

        let server = project.serve();
        users
            .par_iter()
            .enumerate()
            .for_each(|(number, (username, password))| {
                if number % 10 == 0 {
                    let wrong = server.log_in(username, &format!("{password} "));
                    let errors = &wrong.body["non_field_errors"];
                    assert!(
                        wrong.status == 400 && errors.is_array(),
                        "{line:?}: {password:?} and a blank: {wrong:?}"
                    );
                }
                let right = server.log_in(username, password);
                assert_eq!(right.status, 200, "{line:?}: {password:?}: {right:?}");
            });

        let after = stored();
        let anew = before.iter().zip(&after).filter(|(b, a)| b != a).count();
        // The cost of scrypt is that of the newest Django; since 5.1 it is the same.
        let may_differ = matches!((line, hasher), (Line::D42, Hasher::Scrypt));
        assert!(anew == 0 || may_differ, "{line:?}: {anew} hashed anew");
        report(&format!(
            "{line:?}, {}: {} passwords logged in, {} wrong ones did not; the server hashed \
             {anew} anew",
            hasher.name(),
            users.len(),
            users.len().div_ceil(10)
        ));
    }
}

/// A line of `hashes.py`.
#[derive(Deserialize)]
struct Hashed {
    password: String,
    algorithm: String,
    encoded: String,
}

/// The passwords as every hasher of this Django hashes them.
fn hashed_by_django(django: &'static Django, mode: &[&str], passwords: &[String]) -> Vec<Hashed> {
    let passwords = json_lines(passwords.iter().map(|password| json!(password)));
    let project = django.project(Sandbox::new().database());
    let mut script = project.script("hashes.py", mode);
    let printed = Outcome::with_stdin(&mut script, passwords.as_bytes()).success();
    printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("a hash"))
        .collect()
}

#[test]
fn drfctl_verifies_what_every_hasher_of_django_hashed() {
    for line in LINES {
        let Some(django) = Django::line(line) else {
            continue;
        };
        let passwords = random_passwords(count(20));
        let hashed = hashed_by_django(django, &["quick"], &passwords);
        let verify = |password: String, encoded: &str| {
            hashers::check_password(
                &Password::new(password),
                &PasswordHash::new(encoded.to_owned()),
            )
        };
        hashed.par_iter().for_each(|hashed| {
            let Hashed {
                password, encoded, ..
            } = hashed;
            let right = verify(password.clone(), encoded);
            assert_eq!(right, Ok(true), "{line:?}: {password:?}, {encoded}");
            let wrong = verify(format!("{password} "), encoded);
            let is_wrong = wrong == Ok(false)
                || hashed.algorithm == "bcrypt"
                    && wrong == Err(HashError::PasswordTooLongForBcrypt);
            assert!(is_wrong, "{line:?}: {password:?} and a blank, {encoded}");
        });
        let mut counts = BTreeMap::new();
        for hashed in &hashed {
            *counts.entry(&*hashed.algorithm).or_insert(0) += 1;
        }
        report(&format!("{line:?}: hashes of Django verified: {counts:?}"));
    }
}

/// The same by the command line, with hashes as costly as Django's settings make them.
#[test]
fn verify_password_takes_what_every_hasher_of_django_hashed() {
    for line in LINES {
        let Some(django) = Django::line(line) else {
            continue;
        };
        let sandbox = Sandbox::migrated();
        let mut passwords = random_passwords(count(0).div_ceil(100));
        // One that every hasher takes whole.
        passwords.push("pässwörd 🔑 of less than 72 bytes".to_owned());
        let hashed = hashed_by_django(django, &[], &passwords);
        let records = hashed.iter().enumerate().map(|(number, hashed)| {
            let username = format!("user{number}");
            json!({"username": username, "password_hash": hashed.encoded})
        });
        let create = ["create-user", "--from=-"];
        sandbox
            .run_with_stdin(create, json_lines(records))
            .success();
        hashed.par_iter().enumerate().for_each(|(number, hashed)| {
            let username = format!("user{number}");
            let Hashed {
                password, encoded, ..
            } = hashed;
            let verify = ["verify", "password", &username, "--password-stdin"];
            let context = format!("{line:?}: {password:?}, {encoded}");
            let right = sandbox.run_with_stdin(verify, format!("{password}\n"));
            let said = (right.status, &*right.stdout);
            assert_eq!(said, (0, &*format!("{username}\n")), "{context}");
            let algorithm = encoded.split('$').next().expect("a hash has a first part");
            let warns = !DEFAULT_HASHERS.contains(&algorithm);
            assert_eq!(
                right.stderr.contains("unless `PASSWORD_HASHERS`"),
                warns,
                "{context}: {}",
                right.stderr
            );
            assert_eq!(right.stderr.is_empty(), !warns, "{context}");
            if password.len() < Password::MAX_BYTES {
                let wrong = sandbox.run_with_stdin(verify, format!("{password} \n"));
                assert_eq!(wrong.status, 1, "{context}: {wrong}");
            }
        });
        report(&format!(
            "{line:?}: `verify password` took {} hashes of Django",
            hashed.len()
        ));
    }
}

/// Those of Django's `PASSWORD_HASHERS` where no setting names others.
const DEFAULT_HASHERS: [&str; 5] = [
    "pbkdf2_sha256",
    "pbkdf2_sha1",
    "argon2",
    "bcrypt_sha256",
    "scrypt",
];

/// A line of `hashers_corpus.py`.
#[derive(Deserialize)]
struct Checked {
    password: String,
    encoded: String,
    /// `true`, `false`, or `"error"`.
    verdict: Value,
}

#[test]
fn the_verdict_on_a_bent_hash_is_that_of_the_oldest_django() {
    the_verdicts_are_those_of_django(Line::D42);
}

#[test]
fn the_verdict_on_a_bent_hash_is_that_of_the_newest_django() {
    the_verdicts_are_those_of_django(Line::D61);
}

fn the_verdicts_are_those_of_django(line: Line) {
    let Some(django) = Django::line(line) else {
        return;
    };
    let project = django.project(Sandbox::new().database());
    let printed = Outcome::of(&mut project.script("hashers_corpus.py", [""; 0])).success();
    let lines: Vec<_> = printed.lines().collect();
    let too_long = lines
        .par_iter()
        .filter(|line| {
            let Checked {
                password,
                encoded,
                verdict,
            } = serde_json::from_str(line).expect("a hash with a verdict");
            let is_long_bcrypt = encoded.starts_with("bcrypt$") && password.len() > 72;
            let ours = match hashers::check_password(
                &Password::new(password),
                &PasswordHash::new(encoded),
            ) {
                Ok(matches) => json!(matches),
                Err(HashError::Malformed { .. }) => json!("error"),
                // As the package bcrypt from version 5.0 on; the lines have 4.3.
                Err(HashError::PasswordTooLongForBcrypt) if is_long_bcrypt => return true,
                Err(other) => json!(other.to_string()),
            };
            assert_eq!(ours, verdict, "{line}");
            false
        })
        .count();
    report(&format!(
        "{line:?}: the same verdict on {} hashes, most of them bent; {too_long} more were bcrypt's \
         with too long a password",
        lines.len() - too_long
    ));
}

#[test]
fn a_password_that_drfctl_set_replaces_the_one_of_django() {
    let Some((sandbox, project)) = stock() else {
        return;
    };
    let mut oracle = project.oracle();
    for username in ["alice", "bob"] {
        let password = format!("{username}: {PASSWORD}");
        oracle.ask(&json!({"op": "create_user", "username": username, "password": password}));
    }
    let server = project.serve();
    let old = "alice: correct horse battery staple";
    let stored = |username: &str| {
        sandbox.sqlite(&format!(
            "SELECT password FROM auth_user WHERE username = '{username}'"
        ))
    };
    let set = ["--quiet", "set-password", "alice"];

    let from_stdin = [&set[..], &["--password-stdin"]].concat();
    sandbox
        .run_with_stdin(&from_stdin, "tulips in winter\n")
        .expect(0, "", "");
    assert_eq!(server.log_in("alice", old).status, 400);
    let hash = stored("alice");
    assert_eq!(server.log_in("alice", "tulips in winter").status, 200);
    assert_eq!(stored("alice"), hash, "hashed anew at the login");
    // The same again must not end the sessions that hang on the hash.
    sandbox
        .run_with_stdin(&from_stdin, "tulips in winter\n")
        .expect(0, "", "");
    assert_eq!(stored("alice"), hash);

    let from_variable = [&set[..], &["--password-env", "NEW_PASSWORD"]].concat();
    let mut from_variable = sandbox.command(from_variable);
    Outcome::of(from_variable.env("NEW_PASSWORD", "crocus in autumn")).expect(0, "", "");
    assert_eq!(server.log_in("alice", "tulips in winter").status, 400);
    assert_eq!(server.log_in("alice", "crocus in autumn").status, 200);

    let hashed = [&set[..], &["--password-stdin", "--hashed"]].concat();
    sandbox
        .run_with_stdin(hashed, stored("bob").concat())
        .expect(0, "", "");
    assert_eq!(stored("alice"), stored("bob"));
    assert_eq!(server.log_in("alice", "crocus in autumn").status, 400);
    let reply = server.log_in("alice", "bob: correct horse battery staple");
    assert_eq!(reply.status, 200);

    let unusable = [&set[..], &["--no-password"]].concat();
    sandbox.run(unusable).expect(0, "", "");
    let hash = stored("alice").concat();
    assert!(hash.starts_with('!') && hash.len() == 41, "{hash}");
    for password in ["bob: correct horse battery staple", &hash, "!"] {
        assert_eq!(server.log_in("alice", password).status, 400);
    }
    assert_eq!(oracle.ask(&json!({"op": "full_clean"})), json!([]));
}
