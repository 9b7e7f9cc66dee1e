//! The man pages and the completions: rendered from the command line's definition, and the same
//! as the committed files. `BLESS=1 cargo test --test drfctl generated` rewrites those.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use clap_complete::aot::{Generator as _, Shell, generate};
use clap_mangen::Man;
use drfctl::cli::definition;

use crate::support::{Outcome, variable};

const SHELLS: [Shell; 5] = [
    Shell::Bash,
    Shell::Zsh,
    Shell::Fish,
    Shell::PowerShell,
    Shell::Elvish,
];

/// What the command line's definition cannot say; the page of `drfctl` itself ends with it.
const SECTIONS: &str = include_str!("generated/sections.roff");

/// Files by their name.
type Files = BTreeMap<OsString, Vec<u8>>;

#[test]
fn the_man_pages_are_those_of_this_command_line() {
    let mut command = definition();
    command.build();
    let mut pages = Files::new();
    render_pages(&command, &mut pages);
    assert!(pages.contains_key(&OsString::from("drfctl-verify-token.1")));
    compare("man", &pages);
}

#[test]
fn the_completions_are_those_of_this_command_line() {
    let completions: Files = SHELLS.into_iter().map(completion).collect();
    assert_eq!(completions.len(), SHELLS.len());
    compare("completions", &completions);
}

#[test]
fn the_man_pages_have_no_faults() {
    let pages = committed("man");
    assert!(!pages.is_empty());
    for page in pages.keys() {
        let page = room("man").join(page);
        if is_here("mandoc") {
            let lint = Outcome::of(
                Command::new("mandoc")
                    .args(["-Tlint", "-Werror"])
                    .arg(&page),
            );
            lint.expect(0, "", "");
        }
        if is_here("man") {
            let mut man = Command::new("man");
            man.args(["--warnings", "-E", "UTF-8", "-Tutf8", "-Z", "-l"])
                .arg(&page)
                .env("MANWIDTH", "80")
                .env("LC_ALL", "C.UTF-8");
            let shown = Outcome::of(&mut man);
            assert_eq!((shown.status, shown.stderr.as_str()), (0, ""), "{page:?}");
        }
    }
}

#[test]
fn every_option_of_a_man_page_has_a_description() {
    for (name, page) in committed_pages() {
        let lines: Vec<&str> = page.lines().collect();
        let bare: Vec<&str> = lines
            .windows(3)
            .filter(|lines| lines[0] == ".TP")
            .filter(|lines| lines[2].is_empty() || lines[2].starts_with(['.', '\\']))
            .map(|lines| lines[1])
            .collect();
        assert_eq!(bare, [""; 0], "{name}");
        assert!(lines.contains(&".TP"), "{name}");
    }
}

#[test]
fn a_man_page_has_no_backticks_outside_its_examples() {
    for (name, page) in committed_pages() {
        let (text, _) = page.split_once(".SH EXAMPLES").expect("examples");
        assert!(!text.contains('`'), "{name}");
    }
}

#[test]
fn the_man_pages_name_all_pages_and_no_others() {
    let pages = committed_pages();
    let mut named = BTreeSet::from(["drfctl".to_owned()]);
    for (name, page) in &pages {
        let page = page.replace("\\-", "-");
        for line in page.lines() {
            let reference = line
                .strip_prefix(".BR ")
                .and_then(|line| line.split_once(" (1)"))
                .or_else(|| line.split_once("(1)"));
            let Some((other, _)) = reference.filter(|(other, _)| other.starts_with("drfctl"))
            else {
                continue;
            };
            assert!(pages.contains_key(&format!("{other}.1")), "{name}: {other}");
            named.insert(other.to_owned());
        }
    }
    let present: BTreeSet<String> = pages
        .keys()
        .filter_map(|name| name.strip_suffix(".1"))
        .map(str::to_owned)
        .collect();
    assert_eq!(named, present);
    let (_, see_also) = pages["drfctl.1"].split_once(".SH SEE ALSO").expect("it");
    for command in definition().get_subcommands() {
        let name = command.get_name().replace('-', "\\-");
        assert!(
            see_also.contains(&format!(".BR drfctl\\-{name} (1)")),
            "{name}"
        );
    }
}

