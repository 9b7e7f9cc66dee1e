//! The rows of `authtoken_token`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::layout::Layout;
use super::{Database, rows};
use crate::db::{Cause, Error, IfIssued, Issue, Token, User, UserId};
use crate::django::timestamps;
use crate::secret::Key;

/// What came of asking for tokens.
#[derive(Debug)]
pub struct Issued {
    /// The token that the user now has.
    pub token: Token,
    /// How the user came to it.
    pub issue: Issue,
}

impl Database {
    /// The token of a user, if there is one.
    pub fn token(&self, user: &UserId) -> Result<Option<Token>, Error> {
        self.read(|connection, _| find(&mut prepare_find(connection)?, user, &self.zone))
    }

    /// Gives every user a token, all in one transaction: the one that is there, or a new one
    /// with the next of `keys`, one for each user. `None` stands for a user who is gone.
    ///
    /// Where every user already has a token to keep, nothing is locked.
    pub fn issue_tokens(
        &mut self,
        users: &[User],
        keys: &[Key],
        if_issued: IfIssued,
        now: Timestamp,
    ) -> Result<Vec<Option<Issued>>, Error> {
        if if_issued == IfIssued::Keep {
            let found = self.existing_tokens(users)?;
            if let Some(all) = found {
                return Ok(all);
            }
        }
        self.write(
            |connection, layout, zone| {
                users
                    .iter()
                    .zip(keys)
                    .map(|(user, key)| {
                        issue(connection, layout, zone, &user.id, key, if_issued, now)
                    })
                    .collect()
            },
            |connection, _, issued: &Vec<Option<Issued>>| {
                let mut statement = prepare_find(connection)?;
                for (user, issued) in users.iter().zip(issued) {
                    let is = find(&mut statement, &user.id, &TimeZone::UTC)?;
                    let should_be = issued.as_ref().map(|issued| &issued.token.key);
                    if is.as_ref().map(|token| &token.key) != should_be {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }

    /// Removes the tokens of the users, all in one transaction, and returns the ones that were
    /// there.
    pub fn revoke_tokens(&mut self, users: &[User]) -> Result<Vec<Option<Token>>, Error> {
        // A user without a token is "already so": that must not need the write lock.
        let present = users
            .iter()
            .map(|user| self.token(&user.id))
            .collect::<Result<Vec<_>, _>>()?;
        if present.iter().all(Option::is_none) {
            return Ok(present);
        }
        self.write(
            |connection, _, zone| {
                let mut look = prepare_find(connection)?;
                let mut delete =
                    connection.prepare_cached("DELETE FROM authtoken_token WHERE user_id = $1")?;
                let mut revoked = Vec::with_capacity(users.len());
                for user in users {
                    revoked.push(find(&mut look, &user.id, zone)?);
                    delete.execute([&user.id])?;
                }
                Ok(revoked)
            },
            |connection, _, _| {
                let mut statement = prepare_find(connection)?;
                for user in users {
                    if find(&mut statement, &user.id, &TimeZone::UTC)?.is_some() {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }

    /// The tokens of the users, if each of them has one.
    fn existing_tokens(&self, users: &[User]) -> Result<Option<Vec<Option<Issued>>>, Error> {
        self.read(|connection, _| {
            let mut statement = prepare_find(connection)?;
            users
                .iter()
                .map(|user| {
                    let token = find(&mut statement, &user.id, &self.zone)?;
                    Ok(token.map(|token| {
                        Some(Issued {
                            token,
                            issue: Issue::Existing,
                        })
                    }))
                })
                .collect()
        })
    }
}

/// Get or create, or replace, within a transaction.
pub(super) fn issue(
    connection: &Connection,
    layout: &Layout,
    zone: &TimeZone,
    user: &UserId,
    key: &Key,
    if_issued: IfIssued,
    now: Timestamp,
) -> Result<Option<Issued>, Cause> {
    let old = find(&mut prepare_find(connection)?, user, zone)?;
    let issue = match (old, if_issued) {
        (Some(token), IfIssued::Keep) => {
            return Ok(Some(Issued {
                token,
                issue: Issue::Existing,
            }));
        }
        (Some(_), IfIssued::Replace) => Issue::Reset,
        (None, _) => Issue::Created,
    };
    if !super::users::is_there(connection, layout, user)? {
        return Ok(None);
    }
    if issue == Issue::Reset {
        connection
            .prepare_cached("DELETE FROM authtoken_token WHERE user_id = $1")?
            .execute([user])?;
    }
    connection
        .prepare_cached("INSERT INTO authtoken_token (key, user_id, created) VALUES ($1, $2, $3)")?
        .execute(params![
            key.expose(),
            user,
            timestamps::to_database(now, zone)
        ])?;
    Ok(Some(Issued {
        token: Token {
            key: key.clone(),
            created: Some(now),
        },
        issue,
    }))
}

fn prepare_find(connection: &Connection) -> Result<CachedStatement<'_>, Cause> {
    Ok(connection.prepare_cached("SELECT key, created FROM authtoken_token WHERE user_id = $1")?)
}

fn find(
    statement: &mut CachedStatement<'_>,
    user: &UserId,
    zone: &TimeZone,
) -> Result<Option<Token>, Cause> {
    let found = statement
        .query_row([user], |row| rows::token(row, 0, zone))
        .optional()?;
    Ok(found.flatten())
}
