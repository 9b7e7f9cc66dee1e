//! `drfctl create-user`

use serde_json::{Value, json};

use super::{PASSWORD, content, expect, is_recent, stored_key, with_users};
use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    a_user_has_what_is_named_and_djangos_defaults,
    a_name_is_stored_as_django_normalises_it,
    a_name_that_django_refuses_is_refused_in_its_words,
    json_says_what_was_done,
    json_names_all_groups_of_the_user,
    a_value_that_another_user_has_is_refused_before_a_password_is_asked_for,
    an_update_touches_only_what_is_named,
    a_column_that_is_not_there_cannot_be_set,
);

/// A row but for the hash and the time.
const ROW: &str = "SELECT username, email, first_name, last_name, is_staff, is_superuser, \
                   is_active, last_login IS NULL FROM auth_user ORDER BY id";

#[test]
fn a_superuser_of_a_model_without_staff_is_one() {
    let sandbox = with_users(&[]);
    sandbox.sqlite("ALTER TABLE auth_user DROP COLUMN is_staff");
    let create = ["-q", "create-user", "alice", "--no-password", "--superuser"];
    expect(&sandbox, &create, 0, "", "");
    assert_eq!(sandbox.sqlite("SELECT is_superuser FROM auth_user"), ["1"]);
}

#[test]
fn a_row_that_the_server_keeps_for_its_users_and_not_for_a_new_one_is_pointed_out() {
    let sandbox = with_users(&["alice", "bob"]);
    for table in ["site_profile", "optional_badge"] {
        sandbox.sqlite(&format!(
            "CREATE TABLE {table} (id integer PRIMARY KEY, \
             user_id integer NOT NULL UNIQUE REFERENCES auth_user (id))"
        ));
    }
    // Many rows for a user are no companion, nor is who brought in whom.
    sandbox.sqlite("ALTER TABLE auth_user ADD COLUMN referrer integer REFERENCES auth_user (id)");
    sandbox.sqlite("CREATE UNIQUE INDEX referrer ON auth_user (referrer)");
    sandbox.sqlite("UPDATE auth_user SET referrer = id");
    sandbox.sqlite(
        "CREATE TABLE visit (user_id integer REFERENCES auth_user (id), day date, \
         PRIMARY KEY (user_id, day))",
    );
    for day in 0..5 {
        sandbox.sqlite(&format!(
            "INSERT INTO visit SELECT id, {day} FROM auth_user"
        ));
    }
    sandbox.sqlite(
        "CREATE TABLE note (id integer PRIMARY KEY, user_id integer REFERENCES auth_user (id))",
    );
    sandbox.sqlite("INSERT INTO site_profile (user_id) SELECT id FROM auth_user");
    sandbox.sqlite("INSERT INTO note (user_id) SELECT id FROM auth_user");
    let create = ["create-user", "carol", "--no-password"];
    let stderr = "Created user `carol`.\n\
                  drfctl: warning: most users have a row in `site_profile`, and `carol` has none: \
                  the server makes it when it creates a user itself, and may fail without it\n";
    sandbox.run(create).expect(0, "", stderr);
    let users: Vec<_> = (0..50).map(|n| format!("u{n}\n")).collect();
    let users = format!("username\n{}", users.concat());
    let import = ["create-user", "--from=-", "--no-password"];
    let stderr = "Users: 50 created, 0 updated, 0 unchanged.\n\
                  drfctl: warning: most users have a row in `site_profile`, and 50 of the \
                  new users have none: the server makes it when it creates a user itself, and may \
                  fail without it\n";
    sandbox.run_with_stdin(import, users).expect(0, "", stderr);
    // A trigger made it.
    sandbox.sqlite(
        "CREATE TRIGGER t AFTER INSERT ON auth_user BEGIN \
         INSERT INTO site_profile (user_id) VALUES (new.id); END",
    );
    sandbox.sqlite("INSERT OR IGNORE INTO site_profile (user_id) SELECT id FROM auth_user");
    let create = ["create-user", "dave", "--no-password"];
    sandbox.run(create).expect(0, "", "Created user `dave`.\n");
}

fn a_user_has_what_is_named_and_djangos_defaults(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let create = ["create-user", "alice", "--no-password"];
    expect(&sandbox, &create, 0, "", "Created user `alice`.\n");
    let all = [
        "create-user",
        "Bob",
        "--no-password",
        "--email",
        "Bob@EXAMPLE.com",
        "--first-name",
        "Bob",
        "--last-name",
        "van Dyk",
        "--staff",
        "--inactive",
    ];
    sandbox.run(all).success();
    sandbox
        .run(["create-user", "root", "--superuser", "--no-password"])
        .success();
    assert_eq!(
        sandbox.sql(ROW),
        [
            "alice||||0|0|1|1",
            "Bob|Bob@example.com|Bob|van Dyk|1|0|0|1",
            "root||||1|1|1|1",
        ]
    );
    for joined in sandbox.sql("SELECT date_joined FROM auth_user") {
        assert!(is_recent(&joined), "{joined}");
    }
}

