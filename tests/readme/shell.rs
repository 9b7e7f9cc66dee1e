//! The recipes in shell.

use std::fs;

use super::stage::{KEY, Stage};
use super::{block, recipes};
use crate::support::rows;

recipes! {
    fn the_first_block_prints_a_token_each_time(stage, first = "README.md: Get started") {
        let stdout = stage.sh(&first).success();
        let key = stdout.lines().last().expect("a line");
        assert_eq!(key.len(), 40);
        assert!(stage.accepts(&stage.path("demo.sqlite3"), key));
        assert_eq!(stage.sh(&first).success(), format!("{key}\n"));
    }

    fn the_deployment_script_can_run_at_every_start(
        stage,
        script = "README.md: A deployment script",
    ) {
        // It ends where it fails.
        let secret = stage.path("run/secrets/admin_password");
        let aside = stage.path("aside");
        fs::rename(&secret, &aside).expect("move the secret away");
        let failed = stage.sh(&script);
        assert_eq!((failed.status, failed.stdout.as_str()), (2, ""), "{failed}");
        assert!(!stage.path("run/app/worker.token").exists());
        fs::rename(&aside, &secret).expect("move the secret back");

        stage.sh(&script).expect(0, "", "");
        stage.logs_in(&stage.served(), "admin");
        stage.holds_the_key_of("run/app/worker.token", &stage.served(), "worker");

        // Somebody changes the password, and it stays so.
        let change = ["-q", "set-password", "admin", "--password-stdin"];
        stage.tell(&stage.served(), &change, "another long password").success();
        let database = fs::read(stage.served()).expect("the database");
        let token = fs::read(stage.path("run/app/worker.token")).expect("the token");
        stage.sh(&script).expect(0, "", "");
        assert_eq!(fs::read(stage.served()).expect("the database"), database);
        assert_eq!(fs::read(stage.path("run/app/worker.token")).expect("the token"), token);
    }

    fn the_ci_job_ends_with_an_accepted_token(stage, script = "README.md: A CI job") {
        stage.sh(&script).expect(0, "admin\n", "");
        stage.logs_in(&stage.default(), "admin");
    }

    fn the_key_reaches_curl_and_the_command_line_does_not_show_it(
        stage,
        script = "README.md: Use the token",
    ) {
        stage.stub("curl");
        stage.migrated(&stage.default());
        let failed = stage.sh(&script);
        assert_eq!(failed.status, 3, "{failed}");
        assert_eq!(stage.asked("curl"), "");

        let key = stage.service_account(&stage.default(), "deploy");
        stage.sh(&script).expect(0, "", "");
        assert_eq!(
            stage.asked("curl"),
            format!(
                "--fail\n--header\n@deploy.header\nAuthorization: Token {key}\n\
                 http://127.0.0.1:8000/api/\n"
            )
        );
    }

    fn a_rotation_replaces_old_keys_and_reloads_the_client_only_then(
        stage,
        script = "README.md: Rotate a token",
    ) {
        stage.stub("systemctl");
        stage.migrated(&stage.default());
        let failed = stage.sh(&script);
        assert_eq!(failed.status, 3, "{failed}");
        assert_eq!(stage.asked("systemctl"), "");

        let young = stage.service_account(&stage.default(), "worker");
        stage.sh(&script).success();
        assert!(stage.accepts(&stage.default(), &young));
        let reload = "reload-or-restart\nworker.service\n";
        // The file is new.
        assert_eq!(stage.asked("systemctl"), reload);
        stage.sh(&script).success();
        assert_eq!(stage.asked("systemctl"), reload);
        rows(&stage.default(), "UPDATE authtoken_token SET created = '2020-01-01 00:00:00'");
        stage.sh(&script).success();
        assert!(!stage.accepts(&stage.default(), &young));
        assert_eq!(stage.asked("systemctl"), reload.repeat(2));
        stage.holds_the_key_of("run/app/worker.token", &stage.default(), "worker");
    }

    fn a_rotation_with_two_accounts_refuses_nobody_before_the_end(
        stage,
        create = "README.md: Rotate a token (2)",
        deactivate = "README.md: Rotate a token (3)",
        revoke = "README.md: Rotate a token (4)",
    ) {
        stage.migrated(&stage.default());
        rows(&stage.default(), "INSERT INTO auth_group (name) VALUES ('workers')");
        let old = stage.service_account(&stage.default(), "worker");
        stage.sh(&create).success();
        stage.holds_the_key_of("run/app/worker-2.token", &stage.default(), "worker-2");
        let new = fs::read_to_string(stage.path("run/app/worker-2.token")).expect("the key");
        assert!(stage.accepts(&stage.default(), &old) && stage.accepts(&stage.default(), &new));

        stage.sh(&deactivate).success();
        assert!(!stage.accepts(&stage.default(), &old));
        stage.on(&stage.default(), ["update-user", "worker", "--active"]).success();
        assert!(stage.accepts(&stage.default(), &old));

        stage.sh(&revoke).success();
        assert!(!stage.accepts(&stage.default(), &old));
        assert!(stage.accepts(&stage.default(), &new));
    }

    fn a_leaked_key_is_named_and_revoked(stage, script = "README.md: A leaked key") {
        stage.migrated(&stage.default());
        let leaked = stage.service_account(&stage.default(), "leaky");
        fs::write(stage.path("leaked.txt"), &leaked).expect("write the key");
        let stdout = stage.sh(&script).success();
        assert!(stdout.contains("leaky") && !stdout.contains(&leaked), "{stdout}");
        assert!(!stage.accepts(&stage.default(), &leaked));
    }

    fn cleaning_up_spares_an_api_client_that_never_logged_in(
        stage,
        script = "README.md: Clean up",
    ) {
        let client = stage.migrated(&stage.default());
        let inactive = stage.service_account(&stage.default(), "gone");
        stage.on(&stage.default(), ["update-user", "gone", "--inactive"]).success();
        stage.sh(&script).success();
        assert!(stage.accepts(&stage.default(), &client));
        stage.on(&stage.default(), ["update-user", "gone", "--active"]).success();
        assert!(!stage.accepts(&stage.default(), &inactive));
    }

    fn a_key_from_a_secret_becomes_the_token(stage, script = "docs/docker.md: Choose the key yourself") {
        stage.migrated(&stage.default());
        create_worker(&stage);
        stage.sh(&script).expect(0, "", "");
        stage.sh(&script).expect(0, "", "");
        stage.holds_the_key_of("run/app/worker.token", &stage.default(), "worker");
        assert!(stage.accepts(&stage.default(), KEY));

        let reset = ["-q", "create-token", "worker", "--reset"];
        stage.on(&stage.default(), reset).success();
        assert_eq!(stage.sh(&script).status, 4);
    }

    fn a_key_from_a_variable_becomes_the_token(stage, script = "docs/kubernetes.md: A key that you choose") {
        stage.migrated(&stage.default());
        create_worker(&stage);
        stage.sh(&script).expect(0, "", "");
        stage.sh(&script).expect(0, "", "");
        assert!(stage.accepts(&stage.default(), KEY));
    }

    fn tokens_move_to_another_database_with_their_times(
        stage,
        transfer = "docs/moving.md: 3. Tokens",
        check = "docs/moving.md: 4. Check",
    ) {
        let new = stage.path("new.sqlite3");
        stage.migrated(&stage.served());
        stage.service_account(&stage.served(), "worker");
        rows(&stage.served(), "UPDATE authtoken_token SET created = '2020-01-01 00:00:00.000001'");
        stage.on(&new, ["migrate"]).success();
        stage.on(&new, ["create-user", "worker", "--no-password"]).success();

        // Somebody is missing: nothing is written, and whoever runs it is told.
        assert_eq!(stage.sh(&transfer).status, 3);
        assert_eq!(rows(&new, "SELECT key FROM authtoken_token"), [""; 0]);

        stage.on(&new, ["create-user", "client", "--no-password"]).success();
        stage.sh(&transfer).success();
        let tokens = "SELECT username, key, created FROM authtoken_token \
                      JOIN auth_user ON id = user_id ORDER BY username";
        assert_eq!(rows(&new, tokens), rows(&stage.served(), tokens));

        // The variables are those of the first block.
        let variables: Vec<&str> = transfer
            .lines()
            .filter(|line| line.contains('='))
            .take(2)
            .collect();
        stage
            .sh(&format!("{}\n{check}", variables.join("\n")))
            .success();
        assert!(!stage.path("tokens.jsonl").exists());
    }
}

#[track_caller]
fn create_worker(stage: &Stage) {
    let create = ["create-user", "worker", "--no-password"];
    stage.on(&stage.default(), create).success();
}
