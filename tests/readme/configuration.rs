//! The recipes in the configuration files of other programs: the command lines of `drfctl` in them
//! are run, with the variables that stand beside them.

use std::fs;

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use super::stage::{PASSWORD, Stage};
use super::{block, recipes};

recipes! {
    fn compose_hands_the_token_to_the_worker_and_logs_nothing(
        stage,
        compose = "docs/docker.md: Compose with SQLite",
    ) {
        provision(&stage, &compose, "command");
    }

    fn compose_creates_an_admin_from_a_secret(
        stage,
        compose = "docs/docker.md: An admin whose password is a secret",
    ) {
        stage.migrated(&stage.served());
        let words = the_words(&compose, "command");
        stage.drfctl(&words, &variables(&compose)).expect(0, "", "");
        stage.drfctl(&words, &variables(&compose)).expect(0, "", "");
        stage.logs_in(&stage.served(), "admin");
    }

    fn an_init_container_hands_the_token_to_the_pod_and_logs_nothing(
        stage,
        deployment = "docs/kubernetes.md: Kubernetes",
    ) {
        provision(&stage, &deployment, "args");
    }

    fn a_job_creates_an_admin_from_a_secret(stage, job = "docs/kubernetes.md: An admin") {
        stage.migrated(&stage.served());
        let words = the_words(&job, "args");
        stage.drfctl(&words, &variables(&job)).expect(0, "", "");
        stage.drfctl(&words, &variables(&job)).expect(0, "", "");
        stage.logs_in(&stage.served(), "admin");
    }

    fn the_second_run_of_the_playbook_changes_nothing(stage, playbook = "docs/ansible.md: Ansible") {
        let playbook = parse(&playbook);
        let run = || -> Vec<Value> {
            let tasks = all(&playbook, "ansible.builtin.command");
            tasks.into_iter().map(|task| {
                let stdin = task["stdin"].as_str().unwrap_or_default();
                let stdin = stdin.replace("{{ admin_password }}", PASSWORD);
                let database = stage.served();
                let argv = words(&task["argv"]);
                let argv: Vec<&str> = argv.iter().skip(1).map(String::as_str).collect();
                let stdout = stage.tell(&database, &argv, &stdin).success();
                serde_json::from_str(&stdout).expect("stdout is JSON")
            }).collect()
        };
        // What the conditions of `changed_when` look at.
        let results = |run: &[Value]| -> Vec<Value> {
            let first = run[0]["up_to_date"].clone();
            let others = run[1..].iter().map(|output| output["result"].clone());
            std::iter::once(first).chain(others).collect()
        };
        let (first, second) = (run(), run());
        let wanted = serde_json::json!([false, "created", "created", "created"]);
        assert_eq!(Value::from(results(&first)), wanted);
        let wanted = serde_json::json!([true, "skipped", "skipped", "existing"]);
        assert_eq!(Value::from(results(&second)), wanted);
        stage.logs_in(&stage.served(), "admin");
        assert_eq!(first[3]["token"], second[3]["token"]);
    }

    fn systemd_provisions_and_rotates(
        stage,
        provision = "docs/systemd.md: Before the server starts",
        rotate = "docs/systemd.md: Replace old tokens",
    ) {
        stage.migrated(&stage.served());
        stage.sh(&started(&provision)).expect(0, "", "");
        stage.sh(&started(&provision)).expect(0, "", "");
        stage.logs_in(&stage.served(), "admin");
        stage.holds_the_key_of("run/app/worker.token", &stage.served(), "worker");
        stage.sh(&started(&rotate)).expect(0, "", "");
        stage.holds_the_key_of("run/app/worker.token", &stage.served(), "worker");
    }

    fn a_workflow_masks_the_token_before_anything_can_print_it(
        stage,
        workflow = "docs/github-actions.md: GitHub Actions",
    ) {
        let workflow = parse(&workflow);
        let steps = all(&workflow, "run");
        let steps: Vec<&str> = steps.into_iter().filter_map(Yaml::as_str).collect();
        let url = "DATABASE_URL=sqlite:///ci.sqlite3";
        let stdout = stage.sh(&format!("export {url}\n{}", steps[0])).success();

        let file = fs::read_to_string(stage.path("github.env")).expect("the variables");
        let key = file.trim_end().strip_prefix("API_TOKEN=").expect("the token");
        assert_eq!(stdout, format!("::add-mask::{key}\n"));
        let second = format!("export {url} API_TOKEN={key}\n{}", steps[1]);
        stage.sh(&second).expect(0, "ci\n", "");
        stage.logs_in(&stage.path("ci.sqlite3"), "admin");
    }
}

/// Runs the one command line of `drfctl` in the file twice: the worker finds its key both times.
#[track_caller]
fn provision(stage: &Stage, file: &str, name: &str) {
    stage.migrated(&stage.served());
    let words = the_words(file, name);
    for _ in 0..2 {
        stage.drfctl(&words, &variables(file)).expect(0, "", "");
        stage.holds_the_key_of("run/app/worker.token", &stage.served(), "worker");
    }
}

/// The command lines of a unit, as a script.
fn started(unit: &str) -> String {
    let lines = unit.lines().filter_map(|line| {
        line.strip_prefix("Environment=")
            .map(|variable| format!("export {variable}\n"))
            .or_else(|| {
                line.strip_prefix("ExecStart=")
                    .map(|line| format!("{line}\n"))
            })
    });
    lines.collect()
}

fn parse(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).expect("YAML");
    documents.pop().expect("a document")
}

/// The only list of words of this name.
#[track_caller]
fn the_words(file: &str, name: &str) -> Vec<String> {
    match all(&parse(file), name).as_slice() {
        [list] => words(list),
        lists => panic!("{} lists are called {name}", lists.len()),
    }
}

/// The environment that the file sets; a URL that comes from elsewhere is the served database's.
fn variables(file: &str) -> Vec<(String, String)> {
    let file = parse(file);
    let urls = all(&file, "DATABASE_URL");
    let url = urls.first().and_then(|url| url.as_str());
    let url = url.unwrap_or("sqlite:////srv/app/db.sqlite3").to_owned();
    vec![("DATABASE_URL".to_owned(), url)]
}

/// Everything that is stored under a name, however deep, in the order of the file.
fn all<'a>(yaml: &'a Yaml, name: &str) -> Vec<&'a Yaml> {
    match yaml {
        Yaml::Hash(map) => map
            .iter()
            .flat_map(|(key, value)| {
                let here = (key.as_str() == Some(name)).then_some(value);
                here.into_iter().chain(all(value, name))
            })
            .collect(),
        Yaml::Array(values) => values.iter().flat_map(|value| all(value, name)).collect(),
        _ => Vec::new(),
    }
}

/// The strings of a list.
#[track_caller]
fn words(list: &Yaml) -> Vec<String> {
    let words = list.as_vec().expect("a list of words").iter();
    words
        .map(|word| word.as_str().expect("a word").to_owned())
        .collect()
}