fn a_name_is_stored_as_django_normalises_it(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    sandbox
        .run(["create-user", "ｎｅｗｂｏｂ", "--no-password"])
        .success();
    assert_eq!(sandbox.sql("SELECT username FROM auth_user"), ["newbob"]);
    for name in ["newbob", "ｎｅｗｂｏｂ"] {
        let again = sandbox.run(["create-user", name, "--no-password"]);
        assert_eq!((again.status, again.stdout.as_str()), (4, ""), "{again}");
    }
    // Case makes another user, as in Django, where the database tells one case from the other.
    let status = if engine == Engine::Mariadb { 4 } else { 0 };
    let other = sandbox.run(["create-user", "Newbob", "--no-password"]);
    assert_eq!(other.status, status, "{other}");
}

fn a_name_that_django_refuses_is_refused_in_its_words(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let invalid = "Enter a valid username. This value may contain only letters, numbers, and \
                   @/./+/-/_ characters.";
    let long = "x".repeat(151);
    let shown = format!("{}…", "x".repeat(60));
    for (name, shown, problem) in [
        ("", "", "Username cannot be blank."),
        ("two words", "two words", invalid),
        ("line\n", "line\\n", invalid),
        ("a/b", "a/b", invalid),
        ("\u{1b}[31m", "\\u{1b}[31m", invalid),
        ("a\u{200b}b", "a\\u{200b}b", invalid),
        (
            &long,
            &shown,
            "Ensure this value has at most 150 characters (it has 151).",
        ),
    ] {
        let stderr = format!("drfctl: user name `{shown}` is refused: {problem}\n");
        expect(
            &sandbox,
            &["create-user", "--no-password", "--", name],
            2,
            "",
            &stderr,
        );
    }
    for email in [
        "nowhere",
        "a@b",
        "a b@example.com",
        "@example.com",
        "a@example.com\n",
    ] {
        let refused = sandbox.run(["create-user", "x", "--no-password", "--email", email]);
        // Django itself strips blanks around an address before it stores it.
        let wanted = if email.trim() == "a@example.com" {
            0
        } else {
            2
        };
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (wanted, ""),
            "{email:?}: {refused}"
        );
    }
    for option in ["--first-name", "--last-name"] {
        let refused = sandbox.run(["create-user", "y", "--no-password", option, &long]);
        assert_eq!(
            (refused.status, refused.stdout.as_str()),
            (2, ""),
            "{refused}"
        );
    }
}

#[test]
fn a_token_is_made_with_the_user_in_one_transaction() {
    let sandbox = Sandbox::migrated();
    let create = ["create-user", "alice", "--no-password", "--token"];
    let outcome = sandbox.run(create);
    let key = stored_key(&sandbox, "alice").expect("a token");
    let stderr = "Created user `alice`.\nCreated a token for `alice`.\n";
    outcome.expect(0, &format!("{key}\n"), stderr);
    let forms = [
        ("header", format!("Authorization: Token {key}\n")),
        ("env", format!("DRF_TOKEN={key}\n")),
        ("drf", format!("Generated token {key} for user alice\n")),
    ];
    for (format, stdout) in forms {
        let args = [&["-q"], &create[..], &["--if-exists", "skip", "-f", format]].concat();
        expect(&sandbox, &args, 0, &stdout, "");
    }
    // A token that cannot be made takes the user with it.
    sandbox.sqlite(
        "CREATE TRIGGER no_more BEFORE INSERT ON authtoken_token BEGIN \
         SELECT RAISE(ABORT, 'no more'); END",
    );
    let before = content(&sandbox);
    let refused = sandbox.run(["create-user", "bob", "--no-password", "--token"]);
    assert!(refused.status > 0 && refused.stdout.is_empty(), "{refused}");
    assert_eq!(content(&sandbox), before);
}

fn json_names_all_groups_of_the_user(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    for group in ["zoo", "ops", "idle"] {
        sandbox.sql(&format!("INSERT INTO auth_group (name) VALUES ('{group}')"));
    }
    let groups = |args: &[&str]| -> Value {
        let args = [&["-q", "-f", "json", "create-user", "alice"], args].concat();
        let row: Value = serde_json::from_str(&sandbox.run(args).success()).expect("JSON");
        row["groups"].clone()
    };
    assert_eq!(groups(&["--no-password", "--group", "zoo"]), json!(["zoo"]));
    let update = ["--if-exists", "update", "--group", "ops"];
    assert_eq!(groups(&update), json!(["ops", "zoo"]));
    assert_eq!(groups(&update), json!(["ops", "zoo"]), "nothing to do");
    let skip = ["--no-password", "--if-exists", "skip", "--group", "idle"];
    assert_eq!(groups(&skip), json!(["ops", "zoo"]));
    let import = [
        "-q",
        "-f",
        "jsonl",
        "create-user",
        "--from=-",
        "--group=ops",
        "--no-password",
    ];
    let lines = sandbox
        .run_with_stdin(import, "username\nbob\ncarol\n")
        .success();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(row["groups"], json!(["ops"]), "{line}");
    }
    assert_eq!(lines.lines().count(), 2);
}

