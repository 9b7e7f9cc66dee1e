//! `drfctl migrate`, but for what only Django can judge.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use super::{content, expect, files, is_root, with_token};
use crate::support::{Outcome, Sandbox, schema};

#[test]
fn what_is_applied_is_printed_and_the_second_time_there_is_nothing() {
    let sandbox = Sandbox::new();
    let plan = sandbox.run(["migrate", "--plan"]);
    assert_eq!(plan.stderr, "18 migrations to apply.\n");
    let plan = plan.success();
    assert_eq!(plan.lines().count(), 18);
    assert!(
        plan.lines().any(|line| line == "authtoken.0001_initial"),
        "{plan}"
    );
    expect(
        &sandbox,
        &["migrate", "--check"],
        1,
        &plan,
        "18 migrations to apply.\n",
    );
    assert_eq!(files(&sandbox), [""; 0]);
    let database = sandbox.database();
    let database = fs::canonicalize(database.parent().expect("a directory")).expect("its path");
    let said = format!(
        "Created `{}` and applied 18 migrations.\n\
         This includes Django's default user table; a project with a custom AUTH_USER_MODEL cannot \
         use this database.\n",
        database.join("db.sqlite3").display()
    );
    expect(&sandbox, &["migrate"], 0, &plan, &said);
    let before = fs::read(sandbox.database()).expect("read");
    for flag in [&[][..], &["--plan"], &["--check"], &["--sql"]] {
        let args = [&["migrate"], flag].concat();
        expect(&sandbox, &args, 0, "", "The database is up to date.\n");
    }
    assert!(fs::read(sandbox.database()).expect("read") == before);
}

#[test]
fn json_says_what_was_applied() {
    let sandbox = Sandbox::new();
    let run = |args: &[&str]| -> Value {
        let args = [&["-q", "-f", "json", "migrate"], args].concat();
        serde_json::from_str(&sandbox.run(args).stdout).expect("JSON")
    };
    let plan = run(&["--plan"]);
    assert_eq!(plan["up_to_date"], json!(false));
    assert_eq!(plan["applied"][0], json!("contenttypes.0001_initial"));
    assert_eq!(run(&["--check"]), plan);
    assert_eq!(run(&[]), plan);
    assert_eq!(run(&[]), json!({"applied": [], "up_to_date": true}));
}

#[test]
fn sql_is_not_json_and_the_way_out_is_named() {
    let sandbox = Sandbox::new();
    let refused = sandbox.run(["migrate", "--sql", "--format=json"]);
    assert_eq!(
        (refused.status, refused.stdout.as_str()),
        (2, ""),
        "{refused}"
    );
    let error: serde_json::Value = serde_json::from_str(&refused.stderr).expect("JSON");
    assert_eq!(error["error"]["code"], "usage");
    let hint = error["error"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("`--plan --format json`"), "{hint}");
    sandbox
        .run(["-q", "migrate", "--plan", "--format=json"])
        .success();
}

#[test]
fn the_sql_that_it_prints_makes_the_same_database() {
    let sandbox = Sandbox::new();
    let sql = sandbox.run(["-q", "migrate", "--sql"]).success();
    assert_eq!(files(&sandbox), [""; 0]);
    let connection = rusqlite::Connection::open(sandbox.path("by-hand")).expect("open");
    connection.execute_batch(&sql).expect("run the SQL");
    drop(connection);
    sandbox.run(["migrate"]).success();
    assert_eq!(
        schema(&sandbox.path("by-hand")),
        schema(&sandbox.database())
    );
    sandbox.run(["-d", "by-hand", "migrate", "--check"]).expect(
        0,
        "",
        "The database is up to date.\n",
    );
}

#[test]
fn a_new_file_is_its_owners_alone() {
    for (mask, mode) in [
        ("000", 0o600),
        ("022", 0o600),
        ("077", 0o600),
        ("277", 0o400),
    ] {
        let sandbox = Sandbox::new();
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            r#"umask "$1"; exec "$0" migrate"#,
            env!("CARGO_BIN_EXE_drfctl"),
            mask,
        ]);
        let made = Outcome::of(shell.current_dir(sandbox.path(".")));
        assert_eq!(made.status, 0, "{mask}: {made}");
        let is = fs::metadata(sandbox.database())
            .expect("the file")
            .permissions()
            .mode();
        assert_eq!(is & 0o7777, mode, "{mask}");
    }
}

#[test]
fn root_gives_a_new_file_to_the_owner_of_its_directory() {
    if !is_root() {
        return;
    }
    let sandbox = Sandbox::new();
    fs::set_permissions(sandbox.path("."), Permissions::from_mode(0o755)).expect("chmod");
    let owner = Command::new("chown")
        .arg("65534:65534")
        .arg(sandbox.path("."))
        .status();
    assert!(owner.expect("run chown").success());
    sandbox.run(["migrate"]).success();
    let mut stat = Command::new("stat");
    let stat = Outcome::of(stat.args(["-c", "%u %g %a"]).arg(sandbox.database()));
    stat.expect(0, "65534 65534 600\n", "");
}

#[test]
fn only_what_is_missing_is_applied_and_the_rows_stay() {
    let (sandbox, _) = with_token("alice");
    let whole = (schema(&sandbox.database()), content(&sandbox));
    sandbox.sqlite("DELETE FROM django_migrations WHERE name = '0004_alter_tokenproxy_options'");
    let applied = "authtoken.0004_alter_tokenproxy_options\n";
    expect(&sandbox, &["migrate"], 0, applied, "Applied 1 migration.\n");
    assert_eq!((schema(&sandbox.database()), content(&sandbox)), whole);
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    let sandbox = Sandbox::migrated();
    sandbox.sqlite("DROP TABLE authtoken_token");
    sandbox.sqlite("DELETE FROM django_migrations WHERE app = 'authtoken'");
    // Somebody's own table is where the new one should be.
    sandbox.sqlite("CREATE TABLE authtoken_token (mine TEXT)");
    let before = fs::read(sandbox.database()).expect("read");
    let refused = sandbox.run(["migrate"]);
    assert_eq!(
        (refused.status, refused.stdout.as_str()),
        (5, ""),
        "{refused}"
    );
    assert!(refused.stderr.contains("authtoken_token"), "{refused}");
    assert!(fs::read(sandbox.database()).expect("read") == before);
}

#[test]
fn a_missing_directory_keeps_migrate_from_making_a_file() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(["-d", "no/such/db.sqlite3", "migrate"]);
    outcome.expect(
        5,
        "",
        "drfctl: database `no/such/db.sqlite3` cannot be created: its directory does not exist\n",
    );
    assert!(!sandbox.path("no").exists());
}
