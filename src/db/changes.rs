//! Changing a user who exists, and deleting users.

use super::database::{Database, Stop, Transaction};
use super::engine::{ForeignKey, Queries as _, Value};
use super::error::{Cause, Error};
use super::model::{
    Deletion, Fields, Group, References, TokenHolder, User, UserChange, UserId, WantedUser,
};
use crate::django::schema::TOKEN_TABLE;
use uuid::Uuid;

/// What is to change about a user. What is not named stays.
#[derive(Debug)]
pub struct UserChanges<'a> {
    /// The new name, in the form that is stored.
    pub username: Option<&'a str>,
    /// The columns that were named.
    pub fields: &'a Fields,
    /// Values for columns that only this server's user model has, by their names.
    pub extra: &'a [(String, String)],
    /// The groups to join.
    pub join: &'a [Group],
    /// The groups to leave.
    pub leave: &'a [Group],
    /// Whether the token goes.
    pub revoke_token: bool,
}

/// What came of changing a user.
#[derive(Debug)]
pub struct ChangedUser {
    /// The user as now stored.
    pub user: User,
    /// What was changed.
    pub change: UserChange,
    /// The token that was revoked or, if none was to be, the one that the user has.
    pub token: TokenHolder,
}

impl Database {
    /// How many superusers the server lets in.
    pub fn active_superusers(&self) -> Result<u64, Error> {
        self.read(|tx| {
            if !tx.users.has("is_superuser") {
                return Ok(0);
            }
            let active = if tx.users.has("is_active") {
                "AND {is_active}"
            } else {
                ""
            };
            let count = tx.first(
                &format!(
                    "SELECT count(*) FROM {{users}} AS u \
                     WHERE {{is_superuser}} {active}"
                ),
                &[],
                |row| Ok(super::rows::integer(&row.get(0)?).unsigned_abs()),
            )?;
            Ok(count.unwrap_or_default())
        })
    }

    /// Changes a user, in one transaction; `None` if the user no longer exists.
    pub fn update_user(
        &mut self,
        user: &UserId,
        changes: &UserChanges<'_>,
    ) -> Result<Option<ChangedUser>, Error> {
        self.write(
            |tx| Ok::<_, Stop<Error>>(tx.change_user(user, changes)?),
            |tx, outcome: &Option<ChangedUser>| match outcome {
                None => Ok(true),
                Some(outcome) => {
                    let wanted = changes.wanted(&outcome.user.username);
                    let is_revoked = !changes.revoke_token || tx.token(&outcome.user.id)?.is_none();
                    Ok(is_revoked && tx.differing(&outcome.user, &wanted)?.is_empty())
                }
            },
        )
    }

