//! The recipes of the README, run as they stand there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::{Outcome, Sandbox};

/// The shell block below the heading, with its absolute paths moved into the sandbox.
fn recipe(heading: &str, sandbox: &Sandbox) -> String {
    let readme = include_str!("../README.md");
    let section = readme
        .split_once(&format!("### {heading}\n"))
        .unwrap_or_else(|| panic!("the README has no section {heading}"))
        .1;
    let block = section
        .split_once("```sh\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .unwrap_or_else(|| panic!("the section {heading} has no shell block"))
        .0;
    let root = sandbox.path("root");
    let root = root.display();
    block
        .replace("sqlite:////srv", &format!("sqlite:///{root}/srv"))
        .replace("/run/", &format!("{root}/run/"))
}

fn run(script: &str, sandbox: &Sandbox) -> Outcome {
    let binary = Path::new(env!("CARGO_BIN_EXE_drfctl"));
    let directory = binary.parent().expect("a directory").display();
    Outcome::of(
        Command::new("sh")
            .args(["-e", "-c", script])
            .current_dir(sandbox.path(""))
            .env_clear()
            .env("PATH", format!("{directory}:/usr/bin:/bin"))
            .env("ADMIN_PASSWORD", "correct horse battery"),
    )
}

#[test]
fn the_second_run_of_the_deploy_script_changes_nothing() {
    let sandbox = Sandbox::new();
    for directory in ["root/srv/app", "root/run/app", "root/run/secrets"] {
        fs::create_dir_all(sandbox.path(directory)).expect("make a directory");
    }
    let password = sandbox.path("root/run/secrets/admin_password");
    fs::write(&password, "correct horse battery\n").expect("write the password");
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).expect("chmod");
    let script = recipe("A deploy script", &sandbox);

    run(&script, &sandbox).success();
    let database = fs::read(sandbox.path("root/srv/app/db.sqlite3")).expect("the database");
    let token = fs::read(sandbox.path("root/run/app/worker.token")).expect("the token");
    assert_eq!(token.len(), 41);

    run(&script, &sandbox).expect(0, "", "");
    assert_eq!(
        fs::read(sandbox.path("root/srv/app/db.sqlite3")).expect("the database"),
        database
    );
    assert_eq!(
        fs::read(sandbox.path("root/run/app/worker.token")).expect("the token"),
        token
    );
}

#[test]
fn the_provisioning_step_of_a_ci_run_ends_with_an_accepted_token() {
    let sandbox = Sandbox::new();
    let stdout = run(&recipe("CI", &sandbox), &sandbox).success();
    assert_eq!(stdout.lines().last(), Some("admin"));
}

#[test]
fn the_jobs_run_on_a_database_without_old_tokens() {
    let sandbox = Sandbox::migrated();
    sandbox
        .run(["create-user", "alice", "--no-password", "--token"])
        .success();
    let key = sandbox.sqlite("SELECT key FROM authtoken_token").concat();
    fs::write(sandbox.path("leaked.txt"), key).expect("write the key");
    run(
        &recipe("A rotation job, a clean-up job, a leaked key", &sandbox),
        &sandbox,
    )
    .success();
    assert!(sandbox.sqlite("SELECT key FROM authtoken_token").is_empty());
}
