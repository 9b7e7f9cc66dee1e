//! `drfctl list`

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{List, ListFormat};
use crate::commands::shared::other_tokens;
use crate::context::Context;
use crate::db::{Entry, Query, TokenFilter, UserId};
use crate::django::timestamps;
use crate::error::{Failure, Status};
use crate::escape::{quoted_list, visible};
use crate::io::age::age;
use crate::io::names;
use crate::io::output::{self, Json, JsonShape};
use crate::io::table::{Cell, Column, Table};

/// A row as JSON and CSV show it; the order of the fields is the order of the columns.
#[derive(Serialize)]
struct ListRow<'a> {
    username: &'a str,
    user_id: &'a UserId,
    email: Option<&'a str>,
    is_active: bool,
    is_staff: Option<bool>,
    is_superuser: Option<bool>,
    last_login: Option<String>,
    key_prefix: Option<&'a str>,
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[expect(
        clippy::option_option,
        reason = "without `--show-keys` absent, without a token null"
    )]
    key: Option<Option<&'a str>>,
}

pub(super) fn run(args: &List, ctx: &mut Context) -> Result<Status, Failure> {
    let database = ctx.open_tokens()?;
    other_tokens::warn(ctx, &database)?;
    if args.show_keys {
        ctx.warn_of_readers(&database);
    }
    let token = match (args.all_users, args.without_token) {
        (true, _) => TokenFilter::Any,
        (_, true) => TokenFilter::Without,
        _ => TokenFilter::With,
    };
    let query = Query {
        selection: args.filters.selection(token, ctx, &database)?,
        order: args.sort,
        limit: args.limit,
    };
    let mut left_out = Vec::new();
    let mut is_empty = true;
    output::data(|out| {
        let mut printer = ListPrinter::new(out, args, ctx).map_err(Failure::Stdout)?;
        database
            .list(&query, |entry| {
                is_empty = false;
                printer.print(&entry)
            })?
            .map_err(Failure::Stdout)?;
        left_out = std::mem::take(&mut printer.left_out);
        printer.end().map_err(Failure::Stdout)
    })?;
    if is_empty && args.format.get() == ListFormat::Table {
        ctx.out.note(nothing(args));
    }
    if left_out.is_empty() {
        return Ok(Status::Done);
    }
    ctx.out.warn(&format!(
        "{} cannot stand in a line of names and {} left out: `--format jsonl` has every name",
        quoted_list(&left_out),
        if left_out.len() == 1 { "is" } else { "are" }
    ));
    Ok(Status::Refused)
}

/// What to say instead of a table without rows.
fn nothing(args: &List) -> &'static str {
    if args.filters.are_given() {
        "Nothing matches."
    } else if args.all_users {
        "No users yet; create one with `drfctl create-user NAME`."
    } else if args.without_token {
        "No users without a token."
    } else {
        "No tokens yet; create one with `drfctl create-token NAME`."
    }
}

/// Writes rows in the format that was asked for.
struct ListPrinter<'a> {
    form: Form<'a>,
    show_keys: bool,
    /// Names that a line cannot hold.
    left_out: Vec<String>,
}

