//! What PostgreSQL says of tables, columns and references, from `pg_catalog`: the standard's
//! `information_schema` hides from a role what it has few rights on. A name means what it means
//! in a statement: the first table of that name on the `search_path`.

use tokio_postgres::types::Type;

use super::Postgres;
use crate::db::engine::{Cell, Column, ForeignKey, Kind, Queries as _, Row, Value};
use crate::db::error::Cause;
use crate::db::rows;
use crate::db::user_table::UserTable;
use crate::django::schema::{DEFAULT_USER_TABLE, TOKEN_TABLE};

/// Tables that an unqualified name reaches, other than PostgreSQL's own.
const OWN_TABLES: &str = "c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) \
     AND c.relnamespace <> 'pg_catalog'::regnamespace";

impl Postgres {
    pub(super) fn has_row(&self, sql: &str, names: &[&str]) -> Result<bool, Cause> {
        Ok(!self.read_all(sql, names, |_| Ok(()))?.is_empty())
    }

    fn read_all<T>(
        &self,
        sql: &str,
        names: &[&str],
        read: impl FnMut(&dyn Row) -> Result<T, Cause>,
    ) -> Result<Vec<T>, Cause> {
        let names: Vec<Value> = names
            .iter()
            .map(|name| Value::Text((*name).to_owned()))
            .collect();
        self.all(sql, &names, read)
    }
}

pub(super) fn has_table(postgres: &Postgres, table: &str) -> Result<bool, Cause> {
    postgres.has_row(
        "SELECT 1 FROM pg_class WHERE oid = to_regclass(quote_ident(?)) \
         AND relkind IN ('r', 'p')",
        &[table],
    )
}

pub(super) fn can_read(postgres: &Postgres, table: &str) -> Result<bool, Cause> {
    postgres.has_row(
        "SELECT 1 WHERE has_table_privilege(to_regclass(quote_ident(?)), 'SELECT')",
        &[table],
    )
}

pub(super) fn table_names(postgres: &Postgres) -> Result<Vec<String>, Cause> {
    postgres.read_all(
        &format!(
            "SELECT c.relname FROM pg_class AS c WHERE {OWN_TABLES} \
             AND c.relnamespace <> 'information_schema'::regnamespace ORDER BY c.relname COLLATE \"C\""
        ),
        &[],
        |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
    )
}

pub(super) fn columns(postgres: &Postgres, table: &str) -> Result<Vec<Column>, Cause> {
    // A partial index, one on an expression, or one that is still being built does not make a
    // column unique. Django's positive integers are integers with a rule.
    postgres.read_all(
        "SELECT a.attname, b.typname, \
             CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, \
             format_type(a.atttypid, a.atttypmod), \
             a.attnotnull, a.atthasdef OR a.attidentity <> '', \
             EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid \
                 AND i.indisprimary AND a.attnum = ANY (i.indkey)), \
             EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid \
                 AND i.indisunique AND NOT i.indisprimary AND i.indisvalid \
                 AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum), \
             EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conrelid = a.attrelid \
                 AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum] \
                 AND pg_get_constraintdef(k.oid) LIKE 'CHECK ((% >= 0))') \
         FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid \
             JOIN pg_type AS b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
         WHERE a.attrelid = to_regclass(quote_ident(?)) AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY a.attnum",
        &[table],
        |row| {
            let text = |column| row.get(column).map(|cell| rows::text(cell).unwrap_or_default());
            let is = |column| Ok::<_, Cause>(row.get(column)? == Cell::Boolean(true));
            let modifier = rows::integer(&row.get(2)?);
            Ok(Column {
                name: text(0)?,
                kind: kind(&text(1)?, modifier, text(3)?, is(8)?),
                not_null: is(4)?,
                has_default: is(5)?,
                is_key: is(6)?,
                is_unique: is(7)?,
            })
        },
    )
}

/// Whether the tables are, to the letter, the ones that Django and DRF make: finding that out by
/// the other questions takes half of the time of a short command.
pub(super) fn has_default_layout(postgres: &Postgres) -> Result<bool, Cause> {
    // Nothing to join or to sort: planning that takes longer than running it.
    let users = format!("to_regclass('{DEFAULT_USER_TABLE}')");
    let tokens = format!("to_regclass('{TOKEN_TABLE}')");
    let mut found = postgres.read_all(
        &format!(
            "SELECT concat_ws(' ', attrelid = {users}, attname, atttypid, atttypmod, attnotnull, \
                 atthasdef OR attidentity <> '') \
             FROM pg_attribute WHERE attrelid IN ({users}, {tokens}) \
                 AND attnum > 0 AND NOT attisdropped \
             UNION ALL SELECT concat_ws(' ', 'index', indisprimary, indkey, indisvalid, \
                 indpred IS NULL) \
             FROM pg_index WHERE indrelid = {users} AND indisunique \
             UNION ALL SELECT concat_ws(' ', 'reference', conkey, confrelid = {users}, confkey) \
             FROM pg_constraint WHERE conrelid = {tokens} AND contype = 'f'"
        ),
        &[],
        |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
    )?;
    let mut default = default_layout();
    found.sort();
    default.sort();
    Ok(found == default)
}

