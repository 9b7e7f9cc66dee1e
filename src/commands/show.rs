//! `drfctl show`

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{AnswerFormat, Show};
use crate::commands::shared::{references, unknown_users};
use crate::context::Context;
use crate::db::{Database, Details, User, UserId};
use crate::django::hashers::{self, HashError};
use crate::django::timestamps;
use crate::error::{Failure, Status, UnknownKeys};
use crate::escape::visible;
use crate::io::input;
use crate::io::output::{self, Json, JsonShape};
use crate::secret::{Key, PasswordHash};

#[derive(Serialize)]
struct DetailsRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    email: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    is_active: bool,
    is_staff: Option<bool>,
    is_superuser: Option<bool>,
    groups: &'a [String],
    date_joined: Option<String>,
    last_login: Option<String>,
    has_usable_password: bool,
    hasher: Option<&'a str>,
    iterations: Option<u32>,
    default_hasher: Option<bool>,
    key_prefix: Option<&'a str>,
    created: Option<String>,
    token_age_days: Option<i64>,
    references: Vec<Reference<'a>>,
}

#[derive(Serialize)]
struct Reference<'a> {
    table: &'a str,
    count: u64,
}

/// What may be said of a password hash.
#[derive(Default)]
struct HashFacts {
    is_usable: bool,
    hasher: Option<&'static str>,
    iterations: Option<u32>,
}

pub(super) fn run(args: &Show, ctx: &mut Context) -> Result<Status, Failure> {
    let key = args.key_file.as_deref().map(input::sent_key).transpose()?;
    let database = if key.is_some() {
        ctx.open_tokens()?
    } else {
        ctx.open_users()?
    };
    let user = match (&key, &args.username) {
        (Some(key), _) => {
            let (user, _) = database
                .token_of_key(key)?
                .ok_or_else(|| no_such_token(key))?;
            user
        }
        (None, Some(username)) => unknown_users::find(username, &database)?,
        (None, None) => return Err(Failure::usage("no user given")),
    };
    let details = details(&user, &database)?;
    references::warn_of_unreadable(&details.references, ctx);
    let now = ctx.now();
    output::data(|out| {
        let written = match args.format.get() {
            AnswerFormat::Json => Json::new(out, JsonShape::Lines).value(&row(&details, now)),
            AnswerFormat::Text => text(out, &details, now),
        };
        written.map_err(Failure::Stdout)
    })?;
    Ok(Status::Done)
}

fn details(user: &User, database: &Database) -> Result<Details, Failure> {
    let details = database.details(&user.id)?;
    details.ok_or_else(|| Failure::no_such_user(vec![user.username.clone()]))
}

fn no_such_token(key: &Key) -> Failure {
    Failure::NoSuchToken(UnknownKeys {
        are_masked: key.is_masked(),
        ..UnknownKeys::default()
    })
}

fn row(details: &Details, now: Timestamp) -> DetailsRow<'_> {
    let user = &details.user;
    let facts = hash_facts(details.password.as_ref());
    let token = details.token.as_ref();
    DetailsRow {
        username: &user.username,
        user_id: &user.id,
        email: user.email.as_deref(),
        first_name: details.first_name.as_deref(),
        last_name: details.last_name.as_deref(),
        is_active: user.is_active,
        is_staff: user.is_staff,
        is_superuser: user.is_superuser,
        groups: details.groups.as_deref().unwrap_or_default(),
        date_joined: details.date_joined.map(timestamps::to_json),
        last_login: details.last_login.map(timestamps::to_json),
        has_usable_password: facts.is_usable,
        hasher: facts.hasher,
        iterations: facts.iterations,
        default_hasher: facts.hasher.map(hashers::is_default),
        key_prefix: token.map(|token| token.key.prefix()),
        created: token.and_then(|token| token.created.map(timestamps::to_json)),
        token_age_days: token.and_then(|token| Some(days(now, token.created?))),
        references: details
            .references
            .rows
            .iter()
            .map(|(table, count)| Reference {
                table,
                count: *count,
            })
            .collect(),
    }
}

fn text(out: &mut dyn Write, details: &Details, now: Timestamp) -> io::Result<()> {
    let user = &details.user;
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<13}{}", visible(value));
    let flag = |is: bool| if is { "yes" } else { "no" };
    let time = |time: Timestamp| {
        let days = days(now, time);
        let s = if days == 1 { "" } else { "s" };
        format!("{} UTC ({days} day{s} ago)", timestamps::to_table(time))
    };
    line("username", &user.username)?;
    line("id", &user.id.to_string())?;
    for (name, value) in [
        ("e-mail", &user.email),
        ("first name", &details.first_name),
        ("last name", &details.last_name),
    ] {
        if let Some(value) = value {
            line(name, value)?;
        }
    }
    line("active", flag(user.is_active))?;
    for (name, value) in [("staff", user.is_staff), ("superuser", user.is_superuser)] {
        if let Some(value) = value {
            line(name, flag(value))?;
        }
    }
    if let Some(groups) = &details.groups {
        let none = "none".to_owned();
        line(
            "groups",
            &if groups.is_empty() {
                none
            } else {
                groups.join(", ")
            },
        )?;
    }
    if let Some(joined) = details.date_joined {
        line("joined", &time(joined))?;
    }
    let last_login = details.last_login.map_or_else(|| "never".to_owned(), time);
    line("last login", &last_login)?;
    line("password", &password(details.password.as_ref()))?;
    line(
        "token",
        &match &details.token {
            None => "none".to_owned(),
            Some(token) => {
                let created = token
                    .created
                    .map(|created| format!(", created {}", time(created)));
                format!("{}…{}", token.key.prefix(), created.unwrap_or_default())
            }
        },
    )?;
    for (table, count) in &details.references.rows {
        let s = if *count == 1 { "" } else { "s" };
        line("referred to", &format!("by {count} row{s} of {table}"))?;
    }
    Ok(())
}

/// How the password is hashed, in words.
fn password(hash: Option<&PasswordHash>) -> String {
    let facts = hash_facts(hash);
    match (facts.is_usable, facts.hasher) {
        (false, _) => "none that could be used".to_owned(),
        (true, None) => "of a kind that Django does not ship".to_owned(),
        (true, Some(hasher)) => {
            let iterations = facts
                .iterations
                .map(|count| format!(", {count} iterations"))
                .unwrap_or_default();
            let unusual = if hashers::is_default(hasher) {
                ""
            } else {
                ", which is not in Django's default PASSWORD_HASHERS"
            };
            format!("{hasher}{iterations}{unusual}")
        }
    }
}

fn hash_facts(hash: Option<&PasswordHash>) -> HashFacts {
    let Some(hash) = hash.filter(|hash| !hash.expose().is_empty()) else {
        return HashFacts::default();
    };
    match hashers::identify(hash) {
        Ok(encoded) => HashFacts {
            is_usable: encoded.is_usable(),
            hasher: encoded.algorithm(),
            iterations: encoded.iterations(),
        },
        Err(error) => HashFacts {
            is_usable: true,
            hasher: match error {
                HashError::Unsupported { algorithm } => Some(algorithm),
                _ => None,
            },
            iterations: None,
        },
    }
}

fn days(now: Timestamp, time: Timestamp) -> i64 {
    now.duration_since(time).as_secs() / 86_400
}
