//! The JSON Schemas of `docs/schema/`: real outputs of every command are valid, nothing that is
//! printed is missing in them, and what they promise stays.
//!
//! The check knows the keywords that these schemas use and ends at any other. A validator from
//! crates.io would bring some sixty crates for them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use drfctl::cli::Cli;
use serde_json::Value;

use crate::support::{Outcome, Sandbox};

/// The keys, `?` behind those that are not always there. Lines may be added, and a `?` may go.
const KEYS: &str = include_str!("schema/keys.txt");

/// What no output here shows: `done` takes a job that fails after its first commit
/// (`reliability/bulk_reports.rs`).
const NOT_SHOWN: [&str; 1] = ["error.error.done"];

#[test]
fn every_command_with_json_has_a_schema() {
    let mut command = Cli::command();
    command.build();
    let mut wanted: Vec<String> = with_json(&command);
    wanted.push("error".to_owned());
    wanted.sort();
    assert_eq!(names(), wanted);
}

#[test]
fn the_schemas_only_grow() {
    let mut keys = BTreeSet::new();
    for name in names() {
        let schema = schema(&name);
        collect(&schema, &schema, &name, &mut keys);
    }
    let committed: BTreeSet<String> = KEYS.lines().map(str::to_owned).collect();
    assert_eq!(
        keys, committed,
        "tests/schema/keys.txt lists what scripts rely on: add what is new, remove nothing"
    );
}

#[test]
fn real_outputs_are_valid_and_show_every_key() {
    let mut seen = BTreeSet::new();
    for (name, output) in outputs() {
        let schema = schema(name);
        if let Err(reason) = check(&schema, &schema, &output, name, &mut seen) {
            panic!("{reason}\nin {output:#}");
        }
    }
    let promised = KEYS.lines().map(|key| key.trim_end_matches('?').to_owned());
    let unseen: Vec<String> = promised
        .filter(|key| !seen.contains(key) && !NOT_SHOWN.contains(&key.as_str()))
        .collect();
    assert_eq!(unseen, [""; 0], "no output shows these keys");
}

#[test]
fn the_check_finds_what_is_wrong() {
    let schema = serde_json::json!({
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": ["integer", "null"], "minimum": 0},
            "b": {"enum": ["x"]},
            "c": {"type": "string", "format": "date-time"},
        },
    });
    for (value, is_valid) in [
        (
            serde_json::json!({"a": 1, "b": "x", "c": "2026-01-01T00:00:00.000001Z"}),
            true,
        ),
        (serde_json::json!({"a": null}), true),
        (serde_json::json!({}), false),
        (serde_json::json!({"a": -1}), false),
        (serde_json::json!({"a": "1"}), false),
        (serde_json::json!({"a": 1, "b": "y"}), false),
        (
            serde_json::json!({"a": 1, "c": "2026-01-01 00:00:00"}),
            false,
        ),
        (serde_json::json!({"a": 1, "d": 1}), false),
        (serde_json::json!([]), false),
    ] {
        let result = check(&schema, &schema, &value, "", &mut BTreeSet::new());
        assert_eq!(result.is_ok(), is_valid, "{value}: {result:?}");
    }
}

/// The schemas that are there, by name.
fn names() -> Vec<String> {
    let entries = fs::read_dir(directory()).expect("list the schemas");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| path.file_stem().expect("a name").display().to_string())
        .collect();
    names.sort();
    names
}

fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema"))
}

#[track_caller]
fn schema(name: &str) -> Value {
    let text = fs::read_to_string(directory().join(format!("{name}.json"))).expect(name);
    serde_json::from_str(&text).expect(name)
}

/// The commands that take `--format json`, as their schemas are called.
fn with_json(command: &clap::Command) -> Vec<String> {
    if command.has_subcommands() {
        return command.get_subcommands().flat_map(with_json).collect();
    }
    // The global option of this name says nothing of the command.
    let mut options = command.get_arguments();
    let formats = options.find(|option| option.get_id() == "format" && !option.is_global_set());
    let formats = formats
        .map(clap::Arg::get_possible_values)
        .unwrap_or_default();
    let takes_json = formats.iter().any(|format| format.get_name() == "json");
    let name = command.get_display_name().unwrap_or_default();
    let name = name.trim_start_matches("drfctl-").to_owned();
    takes_json.then_some(name).into_iter().collect()
}

