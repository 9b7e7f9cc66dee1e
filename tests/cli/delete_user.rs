//! `drfctl delete-user`

use serde_json::Value;

use crate::support::Sandbox;

fn with_users(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::migrated();
    for name in names {
        sandbox
            .run(["-q", "create-user", name, "--no-password", "--token"])
            .success();
    }
    sandbox
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

#[test]
fn a_user_goes_with_the_token_and_the_memberships() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.sqlite("INSERT INTO auth_group (name) VALUES ('ops')");
    sandbox
        .run(["-q", "update-user", "alice", "--group=ops"])
        .success();
    let key = super::stored_key(&sandbox, "alice").expect("a token");
    let what = format!("user `alice` and the token `{}…`", &key[..8]);
    let stderr = format!("Would delete {what}.\n");
    sandbox
        .run(["delete-user", "alice", "--dry-run"])
        .expect(0, "", &stderr);
    assert_eq!(sandbox.sqlite("SELECT count(*) FROM auth_user"), ["2"]);
    sandbox
        .run(["delete-user", "alice", "--yes"])
        .expect(0, "", &format!("Deleted {what}.\n"));
    super::with_users(&["carol"])
        .run(["delete-user", "carol", "--yes"])
        .expect(0, "", "Deleted user `carol`.\n");
    assert_eq!(sandbox.sqlite("SELECT username FROM auth_user"), ["bob"]);
    assert_eq!(
        sandbox.sqlite("SELECT count(*) FROM authtoken_token"),
        ["1"]
    );
    assert_eq!(
        sandbox.sqlite("SELECT count(*) FROM auth_user_groups"),
        ["0"]
    );
    assert!(sandbox.sqlite("PRAGMA foreign_key_check").is_empty());
}

#[test]
fn rows_that_refer_to_a_user_stand_in_the_way_of_all() {
    let sandbox = with_users(&["alice", "bob"]);
    sandbox.sqlite(
        "CREATE TABLE django_admin_log (id integer PRIMARY KEY, user_id integer NOT NULL \
         REFERENCES auth_user (id))",
    );
    sandbox.sqlite("INSERT INTO django_admin_log (user_id) VALUES (2)");
    let outcome = sandbox.run(["delete-user", "alice", "bob", "--yes"]);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (1, ""));
    assert!(
        outcome
            .stderr
            .contains("`bob` is referred to by 1 row of `django_admin_log`"),
        "{outcome}"
    );
    assert!(
        outcome.stderr.contains("update-user bob --inactive"),
        "{outcome}"
    );
    assert_eq!(sandbox.sqlite("SELECT count(*) FROM auth_user"), ["2"]);
}

#[test]
fn nobody_goes_where_one_is_unknown_or_nobody_can_be_asked() {
    let sandbox = with_users(&["alice"]);
    assert_eq!(
        sandbox
            .run(["delete-user", "alice", "carol", "--yes"])
            .status,
        3
    );
    let outcome = sandbox.run(["delete-user", "alice"]);
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(outcome.stderr.contains("--yes"), "{outcome}");
    assert_eq!(sandbox.sqlite("SELECT count(*) FROM auth_user"), ["1"]);
}

#[test]
fn the_report_in_json_names_everybody() {
    let sandbox = with_users(&["alice", "bob"]);
    let delete = ["delete-user", "alice", "bob", "--yes", "--format=json"];
    let report = json(&sandbox.run(delete).success());
    assert_eq!(report[0]["username"], "alice");
    assert_eq!(report[1]["result"], "deleted");
}