/// Django's and DRF's tables, as the query above writes them.
fn default_layout() -> Vec<String> {
    let letter = |is| if is { 't' } else { 'f' };
    let column = |is_user, name: &str, kind: &Kind, not_null, has_default| {
        let kind = match kind {
            Kind::Boolean => format!("{} -1", Type::BOOL.oid()),
            Kind::Integer { .. } => format!("{} -1", Type::INT4.oid()),
            Kind::DateTime => format!("{} -1", Type::TIMESTAMPTZ.oid()),
            // The modifier of a length counts four bytes more.
            Kind::Text(Some(width)) => format!("{} {}", Type::VARCHAR.oid(), width + 4),
            _ => String::new(),
        };
        format!(
            "{} {name} {kind} {} {}",
            letter(is_user),
            letter(not_null),
            letter(has_default)
        )
    };
    let users = UserTable::default_table().columns;
    let mut layout: Vec<String> = users
        .iter()
        .map(|user| {
            column(
                true,
                &user.name,
                &user.kind,
                user.not_null,
                user.has_default,
            )
        })
        .collect();
    let user_id = Kind::Integer {
        bytes: 4,
        unsigned: false,
    };
    for (name, kind) in [
        ("key", Kind::Text(Some(40))),
        ("created", Kind::DateTime),
        ("user_id", user_id),
    ] {
        layout.push(column(false, name, &kind, true, false));
    }
    // The primary key is the first column; the fifth, `username`, is UNIQUE.
    layout.extend(["index t 1 t t", "index f 5 t t"].map(str::to_owned));
    // `user_id` is the third and refers to the first.
    layout.push("reference {3} t {1}".to_owned());
    layout
}

/// What a type means.
fn kind(name: &str, modifier: i64, declared: String, unsigned: bool) -> Kind {
    let integer = |bytes| Kind::Integer { bytes, unsigned };
    match name {
        "bool" => Kind::Boolean,
        "int2" => integer(2),
        "int4" => integer(4),
        "int8" => integer(8),
        "float4" | "float8" | "numeric" => Kind::Number,
        "varchar" | "bpchar" => Kind::Text(usize::try_from(modifier - 4).ok()),
        "text" | "citext" => Kind::Text(None),
        "uuid" => Kind::Uuid { is_native: true },
        "timestamptz" | "timestamp" => Kind::DateTime,
        "date" => Kind::Date,
        "time" | "timetz" => Kind::Time,
        _ => Kind::Other(declared),
    }
}

pub(super) fn foreign_keys(postgres: &Postgres) -> Result<Vec<ForeignKey>, Cause> {
    // The partitions of a table repeat its keys.
    postgres.read_all(
        &format!(
            "SELECT c.relname, a.attname, r.relname FROM pg_constraint AS k \
                 JOIN pg_class AS c ON c.oid = k.conrelid \
                 JOIN pg_class AS r ON r.oid = k.confrelid \
                 JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] \
             WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND k.conparentid = 0 \
                 AND {OWN_TABLES} ORDER BY c.relname COLLATE \"C\", k.conkey"
        ),
        &[],
        |row| {
            let text = |column| {
                row.get(column)
                    .map(|cell| rows::text(cell).unwrap_or_default())
            };
            Ok(ForeignKey {
                table: text(0)?,
                column: text(1)?,
                to: text(2)?,
            })
        },
    )
}

pub(super) fn tables_with_column(postgres: &Postgres, column: &str) -> Result<Vec<String>, Cause> {
    postgres.read_all(
        &format!(
            "SELECT c.relname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
             WHERE a.attname = ? AND a.attnum > 0 AND NOT a.attisdropped \
                 AND NOT c.relispartition AND {OWN_TABLES} ORDER BY c.relname COLLATE \"C\""
        ),
        &[column],
        |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
    )
}

/// Whether a trigger or a rule of the project's own may change what is written to a table.
pub(super) fn has_triggers(postgres: &Postgres, table: &str) -> Result<bool, Cause> {
    postgres.has_row(
        "SELECT 1 FROM pg_class AS c WHERE c.oid = to_regclass(quote_ident(?)) \
         AND (c.relhasrules OR c.relkind NOT IN ('r', 'p') OR EXISTS ( \
             SELECT 1 FROM pg_trigger AS t WHERE t.tgrelid = c.oid \
             AND NOT t.tgisinternal AND t.tgenabled <> 'D'))",
        &[table],
    )
}