#[test]
fn the_shells_that_are_here_take_their_completions_in_silence() {
    for (shell, parse, load) in [
        ("bash", &["--norc", "-n"][..], "source"),
        (
            "zsh",
            &["-f", "-n"],
            "autoload -Uz compinit && compinit -D -u && source",
        ),
        ("fish", &["--no-config", "--no-execute"], "source"),
    ] {
        if !is_here(shell) {
            continue;
        }
        let file = room("completions").join(match shell {
            "zsh" => "_drfctl".to_owned(),
            shell => format!("drfctl.{shell}"),
        });
        Outcome::of(Command::new(shell).args(parse).arg(&file)).expect(0, "", "");

        let home = tempfile::tempdir().expect("make a temporary directory");
        let mut source = Command::new(shell);
        match shell {
            "bash" => source.arg("--norc"),
            "zsh" => source.arg("-f"),
            _ => source.arg("--no-config"),
        };
        source
            .arg("-c")
            .arg(format!("{load} '{}'", file.display()))
            .env("HOME", home.path());
        Outcome::of(&mut source).expect(0, "", "");
    }
}

#[test]
fn bash_completes_commands_and_options() {
    if !is_here("bash") {
        return;
    }
    let complete = |words: &str| {
        let script = format!(
            "source '{}'; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _drfctl drfctl \"${{COMP_WORDS[-1]}}\" ''; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            room("completions").join("drfctl.bash").display()
        );
        Outcome::of(Command::new("bash").args(["--norc", "-c", &script]))
    };
    complete("drfctl create-").expect(0, "create-user\ncreate-token\n", "");
    complete("drfctl revoke --dr").expect(0, "--dry-run\n", "");
    complete("drfctl verify t").expect(0, "token\n", "");
}

/// The page of a command and of the commands below it.
fn render_pages(command: &clap::Command, pages: &mut Files) {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    // By hand: clap_mangen loses the empty date, which would be another with every release.
    let version = env!("CARGO_PKG_VERSION");
    let title = format!(".TH {name} 1 \"\" \"drfctl {version}\" \"drfctl manual\"\n");
    let mut page = title.into_bytes();
    render_sections(command, &mut page).expect("a vector takes it");
    pages.insert(format!("{name}.1").into(), page);
    for command in command.get_subcommands() {
        // `man drfctl-list` is what `drfctl help list` is.
        if command.get_name() != "help" {
            render_pages(command, pages);
        }
    }
}

fn render_sections(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let man = Man::new(as_on_a_page(command).override_usage(usage));
    let mut sections = Vec::new();
    man.render_name_section(&mut sections)?;
    man.render_synopsis_section(&mut sections)?;
    man.render_description_section(&mut sections)?;
    man.render_options_section(&mut sections)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut sections)?;
    }
    page.extend(in_bold(&String::from_utf8(sections).expect("text")).bytes());
    if command.get_name() == "drfctl" {
        page.extend(SECTIONS.bytes());
    } else {
        page.extend(examples(command).bytes());
    }
    page.extend(see_also(command).bytes());
    Ok(())
}

/// The command as its page shows it. `clap_mangen` leaves out the help of an option that `-h` does
/// not show, and names a page for `help`.
fn as_on_a_page(command: &clap::Command) -> clap::Command {
    command
        .clone()
        .mut_args(|arg| arg.hide_short_help(false))
        .mut_subcommands(|below| {
            let is_help = below.get_name() == "help";
            below.hide(is_help)
        })
}

/// A page has no backticks: what stands in them is bold.
fn in_bold(page: &str) -> String {
    page.split('`')
        .enumerate()
        .map(|(place, text)| match place % 2 {
            0 => text.to_owned(),
            _ => format!("\\fB{text}\\fR"),
        })
        .collect()
}