/// What a schema says where it leads elsewhere.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        None => schema,
        Some(reference) => root
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
    }
}

/// Adds all keys of a schema.
fn collect(root: &Value, schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let schema = resolve(root, schema);
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        collect(root, choice, path, keys);
    }
    if schema.get("items").is_some() {
        collect(root, &schema["items"], path, keys);
    }
    for (key, below) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"]
            .as_array()
            .expect("`required` stands beside");
        let is_required = required.iter().any(|name| name == key);
        let path = format!("{path}.{key}");
        keys.insert(format!("{path}{}", if is_required { "" } else { "?" }));
        collect(root, below, &path, keys);
    }
}

/// Whether a value is what the schema says, without a key that the schema does not know; adds the
/// keys that it has.
fn check(
    root: &Value,
    schema: &Value,
    value: &Value,
    path: &str,
    seen: &mut BTreeSet<String>,
) -> Result<(), String> {
    let schema = resolve(root, schema);
    let wrong = |what: &str| Err(format!("{path}: {value} {what}"));
    for (keyword, argument) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "type" if types(argument).iter().any(|name| is_of_type(value, name)) => {}
            "type" => return wrong("is of another type"),
            "enum"
                if argument
                    .as_array()
                    .is_some_and(|values| values.contains(value)) => {}
            "enum" => return wrong("is none of the values"),
            "minimum" if value.is_null() || value.as_i64() >= argument.as_i64() => {}
            "minimum" => return wrong("is too small"),
            "format" if value.is_null() || value.as_str().is_some_and(is_time) => {}
            "format" => return wrong("is no time"),
            "required" => {
                for name in argument.as_array().expect("a list of keys") {
                    if value.get(name.as_str().expect("a key")).is_none() {
                        return wrong(&format!("has no {name}"));
                    }
                }
            }
            "properties" => {
                for (name, below) in value.as_object().into_iter().flatten() {
                    let Some(schema) = argument.get(name) else {
                        return wrong(&format!("has {name:?}, which the schema does not know"));
                    };
                    let path = format!("{path}.{name}");
                    seen.insert(path.clone());
                    check(root, schema, below, &path, seen)?;
                }
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(root, argument, item, path, seen)?;
                }
            }
            "anyOf" => {
                let choices = argument.as_array().expect("a list of schemas").iter();
                let results: Vec<_> = choices
                    .map(|choice| check(root, choice, value, path, seen))
                    .collect();
                if results.iter().all(Result::is_err) {
                    return results.into_iter().collect();
                }
            }
            _ => panic!("the check does not know {keyword:?}"),
        }
    }
    Ok(())
}

fn types(argument: &Value) -> Vec<&str> {
    match argument {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("no type is {name:?}"),
    }
}

fn is_time(text: &str) -> bool {
    text.ends_with('Z') && text.contains('T') && text.parse::<jiff::Timestamp>().is_ok()
}

