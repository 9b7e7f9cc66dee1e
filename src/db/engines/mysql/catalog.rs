//! What the database says of its tables. `information_schema` is asked for single tables where
//! that will do, since MariaDB opens every table that it is asked about.

use super::{DIALECT, Mysql};
use crate::db::engine::{
    Cell, Column, Engine as _, ForeignKey, Kind, Queries as _, Row, Value, places,
};
use crate::db::error::Cause;
use crate::db::rows;
use crate::db::user_table::UserTable;
use crate::django::schema::{DEFAULT_USER_TABLE, TOKEN_TABLE};

pub(super) fn has_table(mysql: &Mysql, table: &str) -> Result<bool, Cause> {
    let kind = mysql.first(
        "SELECT table_type FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_name = ?",
        &[Value::Text(table.to_owned())],
        |row| text(row, 0),
    )?;
    if let Some(kind) = kind {
        return Ok(kind == "BASE TABLE");
    }
    // A table that this account has no right to is not listed: only a statement about it tells
    // it from one that does not exist.
    match probe(mysql, table) {
        Err(cause @ Cause::NotPermitted { .. }) => Err(cause),
        _ => Ok(false),
    }
}

pub(super) fn can_read(mysql: &Mysql, table: &str) -> Result<bool, Cause> {
    match probe(mysql, table) {
        Err(Cause::NotPermitted { .. }) => Ok(false),
        answer => answer.map(|()| true),
    }
}

/// Reads nothing of a table.
fn probe(mysql: &Mysql, table: &str) -> Result<(), Cause> {
    let probe = format!("SELECT 1 FROM {} LIMIT 0", DIALECT.quoted(table));
    mysql.query(&probe, &[], &mut |_| Ok(()))
}

pub(super) fn table_names(mysql: &Mysql) -> Result<Vec<String>, Cause> {
    // The kind of a table is not asked for: MariaDB would have to open each of them.
    mysql.all(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
         ORDER BY table_name",
        &[],
        |row| text(row, 0),
    )
}

pub(super) fn columns(mysql: &Mysql, table: &str) -> Result<Vec<Column>, Cause> {
    let description = Description::read(mysql, &[table])?;
    Ok(description.columns_of(table))
}

/// Whether the tables are the ones that Django and DRF make: one round trip instead of a look
/// at every table for its foreign keys.
pub(super) fn has_default_layout(mysql: &Mysql) -> Result<bool, Cause> {
    let description = Description::read(mysql, &[DEFAULT_USER_TABLE, TOKEN_TABLE])?;
    let by_name = |mut columns: Vec<Column>| {
        columns.sort_by(|one, other| one.name.cmp(&other.name));
        columns
    };
    let users = by_name(description.columns_of(DEFAULT_USER_TABLE));
    let tokens = by_name(description.columns_of(TOKEN_TABLE));
    let token = |name: &str, kind| Column {
        name: name.to_owned(),
        kind,
        not_null: true,
        has_default: false,
        is_key: name == "key",
        is_unique: name == "user_id",
    };
    let default_tokens = [
        token("created", Kind::DateTime),
        token("key", Kind::Text(Some(40))),
        token(
            "user_id",
            Kind::Integer {
                bytes: 4,
                unsigned: false,
            },
        ),
    ];
    let reference = ForeignKey {
        table: TOKEN_TABLE.to_owned(),
        column: "user_id".to_owned(),
        to: DEFAULT_USER_TABLE.to_owned(),
    };
    Ok(users == by_name(UserTable::default_table().columns)
        && tokens == default_tokens
        && description.foreign_keys.contains(&reference))
}

pub(super) fn foreign_keys(mysql: &Mysql) -> Result<Vec<ForeignKey>, Cause> {
    mysql.all(
        "SELECT table_name, max(column_name), max(referenced_table_name) \
         FROM information_schema.key_column_usage \
         WHERE table_schema = DATABASE() AND referenced_table_schema = DATABASE() \
         GROUP BY table_name, constraint_name HAVING count(*) = 1 \
         ORDER BY table_name, constraint_name",
        &[],
        |row| {
            Ok(ForeignKey {
                table: text(row, 0)?,
                column: text(row, 1)?,
                to: text(row, 2)?,
            })
        },
    )
}

