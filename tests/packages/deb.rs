//! The Debian package, on a machine that has dpkg and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use super::{Artefact, EmptyRoot, as_root, install_lines, within_a_minute};
use crate::support::{Outcome, rows};

const DRFCTL: &str = "/usr/bin/drfctl";

/// A line with `dpkg` on a root that only dpkg's own database is in.
fn dpkg(root: &EmptyRoot, directory: &Path, line: &str) -> Outcome {
    // The log is else the machine's own; images that leave manual pages out say so in dpkg's
    // configuration.
    const DPKG: &str = "dpkg() { \
        command dpkg --root=\"$0\" --log=\"$0\"/var/log/dpkg.log --path-include='/*' \"$@\"; }";
    let mut shell = as_root("sh");
    shell.args(["-c", &format!("{DPKG}; {line}")]);
    Outcome::of(shell.arg(root.path("")).current_dir(directory))
}

fn with_dpkg() -> EmptyRoot {
    let root = EmptyRoot::new();
    for directory in ["info", "updates", "triggers"] {
        fs::create_dir_all(root.path("var/lib/dpkg").join(directory)).expect("make a directory");
    }
    fs::create_dir_all(root.path("var/log")).expect("make a directory");
    fs::write(root.path("var/lib/dpkg/status"), "").expect("write dpkg's database");
    root
}

/// Everything in a root but what dpkg knows of it.
fn content(root: &EmptyRoot) -> BTreeSet<String> {
    fn collect(directory: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).expect("list a directory") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("it is below");
            if !name.starts_with("var") {
                found.insert(name.display().to_string());
                if path.is_dir() {
                    collect(&path, root, found);
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(&root.path(""), &root.path(""), &mut found);
    found
}

#[test]
fn the_debian_package_is_installed_used_and_removed_without_a_trace() {
    let Some(package) = Artefact::Deb.build() else {
        return;
    };
    let downloads = tempfile::tempdir().expect("make a temporary directory");
    let name = package.file_name().expect("a name");
    fs::copy(package, downloads.path().join(name)).expect("copy the package");
    let root = with_dpkg();
    let dpkg = |line| dpkg(&root, downloads.path(), line);

    let start = Instant::now();
    dpkg(install_lines("Debian or Ubuntu")[0]).success();
    root.run(DRFCTL, &["migrate"]).success();
    let create = ["-q", "create-user", "deploy", "--no-password", "--token"];
    let key = root.run(DRFCTL, &create).success();
    within_a_minute(start);
    assert_eq!(
        rows(&root.path("db.sqlite3"), "SELECT key FROM authtoken_token"),
        [key.trim_end()]
    );

    let content_then = content(&root);
    for file in [
        "usr/bin/drfctl",
        "usr/share/bash-completion/completions/drfctl",
        "usr/share/doc/drfctl/THIRD-PARTY-NOTICES",
        "usr/share/doc/drfctl/copyright",
        "usr/share/fish/vendor_completions.d/drfctl.fish",
        "usr/share/man/man1/drfctl-create-token.1.gz",
        "usr/share/man/man1/drfctl.1.gz",
        "usr/share/zsh/vendor-completions/_drfctl",
    ] {
        assert!(content_then.contains(file), "{file}: {content_then:?}");
    }
    dpkg("dpkg --verify drfctl").expect(0, "", "");

    dpkg("dpkg --remove drfctl").success();
    dpkg("dpkg --purge drfctl").success();
    let left: Vec<_> = content(&root).into_iter().collect();
    assert_eq!(left, ["db.sqlite3"]);
}

#[test]
fn lintian_has_nothing_to_say_of_the_debian_package() {
    let Some(package) = Artefact::Deb.build() else {
        return;
    };
    let mut lintian = as_root("lintian");
    lintian.args(["--allow-root", "--fail-on", "error,warning"]);
    Outcome::of(lintian.arg(package)).expect(0, "", "");
}

#[test]
fn the_changelog_of_the_debian_package_begins_with_this_version() {
    let changelog = include_str!("../../pkg/debian/changelog");
    let first = concat!("drfctl (", env!("CARGO_PKG_VERSION"), "-1) unstable;");
    assert!(changelog.starts_with(first), "{first}");
}
