//! Files of users and names: a fault is found before anything is written, or the report says
//! how far it got; no password is taken from anybody, and no row swallows the next.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::{copy_of, count, error_of, execute, is_clean_failure, shown_count};
use crate::cli::{PASSWORD, content, stored_key, with_users};
use crate::support::{Outcome, Sandbox};

/// Imports a file of this content.
fn import(sandbox: &Sandbox, file: impl AsRef<[u8]>, options: &[&str]) -> Outcome {
    fs::write(sandbox.path("users"), file).expect("write");
    sandbox.run([&["create-user", "--from", "users"], options].concat())
}

/// Imports the same from a file and from stdin; both are refused so, and nothing is written.
#[track_caller]
fn is_refused(content_of_file: &str, status: i32, words: &[&str]) {
    for from in ["users", "-"] {
        let sandbox = with_users(&["alice"]);
        let before = content(&sandbox);
        fs::write(sandbox.path("users"), content_of_file).expect("write");
        let args = ["create-user", "--iterations", "1000", "--from", from];
        let outcome = sandbox.run_with_stdin(args, content_of_file);
        is_clean_failure(&outcome, content_of_file);
        assert_eq!(outcome.status, status, "{from}: {outcome}");
        for word in words {
            assert!(outcome.stderr.contains(word), "{word}: {outcome}");
        }
        if from == "users" {
            assert_eq!(content(&sandbox), before, "{content_of_file}");
        }
    }
}

/// A user table with a foreign key of the project's own.
fn with_organisations() -> Sandbox {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        "CREATE TABLE org (slug varchar(20) NOT NULL PRIMARY KEY);
         INSERT INTO org VALUES ('acme');
         ALTER TABLE auth_user ADD COLUMN org_id varchar(20)
         REFERENCES org (slug) DEFERRABLE INITIALLY DEFERRED;",
    );
    sandbox
}

#[test]
fn a_foreign_key_that_matches_nothing_names_the_line_the_column_and_the_value() {
    let sandbox = with_organisations();
    let before = content(&sandbox);
    let file = "username\nbob\ncarol\n";
    let options = ["--no-password", "--set", "org_id=nope"];
    let outcome = import(&sandbox, file, &options);
    is_clean_failure(&outcome, "--from");
    for word in ["line 2", "`org_id`", "`nope`"] {
        assert!(outcome.stderr.contains(word), "{word}: {outcome}");
    }
    assert_eq!(content(&sandbox), before);
}

#[test]
fn a_value_that_is_twice_in_a_file_is_seen_before_the_first_row_is_written() {
    let sandbox = with_users(&["alice"]);
    execute(&sandbox, "CREATE UNIQUE INDEX email ON auth_user (email)");
    let before = content(&sandbox);
    let mut rows: Vec<String> = (0..6_000)
        .map(|n| format!("user{n},user{n}@example.com\n"))
        .collect();
    rows.push("late,user17@example.com\n".to_owned());
    let file = format!("username,email\n{}", rows.concat());
    let outcome = import(&sandbox, file, &["--no-password"]);
    is_clean_failure(&outcome, "twice");
    assert_eq!(outcome.status, 4, "{outcome}");
    for word in ["line 6002", "`email`", "`user17@example.com`"] {
        assert!(outcome.stderr.contains(word), "{word}: {outcome}");
    }
    assert!(content(&sandbox) == before, "{outcome}");
}

#[test]
fn a_row_that_the_database_refuses_names_its_line_and_how_many_users_are_there() {
    // Nobody can know beforehand what a trigger refuses.
    let sandbox = with_users(&[]);
    execute(
        &sandbox,
        "CREATE TRIGGER no BEFORE INSERT ON auth_user WHEN new.username = 'user11500'
         BEGIN SELECT raise(abort, 'not this one'); END",
    );
    let rows: Vec<String> = (0..12_000).map(|n| format!("user{n}\n")).collect();
    let file = format!("username\n{}", rows.concat());
    let plain = copy_of(&sandbox);
    let outcome = import(&plain, &file, &["--no-password"]);
    let done = count(&plain, "auth_user");
    assert!(outcome.status > 0 && outcome.stdout.is_empty(), "{outcome}");
    assert!(outcome.stderr.contains("line 11502"), "{outcome}");
    assert!(outcome.stderr.contains("not this one"), "{outcome}");
    if done > 0 {
        assert!(
            outcome.stderr.contains(&shown_count(done)),
            "{done}: {outcome}"
        );
        assert!(outcome.stderr.contains("--if-exists skip"), "{outcome}");
    }
    let outcome = import(&sandbox, &file, &["--no-password", "-f", "json"]);
    let error = error_of(&outcome);
    let done = count(&sandbox, "auth_user");
    assert_eq!(error["done"].as_i64().unwrap_or(0), done, "{error}");
}

