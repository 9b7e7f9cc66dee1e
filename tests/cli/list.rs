//! `drfctl list`

use serde_json::{Value, json};

use super::{expect, stored_key, with_users_on};
use crate::support::{Engine, Sandbox, on_every_engine};

on_every_engine!(
    a_table_shows_who_holds_a_token_and_masks_the_key,
    json_has_every_field_and_null_where_there_is_nothing,
    csv_and_tsv_have_a_header_even_without_rows,
    the_order_and_the_number_of_rows_are_as_asked_for,
    an_empty_table_says_so_and_what_to_do,
);

/// Three users: two with tokens of known keys and times, one of them a superuser who logged in.
fn known_users(engine: Engine) -> Sandbox {
    let sandbox = with_users_on(engine, &["bob", "alice", "carol"]);
    sandbox.run(["create-token", "alice", "bob"]).success();
    for sql in [
        "UPDATE auth_user SET email = username || '@example.com', is_superuser = true, is_staff = true, \
         last_login = '2026-02-03 04:05:06.789' WHERE username = 'alice'",
        "UPDATE auth_user SET is_active = false WHERE username = 'bob'",
    ] {
        sandbox.sql(sql);
    }
    for id in [1, 2] {
        sandbox.sql(&format!(
            "UPDATE authtoken_token SET \"key\" = '{id:040}', created = '2026-01-0{id} 00:00:00' \
             WHERE user_id = {id}"
        ));
    }
    sandbox
}

fn a_table_shows_who_holds_a_token_and_masks_the_key(engine: Engine) {
    // So long ago that the ages stay as they are while the test runs.
    let table = "\
USERNAME  KEY        CREATED                                LAST LOGIN                             EMAIL              NOTES
alice     00000000…  2021-01-02 00:00:00 UTC (5 years ago)  2022-02-03 04:05:06 UTC (4 years ago)  alice@example.com  superuser, staff
bob       00000000…  2021-01-01 00:00:00 UTC (5 years ago)                                                            inactive
";
    let compact = "\
USERNAME  KEY        CREATED      EMAIL              NOTES
alice     00000000…  5 years ago  alice@example.com  superuser, staff
bob       00000000…  5 years ago                     inactive
";
    let narrow = "\
USERNAME  KEY        NOTES
alice     00000000…  superuser, staff
bob       00000000…  inactive
";
    let sandbox = known_users(engine);
    let years_back = [
        "UPDATE authtoken_token SET created = '2021-01-02 00:00:00' WHERE user_id = 2",
        "UPDATE authtoken_token SET created = '2021-01-01 00:00:00' WHERE user_id = 1",
        "UPDATE auth_user SET last_login = '2022-02-03 04:05:06.789' WHERE username = 'alice'",
    ];
    for sql in years_back {
        sandbox.sql(sql);
    }
    for (columns, table) in [("200", table), ("80", compact), ("40", narrow)] {
        let mut list = sandbox.command(["list"]);
        crate::support::Outcome::of(list.env("COLUMNS", columns)).expect(0, table, "");
    }
    // A key in full is nowhere but where it is asked for.
    let key = stored_key(&sandbox, "alice").expect("a token");
    for format in ["table", "json", "jsonl", "csv", "tsv", "names"] {
        for (show, shown) in [(&[][..], false), (&["--show-keys"], format != "names")] {
            let args = [&["list", "-f", format], show].concat();
            let mut list = sandbox.command(&args);
            let outcome = crate::support::Outcome::of(list.env("COLUMNS", "300"));
            assert_eq!(outcome.success().contains(&key), shown, "{args:?}");
        }
    }
}

