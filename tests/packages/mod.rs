//! What a release consists of, as `pkg/build` makes it: installed where nothing but the package
//! manager is, and used there until there is a token.

mod archive;
mod deb;
mod wheel;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cli::is_root;
use crate::support::{Optional, Outcome, variable};

/// A password that Django's validators take.
const PASSWORD: &str = "correct horse battery staple";

#[derive(Clone, Copy)]
enum Artefact {
    Archive,
    Deb,
    Wheel,
}

impl Artefact {
    /// What `pkg/build` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Deb => "deb",
            Self::Wheel => "wheel",
        }
    }

    /// The programs that make it and try it.
    fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Archive => &["tar"],
            Self::Deb => &["cargo-deb", "dpkg", "lintian"],
            Self::Wheel => &["maturin", "uv", "wheel"],
        }
    }

    /// Builds it, once in a run. `None` where a tool is missing.
    fn build(self) -> Option<&'static Path> {
        static BUILT: [Optional<PathBuf>; 3] = [const { Optional::new() }; 3];

        let what = format!("the {}", self.name());
        BUILT[self as usize]
            .get(&what, "DRFCTL_TEST_REQUIRE_PACKAGES", || {
                match self.tools().iter().find(|tool| find(tool).is_none()) {
                    Some(tool) => Err(format!("there is no `{tool}` here")),
                    None => Ok(self.build_anew()),
                }
            })
            .map(PathBuf::as_path)
    }

    fn build_anew(self) -> PathBuf {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("the target directory");
        // Another `cargo test` may be at the same files; the lock goes with the file.
        let lock = File::create(target.join("dist.lock")).expect("make the lock");
        lock.lock().expect("take the lock");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg/build");
        let mut build = Command::new(script);
        build.arg(self.name()).env("CARGO_TARGET_DIR", target);
        let stdout = Outcome::of(&mut build).success();
        PathBuf::from(stdout.trim_end())
    }
}

/// Where the README says how to install drfctl.
const README: &str = include_str!("../../README.md");

/// What the README says to type on such a system, from its table.
#[track_caller]
fn install_lines(system: &str) -> Vec<&'static str> {
    let row = README
        .lines()
        .find_map(|line| {
            line.strip_prefix("| ")?
                .strip_prefix(system)?
                .strip_prefix(" | ")
        })
        .unwrap_or_else(|| panic!("the README installs nothing on {system:?}"));
    row.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_way_to_install_in_the_readme_is_tried() {
    /// With a test in this folder.
    const TRIED: [&str; 3] = ["Python", "Debian or Ubuntu", "any Linux"];
    /// `.ci/run` packs the crate; only a release workflow can run a container.
    const NOT_TRIED: [&str; 2] = ["Rust", "a container"];
    let table = README
        .lines()
        .skip_while(|line| !line.starts_with("| you have "));
    let rows = table.skip(2).map_while(|line| line.strip_prefix("| "));
    let systems: Vec<&str> = rows.filter_map(|row| row.split(" |").next()).collect();
    assert_eq!(systems, [&TRIED[..], &NOT_TRIED].concat());
}

/// A program that is on `PATH`.
fn find(program: &str) -> Option<PathBuf> {
    variable("PATH")
        .split(':')
        .map(|directory| Path::new(directory).join(program))
        .find(|path| path.is_file())
}

/// A command that needs root's rights over the test's own files. For any other user, it gets
/// them in a namespace.
fn as_root(program: &str) -> Command {
    let mut command = if is_root() {
        Command::new(program)
    } else {
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", program]);
        unshare
    };
    command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

/// A file system with nothing in it: no `/dev`, no `/etc`, no libc.
struct EmptyRoot {
    directory: TempDir,
}

impl EmptyRoot {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("make a temporary directory");
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Starts a program that has nothing else to see.
    fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = as_root("chroot");
        command.arg(self.directory.path()).arg(program).args(args);
        command
    }

    fn run(&self, program: &str, args: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(program, args))
    }
}

/// Checks that what began then has taken less than the minute that the README promises.
#[track_caller]
fn within_a_minute(start: Instant) {
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(60), "a token took {taken:?}");
}
