//! Users who are meant by what is true of them: the one place where a [`Selection`] becomes SQL,
//! so that a list shows what a command with the same filters acts on.

use super::database::{Database, Transaction};
use super::engine::{Queries as _, Value};
use super::error::{Cause, Error};
use super::model::{Selection, TokenFilter, TokenHolder, UserId};
use super::rows;
use crate::django::schema::TOKEN_TABLE;

/// A selection as SQL, in which the user table is called `u` and the token table `t`.
pub(super) struct Selected {
    /// What stands behind FROM.
    pub(super) from: String,
    /// What stands behind WHERE.
    pub(super) conditions: String,
    /// The values.
    pub(super) values: Vec<Value>,
}

impl Selected {
    pub(super) fn new(tx: &Transaction<'_>, selection: &Selection) -> Result<Self, Cause> {
        let users = tx.users;
        let dialect = tx.engine.dialect();
        let join = if selection.token == TokenFilter::With {
            "JOIN"
        } else {
            "LEFT JOIN"
        };
        let mut selected = Self {
            from: tx.sql(&format!(
                "{{users}} AS u {join} {TOKEN_TABLE} AS t ON t.user_id = u.{{id}}"
            )),
            conditions: "TRUE".to_owned(),
            values: Vec::new(),
        };
        let column = |name: &str| -> Result<String, Cause> {
            users.require(name)?;
            Ok(format!("u.{}", dialect.quoted(name)))
        };
        // Times are compared as times, since not all text that Django reads sorts as it writes.
        let before =
            |column: &str| format!("{} < {}", dialect.time_of(column), dialect.time_of("?"));
        if selection.token == TokenFilter::Without {
            selected.and(&tx.sql("t.{key} IS NULL"));
        }
        if let Some(time) = selection.created_before {
            selected.and(&before("t.created"));
            selected.values.push(Value::Time(time));
        }
        if let Some(time) = selection.last_login_before {
            selected.and(&before(&column("last_login")?));
            selected.values.push(Value::Time(time));
        }
        if selection.never_logged_in {
            selected.and(&format!("{} IS NULL", column("last_login")?));
        }
        match selection.is_active {
            Some(true) if users.has("is_active") => selected.and(&column("is_active")?),
            Some(false) if users.has("is_active") => {
                selected.and(&format!("NOT {}", column("is_active")?));
            }
            // Without the column everybody is active.
            Some(false) => selected.and("FALSE"),
            _ => {}
        }
        if selection.is_staff {
            selected.and(&column("is_staff")?);
        }
        if selection.is_superuser {
            selected.and(&column("is_superuser")?);
        }
        if let Some(pattern) = &selection.username {
            let (condition, pattern) = dialect.glob(&column(&users.username_field)?, pattern);
            selected.and(&condition);
            selected.values.push(Value::Text(pattern));
        }
        if let Some(group) = &selection.group {
            let relation = tx.memberships()?;
            selected.and(&tx.relation_sql(
                &relation,
                "u.{id} IN (SELECT m.{user} FROM {relation} AS m \
                 JOIN auth_group AS g ON g.id = m.{other} WHERE g.name = ?)",
            ));
            selected.values.push(Value::Text(group.clone()));
        }
        Ok(selected)
    }

    /// Leaves out the users up to `after`, by the primary key.
    fn begin_behind(&mut self, after: &UserId, tx: &Transaction<'_>) {
        self.and(&tx.sql("u.{id} > ?"));
        self.values.push(after.to_value());
        // Else PostgreSQL, which merges both tables in the order of the users, reads all the
        // tokens up to there for every page. Text could be sorted otherwise in the other table.
        if !matches!(after, UserId::Text(_)) {
            self.from.push_str(" AND t.user_id > ?");
            self.values.insert(0, after.to_value());
        }
    }

    /// Adds a condition.
    pub(super) fn and(&mut self, condition: &str) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
    }
}

impl Database {
    /// How many users are selected.
    pub fn count(&self, selection: &Selection) -> Result<u64, Error> {
        self.read(|tx| {
            let selected = Selected::new(tx, selection)?;
            let sql = format!(
                "SELECT count(*) FROM {} WHERE {}",
                selected.from, selected.conditions
            );
            tx.engine.count(&sql, &selected.values)
        })
    }
}

impl Transaction<'_> {
    /// The selected users behind `after` in the order of their primary keys, with their tokens,
    /// at most `limit`.
    pub(super) fn selected(
        &self,
        selection: &Selection,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<TokenHolder>, Cause> {
        let mut selected = Selected::new(self, selection)?;
        if let Some(after) = after {
            selected.begin_behind(after, self);
        }
        let sql = self.sql_with(
            "SELECT {user_columns}, t.{key}, t.created FROM {from} WHERE {conditions} \
             ORDER BY u.{id} LIMIT {limit}",
            &[
                ("from", &selected.from),
                ("conditions", &selected.conditions),
                ("limit", &limit.to_string()),
            ],
        );
        let mut holders: Vec<TokenHolder> = Vec::new();
        self.engine.query(&sql, &selected.values, &mut |row| {
            let holder = rows::holder(row, self.users)?;
            // Else a damaged index would be walked through in a circle.
            let last = holders.last().map(|last| &last.user.id).or(after);
            if let (Some(UserId::Integer(last)), UserId::Integer(id)) = (last, &holder.user.id)
                && last >= id
            {
                return Err(Cause::Corrupt(format!(
                    "the primary key of table `{}` is out of order",
                    self.users.name
                )));
            }
            holders.push(holder);
            Ok(())
        })?;
        Ok(holders)
    }
}