fn json_has_every_field_and_null_where_there_is_nothing(engine: Engine) {
    let sandbox = known_users(engine);
    let list = |args: &[&str]| -> Value {
        let args = [&["list", "-f", "json"], args].concat();
        serde_json::from_str(&sandbox.run(args).success()).expect("JSON")
    };
    let alice = json!({
        "username": "alice", "user_id": 2, "email": "alice@example.com", "is_active": true,
        "is_staff": true, "is_superuser": true, "last_login": "2026-02-03T04:05:06.789000Z",
        "key_prefix": "00000000", "created": "2026-01-02T00:00:00Z",
    });
    let bob = json!({
        "username": "bob", "user_id": 1, "email": "", "is_active": false, "is_staff": false,
        "is_superuser": false, "last_login": null, "key_prefix": "00000000",
        "created": "2026-01-01T00:00:00Z",
    });
    let mut carol = json!({
        "username": "carol", "user_id": 3, "email": "", "is_active": true, "is_staff": false,
        "is_superuser": false, "last_login": null, "key_prefix": null, "created": null,
    });
    assert_eq!(list(&[]), json!([alice, bob]));
    assert_eq!(list(&["--all-users"]), json!([alice, bob, carol]));
    assert_eq!(list(&["--without-token"]), json!([carol]));
    carol["key"] = Value::Null;
    assert_eq!(list(&["--without-token", "--show-keys"]), json!([carol]));
    assert_eq!(list(&["--username", "x*"]), json!([]));
    assert_eq!(
        list(&["--show-keys", "--limit", "1"])[0]["key"],
        json!(format!("{:040}", 2))
    );
}

fn csv_and_tsv_have_a_header_even_without_rows(engine: Engine) {
    let sandbox = known_users(engine);
    let header =
        "username,user_id,email,is_active,is_staff,is_superuser,last_login,key_prefix,created\n";
    let alice = "alice,2,alice@example.com,true,true,true,2026-02-03T04:05:06.789000Z,00000000,\
                 2026-01-02T00:00:00Z\n";
    let args = ["list", "-f", "csv", "--superuser"];
    expect(&sandbox, &args, 0, &format!("{header}{alice}"), "");
    let args = ["list", "-f", "tsv", "--superuser"];
    expect(
        &sandbox,
        &args,
        0,
        &format!("{header}{alice}").replace(',', "\t"),
        "",
    );
    let nobody = ["list", "--username", "x", "-f", "csv"];
    expect(&sandbox, &nobody, 0, header, "");
    let nobody = ["list", "--username", "x", "-f", "jsonl"];
    expect(&sandbox, &nobody, 0, "", "");
}

fn the_order_and_the_number_of_rows_are_as_asked_for(engine: Engine) {
    let sandbox = known_users(engine);
    for (args, names) in [
        (&["--all-users"][..], "alice\nbob\ncarol\n"),
        (
            &["--all-users", "--sort", "username"],
            "alice\nbob\ncarol\n",
        ),
        (&["--sort", "created"], "bob\nalice\n"),
        (&["--sort", "last-login"], "bob\nalice\n"),
        (&["--all-users", "--limit", "2"], "alice\nbob\n"),
        (&["--sort", "created", "--limit", "1"], "bob\n"),
    ] {
        expect(
            &sandbox,
            &[&["list", "-f", "names"], args].concat(),
            0,
            names,
            "",
        );
    }
}

fn an_empty_table_says_so_and_what_to_do(engine: Engine) {
    let sandbox = Sandbox::migrated_on(engine);
    let no_tokens = "No tokens yet; create one with `drfctl create-token NAME`.\n";
    let no_users = "No users yet; create one with `drfctl create-user NAME`.\n";
    for (args, stderr) in [
        (&["list"][..], no_tokens),
        (&["list", "--all-users"], no_users),
        (&["list", "--without-token"], "No users without a token.\n"),
        (&["list", "--older-than", "90d"], "Nothing matches.\n"),
        (&["-q", "list"], ""),
        (&["list", "-f", "names"], ""),
        (&["list", "-f", "jsonl"], ""),
    ] {
        expect(&sandbox, args, 0, "", stderr);
    }
}
