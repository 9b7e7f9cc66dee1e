//! Every block of the README and of `docs/`: run as it stands there, on a machine that is unkind
//! to it, or listed below with the reason why not.

mod configuration;
mod markdown;
mod servers;
mod shell;
mod stage;

use std::collections::BTreeSet;

use self::markdown::{block, blocks};
use crate::support::Sandbox;

/// Defines tests, and `RUN`, the ids of the blocks that they run.
macro_rules! recipes {
    ($(
        $(#[$attribute:meta])*
        fn $name:ident($stage:ident, $($block:ident = $id:literal),+ $(,)?) $body:block
    )+) => {
        pub(super) const RUN: &[&str] = &[$($($id),+),+];

        $(
            #[test]
            $(#[$attribute])*
            fn $name() {
                let $stage = Stage::new();
                $(let $block = block($id);)+
                $body
            }
        )+
    };
}
use recipes;

const NOT_RUN: &[(&str, &str)] = &[
    ("README.md: Install", "builds the release binary"),
    (
        "README.md: Get started (2)",
        "builds the release binary and runs these tests",
    ),
    (
        "README.md: `drfctl migrate` or `manage.py migrate`?",
        "needs the shells of SQLite and of a PostgreSQL server",
    ),
    (
        "docs/docker.md: Compose with SQLite (2)",
        "only root gives a directory to another user",
    ),
    (
        "docs/docker.md: With PostgreSQL",
        "needs a server; differs from the first service in nothing but the environment",
    ),
    (
        "docs/systemd.md: Before the server starts (2)",
        "starts no drfctl",
    ),
    (
        "docs/systemd.md: Replace old tokens (2)",
        "starts no drfctl",
    ),
    (
        "docs/systemd.md: Replace old tokens (3)",
        "starts no drfctl",
    ),
    (
        "docs/systemd.md: Replace old tokens (4)",
        "starts no drfctl",
    ),
    (
        "docs/systemd.md: Replace old tokens (5)",
        "needs a machine that systemd runs",
    ),
    (
        "docs/postgresql.md: Connect (2)",
        "`chmod`, and nothing of drfctl",
    ),
    (
        "docs/mysql.md: What is different here",
        "`mysqldump`, and nothing of drfctl",
    ),
    (
        "docs/moving.md: 1. Tables",
        "needs a Django project with two databases",
    ),
    (
        "docs/moving.md: 2. Users",
        "needs a Django project with two databases",
    ),
];

#[test]
fn every_block_is_run_or_listed_with_a_reason() {
    let found: BTreeSet<String> = blocks().into_iter().map(|block| block.id).collect();
    let run = [shell::RUN, configuration::RUN, servers::RUN].concat();
    let mut left = found.clone();
    for id in run.into_iter().chain(NOT_RUN.iter().map(|(id, _)| *id)) {
        assert!(found.contains(id), "no block is {id:?}");
        assert!(left.remove(id), "{id:?} is listed twice");
    }
    assert!(left.is_empty(), "neither run nor listed: {left:#?}");
}

#[test]
fn the_readme_and_the_help_name_the_same_releases_for_migrate() {
    let help = Sandbox::new().run(["migrate", "--help"]).success();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    for text in [help, readme.expect("read the README")] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for sentence in [
            "This command is for Django 4.2 to 6.1 with DRF 3.14 to 3.18, which have the same tables.",
            "`--check` also accepts a history that is complete for an older release, from Django \
             2.2 on.",
        ] {
            assert!(text.contains(sentence), "{text}");
        }
    }
}

#[test]
fn every_yaml_block_parses() {
    for block in blocks() {
        if block.language == "yaml" {
            let documents = yaml_rust2::YamlLoader::load_from_str(&block.text)
                .unwrap_or_else(|error| panic!("{}: {error}", block.id));
            assert_eq!(documents.len(), 1, "{}", block.id);
        }
    }
}

#[test]
fn every_link_leads_to_a_file() {
    for (document, link) in markdown::links() {
        let target = link.split('#').next().unwrap_or_default();
        let directory = document.parent().expect("a directory");
        assert!(
            target.is_empty() || directory.join(target).exists(),
            "{}: {link}",
            document.display()
        );
    }
}
