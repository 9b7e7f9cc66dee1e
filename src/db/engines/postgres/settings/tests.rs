//! Which of several places a setting comes from, and what it means.

use std::fs;

use super::*;
use crate::db::Location;

fn read_with(url: &str, variables: &[(&str, &str)]) -> Result<Settings, Cause> {
    let Ok(Location::Postgres(url)) = url.parse() else {
        panic!("{url}");
    };
    Settings::read(&url, &|name| {
        let mut variables = variables.iter();
        variables.find_map(|(known, value)| (*known == name).then(|| (*value).to_owned()))
    })
}

fn read(url: &str, variables: &[(&str, &str)]) -> Settings {
    read_with(url, variables).unwrap_or_else(|cause| panic!("{url}: {cause}"))
}

fn places(settings: &Settings) -> Vec<(&str, u16)> {
    let hosts = settings.hosts.iter();
    hosts.map(|host| (host.name.as_str(), host.port)).collect()
}

#[test]
fn the_url_comes_before_the_service_and_the_service_before_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("services");
    fs::write(
        &file,
        "[s]\nhost=service.example\nport=5433\nuser=service\n",
    )
    .unwrap();
    let variables = [
        ("PGSERVICEFILE", file.to_str().unwrap()),
        ("PGHOST", "environment.example"),
        ("PGPORT", "5434"),
        ("PGUSER", "environment"),
        ("PGDATABASE", "environment"),
    ];
    let settings = read("postgres://", &variables);
    assert_eq!(places(&settings), [("environment.example", 5434)]);
    assert_eq!(settings.user, "environment");
    let settings = read("postgres:///?service=s", &variables);
    assert_eq!(places(&settings), [("service.example", 5433)]);
    assert_eq!(settings.user, "service");
    assert_eq!(settings.database, "environment");
    let settings = read("postgres://url@url.example/url?service=s", &variables);
    assert_eq!(places(&settings), [("url.example", 5433)]);
    assert_eq!(
        (settings.user.as_str(), settings.database.as_str()),
        ("url", "url")
    );
}

#[test]
fn each_host_has_its_own_port_and_password() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pgpass");
    fs::write(
        &file,
        "a:5432:d:u:first\nb:5433:*:*:second\nlocalhost:*:*:*:socket\n",
    )
    .unwrap();
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let passfile = [("PGPASSFILE", file.to_str().unwrap())];
    let passwords = |url, variables: &[(&str, &str)]| {
        let hosts = read(url, variables).hosts.into_iter();
        hosts
            .map(|host| host.password.map(|password| password.expose().to_owned()))
            .collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        passwords("postgres://u@a,b:5433,c/d", &passfile),
        [some("first"), some("second"), None]
    );
    assert_eq!(
        passwords("postgres://u@%2Fvar%2Frun%2Fpostgresql/d", &passfile),
        [some("socket")]
    );
    assert_eq!(passwords("postgres://u@%2Frun/d", &passfile), [None]);
    let given = [passfile[0], ("PGPASSWORD", "environment")];
    assert_eq!(passwords("postgres://u@a/d", &given), [some("environment")]);
    assert_eq!(passwords("postgres://u:url@a/d", &given), [some("url")]);
}

#[test]
fn several_hosts_mean_the_one_that_takes_writes() {
    for (url, target) in [
        ("postgres://u@a/d", Target::Any),
        ("postgres://u@a,b/d", Target::PreferWritable),
        ("postgres://u@a,b/d?target_session_attrs=any", Target::Any),
        (
            "postgres://u@a/d?target_session_attrs=read-write",
            Target::ReadWrite,
        ),
    ] {
        assert_eq!(read(url, &[]).target, target, "{url}");
    }
}

#[test]
fn what_is_trusted_decides_what_is_checked() {
    let mode = |query: &str| {
        let url = format!("postgres://u@a/d?{query}");
        read(&url, &[]).ssl.mode
    };
    for (query, expected) in [
        ("", SslMode::Prefer),
        ("sslmode=disable", SslMode::Disable),
        ("ssl=true", SslMode::Require),
        ("ssl_require=True", SslMode::Require),
        ("ssl=true&sslmode=verify-full", SslMode::VerifyFull),
        ("sslmode=require", SslMode::Require),
        ("sslmode=require&sslrootcert=ca.crt", SslMode::VerifyCa),
        ("sslmode=prefer&sslrootcert=ca.crt", SslMode::Prefer),
        ("sslmode=require&sslrootcert=system", SslMode::VerifyFull),
    ] {
        assert_eq!(mode(query), expected, "{query}");
    }
}

#[test]
fn options_of_a_session_are_read_as_the_server_reads_them() {
    let parameters = |url: &str| read(url, &[]).parameters;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        parameters("postgres://u@a/d?options=-c%20search_path%3Da%2Cb%20--work-mem%3D1MB"),
        [pair("search_path", "a,b"), pair("work_mem", "1MB")]
    );
    assert_eq!(
        parameters("postgres://u@a/d?options=-csearch_path%3Da%5C%20b"),
        [pair("search_path", "a b")]
    );
    assert_eq!(
        parameters("postgres://u@a/d?currentSchema=app"),
        [pair("search_path", "app")]
    );
}

#[test]
fn a_setting_that_means_nothing_is_named_without_its_value() {
    for (query, name) in [
        ("sslmode=secret", "`sslmode`"),
        ("channel_binding=secret", "`channel_binding`"),
        ("target_session_attrs=secret", "`target_session_attrs`"),
        ("connect_timeout=secret", "`connect_timeout`"),
        ("options=secret", "`options`"),
    ] {
        let cause = read_with(&format!("postgres://u@a/d?{query}"), &[]).err();
        let problem = cause.expect(query).to_string();
        assert!(problem.contains(name), "{problem}");
        assert!(!problem.contains("secret"), "{problem}");
    }
    let cause = read_with("postgres:///?service=s", &[]).err();
    assert!(matches!(cause, Some(Cause::Setting(_))), "{cause:?}");
}