const HASH_OF: &str = "SELECT password FROM auth_user WHERE username = ";

#[test]
fn an_update_from_a_file_takes_no_password_away() {
    for file in [
        "username,email\nalice,a@example.com\nbob,b@example.com\n",
        "username,email,password\nalice,a@example.com,\nbob,b@example.com,\n",
        "{\"username\":\"alice\"}\n{\"username\":\"bob\"}\n",
    ] {
        let sandbox = with_users(&["alice"]);
        execute(&sandbox, "UPDATE auth_user SET password = 'md5$salt$x'");
        let options = ["-q", "--if-exists", "update", "--no-password"];
        import(&sandbox, file, &options).expect(0, "", "");
        assert_eq!(sandbox.sqlite(&format!("{HASH_OF}'alice'")), ["md5$salt$x"]);
        let new = sandbox.sqlite(&format!("{HASH_OF}'bob'")).remove(0);
        assert!(new.starts_with('!'), "{new}");
    }
}

#[test]
fn the_hint_for_a_new_user_without_a_password_can_be_followed() {
    let sandbox = with_users(&["alice"]);
    execute(&sandbox, "UPDATE auth_user SET password = 'md5$salt$x'");
    let file = "username\nalice\nbob\n";
    let refused = import(&sandbox, file, &["--if-exists", "update"]);
    is_clean_failure(&refused, file);
    assert_eq!(refused.status, 2, "{refused}");
    assert!(refused.stderr.contains("line 3"), "{refused}");
    assert!(refused.stderr.contains("--no-password"), "{refused}");
    let followed = ["-q", "--if-exists", "update", "--no-password"];
    import(&sandbox, file, &followed).expect(0, "", "");
    assert_eq!(sandbox.sqlite(&format!("{HASH_OF}'alice'")), ["md5$salt$x"]);
}

#[test]
fn an_open_quote_is_an_error_on_the_line_where_it_opened() {
    let rest = "ok3,Sommer-Regen-93\nok4,Sommer-Regen-94\n";
    is_refused(
        &format!("username,password\nok1,Sommer-Regen-91\nok2,\"Sommer-Regen-92\n{rest}"),
        2,
        &["line 3", "quote"],
    );
    is_refused(
        &format!("username,password,first_name\nok1,Sommer-Regen-91,\"Anna\n{rest}"),
        2,
        &["line 2", "quote"],
    );
    is_refused("username,password\nok1,\"", 2, &["line 2", "quote"]);
    is_refused("username,\"password\nok1,x\n", 2, &["line 1", "quote"]);
}

#[test]
fn text_behind_a_closing_quote_is_an_error() {
    is_refused(
        "username,password\nok1,Sommer-Regen-91\nok2,\"Sommer\"-Regen-92\n",
        2,
        &["line 3", "quote"],
    );
    is_refused(
        "username,password\nok1,\"Sommer-Regen-91\" \n",
        2,
        &["line 2", "quote"],
    );
}

#[test]
fn quotes_that_are_well_formed_are_no_error() {
    let sandbox = with_users(&[]);
    let file = "\"username\",first_name,last_name\r\n\
                ok1,\"Anna \"\"Rex\"\"\",\"B,C\"\r\nok2,\"\",\"D\nE\"\r\nok3,F\"G,H\r\n";
    import(&sandbox, file, &["-q", "--no-password"]).expect(0, "", "");
    let names = sandbox.sqlite("SELECT first_name, last_name FROM auth_user ORDER BY id");
    assert_eq!(names, ["Anna \"Rex\"|B,C", "|D\nE", "F\"G|H"]);
}

