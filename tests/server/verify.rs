//! `drfctl verify` gives the answer of the live server, word for word.

use rusqlite::Connection;
use serde_json::Value;

use crate::support::{Django, Line, Project, Sandbox, Server};

const PASSWORD: &str = "correct horse battery staple";

/// The password as scrypt hashes it where it may do little: Django hashes it anew at a login, but
/// only then.
const HASH: &str = "scrypt$16$salt$8$1$7e4NqG8fJqXzZXcME7gvjifjyqmbuWLxOe+fce+LG\
                    gkt4bV5j/6i5FNvs7hQP7l5+hqKeB3CgT8FYCmfgndddw==";

const KEY: &str = "cfabade9c47fa18cce4c3ecbdf06c3bd3c9b8b0f";
const INACTIVE: &str = "1f4d3ecbdf06c3bd3c9b8b0fcfabade9c47fa18c";
const ORPHAN: &str = "2e4d3ecbdf06c3bd3c9b8b0fcfabade9c47fa18c";
const REVOKED: &str = "3d4d3ecbdf06c3bd3c9b8b0fcfabade9c47fa18c";
const LONG: &str = "4c4d3ecbdf06c3bd3c9b8b0fcfabade9c47fa18c-and-15-further";
const SHORT: &str = "abcd1234";
const FOREIGN: &str = "ключ";
const TIMELESS: &str = "5b4d3ecbdf06c3bd3c9b8b0fcfabade9c47fa18c";

/// Users and tokens by the name of the user: no key, no token.
const USERS: [(&str, &str); 8] = [
    ("alice", KEY),
    ("inactive", INACTIVE),
    ("orphan", ORPHAN),
    ("revoked", REVOKED),
    ("long", LONG),
    ("short", SHORT),
    ("foreign", FOREIGN),
    ("timeless", TIMELESS),
];

#[test]
fn a_token_on_django_5_2() {
    every_header_is_answered_as_by_the_server(Line::D52);
}

#[test]
fn a_token_on_django_6_1() {
    every_header_is_answered_as_by_the_server(Line::D61);
}

fn every_header_is_answered_as_by_the_server(line: Line) {
    let Some(django) = Django::line(line) else {
        return;
    };
    let sandbox = Sandbox::new();
    let project = django.project(sandbox.database()).migrated();
    for (username, key) in USERS {
        let create = ["create-user", username, "--no-password"];
        sandbox.run(create).success();
        // Not through `--key-file`, which refuses what no server should have.
        let sql = format!(
            "INSERT INTO authtoken_token (key, user_id, created)
             SELECT '{key}', id, '2026-11-22 02:25:53.290018' FROM auth_user
             WHERE username = '{username}'"
        );
        sandbox.sqlite(&sql);
    }
    sandbox.run(["revoke", "revoked"]).success();
    Connection::open(sandbox.database())
        .and_then(|connection| {
            connection.execute_batch(
                "PRAGMA foreign_keys = OFF;
                 DELETE FROM auth_user WHERE username = 'orphan';
                 UPDATE auth_user SET is_active = 0 WHERE username = 'inactive';
                 UPDATE authtoken_token SET created = 'long ago'
                 WHERE user_id = (SELECT id FROM auth_user WHERE username = 'timeless');",
            )
        })
        .expect("change the rows");

    let server = project.serve();
    for (header, detail) in headers() {
        let shown = header.escape_ascii();
        let reply = server.get("/protected/", Some(&header));
        let username = reply.body["username"].as_str();
        let status = if detail.is_some() { 401 } else { 200 };
        assert_eq!(
            (reply.status, reply.body["detail"].as_str()),
            (status, detail),
            "{line:?}: {shown}"
        );
        if status == 401 {
            assert_eq!(reply.headers["www-authenticate"], "Token", "{shown}");
        }

        let pasted = [b"Authorization: ", &*header, b"\n"].concat();
        for pasted in [&pasted, pasted.trim_ascii_end()] {
            let verify = ["verify", "token", "--format", "json"];
            let outcome = sandbox.run_with_stdin(verify, pasted);
            let answer = answer(&outcome.stdout);
            let wanted = (detail.is_none(), status, detail, username);
            assert_eq!(answer.parts(), wanted, "{line:?}: {shown}: {outcome}");
            assert_eq!(outcome.status, i32::from(detail.is_some()), "{shown}");
            assert_eq!(outcome.stderr, "", "{shown}");
        }
        let text = detail.or(username).expect("one of the two");
        sandbox.run_with_stdin(["verify", "token"], &pasted).expect(
            i32::from(detail.is_some()),
            &format!("{text}\n"),
            "",
        );
    }

    // Without a header there is nothing to paste but its name.
    let reply = server.get("/protected/", None);
    assert_eq!(reply.body["detail"].as_str(), NO_CREDENTIALS);
    let outcome = sandbox.run_with_stdin(["verify", "token"], "Authorization:");
    assert_eq!(outcome.stdout.lines().next(), NO_CREDENTIALS);
}

