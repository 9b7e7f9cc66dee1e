//! `drfctl doctor`

mod accounts;

use std::io::{self, Write};

use serde::Serialize;

use self::accounts::Accounts;
use crate::cli::{AnswerFormat, Doctor};
use crate::context::Context;
use crate::db::{Cause, Database, FileTrouble, Migrator};
use crate::error::{Failure, Report, Status};
use crate::escape::visible;
use crate::io::output::{self, Json, JsonShape};

/// Something that an operator should look at.
#[derive(Serialize)]
struct Finding {
    code: &'static str,
    severity: Severity,
    count: u64,
    message: String,
    hint: String,
    examples: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    /// The server fails, or soon will.
    Error,
    /// Somebody may get in who should not, or the like.
    Warning,
}

pub(super) fn run(args: &Doctor, ctx: &mut Context) -> Result<Status, Failure> {
    let findings = examine(args, ctx)?;
    output::data(|out| {
        let written = match args.format.get() {
            AnswerFormat::Json => Json::new(out, JsonShape::Lines).value(&findings),
            AnswerFormat::Text => text(out, &findings),
        };
        written.map_err(Failure::Stdout)
    })?;
    if findings.is_empty() {
        ctx.out.note("Found nothing wrong.");
        Ok(Status::Done)
    } else {
        Ok(Status::Refused)
    }
}

fn text(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let examples = match finding.examples.as_slice() {
            [] => String::new(),
            examples => format!(" ({})", examples.join(", ")),
        };
        let line = format!(
            "{severity}: {}{examples}; {}",
            finding.message, finding.hint
        );
        writeln!(out, "{}", visible(&line))?;
    }
    Ok(())
}

fn examine(args: &Doctor, ctx: &Context) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    let database = match ctx.open_users() {
        Ok(database) => database,
        Err(failure) if is_half_made(&failure) => {
            findings.push(half_made(&failure));
            return Ok(findings);
        }
        Err(failure) => return Err(failure),
    };
    findings.extend(files(&database));
    findings.extend(migrations(ctx));
    if !database.has_tokens() {
        findings.push(Finding {
            code: "no_token_table",
            severity: Severity::Warning,
            count: 1,
            message: "there is no table `authtoken_token`".to_owned(),
            hint: "run `drfctl migrate`, if the project has `rest_framework.authtoken` in \
                   INSTALLED_APPS"
                .to_owned(),
            examples: Vec::new(),
        });
        return Ok(findings);
    }
    let mut accounts = Accounts::new(args.older_than.map(|age| ctx.ago(age)));
    database.accounts(|account| accounts.look_at(&account))?;
    findings.extend(accounts.findings(args.older_than, &database)?);
    findings.extend(rows(&database)?);
    Ok(findings)
}

/// Whether a database that cannot be used yet is one in the making.
fn is_half_made(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Database(error) if matches!(
            error.cause,
            Cause::Empty
                | Cause::NotMigrated(_)
                | Cause::HalfMigrated(_)
                | Cause::NoUserTable
                | Cause::DroppedTable { .. }
                | Cause::DanglingReference(_)
        )
    )
}

fn half_made(failure: &Failure) -> Finding {
    let report = Report::from(failure);
    Finding {
        code: "half_migrated",
        severity: Severity::Error,
        count: 1,
        message: report.message,
        hint: report.hint.unwrap_or_default(),
        examples: Vec::new(),
    }
}

fn migrations(ctx: &Context) -> Option<Finding> {
    let plan = match Migrator::new(&ctx.settings, ctx.now()).plan() {
        Ok(plan) => plan,
        Err(error) => return Some(half_made(&error.into())),
    };
    (!plan.migrations.is_empty()).then(|| Finding {
        code: "migrations_missing",
        severity: Severity::Error,
        count: plan.migrations.len() as u64,
        message: "migrations are not applied".to_owned(),
        hint: "run `manage.py migrate` in the project, or `drfctl migrate`".to_owned(),
        examples: plan.migrations,
    })
}

fn files(database: &Database) -> Vec<Finding> {
    let findings = database.file_troubles().into_iter().map(|trouble| {
        let (code, severity, message, hint) = match trouble {
            FileTrouble::WorldReadable => (
                "world_readable",
                Severity::Warning,
                "every user of this machine can read the database, and the keys in it".to_owned(),
                "run `chmod o-r` on the file",
            ),
            FileTrouble::ForeignSideFile(file) => (
                "foreign_side_file",
                Severity::Error,
                format!("`{file}` belongs to another user than the database does"),
                "run `chown --reference=DATABASE` on it while nobody writes",
            ),
            FileTrouble::ForeignOwner => (
                "foreign_owner",
                Severity::Warning,
                "the database belongs to another user than its directory does".to_owned(),
                "run `chown` with the server's user, who has to write to both",
            ),
            FileTrouble::OldSqlite(version) => (
                "old_sqlite",
                Severity::Warning,
                format!(
                    "SQLite {version}, which last wrote to the database, can damage it in WAL \
                     mode when two processes checkpoint at once"
                ),
                "give the server SQLite 3.51.3 or newer",
            ),
        };
        Finding {
            code,
            severity,
            count: 1,
            message,
            hint: hint.to_owned(),
            examples: Vec::new(),
        }
    });
    findings.collect()
}

/// What rows of other tables show.
fn rows(database: &Database) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for missing in database.missing_rows()? {
        findings.push(Finding {
            code: "missing_rows",
            severity: Severity::Warning,
            count: missing.count,
            message: format!(
                "{} have no row in `{}`, as most users have",
                users(missing.count),
                missing.table
            ),
            hint: "create it in the project, as its own code does for a new user".to_owned(),
            examples: missing.examples,
        });
    }
    for (table, count) in database.broken_references()? {
        findings.push(Finding {
            code: "broken_references",
            severity: Severity::Error,
            count,
            message: format!("{count} references of `{table}` lead to rows that do not exist"),
            hint: "delete or mend these rows in the project; \
                   `PRAGMA foreign_key_check` lists them"
                .to_owned(),
            examples: Vec::new(),
        });
    }
    for other in database.other_tokens()? {
        findings.push(Finding {
            code: "other_token_table",
            severity: Severity::Warning,
            count: 1,
            message: format!(
                "the server may take its tokens from `{}`, which drfctl does not manage",
                other.table
            ),
            hint: "compare DEFAULT_AUTHENTICATION_CLASSES in the project's settings".to_owned(),
            examples: Vec::new(),
        });
    }
    Ok(findings)
}

fn users(count: u64) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} user{s}")
}
