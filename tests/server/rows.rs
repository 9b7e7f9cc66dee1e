//! Django reads every row that drfctl wrote as if it had written it.

use jiff::Timestamp;
use serde_json::json;

use super::stock_on;
use crate::support::{Engine, on_every_engine};

on_every_engine!(
    django_validates_every_row,
    django_reads_back_what_was_asked_for,
    a_name_is_normalised_as_django_does_it,
    django_checks_the_passwords,
);

/// Whether a time is not long ago.
#[expect(
    clippy::disallowed_methods,
    reason = "the time of the test is the real one"
)]
fn is_recent(time: Timestamp) -> bool {
    let age = Timestamp::now().duration_since(time);
    (0..600).contains(&age.as_secs())
}

fn django_validates_every_row(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let names = [
        "alice",
        "O.Brien+ops@example.com",
        "under_score-dash",
        "żółw",
        "李雷",
        "Ελένη",
        "0",
        &"n".repeat(150),
    ];
    let flags: [&[&str]; 8] = [
        &[],
        &["--staff"],
        &["--superuser"],
        &["--staff", "--superuser"],
        &["--inactive"],
        &["--inactive", "--staff"],
        &["--first-name", "Zoë", "--last-name", "O'Brien"],
        &["--email", "Somebody@EXAMPLE.com"],
    ];
    for (name, flags) in names.iter().zip(flags) {
        let create = ["create-user", name, "--no-password", "--token"];
        sandbox.run([&create, flags].concat()).success();
    }

    let mut oracle = project.oracle();
    assert_eq!(oracle.ask(&json!({"op": "full_clean"})), json!([]));
    let tokens = oracle.ask(&json!({"op": "tokens"}));
    for name in names {
        assert!(tokens[name].is_string(), "{name} has no token: {tokens}");
    }
}

fn django_reads_back_what_was_asked_for(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let create = ["create-user", "alice", "--no-password", "--staff"];
    let names = ["--first-name", "Zoë", "--last-name", "O'Brien"];
    let email = ["--email", "Alice@EXAMPLE.com"];
    sandbox
        .run([&create[..], &names, &email].concat())
        .success();

    let mut user = project
        .oracle()
        .ask(&json!({"op": "user", "username": "alice"}));
    let joined = user["date_joined"].take();
    let joined = joined.as_str().expect("a time").parse().expect("a time");
    assert!(is_recent(joined), "{joined}");
    let password = user["password"].take();
    let password = password.as_str().expect("a password");
    // As `make_password(None)` leaves it: no password matches, and no two are alike.
    assert!(
        password.starts_with('!') && password.len() == 41,
        "{password}"
    );
    assert_eq!(
        user,
        json!({
            "id": 1, "username": "alice", "password": null, "email": "Alice@example.com",
            "first_name": "Zoë", "last_name": "O'Brien", "is_active": true, "is_staff": true,
            "is_superuser": false, "last_login": null, "date_joined": null,
        })
    );
}

fn a_name_is_normalised_as_django_does_it(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    // A ligature, which NFKC takes apart.
    sandbox
        .run(["create-user", "ﬁnn", "--no-password", "--token"])
        .success();
    let tokens = project.oracle().ask(&json!({"op": "tokens"}));
    let names: Vec<_> = tokens.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["finn"]);
}

fn django_checks_the_passwords(engine: Engine) {
    let Some((sandbox, project)) = stock_on(engine) else {
        return;
    };
    let passwords = [
        "correct horse battery staple",
        " leading and trailing ",
        "pässwörd-密码-🔑",
        "quote ' \" \\ $ ! %",
    ];
    let mut oracle = project.oracle();
    for (number, password) in passwords.iter().enumerate() {
        let name = format!("user{number}");
        let create = ["create-user", &name, "--password-stdin"];
        sandbox.run_with_stdin(create, password).success();

        for (attempt, is_right) in [(*password, true), (&format!("{password}."), false)] {
            let check = json!({"op": "check_password", "username": name, "password": attempt});
            assert_eq!(oracle.ask(&check), json!(is_right), "{attempt}");
        }
    }
    assert_eq!(oracle.ask(&json!({"op": "full_clean"})), json!([]));
}