/// The `detail` of the server's refusal.
type Detail = Option<&'static str>;

const NO_CREDENTIALS: Detail = Some("Authentication credentials were not provided.");
const NO_KEY: Detail = Some("Invalid token header. No credentials provided.");
const SPACES: Detail = Some("Invalid token header. Token string should not contain spaces.");
const CHARACTERS: Detail =
    Some("Invalid token header. Token string should not contain invalid characters.");
const INVALID: Detail = Some("Invalid token.");
const INACTIVE_USER: Detail = Some("User inactive or deleted.");

/// Headers, each with what the server says against it.
fn headers() -> Vec<(Vec<u8>, Detail)> {
    let key = |keyword: &str, key: &str| format!("{keyword}{key}").into_bytes();
    vec![
        // The table of the research report.
        (key("", ""), NO_CREDENTIALS),
        (key("Bearer ", KEY), NO_CREDENTIALS),
        (key("Token", ""), NO_KEY),
        (key("Token a b", ""), SPACES),
        (b"Token \xff\xfe".to_vec(), CHARACTERS),
        (key("Token ", &"0".repeat(40)), INVALID),
        (key("Token ", INACTIVE), INACTIVE_USER),
        (key("Token ", KEY), None),
        (key("token ", KEY), None),
        (key("TOKEN ", KEY), None),
        (key("Token    ", KEY), None),
        // The keyword.
        (key("tOkEn ", KEY), None),
        (key("", KEY), NO_CREDENTIALS),
        (key("Basic ", KEY), NO_CREDENTIALS),
        (key("Token", KEY), NO_CREDENTIALS),
        (key("Token=", KEY), NO_CREDENTIALS),
        (key("Token: ", KEY), NO_CREDENTIALS),
        (key("\"Token\" ", KEY), NO_CREDENTIALS),
        (key("To\u{212a}en ", KEY), NO_CREDENTIALS),
        (b"T\xf6ken abc".to_vec(), NO_CREDENTIALS),
        (b"\xff\xfe".to_vec(), NO_CREDENTIALS),
        (key("Bearer a b c", ""), NO_CREDENTIALS),
        (key("Token\u{a0}", KEY), NO_CREDENTIALS),
        // Blanks.
        (key("  Token ", KEY), None),
        (key("Token\t", KEY), None),
        (key("\tToken \t ", &format!("{KEY} \t")), None),
        (key("Token\u{c}", KEY), None),
        (key("Token\u{b}", KEY), None),
        (key("Token ", &format!("{KEY}\u{b}{KEY}")), SPACES),
        (key("   ", ""), NO_CREDENTIALS),
        (key("\t", ""), NO_CREDENTIALS),
        (key("Token  ", " "), NO_KEY),
        (key("Token ", &format!("{KEY} {KEY}")), SPACES),
        (key("Token ", &format!("{KEY}\tx")), SPACES),
        (b"Token \xff\xfe x".to_vec(), SPACES),
        (key("Token Token ", KEY), SPACES),
        // The key.
        (key("Token ", &KEY.to_uppercase()), INVALID),
        (key("Token ", KEY.split_at(39).0), INVALID),
        (key("Token ", &format!("{KEY}0")), INVALID),
        (key("Token ", &format!("\"{KEY}\"")), INVALID),
        (key("Token ", &format!("{KEY},")), INVALID),
        (key("Token ", REVOKED), INVALID),
        (key("Token ", ORPHAN), INVALID),
        (key("Token ", SHORT), None),
        (key("Token ", LONG), None),
        (key("Token ", &"f".repeat(55)), INVALID),
        (key("Token ", &"f".repeat(4096)), INVALID),
        (key("Token ", FOREIGN), None),
        (key("Token ", &FOREIGN.to_uppercase()), INVALID),
        (key("Token ", "%"), INVALID),
        (key("Token ", "' OR '1'='1"), SPACES),
        (key("Token ", "'||key||'"), INVALID),
        (b"Token abc\xc3".to_vec(), CHARACTERS),
        (b"Token \xed\xa0\x80".to_vec(), CHARACTERS),
        (b"Token \xc0\xafkey".to_vec(), CHARACTERS),
        (key("Token ", TIMELESS), None),
    ]
}

