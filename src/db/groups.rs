//! Groups, and the table that says which users are in them: Django's own, or the one of a custom
//! user model, found by its foreign keys.

use std::collections::BTreeMap;

use super::database::{Database, Transaction};
use super::engine::{Value, places};
use super::error::{Cause, Error};
use super::model::{Group, UserId};
use super::rows;
use super::tokens::MOST_VALUES;

/// The table of Django's groups.
const GROUP_TABLE: &str = "auth_group";

/// The table of a many-to-many relation between the users and something else.
pub(super) struct Relation {
    /// Its name.
    pub(super) table: String,
    /// The column that refers to the user.
    pub(super) user: String,
    /// The column that refers to the other side.
    pub(super) other: String,
    /// The table of the other side.
    pub(super) to: String,
}

impl Database {
    /// The group of exactly that name, as the database compares names.
    pub fn group(&self, name: &str) -> Result<Option<Group>, Error> {
        self.read(|tx| {
            tx.memberships()?;
            tx.first(
                "SELECT g.id, g.name FROM auth_group AS g WHERE g.name = ?",
                &[Value::Text(name.to_owned())],
                |row| {
                    Ok(Group {
                        id: rows::integer(&row.get(0)?),
                        name: rows::text(row.get(1)?).unwrap_or_default(),
                    })
                },
            )
        })
    }

    /// The names of all groups, sorted; empty where there is no table of them.
    pub fn group_names(&self) -> Result<Vec<String>, Error> {
        self.read(|tx| {
            if !tx.engine.has_table(GROUP_TABLE)? {
                return Ok(Vec::new());
            }
            tx.all(
                "SELECT g.name FROM auth_group AS g ORDER BY g.name",
                &[],
                |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
            )
        })
    }

    /// The names of a user's groups, sorted; empty where the user model has none.
    pub fn groups_of(&self, user: &UserId) -> Result<Vec<String>, Error> {
        self.read(|tx| tx.groups_of(user))
    }
}

impl Transaction<'_> {
    /// The many-to-many relations of the users: tables of a number and two references.
    pub(super) fn relations(&self) -> Result<Vec<Relation>, Cause> {
        let keys = self.engine.foreign_keys()?;
        let mut relations = Vec::new();
        for key in &keys {
            if !key.to.eq_ignore_ascii_case(&self.users.name) || key.table == self.users.name {
                continue;
            }
            let mut others = keys
                .iter()
                .filter(|other| other.table == key.table && other.column != key.column);
            let (Some(other), None) = (others.next(), others.next()) else {
                continue;
            };
            if self.engine.columns(&key.table)?.len() == 3 {
                relations.push(Relation {
                    table: key.table.clone(),
                    user: key.column.clone(),
                    other: other.column.clone(),
                    to: other.to.clone(),
                });
            }
        }
        Ok(relations)
    }

    /// The relation of users and groups.
    pub(super) fn memberships(&self) -> Result<Relation, Cause> {
        let relations = self.relations()?;
        relations
            .into_iter()
            .find(|relation| relation.to == GROUP_TABLE)
            .ok_or_else(|| Cause::NoGroups(self.users.name.clone()))
    }

    pub(super) fn groups_of(&self, user: &UserId) -> Result<Vec<String>, Cause> {
        let mut groups = self.groups_of_each(std::slice::from_ref(user))?;
        Ok(groups.remove(user).unwrap_or_default())
    }

    /// The names of the groups of several users, sorted; nothing of users who are in none.
    pub(super) fn groups_of_each(
        &self,
        users: &[UserId],
    ) -> Result<BTreeMap<UserId, Vec<String>>, Cause> {
        let mut found: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
        let relation = match self.memberships() {
            Ok(relation) => relation,
            Err(Cause::NoGroups(_)) => return Ok(found),
            Err(cause) => return Err(cause),
        };
        for users in users.chunks(MOST_VALUES) {
            let values: Vec<Value> = users.iter().map(UserId::to_value).collect();
            let sql = self.relation_sql(
                &relation,
                &format!(
                    "SELECT m.{{user}}, g.name FROM {{relation}} AS m \
                     JOIN auth_group AS g ON g.id = m.{{other}} WHERE m.{{user}} IN ({}) \
                     ORDER BY g.name",
                    places(values.len())
                ),
            );
            self.engine.query(&sql, &values, &mut |row| {
                let user = rows::user_id(row.get(0)?, self.users);
                let name = rows::text(row.get(1)?).unwrap_or_default();
                found.entry(user).or_default().push(name);
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Whether a user is in all of these groups.
    pub(super) fn has_joined(&self, user: &UserId, groups: &[Group]) -> Result<bool, Cause> {
        if groups.is_empty() {
            return Ok(true);
        }
        let joined = self.groups_of(user)?;
        Ok(groups.iter().all(|group| joined.contains(&group.name)))
    }

    /// Puts a user into groups and takes the user out of others; true if that changed anything.
    pub(super) fn change_groups(
        &self,
        user: &UserId,
        join: &[Group],
        leave: &[Group],
    ) -> Result<bool, Cause> {
        if join.is_empty() && leave.is_empty() {
            return Ok(false);
        }
        let relation = self.memberships()?;
        let before = self.groups_of(user)?;
        let is_in = |group: &Group| before.contains(&group.name);
        let mut has_changed = false;
        for group in leave.iter().filter(|group| is_in(group)) {
            let sql = self.relation_sql(
                &relation,
                "DELETE FROM {relation} WHERE {user} = ? AND {other} = ?",
            );
            self.engine
                .execute(&sql, &[user.to_value(), Value::Integer(group.id)])?;
            has_changed = true;
        }
        for group in join.iter().filter(|group| !is_in(group)) {
            self.engine.insert_or_ignore(
                &relation.table,
                &[&relation.user, &relation.other],
                &[vec![user.to_value(), Value::Integer(group.id)]],
            )?;
            has_changed = true;
        }
        let after = self.groups_of(user)?;
        let is_kept = join.iter().all(|group| after.contains(&group.name))
            && !leave.iter().any(|group| after.contains(&group.name));
        if is_kept {
            Ok(has_changed)
        } else {
            Err(Cause::NotKept(relation.table))
        }
    }

    /// Fills `{relation}`, `{user}` and `{other}` with the names of a relation.
    pub(super) fn relation_sql(&self, relation: &Relation, template: &str) -> String {
        self.sql_with(
            template,
            &[
                ("relation", &self.quoted(&relation.table)),
                ("user", &self.quoted(&relation.user)),
                ("other", &self.quoted(&relation.other)),
            ],
        )
    }
}
