//! Command lines that are understood wrong or not at all: what is wrong, and the way out.

use super::{expect, with_users};
use crate::support::Sandbox;

/// A command line, the message and the hint.
const USAGE_ERRORS: &[(&str, &str, &str)] = &[
    ("frob", "unknown command `frob`", "see `drfctl --help`"),
    (
        "creat-token",
        "unknown command `creat-token`",
        "did you mean `create-token`?",
    ),
    ("-d x", "no command given", "see `drfctl --help`"),
    (
        "list admin",
        "unexpected argument `admin`",
        "use `--username GLOB` or another filter to list some users",
    ),
    (
        "list --limit x",
        "invalid value `x` for `--limit`: write a whole number from 1",
        "see `drfctl list --help`",
    ),
    (
        "create-token alice --out -",
        "invalid value `-` for `--out`: leave the option out to write to stdout",
        "see `drfctl create-token --help`",
    ),
    (
        "create-token alice --reset-older-than 0d",
        "invalid value `0d` for `--reset-older-than`: an age is more than 0, such as 90d",
        "see `drfctl create-token --help`",
    ),
    (
        "list --older-than 0s",
        "invalid value `0s` for `--older-than`: an age is more than 0, such as 90d",
        "see `drfctl list --help`",
    ),
    (
        "list --timeout 5",
        "invalid value `5` for `--timeout`: write it as a number and y, w, d, h, m or s, such as 30s",
        "see `drfctl list --help`",
    ),
    (
        "list --older-than 5",
        "invalid value `5` for `--older-than`: write it as a number and y, w, d, h, m or s, such \
         as 90d",
        "see `drfctl list --help`",
    ),
    (
        "list --older-than -1d",
        "unknown option `-1`",
        "a number has no sign, and a name that begins with `-` stands behind `--`",
    ),
    (
        "user list",
        "unknown command `user`",
        "use `drfctl list --all-users`",
    ),
    (
        "users list",
        "unknown command `users`",
        "use `drfctl list --all-users`",
    ),
    ("token list", "unknown command `token`", "use `drfctl list`"),
    (
        "token revoke bob",
        "unknown command `token`",
        "use `drfctl revoke`",
    ),
    (
        "user create bob",
        "unknown command `user`",
        "use `drfctl create-user`",
    ),
    (
        "list --limit 0",
        "invalid value `0` for `--limit`: write a whole number from 1",
        "see `drfctl list --help`",
    ),
    (
        "list --frob",
        "unknown option `--frob`",
        "see `drfctl list --help`",
    ),
    (
        "list --all-user",
        "unknown option `--all-user`",
        "did you mean `--all-users`?",
    ),
    ("list --all", "unknown option `--all`", "use `--all-users`"),
    (
        "list --limit",
        "`--limit` needs a value",
        "see `drfctl list --help`",
    ),
    (
        "list --format xml",
        "invalid value `xml` for `--format`",
        "possible values: table, json, jsonl, csv, tsv, names",
    ),
    (
        "--format header list",
        "invalid value `header` for `--format`",
        "possible values: table, json, jsonl, csv, tsv, names",
    ),
    (
        "migrate --dry-run",
        "unknown option `--dry-run`",
        "use `--plan`",
    ),
    (
        "set-password alice --dry-run",
        "unknown option `--dry-run`",
        "this command has no preview",
    ),
    (
        "revoke --all --noinput",
        "unknown option `--noinput`",
        "use `--yes`",
    ),
    (
        "create-user bob --noinput",
        "unknown option `--noinput`",
        "nothing is asked without a terminal; choose a password option, such as \
             `--password-env DJANGO_SUPERUSER_PASSWORD`",
    ),
    (
        "create-user --username bob",
        "unknown option `--username`",
        "the name is an argument of its own: `drfctl create-user NAME`",
    ),
    (
        "create-token --user bob",
        "unknown option `--user`",
        "the name is an argument of its own: `drfctl create-token NAME`",
    ),
    (
        "list --user bob",
        "unknown option `--user`",
        "use `--username GLOB`",
    ),
    (
        "update-user alice --is-active true",
        "unknown option `--is-active`",
        "use `--active`",
    ),
    (
        "update-user alice --password x",
        "unknown option `--password`",
        "`drfctl set-password NAME` sets a password",
    ),
    (
        "update-user alice --password-stdin",
        "unknown option `--password-stdin`",
        "`drfctl set-password NAME` sets a password",
    ),
    (
        "update-user alice --enable",
        "unknown option `--enable`",
        "use `--active`",
    ),
    (
        "update-user alice --no-active",
        "unknown option `--no-active`",
        "use `--inactive`",
    ),
    (
        "create-user bob --disable",
        "unknown option `--disable`",
        "use `--inactive`",
    ),
    (
        "create-user bob --is-active",
        "unknown option `--is-active`",
        "a new user is active; `drfctl update-user NAME --active` activates another",
    ),
    (
        "create-user bob --is-staff",
        "unknown option `--is-staff`",
        "use `--staff`",
    ),
    (
        "create-user bob --interactive",
        "unknown option `--interactive`",
        "leave it out: a terminal is asked, and nothing else",
    ),
    (
        "create-user bob --preserve",
        "unknown option `--preserve`",
        "see `drfctl create-user --help`",
    ),
    // What gives rights away is not proposed, however similar.
    (
        "create-user bob --superusr",
        "unknown option `--superusr`",
        "see `drfctl create-user --help`",
    ),
    (
        "revoke bob --yess",
        "unknown option `--yess`",
        "see `drfctl revoke --help`",
    ),
    (
        "list --verbosity 2",
        "unknown option `--verbosity`",
        "there are no levels; `--quiet` prints only errors",
    ),
    (
        "set-password",
        "`USERNAME` is missing",
        "see `drfctl set-password --help`",
    ),
    (
        "update-user alice",
        "no change given",
        "see `drfctl update-user --help`",
    ),
    (
        "create-user bob --hashed",
        "a password option is missing, such as `--password-stdin`",
        "see `drfctl create-user --help`",
    ),
    (
        "create-user bob --staff=true",
        "`--staff` takes no value",
        "see `drfctl create-user --help`",
    ),
    (
        "migrate --plan --check",
        "`--plan` cannot be combined with `--check`",
        "see `drfctl migrate --help`",
    ),
    (
        "list --limit 1 --limit 2",
        "`--limit` is given twice",
        "see `drfctl list --help`",
    ),
];