pub(super) fn tables_with_column(mysql: &Mysql, column: &str) -> Result<Vec<String>, Cause> {
    mysql.all(
        "SELECT c.table_name FROM information_schema.columns AS c \
         JOIN information_schema.tables AS t \
         ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
         WHERE c.table_schema = DATABASE() AND c.column_name = ? \
         AND t.table_type = 'BASE TABLE' ORDER BY c.table_name",
        &[Value::Text(column.to_owned())],
        |row| text(row, 0),
    )
}

/// Whether no trigger can change what is written to a table. A role without the right to create
/// triggers sees none, and there is no telling.
pub(super) fn has_certainly_no_triggers(mysql: &Mysql, table: &str) -> Result<bool, Cause> {
    let grantee = "CONCAT('\\'', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '\\'@\\'', \
                   SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '\\'')";
    mysql.exists(
        &format!(
            "SELECT 1 FROM DUAL WHERE NOT EXISTS ( \
                 SELECT 1 FROM information_schema.triggers \
                 WHERE event_object_schema = DATABASE() AND event_object_table = ?) \
             AND 'TRIGGER' IN ( \
                 SELECT privilege_type FROM information_schema.user_privileges \
                 WHERE grantee = {grantee} \
                 UNION ALL SELECT privilege_type FROM information_schema.schema_privileges \
                 WHERE grantee = {grantee} AND REPLACE(table_schema, '\\\\', '') = DATABASE() \
                 UNION ALL SELECT privilege_type FROM information_schema.table_privileges \
                 WHERE grantee = {grantee} AND table_schema = DATABASE() AND table_name = ?)"
        ),
        &[Value::Text(table.to_owned()), Value::Text(table.to_owned())],
    )
}

/// Tables as the catalogue describes them.
#[derive(Default)]
struct Description {
    columns: Vec<(String, Column)>,
    /// The columns that are UNIQUE by themselves, each with its table.
    unique: Vec<(String, String)>,
    /// Foreign keys of one column.
    foreign_keys: Vec<ForeignKey>,
}

impl Description {
    /// Reads everything in one round trip, and notes which of the tables cannot be written to.
    fn read(mysql: &Mysql, tables: &[&str]) -> Result<Self, Cause> {
        let places = places(tables.len());
        let these = format!("table_schema = DATABASE() AND table_name IN ({places})");
        let sql = format!(
            "SELECT 'column', table_name, column_name, data_type, column_type, \
             character_maximum_length, is_nullable = 'NO', column_key = 'PRI', \
             coalesce(column_default, 'NULL') <> 'NULL' OR extra LIKE '%auto_increment%' \
             OR extra LIKE '%GENERATED%' \
             FROM information_schema.columns WHERE {these} ORDER BY ordinal_position; \
             SELECT 'unique', table_name, max(column_name) FROM information_schema.statistics \
             WHERE {these} AND non_unique = 0 AND index_name <> 'PRIMARY' \
             GROUP BY table_name, index_name \
             HAVING count(*) = 1 AND max(sub_part) IS NULL AND max(column_name) IS NOT NULL; \
             SELECT 'foreign key', table_name, max(column_name), max(referenced_table_name) \
             FROM information_schema.key_column_usage \
             WHERE {these} AND referenced_table_schema = DATABASE() \
             GROUP BY table_name, constraint_name HAVING count(*) = 1; \
             SELECT 'no transactions', t.table_name, t.engine \
             FROM information_schema.tables AS t \
             JOIN information_schema.engines AS e ON e.engine = t.engine \
             WHERE {these} AND coalesce(e.transactions, 'NO') <> 'YES'"
        );
        let names = tables.iter().map(|table| Value::Text((*table).to_owned()));
        let values: Vec<Value> = (0..4).flat_map(|_| names.clone()).collect();
        let mut found = Self::default();
        let mut without_transactions = Vec::new();
        mysql.query(&sql, &values, &mut |row| {
            let table = text(row, 1)?;
            let name = text(row, 2)?;
            match text(row, 0)?.as_str() {
                "column" => found.columns.push((
                    table,
                    Column {
                        name,
                        kind: kind(&text(row, 3)?, &text(row, 4)?, &row.get(5)?),
                        not_null: rows::integer(&row.get(6)?) == 1,
                        is_key: rows::integer(&row.get(7)?) == 1,
                        has_default: rows::integer(&row.get(8)?) == 1,
                        // The indexes come behind the columns.
                        is_unique: false,
                    },
                )),
                "unique" => found.unique.push((table, name)),
                "foreign key" => found.foreign_keys.push(ForeignKey {
                    table,
                    column: name,
                    to: text(row, 3)?,
                }),
                _ => without_transactions.push((table, name)),
            }
            Ok(())
        })?;
        mysql.without_transactions.replace(without_transactions);
        Ok(found)
    }

