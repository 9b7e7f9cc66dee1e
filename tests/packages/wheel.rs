//! The wheel, installed beside Django.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::json;
use tempfile::TempDir;

use super::{Artefact, EmptyRoot, find, install_lines, within_a_minute};
use crate::support::{Django, Line, Outcome, Project, rows};

/// A command line in the environment, where `pip` and `uv` find nothing but the wheel.
fn shell(environment: &Path, wheel: &Path, line: &str) -> Outcome {
    let programs = environment.join("bin");
    let dist = wheel.parent().expect("a directory");
    Outcome::of(
        Command::new("sh")
            .args(["-e", "-c", line])
            .current_dir(environment)
            .env_clear()
            .env("HOME", environment)
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", dist)
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("PIP_QUIET", "1")
            .env("UV_OFFLINE", "1")
            .env("UV_FIND_LINKS", dist)
            .env("UV_PYTHON_DOWNLOADS", "never"),
    )
}

/// An environment with Django in it, and Django's project on a database there.
fn beside_django() -> Option<(TempDir, Project)> {
    let directory = tempfile::tempdir().expect("make a temporary directory");
    let django = Django::apart(Line::D52, &directory.path().join("env"))?;
    let project = django.project(directory.path().join("env/db.sqlite3"));
    Some((directory, project))
}

#[test]
fn django_finds_the_token_that_the_wheel_beside_it_made() {
    let Some(wheel) = Artefact::Wheel.build() else {
        return;
    };
    let Some((directory, project)) = beside_django() else {
        return;
    };
    let environment = directory.path().join("env");
    let start = Instant::now();
    shell(&environment, wheel, install_lines("Python")[0]).expect(0, "", "");
    let key = shell(
        &environment,
        wheel,
        "drfctl -q migrate >/dev/null; drfctl -q create-user deploy --no-password --token",
    )
    .success();
    within_a_minute(start);

    let mut oracle = project.oracle();
    assert_eq!(
        oracle.ask(&json!({"op": "tokens"})),
        json!({"deploy": key.trim_end()})
    );
    let line = "python -m drfctl -q create-token deploy --reset";
    let new = shell(&environment, wheel, line).success();
    assert_ne!(new, key);
    assert_eq!(
        oracle.ask(&json!({"op": "tokens"})),
        json!({"deploy": new.trim_end()})
    );
    // Of a failure, too, all is drfctl's own.
    let [direct, by_python] = ["drfctl", "python -m drfctl"]
        .map(|program| shell(&environment, wheel, &format!("{program} revoke nobody")));
    assert_eq!(direct.status, 3);
    assert_eq!(by_python.to_string(), direct.to_string());
    let line = "echo \"Token $1\" | python -m drfctl verify token";
    let verify = line.replace("$1", new.trim_end());
    shell(&environment, wheel, &verify).expect(0, "deploy\n", "");

    shell(&environment, wheel, "pip uninstall --yes drfctl").expect(0, "", "");
    let left = "find . -name '*drfctl*'";
    shell(&environment, wheel, left).expect(0, "", "");
}

#[test]
fn python_m_finds_the_program_wherever_pip_puts_it() {
    let Some(wheel) = Artefact::Wheel.build() else {
        return;
    };
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let directory = tempfile::tempdir().expect("make a temporary directory");
    let home = directory.path();
    let run = |line: &str| shell(home, wheel, line);
    let python = django.python().display();
    run(&format!("{python} -m venv --without-pip bare")).expect(0, "", "");
    run(&format!("{python} -m venv env")).expect(0, "", "");

    let version = concat!("drfctl ", env!("CARGO_PKG_VERSION"), "\n");
    for (install, python) in [
        ("--target target", "PYTHONPATH=target bare/bin/python"),
        (
            "--prefix prefix",
            "PYTHONPATH=$(echo prefix/lib/python*/site-packages) bare/bin/python",
        ),
        ("", "env/bin/python"),
    ] {
        run(&format!("env/bin/pip install {install} drfctl")).expect(0, "", "");
        run(&format!("{python} -m drfctl -V")).expect(0, version, "");
    }

    run("rm target/bin/drfctl").expect(0, "", "");
    let missing = run("PYTHONPATH=target bare/bin/python -m drfctl -V");
    assert_eq!((missing.status, missing.stdout.as_str()), (1, ""));
    assert!(
        missing
            .stderr
            .starts_with("drfctl: the program is in none of "),
        "{missing}"
    );
}

#[test]
fn uv_runs_the_wheel_without_installing_it() {
    let Some(wheel) = Artefact::Wheel.build() else {
        return;
    };
    let Some(django) = Django::line(Line::D52) else {
        return;
    };
    let directory = tempfile::tempdir().expect("make a temporary directory");
    let bin = directory.path().join("bin");
    fs::create_dir(&bin).expect("make a directory");
    for tool in ["uv", "uvx"] {
        let path = find(tool).expect("it is here");
        symlink(path, bin.join(tool)).expect("link");
    }
    let run = |line: &str| {
        let python = django.python().display();
        let line = format!("export UV_PYTHON={python}; {line}");
        shell(directory.path(), wheel, &line)
    };

    let start = Instant::now();
    let uvx = install_lines("Python")[1];
    let line = format!("{uvx} -q migrate; {uvx} -q create-user deploy --no-password --token");
    let stdout = run(&line).success();
    within_a_minute(start);
    assert_eq!(
        rows(
            &directory.path().join("db.sqlite3"),
            "SELECT key FROM authtoken_token"
        ),
        stdout.lines().next_back().into_iter().collect::<Vec<_>>()
    );
    let module = "uv run --quiet --no-project --with drfctl python -m drfctl -V";
    let version = concat!("drfctl ", env!("CARGO_PKG_VERSION"), "\n");
    run(module).expect(0, version, "");
}

#[test]
fn the_program_in_the_wheel_runs_beside_any_libc() {
    let Some(wheel) = Artefact::Wheel.build() else {
        return;
    };
    let name = wheel.file_name().expect("a name").display().to_string();
    for tag in ["manylinux2014", "musllinux_1_1"] {
        assert!(name.contains(tag), "{name}");
    }
    let root = EmptyRoot::new();
    let extract = "python3 -m zipfile -e \"$0\" .; chmod +x *.data/scripts/drfctl";
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", extract]).arg(wheel);
    Outcome::of(shell.current_dir(root.path(""))).expect(0, "", "");
    let version = concat!("drfctl ", env!("CARGO_PKG_VERSION"), "\n");
    let program = concat!(
        "/drfctl-",
        env!("CARGO_PKG_VERSION"),
        ".data/scripts/drfctl"
    );
    root.run(program, &["-V"]).expect(0, version, "");
}