    /// Deletes users with their tokens and their many-to-many relations, all or none: none
    /// where rows of other tables refer to one of them.
    pub fn delete_users(&mut self, users: &[User]) -> Result<Vec<Deletion>, Error> {
        self.write(
            |tx| {
                let mut deletions = Vec::with_capacity(users.len());
                for user in users {
                    deletions.push(Deletion {
                        user: user.clone(),
                        references: tx.references_to(&user.id)?,
                    });
                }
                if deletions.iter().all(|one| one.references.rows.is_empty()) {
                    for user in users {
                        tx.delete_user(&user.id)?;
                    }
                }
                Ok::<_, Stop<Error>>(deletions)
            },
            |tx, deletions: &Vec<Deletion>| {
                if deletions.iter().any(|one| !one.references.rows.is_empty()) {
                    return Ok(true);
                }
                for user in users {
                    if tx.user_of_id(&user.id)?.is_some() {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }
}

impl UserChanges<'_> {
    fn wanted<'a>(&'a self, username: &'a str) -> WantedUser<'a> {
        WantedUser {
            username,
            fields: self.fields,
            extra: self.extra,
            groups: self.join,
            names_groups: false,
            uuid: Uuid::nil(),
            token: None,
        }
    }
}

impl Transaction<'_> {
    fn change_user(
        &self,
        id: &UserId,
        changes: &UserChanges<'_>,
    ) -> Result<Option<ChangedUser>, Cause> {
        let Some(user) = self.user_of_id(id)? else {
            return Ok(None);
        };
        let wanted = changes.wanted(&user.username);
        let UserChange::Updated(mut columns) = self.update_user(&user, &wanted)? else {
            return Ok(None);
        };
        if let Some(username) = changes.username
            && username != user.username
        {
            let values = [Value::Text(username.to_owned()), id.to_value()];
            self.execute("UPDATE {users} SET {username} = ? WHERE {id} = ?", &values)?;
            columns.push(self.users.username_field.clone());
        }
        if self.change_groups(id, changes.join, changes.leave)? {
            columns.push("groups".to_owned());
        }
        let mut holder = TokenHolder {
            user: user.clone(),
            token: self.token(id)?,
        };
        if changes.revoke_token {
            self.delete_tokens(std::slice::from_ref(&holder))?;
        }
        // What is reported has been read back.
        let not_kept = || Cause::NotKept(self.users.name.clone());
        let stored = self.user_of_id(id)?.ok_or_else(not_kept)?;
        let is_renamed = changes
            .username
            .is_none_or(|username| stored.username == username);
        if !is_renamed || !self.differing(&stored, &wanted)?.is_empty() {
            return Err(not_kept());
        }
        holder.user = stored.clone();
        Ok(Some(ChangedUser {
            user: stored,
            change: UserChange::Updated(columns),
            token: holder,
        }))
    }

    /// The rows of other tables that refer to a user and would be left behind, by table. What
    /// belongs to the user alone does not count: the token and many-to-many relations.
    pub(super) fn references_to(&self, user: &UserId) -> Result<References, Cause> {
        let own: Vec<String> = self
            .relations()?
            .into_iter()
            .map(|relation| relation.table)
            .collect();
        let mut references = References::default();
        for key in self.keys_to_users()? {
            if key.table == TOKEN_TABLE || own.contains(&key.table) {
                continue;
            }
            if !self.engine.can_read(&key.table)? {
                if !references.unreadable.contains(&key.table) {
                    references.unreadable.push(key.table);
                }
                continue;
            }
            let count = self.count_references(&key, user)?;
            let mut rows = references.rows.iter_mut();
            match rows.find(|(table, _)| *table == key.table) {
                _ if count == 0 => {}
                Some((_, sum)) => *sum += count,
                None => references.rows.push((key.table, count)),
            }
        }
        Ok(references)
    }

    fn keys_to_users(&self) -> Result<Vec<ForeignKey>, Cause> {
        let mut keys = self.engine.foreign_keys()?;
        keys.retain(|key| key.to.eq_ignore_ascii_case(&self.users.name));
        Ok(keys)
    }

    fn count_references(&self, key: &ForeignKey, user: &UserId) -> Result<u64, Cause> {
        let sql = self.sql_with(
            "SELECT count(*) FROM {table} WHERE {column} = ?",
            &[
                ("table", &self.quoted(&key.table)),
                ("column", &self.quoted(&key.column)),
            ],
        );
        self.engine.count(&sql, &[user.to_value()])
    }

    fn delete_user(&self, user: &UserId) -> Result<(), Cause> {
        let id = [user.to_value()];
        for relation in self.relations()? {
            let sql = self.relation_sql(&relation, "DELETE FROM {relation} WHERE {user} = ?");
            self.engine.execute(&sql, &id)?;
        }
        if self.engine.has_table(TOKEN_TABLE)? {
            self.execute("DELETE FROM authtoken_token WHERE user_id = ?", &id)?;
        }
        self.execute("DELETE FROM {users} WHERE {id} = ?", &id)?;
        if self.user_of_id(user)?.is_some() {
            return Err(Cause::NotKept(self.users.name.clone()));
        }
        Ok(())
    }
}