enum Form<'a> {
    Table(Table<'a>, Timestamp),
    Json(Json<&'a mut dyn Write>),
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
    Tsv(&'a mut dyn Write),
    Names(&'a mut dyn Write),
}

impl<'a> ListPrinter<'a> {
    fn new(out: &'a mut dyn Write, args: &List, ctx: &Context) -> io::Result<Self> {
        let mut header = vec![
            "username",
            "user_id",
            "email",
            "is_active",
            "is_staff",
            "is_superuser",
            "last_login",
            "key_prefix",
            "created",
        ];
        if args.show_keys {
            header.push("key");
        }
        let form = match args.format.get() {
            ListFormat::Json => Form::Json(Json::new(out, JsonShape::Array)),
            ListFormat::Jsonl => Form::Json(Json::new(out, JsonShape::Lines)),
            ListFormat::Csv => {
                let mut writer = csv::WriterBuilder::new()
                    .has_headers(false)
                    .from_writer(out);
                // Written here, so that a list without rows has a header too.
                writer.write_record(&header).map_err(csv_error)?;
                Form::Csv(Box::new(writer))
            }
            ListFormat::Tsv => {
                writeln!(out, "{}", header.join("\t"))?;
                Form::Tsv(out)
            }
            ListFormat::Names => Form::Names(out),
            ListFormat::Table => {
                let style = output::header_style();
                Form::Table(
                    Table::new(out, ctx.out.width(), style, columns()),
                    ctx.now(),
                )
            }
        };
        Ok(Self {
            form,
            show_keys: args.show_keys,
            left_out: Vec::new(),
        })
    }

    fn print(&mut self, entry: &Entry) -> io::Result<()> {
        match &mut self.form {
            Form::Table(table, now) => table.row(cells(entry, self.show_keys, *now)),
            Form::Json(json) => json.value(&row(entry, self.show_keys)),
            Form::Csv(writer) => writer
                .serialize(row(entry, self.show_keys))
                .map_err(csv_error),
            Form::Tsv(out) => tsv(out, &row(entry, self.show_keys)),
            Form::Names(out) if names::is_line(&entry.user.username) => {
                writeln!(out, "{}", entry.user.username)
            }
            Form::Names(_) => {
                // Many more than are shown need not be kept.
                if self.left_out.len() < 100 {
                    self.left_out.push(entry.user.username.clone());
                }
                Ok(())
            }
        }
    }

    fn end(self) -> io::Result<()> {
        match self.form {
            Form::Table(table, _) => table.end(),
            Form::Json(json) => json.end(),
            Form::Csv(mut writer) => writer.flush(),
            Form::Tsv(_) | Form::Names(_) => Ok(()),
        }
    }
}

fn row(entry: &Entry, show_keys: bool) -> ListRow<'_> {
    let user = &entry.user;
    let token = entry.token.as_ref();
    let created = token.and_then(|token| token.created);
    ListRow {
        username: &user.username,
        user_id: &user.id,
        email: user.email.as_deref(),
        is_active: user.is_active,
        is_staff: user.is_staff,
        is_superuser: user.is_superuser,
        last_login: entry.last_login.map(timestamps::to_json),
        key_prefix: token.map(|token| token.key.prefix()),
        created: created.map(timestamps::to_json),
        key: show_keys.then(|| token.map(|token| token.key.expose())),
    }
}

/// The error of writing within one of the `csv` crate.
fn csv_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("a row cannot be written as CSV"),
    }
}

/// One line; tabs and line breaks within a value are shown as escapes.
fn tsv(out: &mut dyn Write, row: &ListRow<'_>) -> io::Result<()> {
    let boolean =
        |value: Option<bool>| value.map_or("", |value| if value { "true" } else { "false" });
    let text = |value: Option<&str>| value.map(visible).unwrap_or_default();
    write!(
        out,
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        visible(row.username),
        visible(&row.user_id.to_string()),
        text(row.email),
        boolean(Some(row.is_active)),
        boolean(row.is_staff),
        boolean(row.is_superuser),
        text(row.last_login.as_deref()),
        text(row.key_prefix),
        text(row.created.as_deref()),
    )?;
    if let Some(key) = row.key {
        write!(out, "\t{}", text(key))?;
    }
    writeln!(out)
}

/// The columns of the table: what an operator looks for first.
fn columns() -> Vec<Column> {
    let column = |header, shortest, leaves| Column {
        header,
        shortest,
        leaves,
    };
    vec![
        column("USERNAME", Some(12), None),
        column("KEY", None, None),
        column("CREATED", None, Some(3)),
        // Who only uses a token never logs in.
        column("LAST LOGIN", None, Some(1)),
        column("EMAIL", Some(16), Some(2)),
        column("NOTES", None, Some(4)),
    ]
}

fn cells(entry: &Entry, show_keys: bool, now: Timestamp) -> Vec<Cell> {
    let user = &entry.user;
    let key = entry.token.as_ref().map(|token| {
        if show_keys {
            token.key.expose().to_owned()
        } else {
            format!("{}…", token.key.prefix())
        }
    });
    let created = entry.token.as_ref().and_then(|token| token.created);
    let time = |time: Option<Timestamp>| match time {
        None => Cell::from(String::new()),
        Some(time) => {
            let age = age(time, now);
            Cell {
                text: format!("{} UTC ({age})", timestamps::to_table(time)),
                short: Some(age),
            }
        }
    };
    let notes: Vec<&str> = [
        (!user.is_active, "inactive"),
        (user.is_superuser == Some(true), "superuser"),
        (user.is_staff == Some(true), "staff"),
    ]
    .into_iter()
    .filter_map(|(holds, note)| holds.then_some(note))
    .collect();
    vec![
        Cell::from(user.username.clone()),
        Cell::from(key.unwrap_or_default()),
        time(created),
        time(entry.last_login),
        Cell::from(user.email.clone().unwrap_or_default()),
        Cell::from(notes.join(", ")),
    ]
}
