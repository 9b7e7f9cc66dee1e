//! `drfctl migrate`

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::{AnswerFormat, Migrate};
use crate::context::Context;
use crate::db::{self, Cause, Location, Migrator, Plan};
use crate::error::{Failure, StateAfter, Status};
use crate::io::output::{self, Json, JsonShape};

/// The migration that makes Django's own user model.
const USER_MODEL: &str = "auth.0001_initial";

#[derive(Serialize)]
struct Applied<'a> {
    applied: &'a [String],
    up_to_date: bool,
}

pub(super) fn run(args: &Migrate, ctx: &mut Context) -> Result<Status, Failure> {
    if args.sql && args.format.get() == AnswerFormat::Json {
        return Err(Failure::Usage {
            message: "`--sql` prints SQL, and not JSON".to_owned(),
            hint: Some(
                "leave `--format` out, or list the migrations with `--plan --format json`"
                    .to_owned(),
            ),
        });
    }
    let migrator = Migrator::new(&ctx.settings, ctx.now());
    let only_look = args.plan || args.check || args.sql;
    let file = ctx.settings.location.file();
    let is_new = file.is_some_and(|file| !file.exists());
    let plan = if only_look {
        migrator.plan()?
    } else {
        migrator.run().map_err(|error| failure(error, ctx))?
    };
    if args.check && plan.is_whole_for_older() {
        print(&[], args, &plan)?;
        ctx.out.note(
            "The database is up to date for the older Django or DRF of its history; `--plan` shows \
             what newer ones add.",
        );
        return Ok(Status::Done);
    }
    print(&plan.migrations, args, &plan)?;
    match plan.migrations.len() {
        0 => ctx.out.note("The database is up to date."),
        count if only_look => ctx.out.note(&format!("{} to apply.", migrations(count))),
        count => {
            let applied = migrations(count);
            ctx.out.note(&if is_new {
                // Also in a log: the path may have been mistyped, or DATABASE_URL not set.
                format!("Created {} and applied {applied}.", ctx.database_name())
            } else {
                format!("Applied {applied}{}.", ctx.place())
            });
            if plan.migrations.iter().any(|name| name == USER_MODEL) {
                ctx.out.note(
                    "This includes Django's default user table; a project with a custom \
                     AUTH_USER_MODEL cannot use this database.",
                );
            }
        }
    }
    if args.check && !plan.migrations.is_empty() {
        return Ok(Status::Refused);
    }
    Ok(Status::Done)
}

/// MySQL commits each change to a table at once: the error can come behind some of them.
fn failure(error: db::Error, ctx: &Context) -> Failure {
    let is_in_steps = matches!(ctx.settings.location, Location::Mysql(_));
    let is_cut_off = matches!(error.cause, Cause::Busy(_) | Cause::ConnectionLost(_));
    let state = StateAfter {
        hint: Some("run it again: it completes what is missing".to_owned()),
        ..StateAfter::sentence("the migrations applied until then are recorded")
    };
    Failure::from(error).with_state_after((is_in_steps && is_cut_off).then_some(state))
}

fn print(migrations: &[String], args: &Migrate, plan: &Plan) -> Result<(), Failure> {
    let is_applied = !(args.plan || args.check || args.sql || plan.migrations.is_empty());
    output::data(|out| write(migrations, args, plan, out).map_err(Failure::Stdout)).map_err(
        |failure| {
            let state = is_applied.then(|| StateAfter::sentence("the migrations are applied"));
            failure.with_state_after(state)
        },
    )
}

fn write(
    migrations: &[String],
    args: &Migrate,
    plan: &Plan,
    out: &mut dyn Write,
) -> io::Result<()> {
    if args.sql {
        return write!(out, "{}", plan.sql());
    }
    match args.format.get() {
        AnswerFormat::Json => Json::new(out, JsonShape::Lines).value(&Applied {
            applied: migrations,
            up_to_date: migrations.is_empty(),
        }),
        AnswerFormat::Text => {
            for migration in migrations {
                writeln!(out, "{migration}")?;
            }
            Ok(())
        }
    }
}

fn migrations(count: usize) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} migration{s}")
}
