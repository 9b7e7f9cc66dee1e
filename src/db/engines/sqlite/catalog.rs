//! What SQLite says of tables, columns and references.

use rusqlite::Connection;

use crate::db::engine::{Column, ForeignKey, Kind};
use crate::db::error::Cause;
use crate::django::schema::{DEFAULT_USER_TABLE, TOKEN_TABLE};

pub(super) fn has_table(connection: &Connection, table: &str) -> Result<bool, Cause> {
    let mut statement = connection
        .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE")?;
    Ok(statement.exists([table])?)
}

pub(super) fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>, Cause> {
    // A partial index, or one on an expression (a NULL name), does not make a column unique.
    // An INTEGER PRIMARY KEY is the row's number and counts by itself.
    let mut statement = connection.prepare(
        "SELECT name, lower(type), \"notnull\", \
             dflt_value IS NOT NULL OR (pk = 1 AND lower(type) = 'integer' \
                 AND (SELECT max(pk) FROM pragma_table_info(?1)) = 1), \
             pk > 0, name IN ( \
                 SELECT max(part.name) \
                 FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS part \
                 WHERE list.\"unique\" AND NOT list.partial AND list.origin <> 'pk' \
                 GROUP BY list.name HAVING count(*) = 1 AND max(part.name) IS NOT NULL) \
         FROM pragma_table_info(?1) ORDER BY cid",
    )?;
    let columns = statement.query_map([table], |row| {
        Ok(Column {
            name: row.get(0)?,
            kind: kind(&row.get::<_, String>(1)?),
            not_null: row.get(2)?,
            has_default: row.get(3)?,
            is_key: row.get(4)?,
            is_unique: row.get(5)?,
        })
    })?;
    Ok(columns.collect::<rusqlite::Result<_>>()?)
}

/// Virtual tables have none, and to look at one takes its module, which may not be here.
pub(super) fn foreign_keys(connection: &Connection) -> Result<Vec<ForeignKey>, Cause> {
    let mut statement = connection.prepare(
        "SELECT m.name, f.\"from\", f.\"table\" \
         FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f \
         WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' \
         GROUP BY m.name, f.id HAVING count(*) = 1 ORDER BY m.name, f.id",
    )?;
    let keys = statement.query_map([], |row| {
        Ok(ForeignKey {
            table: row.get(0)?,
            column: row.get(1)?,
            to: row.get(2)?,
        })
    })?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn table_names(connection: &Connection) -> Result<Vec<String>, Cause> {
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn tables_with_column(
    connection: &Connection,
    column: &str,
) -> Result<Vec<String>, Cause> {
    let mut statement = connection.prepare(
        "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c \
         WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND c.name = ? \
         ORDER BY m.name",
    )?;
    let names = statement.query_map([column], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Whether the tables are, to the letter, the ones that current Django and DRF make: finding
/// that out takes a good part of the time of a short command.
pub(super) fn has_default_layout(connection: &Connection) -> Result<bool, Cause> {
    let mut statement = connection.prepare(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN (?, ?) ORDER BY name",
    )?;
    let mut tables = statement.query([DEFAULT_USER_TABLE, TOKEN_TABLE])?;
    for default in super::migrations::default_tables() {
        let is_same = match tables.next()? {
            Some(row) => row.get_ref(0)?.as_str() == Ok(default.as_str()),
            None => false,
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn has_triggers(connection: &Connection, table: &str) -> Result<bool, Cause> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE",
    )?;
    Ok(statement.exists([table])?)
}

/// Refuses references to rows that do not exist: while tables are remade, SQLite looks at none.
pub(super) fn check_references(connection: &Connection, table: &str) -> Result<(), Cause> {
    let broken = connection
        .prepare("SELECT \"parent\" FROM pragma_foreign_key_check(?)")?
        .query_map([table], |row| row.get::<_, String>(0))?
        .next()
        .transpose()?;
    match broken {
        Some(parent) => Err(Cause::Layout(format!(
            "table `{table}` refers to a row that is not in `{parent}`"
        ))),
        None => Ok(()),
    }
}

/// The tables with references to rows that do not exist, and how many.
pub(super) fn broken_references(connection: &Connection) -> Result<Vec<(String, u64)>, Cause> {
    let mut statement = connection.prepare(
        "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY \"table\" ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a declared type means, as Django declares its fields in SQLite.
fn kind(declared: &str) -> Kind {
    let (name, width) = match declared.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').and_then(|n| n.parse().ok())),
        None => (declared, None),
    };
    let (base, unsigned) = match name.strip_suffix(" unsigned") {
        Some(base) => (base, true),
        None => (name, false),
    };
    let integer = |bytes| Kind::Integer { bytes, unsigned };
    match base {
        "bool" => Kind::Boolean,
        "integer" => integer(4),
        "bigint" => integer(8),
        "smallint" => integer(2),
        "real" | "decimal" => Kind::Number,
        "char" if width == Some(32) => Kind::Uuid { is_native: false },
        "varchar" | "char" | "text" => Kind::Text(width),
        "datetime" => Kind::DateTime,
        "date" => Kind::Date,
        "time" => Kind::Time,
        _ => Kind::Other(declared.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::user_table::UserTable;

    #[test]
    fn the_default_layout_is_what_reading_it_would_find() {
        let connection = Connection::open_in_memory().unwrap();
        for table in super::super::migrations::default_tables() {
            connection.execute_batch(&table).unwrap();
        }
        assert!(has_default_layout(&connection).unwrap());
        let read = columns(&connection, DEFAULT_USER_TABLE).unwrap();
        assert_eq!(read, UserTable::default_table().columns);

        connection
            .execute_batch("ALTER TABLE auth_user ADD COLUMN phone text")
            .unwrap();
        assert!(!has_default_layout(&connection).unwrap());
    }
}