    fn columns_of(&self, table: &str) -> Vec<Column> {
        // The server decides whether the case of a table's name counts.
        let is_of = |name: &str| name.eq_ignore_ascii_case(table);
        self.columns
            .iter()
            .filter(|(name, _)| is_of(name))
            .map(|(_, column)| Column {
                is_unique: self
                    .unique
                    .iter()
                    .any(|(name, unique)| is_of(name) && *unique == column.name),
                ..column.clone()
            })
            .collect()
    }
}

/// What a column holds.
fn kind(data_type: &str, column_type: &str, length: &Cell<'_>) -> Kind {
    let length = match length {
        Cell::Integer(length) => usize::try_from(*length).ok(),
        _ => None,
    };
    let integer = |bytes| Kind::Integer {
        bytes,
        unsigned: column_type.contains("unsigned"),
    };
    match data_type {
        // Django's BooleanField.
        "tinyint" if column_type.starts_with("tinyint(1)") => Kind::Boolean,
        "tinyint" => integer(1),
        "smallint" => integer(2),
        "mediumint" => integer(3),
        "int" => integer(4),
        "bigint" => integer(8),
        "float" | "double" | "decimal" => Kind::Number,
        "uuid" => Kind::Uuid { is_native: true },
        // Django declares a CharField as a varchar, and only a UUIDField so.
        "char" if length == Some(32) => Kind::Uuid { is_native: false },
        "char" | "varchar" => Kind::Text(length),
        "tinytext" | "text" | "mediumtext" | "longtext" => Kind::Text(None),
        "datetime" | "timestamp" => Kind::DateTime,
        "date" => Kind::Date,
        "time" => Kind::Time,
        _ => Kind::Other(column_type.to_owned()),
    }
}

fn text(row: &dyn Row, column: usize) -> Result<String, Cause> {
    Ok(rows::text(row.get(column)?).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_in_djangos_terms() {
        let whole = |bytes, unsigned| Kind::Integer { bytes, unsigned };
        for (data_type, column_type, length, expected) in [
            ("tinyint", "tinyint(1)", None, Kind::Boolean),
            ("int", "int(11)", None, whole(4, false)),
            ("int", "int", None, whole(4, false)),
            ("bigint", "bigint(20) unsigned", None, whole(8, true)),
            ("varchar", "varchar(150)", Some(150), Kind::Text(Some(150))),
            (
                "char",
                "char(32)",
                Some(32),
                Kind::Uuid { is_native: false },
            ),
            ("uuid", "uuid", None, Kind::Uuid { is_native: true }),
            ("longtext", "longtext", Some(1 << 32), Kind::Text(None)),
            ("datetime", "datetime(6)", None, Kind::DateTime),
            ("json", "json", None, Kind::Other("json".to_owned())),
        ] {
            let length = length.map_or(Cell::Null, Cell::Integer);
            assert_eq!(kind(data_type, column_type, &length), expected);
        }
    }
}
