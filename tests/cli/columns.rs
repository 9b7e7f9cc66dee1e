//! What the columns and indexes of a user table may look like, and what may be put into them.

use super::{expect, with_users};

#[test]
fn a_unique_expression_makes_no_column_unique_and_harms_nothing() {
    let sandbox = with_users(&["alice"]);
    sandbox.sqlite("CREATE UNIQUE INDEX lower_name ON auth_user (lower(username))");
    let list = ["list", "--all-users", "--format", "names"];
    expect(&sandbox, &list, 0, "alice\n", "");
    expect(
        &sandbox,
        &["migrate", "--check"],
        0,
        "",
        "The database is up to date.\n",
    );
}

#[test]
fn a_value_that_django_could_not_read_back_is_refused() {
    let sandbox = with_users(&["alice"]);
    for (set, problem) in [
        ("is_staff=maybe", "write `true` or `false` (or `1` or `0`)"),
        (
            "date_joined=yesterday",
            "write a time as `2026-11-22 10:00:00`",
        ),
    ] {
        let (column, _) = set.split_once('=').expect("an assignment");
        let command = [
            "create-user",
            "alice",
            "--if-exists",
            "update",
            "--set",
            set,
        ];
        let stderr = format!("drfctl: column `{column}` cannot take this value: {problem}\n");
        expect(&sandbox, &command, 2, "", &stderr);
    }
    let twice = [
        "create-user",
        "alice",
        "--if-exists",
        "update",
        "--set",
        "is_active=0",
        "--set",
        "is_active=1",
    ];
    let stderr = "drfctl: column `is_active` cannot take this value: it is given twice\n";
    expect(&sandbox, &twice, 2, "", stderr);
    let good = [
        "-q",
        "create-user",
        "alice",
        "--if-exists",
        "update",
        "--set",
        "is_active=false",
        "--set",
        "date_joined=2026-01-02T03:04:05Z",
    ];
    expect(&sandbox, &good, 0, "", "");
    assert_eq!(
        sandbox.sqlite("SELECT is_active, date_joined FROM auth_user"),
        ["0|2026-01-02 03:04:05"]
    );
}

#[test]
fn the_primary_key_and_what_has_an_option_of_its_own_are_refused_by_name() {
    let sandbox = with_users(&["alice"]);
    for (set, refusal) in [
        (
            "id=77",
            "column `id` is the primary key, which cannot be set\n",
        ),
        (
            "password=secret",
            "column `password` has an option of its own\n\
             hint: `drfctl set-password NAME` sets it\n",
        ),
        (
            "email=nowhere",
            "column `email` has an option of its own\n\
             hint: `--email ADDRESS` sets it\n",
        ),
        (
            "last_name=x",
            "column `last_name` has an option of its own\n\
             hint: `--last-name NAME` sets it\n",
        ),
        (
            "username=bob",
            "column `username` has an option of its own\n\
             hint: `drfctl update-user NAME --rename NEW` changes it\n",
        ),
    ] {
        for command in [
            &["update-user", "alice"][..],
            &["create-user", "alice", "--if-exists", "update"],
            &["create-user", "bob", "--no-password"],
        ] {
            let command = [command, &["--set", set]].concat();
            expect(&sandbox, &command, 2, "", &format!("drfctl: {refusal}"));
        }
    }
    let csv = "username,id\nalice,77\n";
    let import = ["create-user", "--from=-", "--if-exists=update"];
    let stderr = "drfctl: `stdin`, line 2: column `id` is the primary key, which cannot be set\n";
    sandbox.run_with_stdin(import, csv).expect(2, "", stderr);
    assert_eq!(
        sandbox.sqlite("SELECT id, username FROM auth_user"),
        ["1|alice"]
    );
}

#[test]
fn a_key_that_the_database_does_not_count_is_given_once() {
    let sandbox = with_users(&[]);
    sandbox.sqlite("DROP TABLE auth_user");
    sandbox.sqlite(
        "CREATE TABLE auth_user (id varchar(9) NOT NULL PRIMARY KEY, \
         username varchar(150) NOT NULL UNIQUE, password varchar(128) NOT NULL, \
         last_login datetime NULL, is_active bool NOT NULL)",
    );
    let create = [
        "-q",
        "create-user",
        "alice",
        "--if-exists=update",
        "--no-password",
    ];
    let set = |id: &'static str| [&create[..], &["--set", id]].concat();
    expect(&sandbox, &set("id=a1"), 0, "", "");
    expect(&sandbox, &set("id=a1"), 0, "", "");
    let stderr = "drfctl: column `id` is the primary key, which cannot be set\n";
    expect(&sandbox, &set("id=a2"), 2, "", stderr);
}

#[test]
fn a_date_and_a_time_of_day_are_judged_as_django_reads_them() {
    let sandbox = with_users(&["alice"]);
    for column in ["birth_date date", "shift_start time", "badge varchar(9)"] {
        sandbox.sqlite(&format!("ALTER TABLE auth_user ADD COLUMN {column}"));
    }
    let update = ["create-user", "alice", "--if-exists", "update", "--set"];
    let date = "write a date as `2026-11-22`";
    let time = "write a time of day as `10:00:00`";
    for (set, problem) in [
        ("birth_date=2026-13-45", date),
        ("birth_date=31.12.1999", date),
        ("birth_date=2026-01-01 10:00:00", date),
        ("shift_start=25:00", time),
    ] {
        let (column, _) = set.split_once('=').expect("an assignment");
        let stderr = format!("drfctl: column `{column}` cannot take this value: {problem}\n");
        expect(&sandbox, &[&update[..], &[set]].concat(), 2, "", &stderr);
    }
    let sets = ["birth_date=1999-12-31", "--set", "shift_start=08:30"];
    let stderr = "Updated birth_date, shift_start of user `alice`.\n";
    expect(&sandbox, &[&update[..], &sets].concat(), 0, "", stderr);
    let stored = "SELECT birth_date, shift_start, badge IS NULL FROM auth_user";
    assert_eq!(sandbox.sqlite(stored), ["1999-12-31|08:30:00|1"]);
}

#[test]
fn nothing_is_stored_as_null_where_a_column_may_be_null() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.sqlite("ALTER TABLE auth_user ADD COLUMN badge varchar(9)");
    sandbox.sqlite("CREATE UNIQUE INDEX badge ON auth_user (badge)");
    sandbox.sqlite("UPDATE auth_user SET badge = id");
    for name in ["alice", "bob"] {
        let update = ["-q", "create-user", name, "--if-exists", "update"];
        let update = [&update[..], &["--set", "badge="]].concat();
        expect(&sandbox, &update, 0, "", "");
    }
    let stored = sandbox.sqlite("SELECT badge IS NULL FROM auth_user");
    assert_eq!(stored, ["1", "1"]);
}

#[test]
fn a_user_table_in_the_middle_of_its_migrations_is_waited_for() {
    let sandbox = with_users(&[]);
    sandbox.sqlite("ALTER TABLE auth_user RENAME COLUMN last_login TO old");
    sandbox.sqlite("ALTER TABLE auth_user ADD COLUMN last_login datetime NOT NULL DEFAULT ''");
    let command = ["create-user", "alice", "--no-password"];
    let stderr = "drfctl: database `db.sqlite3` has table `auth_user` as an early migration \
                  leaves it\n\
                  hint: run `drfctl migrate`, or `manage.py migrate` in the project\n";
    expect(&sandbox, &command, 5, "", stderr);
}