/// What the commands print, with the name of the schema: each in the states that give its keys
/// other values, and as `json` and `jsonl`.
#[expect(clippy::too_many_lines, reason = "a table of all outputs")]
fn outputs() -> Vec<(&'static str, Value)> {
    let sandbox = Sandbox::new();
    let mut outputs = Vec::new();
    let password = "correct horse battery staple";
    for (name, line, input) in [
        ("migrate", "migrate --plan --format json", ""),
        ("migrate", "migrate --format json", ""),
        ("migrate", "migrate --check --format json", ""),
        (
            "create-user",
            "create-user alice --no-password --token --format json",
            "",
        ),
        (
            "create-user",
            "create-user bob --superuser --password-stdin --format jsonl",
            password,
        ),
        (
            "create-user",
            "create-user bob --no-password --if-exists skip --format json",
            "",
        ),
        (
            "create-user",
            "create-user bob --email b@example.com --if-exists update --format json",
            "",
        ),
        (
            "create-user",
            "create-user bob --email b@example.com --if-exists update --format json",
            "",
        ),
        (
            "create-user",
            "create-user --from - --no-password --token --format json",
            "username\ncarol\ndave\n",
        ),
        ("create-token", "create-token bob --format json", ""),
        ("create-token", "create-token bob --format jsonl", ""),
        (
            "create-token",
            "create-token alice bob --reset --format json",
            "",
        ),
        (
            "create-token",
            "create-token alice --dry-run --format json",
            "",
        ),
        (
            "create-token",
            "create-token --all --reset --dry-run --format json",
            "",
        ),
        (
            "create-token",
            "create-token alice carol --dry-run --format jsonl",
            "",
        ),
        ("list", "list --all-users --format json", ""),
        ("list", "list --all-users --show-keys --format jsonl", ""),
        ("list", "list --username nobody --format json", ""),
        ("verify-token", "verify token --format json", "no key"),
        (
            "verify-password",
            "verify password bob --password-stdin --format json",
            password,
        ),
        (
            "verify-password",
            "verify password bob --password-stdin --format json",
            "another",
        ),
        ("show", "show bob --format json", ""),
        ("show", "show alice --format json", ""),
        (
            "set-password",
            "set-password bob --password-stdin --reset-token --format json",
            password,
        ),
        (
            "set-password",
            "set-password alice --password-stdin --format json",
            password,
        ),
        (
            "update-user",
            "update-user alice --inactive --revoke-token --format json",
            "",
        ),
        (
            "update-user",
            "update-user alice --inactive --format json",
            "",
        ),
        ("doctor", "doctor --format json", ""),
        ("doctor", "doctor --older-than 1s --format json", ""),
        ("revoke", "revoke bob --dry-run --format json", ""),
        ("revoke", "revoke alice bob --format json", ""),
        ("revoke", "revoke bob --format jsonl", ""),
        (
            "delete-user",
            "delete-user carol --dry-run --format json",
            "",
        ),
        (
            "delete-user",
            "delete-user carol dave --yes --format json",
            "",
        ),
        ("error", "revoke nobody --format json", ""),
        ("error", "list --sort nothing --format json", ""),
    ] {
        if name == "show" {
            refer_to_bob(&sandbox);
        }
        if line.contains("--older-than 1s") {
            std::thread::sleep(std::time::Duration::from_millis(1_100));
        }
        if line == "revoke alice bob --format json" {
            copy_the_key_of_bob(&sandbox);
        }
        let outcome = sandbox.run_with_stdin(line.split(' '), input);
        outputs.extend(
            values(name, &outcome)
                .into_iter()
                .map(|value| (name, value)),
        );
    }
    outputs
}

/// Gives `revoke` a table that has a key all the same.
fn copy_the_key_of_bob(sandbox: &Sandbox) {
    for statement in [
        "CREATE TABLE app_apitoken (id integer PRIMARY KEY, key varchar(40) UNIQUE, \
         user_id integer REFERENCES auth_user (id))",
        "INSERT INTO app_apitoken SELECT NULL, key, user_id FROM authtoken_token \
         WHERE user_id = (SELECT id FROM auth_user WHERE username = 'bob')",
    ] {
        sandbox.sqlite(statement);
    }
}

/// Gives `show` something to count.
fn refer_to_bob(sandbox: &Sandbox) {
    for statement in [
        "CREATE TABLE IF NOT EXISTS app_order (id integer PRIMARY KEY, \
         user_id integer REFERENCES auth_user (id))",
        "INSERT INTO app_order (user_id) SELECT id FROM auth_user WHERE username = 'bob'",
    ] {
        sandbox.sqlite(statement);
    }
}

/// The JSON on stdout, or on stderr for an error; of JSON Lines each line.
#[track_caller]
fn values(name: &str, outcome: &Outcome) -> Vec<Value> {
    let text = if name == "error" {
        &outcome.stderr
    } else {
        &outcome.stdout
    };
    let values = serde_json::Deserializer::from_str(text).into_iter();
    let values: Vec<Value> = values.map(|value| value.expect("JSON")).collect();
    assert!(!values.is_empty(), "{name}: {outcome}");
    values
}
