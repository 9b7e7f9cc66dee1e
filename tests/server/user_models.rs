//! The projects with a user model of their own, on every line: drfctl finds it, and the live
//! server agrees with what it does there.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Django, Line, Outcome, Project, Sandbox, rows, schema};

const PASSWORD: &str = "correct horse battery staple";

/// A user model of `tests/django/users`, and how its users are made.
struct UserModel {
    name: &'static str,
    /// What a user of drfctl's logs in with.
    login: &'static str,
    /// The options for the columns that must be named.
    options: &'static [&'static str],
    /// The same for a user that Django makes, by the fields' names.
    djangos: fn() -> Value,
}

const STOCK: UserModel = UserModel {
    name: "stock",
    login: "alice",
    options: &["--email", "alice@example.com", "--first-name", "Alice"],
    djangos: || json!({"username": "bob"}),
};
const EXTRA_COLUMN: UserModel = UserModel {
    name: "extra_column",
    login: "alice",
    options: &[
        "--set",
        "employee_number=E-17",
        "--set",
        "birth_date=1999-12-31",
        "--set",
        "shift_start=08:30",
        "--set",
        "badge=",
    ],
    djangos: || json!({"username": "bob", "employee_number": "E-18"}),
};
const EMAIL_LOGIN: UserModel = UserModel {
    name: "email_login",
    login: "alice@example.com",
    options: &[],
    djangos: || json!({"email": "bob@example.com"}),
};
const RENAMED_TABLE: UserModel = UserModel {
    name: "renamed_table",
    login: "alice",
    options: &["--staff"],
    djangos: || json!({"username": "bob"}),
};
const LATER_MIGRATIONS: UserModel = UserModel {
    name: "later_migrations",
    login: "alice",
    options: &["--email", "alice@example.com", "--set", "phone=+49 30 1234"],
    djangos: || json!({"username": "bob", "email": "bob@example.com", "phone": "none"}),
};
const BLANK_USERNAME: UserModel = UserModel {
    name: "blank_username",
    login: "alice@example.com",
    options: &["--set", r#"preferences={"theme": "dark"}"#],
    djangos: || json!({"email": "bob@example.com"}),
};
const ALL: [UserModel; 6] = [
    STOCK,
    EXTRA_COLUMN,
    EMAIL_LOGIN,
    RENAMED_TABLE,
    LATER_MIGRATIONS,
    BLANK_USERNAME,
];

#[test]
fn the_stock_user() {
    STOCK.works_on_every_line();
}

#[test]
fn a_user_with_a_column_that_must_be_set() {
    EXTRA_COLUMN.works_on_every_line();
}

#[test]
fn a_user_with_an_email_and_a_uuid_and_little_else() {
    EMAIL_LOGIN.works_on_every_line();
}

#[test]
fn a_user_in_a_table_of_another_name() {
    RENAMED_TABLE.works_on_every_line();
}

#[test]
fn a_user_that_went_on_growing() {
    LATER_MIGRATIONS.works_on_every_line();
}

#[test]
fn a_user_with_a_blank_username_beside_the_email() {
    BLANK_USERNAME.works_on_every_line();
}

impl UserModel {
    fn project(&self, django: &'static Django, sandbox: &Sandbox) -> Project {
        let project = django.project(sandbox.database());
        project.with("USER_MODEL", self.name)
    }

    /// Created, logged in, given a token, accepted, listed, rotated, revoked.
    #[track_caller]
    fn works_on_every_line(&self) {
        for django in Line::ALL.into_iter().filter_map(Django::line) {
            let sandbox = Sandbox::new();
            let project = self.project(django, &sandbox).migrated();
            let server = project.serve();
            let mut oracle = project.oracle();
            let token = |options: &[&str]| {
                let create = ["create-token", self.login];
                let line = sandbox.run([&create, options].concat()).success();
                line.trim_end().to_owned()
            };

            let create = ["create-user", self.login, "--password-stdin"];
            let create = [&create, self.options].concat();
            sandbox.run_with_stdin(create, PASSWORD).success();
            assert_eq!(oracle.ask(&json!({"op": "full_clean"})), json!([]));

            let reply = server.log_in(self.login, PASSWORD);
            let first = token(&[]);
            reply.expect(200, &json!({"token": first}));
            server
                .protected(&first)
                .expect(200, &json!({"username": self.login}));
            assert_eq!(listed(&sandbox), [(self.login.to_owned(), first.clone())]);

            let second = token(&["--reset"]);
            server
                .protected(&first)
                .expect(401, &json!({"detail": "Invalid token."}));
            server
                .protected(&second)
                .expect(200, &json!({"username": self.login}));
            assert_eq!(oracle.ask(&json!({"op": "full_clean"})), json!([]));

            sandbox.run(["revoke", self.login]).success();
            server
                .protected(&second)
                .expect(401, &json!({"detail": "Invalid token."}));
            assert_eq!(listed(&sandbox), []);
        }
    }
}

/// The tokens that drfctl lists, each with its user.
#[track_caller]
fn listed(sandbox: &Sandbox) -> Vec<(String, String)> {
    let list = ["list", "--show-keys", "--format", "json"];
    let listed: Value = serde_json::from_str(&sandbox.run(list).success()).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let rows = listed.as_array().expect("an array").iter();
    rows.map(|row| (text(&row["username"]), text(&row["key"])))
        .collect()
}

#[test]
fn a_user_that_django_made_gets_a_token() {
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    for model in ALL {
        let sandbox = Sandbox::new();
        let project = model.project(django, &sandbox).migrated();
        let mut request = (model.djangos)();
        let login = request.get("username").or(request.get("email")).cloned();
        let login = login.expect("something to log in with");
        let login = login.as_str().expect("a string");
        request["op"] = json!("create_user");

        let mut oracle = project.oracle();
        oracle.ask(&request);
        let key = sandbox.run(["create-token", login]).success();
        let tokens = oracle.ask(&json!({"op": "tokens"}));
        assert_eq!(tokens, json!({login: key.trim_end()}), "{}", model.name);
    }
}

#[test]
fn a_column_that_must_be_set_is_named() {
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    for (model, column) in [
        (EXTRA_COLUMN, "employee_number"),
        (LATER_MIGRATIONS, "phone"),
        (BLANK_USERNAME, "preferences"),
    ] {
        let sandbox = Sandbox::new();
        model.project(django, &sandbox).migrated();
        let create = ["create-user", model.login, "--no-password"];
        let Outcome {
            status,
            stdout,
            stderr,
        } = sandbox.run(create);
        assert_eq!((status, &*stdout), (2, ""), "{stderr}");
        assert!(stderr.contains(&format!("`{column}`")), "{stderr}");
        assert!(stderr.contains("--set"), "{stderr}");
    }
}

#[test]
fn authtoken_alone_is_added_beside_a_user_model() {
    for django in Line::ALL.into_iter().filter_map(Django::line) {
        for model in ALL.iter().skip(1) {
            let sandbox = Sandbox::new();
            let ours = sandbox.database();
            let djangos = sandbox.path("django.sqlite3");
            let mut oracle = model.project(django, &sandbox).oracle();
            // The admin depends on the user model's first migration, and on no token.
            oracle.ask(&json!({"op": "migrate", "app": "admin"}));
            fs::copy(&ours, &djangos).expect("copy the database");
            oracle.ask(&json!({"op": "migrate", "database": djangos}));

            let printed = sandbox.run(["migrate"]).success();
            let applied = printed
                .lines()
                .map(|name| name.split_once('.').map(|(app, _)| app));
            assert!(applied.eq([Some("authtoken"); 4]), "{printed}");
            // What is left are the rest of the user model's migrations, and the sessions.
            oracle.ask(&json!({"op": "migrate"}));
            assert_eq!(schema(&ours), schema(&djangos), "{}", model.name);
            let content_types = "SELECT app_label, model FROM django_content_type ORDER BY 1, 2";
            assert_eq!(rows(&ours, content_types), rows(&djangos, content_types));
        }
    }
}

#[test]
fn a_command_that_waits_sees_a_project_through_all_its_migrations() {
    let Some(django) = Django::line(Line::D61) else {
        return;
    };
    for model in ALL {
        let sandbox = Sandbox::new();
        let mut oracle = model.project(django, &sandbox).oracle();
        let table = match model.name {
            // Named, it is awaited by its name.
            "email_login" => &["--user-table", "email_login_user"][..],
            _ => &[],
        };
        let create = [
            &["create-user", model.login, "--no-password", "--token", "-q"][..],
            &["--wait", "60s"],
            table,
            model.options,
        ];
        let drfctl = thread::scope(|scope| {
            let waiting = scope.spawn(|| sandbox.run(create.concat()));
            for app in ["contenttypes", "auth", model.name, "authtoken"] {
                if app != "stock" {
                    oracle.ask(&json!({"op": "migrate", "app": app}));
                }
                // As long as a migration may take.
                thread::sleep(Duration::from_millis(300));
            }
            oracle.ask(&json!({"op": "migrate"}));
            waiting.join().expect("no panic")
        });
        let key = drfctl.success();
        let tokens = oracle.ask(&json!({"op": "tokens"}));
        assert_eq!(
            tokens,
            json!({model.login: key.trim_end()}),
            "{}",
            model.name
        );
        assert_eq!(oracle.ask(&json!({"op": "full_clean"})), json!([]));
    }
}

#[test]
fn a_project_that_never_has_its_users_is_given_up_after_the_wait() {
    let Some(django) = Django::line(Line::D61) else {
        return;
    };
    let sandbox = Sandbox::new();
    let mut oracle = EMAIL_LOGIN.project(django, &sandbox).oracle();
    oracle.ask(&json!({"op": "migrate", "app": "contenttypes"}));
    let create = ["create-user", "alice@example.com", "--no-password"];
    let wait = ["--wait", "1s", "--user-table", "email_login_user"];
    sandbox.run([&create[..], &wait].concat()).expect(
        5,
        "",
        "drfctl: database `db.sqlite3` has no table `email_login_user` (waited 1s)\n\
         hint: name another with `--user-table`, or run `manage.py migrate` in the project \
         first\n",
    );
}

#[test]
fn without_the_table_of_its_users_a_project_is_left_alone() {
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let sandbox = Sandbox::new();
    // A model of its own means no `auth_user`, and its own table comes later.
    let project = RENAMED_TABLE.project(django, &sandbox);
    project.manage(["migrate", "auth"]).success();
    let before = schema(&sandbox.database());
    let Outcome {
        status,
        stdout,
        stderr,
    } = sandbox.run(["migrate"]);
    assert_eq!((status, &*stdout), (5, ""), "{stderr}");
    assert_eq!(schema(&sandbox.database()), before);
}
