//! `drfctl doctor`

mod accounts;

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use self::accounts::Accounts;
use crate::cli::{AnswerFormat, Doctor};
use crate::context::Context;
use crate::db::{Cause, Database, FileTrouble, Migrator};
use crate::error::{Failure, Report, Status};
use crate::escape::{shell_word, visible};
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
    findings.extend(files(ctx, &database));
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
        hint: report.hint.unwrap_or_else(|| {
            "`manage.py showmigrations` in the project lists what it takes for applied".to_owned()
        }),
        examples: Vec::new(),
    }
}

fn migrations(ctx: &Context) -> Option<Finding> {
    let plan = match Migrator::new(&ctx.settings, ctx.now()).plan() {
        Ok(plan) => plan,
        Err(error) => return Some(half_made(&error.into())),
    };
    let count = plan.migrations.len() as u64;
    // A project on an older Django or DRF has nothing to apply.
    (count > 0 && !plan.is_whole_for_older()).then(|| Finding {
        code: "migrations_missing",
        severity: Severity::Error,
        count,
        message: number(
            count,
            "migration is not applied",
            "migrations are not applied",
        ),
        hint: "run `drfctl migrate`, or `manage.py migrate` in the project".to_owned(),
        examples: plan.migrations,
    })
}

fn files(ctx: &Context, database: &Database) -> Vec<Finding> {
    let word = |path: &Path| shell_word(path).unwrap_or_else(|| "FILE".to_owned());
    let path = ctx.settings.location.file().unwrap_or(Path::new(""));
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    let findings = database.file_troubles().into_iter().map(|trouble| {
        let (code, severity, message, hint) = match trouble {
            FileTrouble::WorldReadable => (
                "world_readable",
                Severity::Warning,
                "every user of this machine can read the database, and the keys in it".to_owned(),
                format!("run `chmod o-r {}`", word(path)),
            ),
            FileTrouble::ForeignSideFile(file) => (
                "foreign_side_file",
                Severity::Error,
                format!("`{file}` belongs to another user than the database does"),
                format!(
                    "run `chown --reference={} {}` as root, while nobody writes",
                    word(path),
                    word(Path::new(&file))
                ),
            ),
            FileTrouble::ForeignOwner => (
                "foreign_owner",
                Severity::Warning,
                "the database belongs to another user than its directory does".to_owned(),
                format!(
                    "run `chown --reference={} {}` as root, if the directory belongs to the \
                     server's user, who has to write to both",
                    word(directory),
                    word(path)
                ),
            ),
            FileTrouble::OldSqlite(version) => (
                "old_sqlite",
                Severity::Warning,
                format!(
                    "SQLite {version}, which last wrote to the database, can damage it in WAL \
                     mode when two processes checkpoint at once"
                ),
                "give the server SQLite 3.51.3 or newer".to_owned(),
            ),
        };
        Finding {
            code,
            severity,
            count: 1,
            message,
            hint,
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
            message: number(
                missing.count,
                &format!("user has no row in `{}`, and most have one", missing.table),
                &format!(
                    "users have no row in `{}`, and most have one",
                    missing.table
                ),
            ),
            hint: "create it in the project, whose own code may do that for each new user"
                .to_owned(),
            examples: missing.examples,
        });
    }
    for (table, count) in database.broken_references()? {
        findings.push(Finding {
            code: "broken_references",
            severity: Severity::Error,
            count,
            message: number(
                count,
                &format!("reference of `{table}` leads to a row that does not exist"),
                &format!("references of `{table}` lead to rows that do not exist"),
            ),
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

/// A number and what there is so often.
fn number(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