#[test]
fn a_password_on_django_5_2() {
    every_login_is_answered_as_by_the_server(Line::D52);
}

#[test]
fn a_password_on_django_6_1() {
    every_login_is_answered_as_by_the_server(Line::D61);
}

fn every_login_is_answered_as_by_the_server(line: Line) {
    let Some(django) = Django::line(line) else {
        return;
    };
    let sandbox = Sandbox::new();
    let project = django.project(sandbox.database()).migrated();
    for (username, options) in [
        ("alice", &[][..]),
        ("ﬁnn", &[]),
        ("żółw", &[]),
        ("inactive", &["--inactive"]),
        ("admin", &["--superuser"]),
    ] {
        create(&sandbox, username, options);
    }
    sandbox
        .run(["create-user", "robot", "--no-password"])
        .success();
    // The first two raise an exception in Django, the others are no password's.
    for (username, stored) in [
        ("malformed", "pbkdf2_sha256$many$salt$digest"),
        ("incomplete", "scrypt$16384$salt"),
        ("empty", ""),
        ("clear", PASSWORD),
        ("unknown-hasher", "rot13$salt$digest"),
        ("never", "pbkdf2_sha256$1$salt$digest"),
    ] {
        sandbox
            .run(["create-user", username, "--no-password"])
            .success();
        sandbox.sqlite(&format!(
            "UPDATE auth_user SET password = '{stored}' WHERE username = '{username}'"
        ));
    }
    let server = serve(project);
    let wrong = Some("Unable to log in with provided credentials.");
    for (username, password, status) in [
        ("alice", "another password", 400),
        ("alice", "Correct horse battery staple", 400),
        ("alice", " correct horse battery staple", 400),
        ("alice", "correct horse battery staple ", 400),
        ("alice", "correct horse battery staple\n", 400),
        ("ALICE", PASSWORD, 400),
        ("alice", PASSWORD, 200),
        ("  alice\t", PASSWORD, 200),
        ("inactive", PASSWORD, 400),
        ("inactive", "another password", 400),
        ("nobody", PASSWORD, 400),
        ("robot", PASSWORD, 400),
        ("robot", "!", 400),
        // The name of a login is not normalised, the name of a new user is.
        ("finn", PASSWORD, 200),
        ("ﬁnn", PASSWORD, 400),
        ("żółw", PASSWORD, 200),
        ("z\u{307}o\u{301}łw", PASSWORD, 400),
        ("admin", PASSWORD, 200),
        ("malformed", PASSWORD, 500),
        ("incomplete", PASSWORD, 500),
        ("empty", PASSWORD, 400),
        ("clear", PASSWORD, 400),
        ("unknown-hasher", PASSWORD, 400),
        ("never", PASSWORD, 400),
    ] {
        let detail = wrong.filter(|_| status == 400);
        assert_same_login(&sandbox, &server, (username, password), status, detail);
    }
}

