//! A list in SQLite, a batch of rows at a time: a reader holds off every commit while it stands
//! in the middle of a statement, so none is left standing while rows are printed.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::{Sqlite, SqliteRow};
use crate::db::engine::{Each, Listing, Value};
use crate::db::error::Cause;

/// Rows that are read before any is handed on: long enough that the start of a statement does
/// not count, short enough for the server never to notice.
const BATCH: u64 = 2_000;

/// The value of a sort column in the last row, exactly as it is stored: text need not be UTF-8.
enum Stored {
    Null,
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl From<ValueRef<'_>> for Stored {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(text) => Self::Text(text.to_vec()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl ToSql for Stored {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Hands over the rows of a list to `read`, and calls `pause` between two batches, when no
/// statement is open.
pub(super) fn list(
    sqlite: &Sqlite,
    listing: &Listing,
    read: Each<'_>,
    pause: &mut dyn FnMut() -> Result<(), Cause>,
) -> Result<(), Cause> {
    let pages = Pages::new(sqlite, listing)?;
    let mut last: Option<(Stored, Stored)> = None;
    let mut left = listing.limit;
    loop {
        let rows = pages.read(sqlite, &mut last, &mut left, read)?;
        pause()?;
        if rows == 0 {
            return Ok(());
        }
    }
}

/// A list that can be read on from any row.
struct Pages<'a> {
    columns: &'a str,
    width: usize,
    from: String,
    conditions: &'a str,
    values: &'a [Value],
    /// Two expressions that the list is in the order of, and that no two rows share.
    order: String,
}

impl<'a> Pages<'a> {
    fn new(sqlite: &Sqlite, listing: &'a Listing) -> Result<Self, Cause> {
        let Listing {
            columns,
            from,
            conditions,
            values,
            order,
            id,
            username,
            limit,
        } = listing;
        let width = columns.split(", ").count();
        let Some(order) = order else {
            // The name has an index: the order costs nothing.
            return Ok(Self {
                columns,
                width,
                from: from.clone(),
                conditions,
                values,
                order: format!("{username}, {id}"),
            });
        };
        // No index has this order: sort once, into a temporary table that SQLite keeps on disk.
        let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let sort = format!(
            "CREATE TEMP TABLE sorted AS SELECT {id} AS user FROM {from} WHERE {conditions} \
             ORDER BY {order}, {username} LIMIT {limit}"
        );
        sqlite.run(&sort, values)?;
        // Behind the sorted ids the same join again, without its conditions.
        let (users, tokens) = from.split_once(" JOIN ").unwrap_or((from, ""));
        let users = users.trim_end_matches(" LEFT");
        Ok(Self {
            columns,
            width,
            from: format!("temp.sorted AS s JOIN {users} ON {id} = s.user LEFT JOIN {tokens}"),
            conditions: "TRUE",
            values: &[],
            order: "s.rowid, s.user".to_owned(),
        })
    }

    /// Reads the rows behind `last`, and says how many there were.
    fn read(
        &self,
        sqlite: &Sqlite,
        last: &mut Option<(Stored, Stored)>,
        left: &mut Option<u64>,
        read: Each<'_>,
    ) -> Result<u64, Cause> {
        let Self {
            columns,
            width,
            from,
            conditions,
            values,
            order,
        } = self;
        let behind = match last {
            Some(_) => format!(" AND ({order}) > (?, ?)"),
            None => String::new(),
        };
        let limit = left.map_or(BATCH, |left| left.min(BATCH));
        let sql = format!(
            "SELECT {columns}, {order} FROM {from} WHERE {conditions}{behind} \
             ORDER BY {order} LIMIT {limit}"
        );
        let mut statement = sqlite.prepare(&sql, values)?;
        if let Some((first, second)) = last {
            statement.raw_bind_parameter(values.len() + 1, &*first)?;
            statement.raw_bind_parameter(values.len() + 2, &*second)?;
        }
        let mut rows = statement.raw_query();
        let mut count = 0;
        while let Some(row) = rows.next()? {
            read(&SqliteRow::new(row, sqlite))?;
            count += 1;
            if count == limit {
                *last = Some((row.get_ref(*width)?.into(), row.get_ref(width + 1)?.into()));
            }
        }
        *left = left.map(|left| left - count);
        Ok(if count < limit { 0 } else { count })
    }
}