/// The pages of the commands below this one, or the page above.
fn see_also(command: &clap::Command) -> String {
    let name = command.get_display_name().unwrap_or("drfctl");
    let pages: Vec<String> = command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
        .map(|below| format!("{name}-{}", below.get_name()).replace('-', "\\-"))
        .map(|page| format!(".BR {page} (1),\n"))
        .collect();
    let last = if command.get_name() == "drfctl" {
        ".BR sqlite3 (1)\n"
    } else {
        ".BR drfctl (1),\nfor the exit statuses and the environment.\n"
    };
    format!(".SH SEE ALSO\n{}{last}", pages.concat())
}

/// The examples at the end of a command's help, as a section.
fn examples(command: &clap::Command) -> String {
    let help = command.get_after_long_help().expect("examples").to_string();
    let lines = help.strip_prefix("Examples:\n").expect("examples");
    let escaped: String = lines
        .lines()
        .map(|line| {
            line.trim()
                .replace('\\', "\\e")
                .replace('-', "\\-")
                .replace('\'', "\\(aq")
                + "\n"
        })
        .collect();
    format!(".SH EXAMPLES\n.in +4n\n.EX\n{escaped}.EE\n.in\n")
}

fn completion(shell: Shell) -> (OsString, Vec<u8>) {
    let mut script = Vec::new();
    generate(shell, &mut definition(), "drfctl", &mut script);
    (shell.file_name("drfctl").into(), script)
}

/// Compares the files of a directory with those that should be there, or makes them so.
#[track_caller]
fn compare(directory: &str, wanted: &Files) {
    if variable("BLESS") == "1" {
        bless(&room(directory), wanted).expect("rewrite the files");
    }
    let committed = committed(directory);
    let stale: Vec<_> = committed
        .keys()
        .chain(wanted.keys())
        .filter(|name| committed.get(*name) != wanted.get(*name))
        .collect();
    assert!(
        stale.is_empty(),
        "{directory}/ is not what the command line's definition says, see {stale:?}; \
         `BLESS=1 cargo test --test drfctl generated` rewrites it"
    );
}

/// Touches only what is another: the other tests read the files meanwhile.
fn bless(directory: &Path, wanted: &Files) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !wanted.contains_key(&entry.file_name()) {
            fs::remove_file(entry.path())?;
        }
    }
    for (name, content) in wanted {
        let path = directory.join(name);
        if fs::read(&path).ok().as_ref() != Some(content) {
            fs::write(path, content)?;
        }
    }
    Ok(())
}

fn committed(directory: &str) -> Files {
    let Ok(entries) = fs::read_dir(room(directory)) else {
        return Files::new();
    };
    entries
        .map(|entry| {
            let entry = entry.expect("list the directory");
            let content = fs::read(entry.path()).expect("read the file");
            (entry.file_name(), content)
        })
        .collect()
}

/// The committed man pages, by their files' names.
fn committed_pages() -> BTreeMap<String, String> {
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let pages: BTreeMap<String, String> = committed("man")
        .into_iter()
        .map(|(name, page)| (name.to_string_lossy().into_owned(), text(page)))
        .collect();
    assert!(!pages.is_empty());
    pages
}

fn room(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)
}

fn is_here(program: &str) -> bool {
    variable("PATH")
        .split(':')
        .any(|directory| Path::new(directory).join(program).is_file())
}

#[test]
fn the_notices_name_every_dependency() {
    let read = |file: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        std::fs::read_to_string(path).expect("read")
    };
    let (manifest, notices) = (read("Cargo.toml"), read("THIRD-PARTY-NOTICES"));
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").expect("them");
    let (dependencies, _) = dependencies.split_once("\n[").expect("what follows");
    for line in dependencies.lines() {
        let name = line.split(' ').next().expect("a name");
        assert!(
            name.is_empty() || name.starts_with('#') || notices.contains(&format!("{name} ")),
            "{name}"
        );
    }
}