#[test]
fn a_password_of_a_user_who_logs_in_with_the_email() {
    for django in [Line::D52, Line::D61].into_iter().filter_map(Django::line) {
        let sandbox = Sandbox::new();
        let project = django.project(sandbox.database());
        let project = project.with("USER_MODEL", "email_login").migrated();
        create(&sandbox, "Alice@EXAMPLE.com", &[]);
        let server = serve(project);
        let wrong = Some("Unable to log in with provided credentials.");
        for (username, password, status) in [
            ("Alice@example.com", "another password", 400),
            ("Alice@example.com", PASSWORD, 200),
            // As it was typed, and not as it was stored.
            ("Alice@EXAMPLE.com", PASSWORD, 400),
            ("alice@example.com", PASSWORD, 400),
            ("Alice", PASSWORD, 400),
            ("nobody@example.com", PASSWORD, 400),
        ] {
            let detail = wrong.filter(|_| status == 400);
            assert_same_login(&sandbox, &server, (username, password), status, detail);
        }
    }
}

/// Makes a user with [`PASSWORD`].
#[track_caller]
fn create(sandbox: &Sandbox, username: &str, options: &[&str]) {
    let create = ["create-user", username, "--password-stdin", "--hashed"];
    sandbox
        .run_with_stdin([&create, options].concat(), HASH)
        .success();
}

/// Serves the project with the hasher of [`HASH`], which takes no longer where a password is
/// wrong.
fn serve(project: Project) -> Server {
    project.with("FIRST_HASHER", "ScryptPasswordHasher").serve()
}

/// Posts the credentials and hands them to drfctl. `detail` is what the server says against
/// them; what it says in a page of its own, after an exception, is not compared.
#[track_caller]
fn assert_same_login(
    sandbox: &Sandbox,
    server: &Server,
    (username, password): (&str, &str),
    status: u16,
    detail: Option<&str>,
) {
    let reply = server.log_in(username, password);
    let errors = reply.body["non_field_errors"].as_array();
    let said = errors.and_then(|errors| errors.first()?.as_str());
    let context = format!("{username:?}, {password:?}: {reply:?}");
    assert_eq!((reply.status, said), (status, detail), "{context}");

    let verify = ["verify", "password", "--password-stdin", "--format", "json"];
    // The newline is the one that drfctl takes off.
    let outcome = sandbox.run_with_stdin(
        [&verify[..], &["--", username]].concat(),
        format!("{password}\n"),
    );
    let detail = detail.or((status == 500).then_some("Server Error"));
    let found = (status == 200).then_some(username.trim());
    let wanted = (status == 200, status, detail, found);
    let answer = answer(&outcome.stdout);
    assert_eq!(answer.parts(), wanted, "{context}: {outcome}");
    assert_eq!(outcome.status, i32::from(status != 200), "{context}");
    // Why the server fails is worth a warning, and so is a hash that it alone may know.
    let is_foreign = ["clear", "unknown-hasher"].contains(&username);
    let warns = status == 500 || is_foreign;
    assert_eq!(!outcome.stderr.is_empty(), warns, "{context}");
}

/// What drfctl prints with `--format json`.
struct Answer(Value);

#[track_caller]
fn answer(stdout: &str) -> Answer {
    Answer(serde_json::from_str(stdout).unwrap_or_else(|error| panic!("{error}: {stdout:?}")))
}

impl Answer {
    /// Whether it was accepted, the status, the detail, and the name of the user.
    #[track_caller]
    fn parts(&self) -> (bool, u16, Option<&str>, Option<&str>) {
        let Self(answer) = self;
        let user = answer["username"].as_str();
        assert_eq!(user.is_some(), !answer["user_id"].is_null(), "{answer}");
        (
            answer["accepted"].as_bool().expect("a boolean"),
            answer["status"]
                .as_u64()
                .and_then(|status| status.try_into().ok())
                .expect("a status"),
            answer["detail"].as_str(),
            user,
        )
    }
}
