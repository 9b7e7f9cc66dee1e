//! The rows of the user table: looking users up, and making them as they are wanted.

use std::cell::Cell;
use std::time::Instant;

use jiff::Timestamp;
use uuid::Uuid;

use super::database::{Database, HOLD, Stop, Transaction};
use super::engine::{Queries as _, Value, places};
use super::error::{Cause, Error};
use super::model::{
    Fields, IfExists, IssuedToken, TokenChange, TokenPolicy, User, UserChange, UserId, UserOutcome,
    WantedUser,
};
use super::new_user::{self, Given};
use super::{issue, rows};

impl UserId {
    /// The primary key as a value of a statement.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Integer(id) => Value::Integer(*id),
            Self::Uuid(id) => Value::Uuid(*id),
            Self::Text(id) => Value::Text(id.clone()),
        }
    }
}

/// Why users could not be ensured.
#[derive(Debug)]
pub struct NotEnsured<E> {
    /// The reason.
    pub error: E,
    /// Whose turn it was, by the position in what was wanted; `None` where it was nobody's.
    pub position: Option<usize>,
}

impl Database {
    /// The user of exactly that name, as the server looks one up at a login.
    pub fn user_exactly(&self, username: &str) -> Result<Option<User>, Error> {
        self.read(|tx| tx.find_user(username))
    }

    /// The user of that name: exactly that name, else its normal form.
    pub fn user(&self, username: &str) -> Result<Option<User>, Error> {
        self.read(|tx| {
            if let Some(user) = tx.find_user(username)? {
                return Ok(Some(user));
            }
            let normal = tx.users.stored_username(username);
            if normal == username {
                return Ok(None);
            }
            tx.find_user(&normal)
        })
    }

    /// The columns, but for the name and the key, whose values belong to one user alone. Asked of
    /// the database: a project may have added an index to Django's own table.
    pub fn unique_columns(&self) -> Result<Vec<String>, Error> {
        self.read(|tx| {
            let mut columns = tx.engine.columns(&tx.users.name)?;
            columns.retain(|column| {
                column.is_unique && !column.is_key && !tx.users.logs_in_with(&column.name)
            });
            Ok(columns.into_iter().map(|column| column.name).collect())
        })
    }

    /// Refuses, before anything is hashed or asked, a new user whose row could not be written:
    /// columns that do not exist, and columns without a value that need one. Returns the column
    /// of `unique` whose value another user has, with the name of that user.
    pub fn check_new_user(
        &self,
        fields: &Fields,
        extra: &[(String, String)],
        unique: &[String],
    ) -> Result<Option<(String, String)>, Error> {
        self.read(|tx| {
            let wanted = WantedUser {
                username: "",
                fields,
                extra,
                groups: &[],
                names_groups: false,
                uuid: Uuid::nil(),
                token: None,
            };
            let row = new_user::row(tx, &wanted, Timestamp::UNIX_EPOCH)?;
            for Given { column, value } in row {
                if value == Value::Null || !unique.contains(&column) {
                    continue;
                }
                let holder = tx.first(
                    &tx.sql_with(
                        "SELECT u.{username}{as_text} FROM {users} AS u WHERE u.{column} = ?",
                        &[("column", &tx.quoted(&column))],
                    ),
                    &[value],
                    |row| Ok(rows::text(row.get(0)?).unwrap_or_default()),
                )?;
                if let Some(username) = holder {
                    return Ok(Some((column, username)));
                }
            }
            Ok(None)
        })
    }