fn a_value_that_another_user_has_is_refused_before_a_password_is_asked_for(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    sandbox.sql("CREATE UNIQUE INDEX one_email ON auth_user (email)");
    let create = [
        "-q",
        "create-user",
        "alice",
        "--no-password",
        "--email=a@example.com",
    ];
    expect(&sandbox, &create, 0, "", "");
    // Weak, which would be said of it if it were looked at.
    sandbox
        .run_with_stdin(
            ["create-user", "bob", "--password-stdin", "--email=a@EXAMPLE.com"],
            "123",
        )
        .expect(
            4,
            "",
            "drfctl: column `email` is UNIQUE, and user `alice` already has the value given for it\n",
        );
}

fn json_says_what_was_done(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let result = |args: &[&str]| -> Value {
        let args = [&["-q", "-f", "json", "create-user", "alice"], args].concat();
        serde_json::from_str(&sandbox.run(args).success()).expect("JSON")
    };
    let mut row = json!({
        "user_id": 1, "username": "alice", "email": "", "is_active": true, "is_staff": false,
        "is_superuser": false, "groups": [], "result": "created", "changed": [],
    });
    assert_eq!(result(&["--no-password"]), row);
    row["result"] = json!("skipped");
    assert_eq!(
        result(&["--no-password", "--if-exists", "skip", "--staff"]),
        row
    );
    row["result"] = json!("unchanged");
    assert_eq!(result(&["--if-exists", "update"]), row);
    row["result"] = json!("updated");
    row["email"] = json!("a@example.com");
    row["is_staff"] = json!(true);
    row["changed"] = json!(["email", "is_staff"]);
    let update = [
        "--if-exists",
        "update",
        "--staff",
        "--email",
        "a@example.com",
    ];
    assert_eq!(result(&update), row);
    row["result"] = json!("unchanged");
    row["changed"] = json!([]);
    assert_eq!(result(&update), row);
    let key = sandbox.run(["-q", "create-token", "alice"]).success();
    row["token"] = json!(key.trim_end());
    row["token_created"] = json!(false);
    row["token_result"] = json!("existing");
    assert_eq!(result(&["--if-exists", "update", "--token"]), row);
}

fn an_update_touches_only_what_is_named(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let create = [
        "-q",
        "create-user",
        "alice",
        "--email",
        "a@example.com",
        "--first-name",
        "Alice",
        "--password-stdin",
        "--iterations",
        "1000",
    ];
    sandbox.run_with_stdin(create, PASSWORD).expect(0, "", "");
    let hash = "SELECT password FROM auth_user";
    let before = sandbox.sql(hash);
    let update = ["create-user", "alice", "--if-exists", "update"];
    sandbox
        .run([&update[..], &["--last-name", "Ash", "--superuser"]].concat())
        .success();
    assert_eq!(sandbox.sql(ROW), ["alice|a@example.com|Alice|Ash|1|1|1|1"]);
    assert_eq!(sandbox.sql(hash), before);
    // The same password once more is no change: it would end every session.
    let again = [&update[..], &["--password-stdin"]].concat();
    sandbox.run_with_stdin(&again, PASSWORD).success();
    assert_eq!(sandbox.sql(hash), before);
    sandbox
        .run_with_stdin(&again, "another good phrase")
        .success();
    assert_ne!(sandbox.sql(hash), before);
    let nobody = ["create-user", "bob", "--if-exists", "update", "--staff"];
    let stderr = "drfctl: there is no user `bob` to update, and no password for a new one\n\
                  hint: add a password option, such as `--password-stdin`\n";
    expect(&sandbox, &nobody, 2, "", stderr);
    let remove = [&update[..], &["--no-password"]].concat();
    let stderr = "Removed the password of `alice`: nobody can log in with it.\n";
    let both = [&remove[..], &["--first-name", "Al"]].concat();
    let warning = "drfctl: warning: `alice` is the last active superuser\n";
    let updated = "Updated first_name of user `alice`.\n";
    expect(
        &sandbox,
        &both,
        0,
        "",
        &format!("{warning}{updated}{stderr}"),
    );
    let stderr = "User `alice` is already up to date.\n";
    expect(&sandbox, &remove, 0, "", stderr);
}

fn a_column_that_is_not_there_cannot_be_set(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let create = ["create-user", "x", "--no-password", "--set", "phone=1"];
    let refused = sandbox.run(create);
    assert!(refused.status > 0 && refused.stdout.is_empty(), "{refused}");
    assert!(refused.stderr.contains("`phone`"), "{refused}");
    assert_eq!(sandbox.sql(ROW), [""; 0]);
}