#[test]
fn lines_are_counted_alike_whatever_ends_them() {
    for end in ["\n", "\r\n"] {
        for (lines, wrong) in [
            (&["username,email", "ok1,", "two words,", "ok3,"][..], 3),
            (&["username,email", "", "ok1,", "two words,"], 4),
            (&["username,email", "\"ok1\",\"\"", "ok2,nowhere"], 3),
            (&["username,first_name", "ok1,\"A", "B\"", "two words,"], 4),
            (&["username,unknown", "ok1,"], 1),
            (
                &["{\"username\":\"ok1\"}", "", "{\"username\":\"two words\"}"],
                3,
            ),
        ] {
            let sandbox = with_users(&[]);
            let outcome = import(&sandbox, lines.join(end), &["--no-password"]);
            assert_eq!(outcome.status, 2, "{lines:?}: {outcome}");
            let place = format!("line {wrong}: ");
            assert!(outcome.stderr.contains(&place), "{lines:?}: {outcome}");
        }
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_password() {
    let marked = format!("\u{feff}{PASSWORD}\n");
    let set = ["-q", "set-password", "alice", "--iterations", "1000"];
    for from_file in [true, false] {
        let sandbox = with_users(&["alice"]);
        fs::write(sandbox.path("pw"), &marked).expect("write");
        fs::set_permissions(sandbox.path("pw"), Permissions::from_mode(0o600)).expect("chmod");
        if from_file {
            let args = [&set[..], &["--password-file", "pw"]].concat();
            sandbox.run(args).expect(0, "", "");
        } else {
            let args = [&set[..], &["--password-stdin"]].concat();
            sandbox.run_with_stdin(args, &marked).expect(0, "", "");
        }
        let verify = ["verify", "password", "alice", "--password-stdin"];
        for typed in [PASSWORD, &marked] {
            sandbox
                .run_with_stdin(verify, typed)
                .expect(0, "alice\n", "");
        }
    }
}

#[test]
fn a_header_that_is_nearly_right_is_answered_with_what_was_found() {
    for (header, row, words) in [
        // Two separators leave a doubt.
        (
            "username;email,first_name",
            "bob;b@example.com,Bob",
            &["`username;email`", "`;`"][..],
        ),
        (
            "username|email",
            "bob|b@example.com",
            &["username|email", "`|`"],
        ),
        // Do the values have blanks around them, too? One may be a password.
        (
            " username ,email",
            "bob,b@example.com",
            &["` username `", "`username`"],
        ),
        (
            "login,email",
            "bob,b@example.com",
            &["`login`", "`email`", "`username`"],
        ),
        (
            "Username,username",
            "bob,bob",
            &["`Username`", "`username`", "twice"],
        ),
    ] {
        is_refused(&format!("{header}\n{row}\n"), 2, words);
    }
}

#[test]
fn a_file_without_a_header_is_refused_without_a_word_of_its_first_line() {
    for file in [
        "bob,Sommer-Regen-91\n",
        "bob;Sommer-Regen-91\n",
        "Sommer-Regen-91\n",
    ] {
        let sandbox = with_users(&[]);
        let outcome = import(&sandbox, file, &[]);
        is_clean_failure(&outcome, file);
        assert_eq!(outcome.status, 2, "{outcome}");
        assert!(outcome.stderr.contains("header"), "{outcome}");
        assert!(!outcome.stderr.contains("Sommer"), "{outcome}");
    }
}

#[test]
fn a_header_that_leaves_no_doubt_is_taken() {
    for file in [
        "username;email;first_name\nbob;b@example.com;Bo, b\n",
        "\"username\";\"email\";\"first_name\"\r\nbob;b@example.com;\"Bo, b\"\r\n",
        "username\temail\tfirst_name\nbob\tb@example.com\tBo, b\n",
        "Username,EMAIL,First_Name\nbob,b@example.com,\"Bo, b\"\n",
        "sep=;\r\nusername;email;first_name\r\nbob;b@example.com;Bo, b\r\n",
        "\u{feff}sep=,\nusername,email,first_name,\nbob,b@example.com,\"Bo, b\",\n",
        "[{\"username\":\"bob\",\"email\":\"b@example.com\",\"first_name\":\"Bo, b\"}]",
        "\u{feff} [\n  {\n    \"username\": \"bob\",\n    \"email\": \"b@example.com\",\n    \
         \"first_name\": \"Bo, b\"\n  }\n]\n",
    ] {
        let sandbox = with_users(&[]);
        import(&sandbox, file, &["-q", "--no-password"]).expect(0, "", "");
        let users = sandbox.sqlite("SELECT username, email, first_name FROM auth_user");
        assert_eq!(users, ["bob|b@example.com|Bo, b"], "{file}");
    }
    let sandbox = with_users(&[]);
    let outcome = import(&sandbox, "username,\nbob,lost\n", &["--no-password"]);
    let place = "drfctl: `users`, line 2: it has a value in a column without a name\n";
    outcome.expect(2, "", place);
}

#[test]
fn what_drfctl_writes_of_its_users_is_read() {
    let original = with_users(&["alice"]);
    execute(
        &original,
        "UPDATE auth_user SET email = 'a@example.com', is_staff = true, \
         last_login = '2026-01-01 00:00:00'",
    );
    original.run(["create-token", "alice"]).success();
    let show = original.run(["show", "alice", "-f", "json"]).success();
    let mut written = vec![show];
    for format in ["csv", "jsonl", "json", "tsv"] {
        for keys in [&[][..], &["--show-keys"]] {
            let list = original.run([&["list", "-f", format][..], keys].concat());
            written.push(list.success());
        }
    }
    for format in ["json", "jsonl"] {
        let create = ["--if-exists", "update", "--token", "-f", format];
        let create = original.run([&["create-user", "alice"][..], &create].concat());
        written.push(create.success());
        let create = ["--if-exists", "update", "--from", "-", "-f", format];
        let create = [&["create-user"][..], &create].concat();
        written.push(
            original
                .run_with_stdin(create, "username\nalice\n")
                .success(),
        );
    }
    for file in written {
        let sandbox = with_users(&[]);
        import(&sandbox, &file, &["-q", "--no-password"]).expect(0, "", "");
        let users = sandbox.sqlite("SELECT username, email, is_staff, last_login FROM auth_user");
        assert_eq!(users, ["alice|a@example.com|1|"], "{file}");
        assert_eq!(count(&sandbox, "authtoken_token"), 0);
    }
}

#[test]
fn the_columns_of_a_custom_model_have_a_value_for_each_user() {
    for file in [
        "username,org_id,seats\nbob,acme,3\ncarol,,\n",
        "[{\"username\":\"bob\",\"org_id\":\"acme\",\"seats\":3},\n {\"username\":\"carol\"}]",
    ] {
        let sandbox = with_organisations();
        execute(&sandbox, "ALTER TABLE auth_user ADD COLUMN seats integer");
        import(&sandbox, file, &["-q", "--no-password"]).expect(0, "", "");
        let sql = "SELECT username, org_id, seats FROM auth_user WHERE username <> 'alice'";
        assert_eq!(sandbox.sqlite(sql), ["bob|acme|3", "carol||"]);
    }
    for (file, words) in [
        (
            "username,org_id\nbob,nope\n",
            &["line 2", "`org_id`", "`nope`"],
        ),
        ("username,org\nbob,acme\n", &["line 1", "`org`", "column"]),
        (
            "{\"username\":\"bob\",\"org\":\"acme\"}",
            &["line 1", "`org`", "column"],
        ),
        (
            "{\"username\":\"bob\",\"org_id\":[]}",
            &["line 1", "`org_id`", "text"],
        ),
    ] {
        let sandbox = with_organisations();
        let outcome = import(&sandbox, file, &["--no-password"]);
        is_clean_failure(&outcome, file);
        assert_eq!(outcome.status, 2, "{outcome}");
        for word in words {
            assert!(outcome.stderr.contains(word), "{word}: {outcome}");
        }
        assert_eq!(count(&sandbox, "auth_user"), 1);
    }
}

#[test]
fn what_spreadsheets_add_to_a_csv_file_is_taken_or_named() {
    for (file, word) in [
        ("sep=,\nusername,email\nbob,b@example.com\n", "sep="),
        ("username,email,\nbob,b@example.com,\n", "empty"),
        ("username,email,,\nbob,b@example.com,,\n", "empty"),
    ] {
        let sandbox = with_users(&[]);
        let outcome = import(&sandbox, file, &["-q", "--no-password"]);
        if outcome.status == 0 {
            let users = sandbox.sqlite("SELECT username, email FROM auth_user");
            assert_eq!(users, ["bob|b@example.com"], "{file}");
        } else {
            is_clean_failure(&outcome, file);
            assert!(outcome.stderr.contains(word), "{file}: {outcome}");
        }
    }
}

#[test]
fn tokens_of_an_import_are_those_in_the_database() {
    let sandbox = with_users(&[]);
    let outcome = import(
        &sandbox,
        "username\nbob\n",
        &["-q", "--no-password", "--token"],
    );
    let key = stored_key(&sandbox, "bob").expect("a token");
    assert!(outcome.success().ends_with(&format!("{key}\n")));
}

#[test]
fn every_user_of_a_file_joins_the_groups_that_are_named() {
    let sandbox = with_users(&["alice"]);
    execute(&sandbox, "INSERT INTO auth_group (name) VALUES ('robots')");
    let options = ["-q", "--no-password", "--if-exists", "update", "--group"];
    let robots = [&options[..], &["robots"]].concat();
    import(&sandbox, "username\nalice\nbob\n", &robots).expect(0, "", "");
    assert_eq!(count(&sandbox, "auth_user_groups"), 2);
    let nobody = [&options[..], &["nobody"]].concat();
    let outcome = import(&sandbox, "username\ncarol\n", &nobody);
    assert_eq!(outcome.status, 3, "{outcome}");
    assert_eq!(count(&sandbox, "auth_user"), 2);
}

#[test]
fn a_name_that_an_index_takes_for_another_names_the_line_and_who_is_in_the_way() {
    let sandbox = with_users(&["alice"]);
    execute(
        &sandbox,
        "CREATE UNIQUE INDEX ci ON auth_user (lower(username))",
    );
    let outcome = import(&sandbox, "username\nbob\nALICE\n", &["--no-password"]);
    is_clean_failure(&outcome, "ALICE");
    assert_eq!(outcome.status, 4, "{outcome}");
    for word in ["line 3", "`ALICE`", "`alice`"] {
        assert!(outcome.stderr.contains(word), "{word}: {outcome}");
    }
    assert_eq!(count(&sandbox, "auth_user"), 1);
}