#[test]
fn a_usage_error_names_the_wrong_argument_and_the_way_out() {
    let sandbox = with_users(&["alice"]);
    for (args, message, hint) in USAGE_ERRORS {
        let words: Vec<&str> = args.split(' ').collect();
        let stderr = format!("drfctl: {message}\nhint: {hint}\n");
        expect(&sandbox, &words, 2, "", &stderr);
    }
}

#[test]
fn a_format_that_shows_no_names_is_for_one_user() {
    let sandbox = with_users(&["alice"]);
    let stderr = "drfctl: `--format header` and `--format env` are for one named user\n";
    for format in ["header", "env"] {
        for command in [
            &["create-token", "--all", "--format", format][..],
            &["create-user", "--from=-", "--token", "--format", format],
        ] {
            expect(&sandbox, command, 2, "", stderr);
        }
    }
}

#[test]
fn a_name_from_django_leads_to_the_command_that_does_it() {
    let sandbox = Sandbox::new();
    for (typed, command) in [
        ("drf_create_token", "drfctl create-token"),
        ("createsuperuser", "drfctl create-user --superuser"),
        ("changepassword", "drfctl set-password"),
        ("delete-token", "drfctl revoke"),
        ("revoke-token", "drfctl revoke"),
        ("list-users", "drfctl list --all-users"),
        ("showmigrations", "drfctl migrate --plan"),
        ("version", "drfctl --version"),
    ] {
        let stderr = format!("drfctl: unknown command `{typed}`\nhint: use `{command}`\n");
        expect(&sandbox, &[typed], 2, "", &stderr);
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let sandbox = with_users(&["alice"]);
    let secret = "hunter2-hunter2-hunter2";
    for (args, sentence) in [
        (
            &["set-password", "alice"][..],
            "takes one name, and no password",
        ),
        (&["create-user", "bob"], "takes one name, and no password"),
        (
            &["verify", "password", "alice"],
            "takes one name, and no password",
        ),
        (&["verify", "token"], "takes no key as an argument"),
        (&["verify"], "needs to know what to check"),
        (
            &["create-user", "bob", "--password"],
            "unknown option `--password`",
        ),
        (&["revoke", "--key"], "unknown option `--key`"),
    ] {
        let outcome = sandbox.run([args, &[secret]].concat());
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        assert!(outcome.stderr.contains(sentence), "{outcome}");
        assert!(!outcome.stderr.contains(secret), "{outcome}");
    }
    for args in [
        &["set-password", "alice", "--password=hunter2x"][..],
        &["create-user", "-phunter2x"],
    ] {
        let outcome = sandbox.run(args);
        assert!(
            outcome.status == 2 && !outcome.stderr.contains("hunter2x"),
            "{outcome}"
        );
    }
}