    /// Creates users, or does as `if_exists` says with those who exist; with their tokens in
    /// the same transaction. The answer is for the first of them, as many as fit into one
    /// transaction of bounded length; call again with the others. `None` stands for a user who
    /// exists and should not, or does not exist and cannot be created for want of a password.
    ///
    /// `prepare` sees the answer just before the commit that makes it true and may call it off;
    /// where the transaction lost a race, it is called again.
    ///
    /// Where everything is so already, nothing is locked.
    pub fn ensure_users<E: From<Error>>(
        &mut self,
        wanted: &[WantedUser<'_>],
        if_exists: IfExists,
        now: Timestamp,
        prepare: impl FnMut(&[Option<UserOutcome>]) -> Result<(), E>,
    ) -> Result<Vec<Option<UserOutcome>>, NotEnsured<E>> {
        let mut position = None;
        self.ensure_each(wanted, if_exists, now, &mut position, prepare)
            .map_err(|error| NotEnsured { error, position })
    }

    fn ensure_each<E: From<Error>>(
        &mut self,
        wanted: &[WantedUser<'_>],
        if_exists: IfExists,
        now: Timestamp,
        position: &mut Option<usize>,
        mut prepare: impl FnMut(&[Option<UserOutcome>]) -> Result<(), E>,
    ) -> Result<Vec<Option<UserOutcome>>, E> {
        if if_exists == IfExists::Update {
            let found = self.read(|tx| {
                let found = wanted.iter().enumerate().map(|(at, wanted)| {
                    *position = Some(at);
                    Ok(tx.already_so(wanted)?.map(Some))
                });
                let mut found = found.collect::<Result<Option<Vec<_>>, Cause>>()?;
                *position = None;
                if let Some(outcomes) = &mut found {
                    tx.name_groups(wanted, outcomes)?;
                }
                Ok(found)
            })?;
            if let Some(outcomes) = found {
                prepare(&outcomes)?;
                return Ok(outcomes);
            }
        }
        let is_taken = Cell::new(false);
        let mut ensure =
            || self.ensure(wanted, if_exists, now, (position, &is_taken), &mut prepare);
        let done = ensure();
        // Where several can write at once, another may have just created the user.
        if done.is_err() && is_taken.get() {
            ensure()
        } else {
            done
        }
    }

    /// Says with `failed` whose turn it was, and whether the name or another value was taken.
    fn ensure<E: From<Error>>(
        &mut self,
        wanted: &[WantedUser<'_>],
        if_exists: IfExists,
        now: Timestamp,
        failed: (&mut Option<usize>, &Cell<bool>),
        prepare: &mut impl FnMut(&[Option<UserOutcome>]) -> Result<(), E>,
    ) -> Result<Vec<Option<UserOutcome>>, E> {
        let (position, is_taken) = failed;
        self.write(
            |tx| {
                let start = Instant::now();
                let mut outcomes = Vec::with_capacity(wanted.len());
                for (at, wanted) in wanted.iter().enumerate() {
                    *position = Some(at);
                    let outcome = tx.ensure_user(wanted, if_exists, now);
                    is_taken.set(matches!(outcome, Err(Cause::NotUnique(_))));
                    outcomes.push(outcome?);
                    if start.elapsed() > HOLD {
                        break;
                    }
                }
                *position = None;
                tx.name_groups(wanted, &mut outcomes)?;
                prepare(&outcomes).map_err(Stop::Caller)?;
                Ok(outcomes)
            },
            |tx, outcomes| {
                for (wanted, outcome) in wanted.iter().zip(outcomes) {
                    if let Some(outcome) = outcome
                        && !tx.is_as_wanted(wanted, outcome)?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }
}

impl Transaction<'_> {
    /// Fills in the groups of the users of whom they are asked for, with a query for many.
    fn name_groups(
        &self,
        wanted: &[WantedUser<'_>],
        outcomes: &mut [Option<UserOutcome>],
    ) -> Result<(), Cause> {
        let asked = wanted.iter().zip(&*outcomes);
        let ids: Vec<UserId> = asked
            .filter(|(wanted, _)| wanted.names_groups)
            .filter_map(|(_, outcome)| Some(outcome.as_ref()?.user.id.clone()))
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut groups = self.groups_of_each(&ids)?;
        for outcome in outcomes.iter_mut().flatten() {
            outcome.groups = groups.remove(&outcome.user.id).unwrap_or_default();
        }
        Ok(())
    }

    /// The user of exactly that name, as the database compares names.
    pub(super) fn find_user(&self, username: &str) -> Result<Option<User>, Cause> {
        let mut found = self
            .all(
                "SELECT {user_columns} FROM {users} AS u WHERE u.{username} = ?",
                &[Value::Text(username.to_owned())],
                |row| rows::user(row, self.users),
            )?
            .into_iter();
        let user = found.next();
        if found.next().is_some() {
            return Err(Cause::Layout(format!(
                "column `{}` of table `{}` has one name twice",
                self.users.username_field, self.users.name
            )));
        }
        Ok(user)
    }

    /// The user with this primary key.
    pub(super) fn user_of_id(&self, id: &UserId) -> Result<Option<User>, Cause> {
        self.first(
            "SELECT {user_columns} FROM {users} AS u WHERE u.{id} = ?",
            &[id.to_value()],
            |row| rows::user(row, self.users),
        )
    }

    /// The outcome for a user of whom there is nothing to write.
    fn already_so(&self, wanted: &WantedUser<'_>) -> Result<Option<UserOutcome>, Cause> {
        let Some(user) = self.find_user(wanted.username)? else {
            return Ok(None);
        };
        if !self.differing(&user, wanted)?.is_empty()
            || !self.has_joined(&user.id, wanted.groups)?
        {
            return Ok(None);
        }
        let token = match wanted.token {
            None => None,
            Some(_) => match self.token(&user.id)? {
                None => return Ok(None),
                Some(token) => Some(IssuedToken {
                    token,
                    change: TokenChange::Existing,
                }),
            },
        };
        Ok(Some(UserOutcome {
            user,
            groups: Vec::new(),
            change: UserChange::Updated(Vec::new()),
            token,
        }))
    }

    /// Creates a user, or deals with the one who exists.
    fn ensure_user(
        &self,
        wanted: &WantedUser<'_>,
        if_exists: IfExists,
        now: Timestamp,
    ) -> Result<Option<UserOutcome>, Cause> {
        let has_password = wanted.fields.password.is_some() || !self.users.has("password");
        let mut change = match (self.find_user(wanted.username)?, if_exists) {
            (None, _) if !has_password => return Ok(None),
            (None, _) => {
                self.insert_user(wanted, now)?;
                UserChange::Created
            }
            (Some(_), IfExists::Refuse) => return Ok(None),
            (Some(_), IfExists::Keep) => UserChange::Kept,
            (Some(user), IfExists::Update) => self.update_user(&user, wanted)?,
        };
        // As it is now: what is reported has been read back.
        let not_kept = || Cause::NotKept(self.users.name.clone());
        let user = self.find_user(wanted.username)?.ok_or_else(not_kept)?;
        if !matches!(change, UserChange::Kept) && !self.differing(&user, wanted)?.is_empty() {
            return Err(not_kept());
        }
        let has_joined = !matches!(change, UserChange::Kept)
            && self.change_groups(&user.id, wanted.groups, &[])?;
        if let UserChange::Updated(changed) = &mut change
            && has_joined
        {
            changed.push("groups".to_owned());
        }
        let token = match wanted.token {
            None => None,
            Some(key) => {
                let new_tokens = [(key.clone(), now)];
                let users = std::slice::from_ref(&user);
                let holders = self.holders_of(users.iter().map(|user| &user.id))?;
                let outcome =
                    issue::issue(self, holders, &new_tokens, TokenPolicy::GetOrCreate)?.pop();
                outcome.and_then(|outcome| outcome.result.ok())
            }
        };
        Ok(Some(UserOutcome {
            user,
            groups: Vec::new(),
            change,
            token,
        }))
    }

    /// Whether the database holds what a transaction wrote.
    fn is_as_wanted(&self, wanted: &WantedUser<'_>, outcome: &UserOutcome) -> Result<bool, Cause> {
        let Some(user) = self.find_user(wanted.username)? else {
            return Ok(false);
        };
        if user.id != outcome.user.id {
            return Ok(false);
        }
        let is_kept = matches!(outcome.change, UserChange::Kept);
        let is_so = is_kept
            || self.differing(&user, wanted)?.is_empty()
                && self.has_joined(&user.id, wanted.groups)?;
        if !is_so {
            return Ok(false);
        }
        let Some(issued) = &outcome.token else {
            return Ok(true);
        };
        let token = self.token(&user.id)?;
        Ok(token.is_some_and(|token| token.key == issued.token.key))
    }

    fn insert_user(&self, wanted: &WantedUser<'_>, now: Timestamp) -> Result<(), Cause> {
        let row = new_user::row(self, wanted, now)?;
        let columns: Vec<&str> = row.iter().map(|given| given.column.as_str()).collect();
        let names = self.engine.dialect().quoted_list(&columns);
        let sql = self.sql_with(
            "INSERT INTO {users} ({names}) VALUES ({places})",
            &[("names", &names), ("places", &places(row.len()))],
        );
        let values: Vec<Value> = row.into_iter().map(|given| given.value).collect();
        self.engine.execute(&sql, &values)?;
        Ok(())
    }

    pub(super) fn update_user(
        &self,
        user: &User,
        wanted: &WantedUser<'_>,
    ) -> Result<UserChange, Cause> {
        let changes = self.differing(user, wanted)?;
        for Given { column, value } in &changes {
            // The rows that refer to the user would be nobody's.
            if self
                .users
                .column(column)
                .is_some_and(|column| column.is_key)
            {
                return Err(Cause::PrimaryKey(column.clone()));
            }
            let sql = self.sql_with(
                "UPDATE {users} SET {column} = ? WHERE {id} = ?",
                &[("column", &self.quoted(column))],
            );
            self.engine
                .execute(&sql, &[value.clone(), user.id.to_value()])?;
        }
        Ok(UserChange::Updated(
            changes.into_iter().map(|given| given.column).collect(),
        ))
    }

    /// The named columns whose stored value is another than the given one.
    pub(super) fn differing(
        &self,
        user: &User,
        wanted: &WantedUser<'_>,
    ) -> Result<Vec<Given>, Cause> {
        let mut changes = Vec::new();
        for given in new_user::given(self, wanted)? {
            let id = user.id.to_value();
            let (condition, values) = match &given.value {
                // One unusable password is as good as another.
                Value::Text(hash) if given.column == "password" && hash.starts_with('!') => {
                    ("{column} LIKE '!%'", vec![id])
                }
                value => ("{column} {same} ?", vec![id, value.clone()]),
            };
            let column = self.quoted(&given.column);
            let condition = self.sql_with(condition, &[("column", &column)]);
            let sql = self.sql_with(
                "SELECT 1 FROM {users} WHERE {id} = ? AND {condition}",
                &[("condition", &condition)],
            );
            if !self.engine.exists(&sql, &values)? {
                changes.push(given);
            }
        }
        Ok(changes)
    }
}
