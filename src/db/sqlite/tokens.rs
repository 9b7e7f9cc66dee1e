//! The rows of `authtoken_token`.

use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::layout::{Layout, identifier};
use super::select::Recheck;
use super::{Database, HOLD, rows};
use crate::db::{Cause, Error, Issuance, Issue, Issued, Policy, Selection, Token, User, UserId};
use crate::django::timestamps;
use crate::secret::Key;

/// What is asked of [`Database::issue_tokens`].
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The users.
    pub users: &'a [&'a User],
    /// A key for each of them.
    pub keys: &'a [Key],
    /// What to do about the tokens.
    pub policy: Policy,
    /// What has still to be true of the users when they are written to.
    pub selection: Option<&'a Selection>,
    /// The time of new tokens.
    pub now: Timestamp,
}

impl Database {
    /// The token of a user, if there is one.
    pub fn token(&self, user: &UserId) -> Result<Option<Token>, Error> {
        self.read(|connection, _| find(&mut prepare_find(connection)?, user, &self.zone))
    }

    /// The user whose token has this key, exactly, and the token.
    pub fn token_of_key(&self, key: &Key) -> Result<Option<(User, Token)>, Error> {
        self.read(|connection, layout| find_by_key(connection, layout, &self.zone, key))
    }

    /// Gives users their tokens: of the first of them, as many as fit into one transaction of
    /// bounded length, so that a live server can write too. The answer has one entry for each
    /// user who was dealt with; call again with the others.
    ///
    /// `prepare` sees the answer just before the commit that makes it true and may call it off.
    ///
    /// Where there is nothing to write, nothing is locked.
    pub fn issue_tokens(
        &mut self,
        request: Request<'_>,
        mut prepare: impl FnMut(&[Issuance]) -> anyhow::Result<()>,
    ) -> anyhow::Result<Vec<Issuance>> {
        if let Some(existing) = self.existing_tokens(request)? {
            prepare(&existing)?;
            return Ok(existing);
        }
        let written = self.write(
            |connection, layout, zone| {
                let start = Instant::now();
                let mut issuances = Vec::with_capacity(request.users.len());
                let mut recheck = Recheck::new(connection, &layout.users, request.selection, zone)?;
                let mut issuer =
                    Issuer::new(connection, layout, zone, request.policy, request.now)?;
                for (user, key) in request.users.iter().zip(request.keys) {
                    let is_selected = match &mut recheck {
                        Some(recheck) => recheck.is_selected(&user.id)?,
                        None => true,
                    };
                    issuances.push(if is_selected {
                        issuer.issue(&user.id, key)?
                    } else {
                        Issuance::NotSelected
                    });
                    if start.elapsed() > HOLD {
                        break;
                    }
                }
                prepare(&issuances).map_err(Cause::CalledOff)?;
                Ok(issuances)
            },
            |connection, _, issuances: &Vec<Issuance>| {
                let mut statement = prepare_find(connection)?;
                for (user, issuance) in request.users.iter().zip(issuances) {
                    if let Issuance::Issued(issued) = issuance {
                        let is = find(&mut statement, &user.id, &TimeZone::UTC)?;
                        if is.is_none_or(|token| token.key != issued.token.key) {
                            return Ok(false);
                        }
                    }
                }
                Ok(true)
            },
        );
        match written {
            Err(Error {
                cause: Cause::CalledOff(reason),
                ..
            }) => Err(reason),
            written => Ok(written?),
        }
    }

    /// The token of each of the users.
    pub fn tokens(&self, users: &[&User]) -> Result<Vec<Option<Token>>, Error> {
        self.read(|connection, _| {
            let mut statement = prepare_find(connection)?;
            users
                .iter()
                .map(|user| find(&mut statement, &user.id, &self.zone))
                .collect()
        })
    }

    /// Removes the token with this key, and says whose it was.
    pub fn revoke_key(&mut self, key: &Key) -> Result<Option<(User, Token)>, Error> {
        if self.token_of_key(key)?.is_none() {
            return Ok(None);
        }
        self.write(
            |connection, layout, zone| {
                let found = find_by_key(connection, layout, zone, key)?;
                connection
                    .prepare("DELETE FROM authtoken_token WHERE key = ?1")?
                    .execute([key.expose()])?;
                Ok(found)
            },
            |connection, layout, _| {
                Ok(find_by_key(connection, layout, &TimeZone::UTC, key)?.is_none())
            },
        )
    }

    /// Removes the tokens of users, as [`Self::issue_tokens`] makes them: of the first of them
    /// in one transaction of bounded length. The answer has the token that was there for each
    /// user who was dealt with.
    pub fn revoke_tokens(
        &mut self,
        users: &[&User],
        selection: Option<&Selection>,
    ) -> Result<Vec<Option<Token>>, Error> {
        // A user without a token is "already so": that must not need the write lock.
        let present = self.tokens(users)?;
        if present.iter().all(Option::is_none) {
            return Ok(present);
        }
        self.write(
            |connection, layout, zone| {
                let start = Instant::now();
                let mut recheck = Recheck::new(connection, &layout.users, selection, zone)?;
                let mut look = prepare_find(connection)?;
                let mut delete =
                    connection.prepare_cached("DELETE FROM authtoken_token WHERE user_id = ?1")?;
                let mut revoked = Vec::with_capacity(users.len());
                for user in users {
                    let is_selected = match &mut recheck {
                        Some(recheck) => recheck.is_selected(&user.id)?,
                        None => true,
                    };
                    if is_selected {
                        revoked.push(find(&mut look, &user.id, zone)?);
                        delete.execute([&user.id])?;
                    } else {
                        revoked.push(None);
                    }
                    if start.elapsed() > HOLD {
                        break;
                    }
                }
                Ok(revoked)
            },
            |connection, _, revoked: &Vec<Option<Token>>| {
                let mut statement = prepare_find(connection)?;
                for (user, token) in users.iter().zip(revoked) {
                    let is = find(&mut statement, &user.id, &TimeZone::UTC)?;
                    if token.is_some() && is.is_some() {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }

    /// The tokens of the users, if there is nothing to write.
    fn existing_tokens(&self, request: Request<'_>) -> Result<Option<Vec<Issuance>>, Error> {
        if request.policy == Policy::Replace {
            return Ok(None);
        }
        self.read(|connection, _| {
            let mut statement = prepare_find(connection)?;
            request
                .users
                .iter()
                .zip(request.keys)
                .map(|(user, key)| {
                    let token = find(&mut statement, &user.id, &self.zone)?;
                    Ok(match token {
                        Some(token) if may_stay(&token, key, request.policy) => {
                            Some(existing(token))
                        }
                        Some(_) if request.policy == Policy::Exactly => Some(Issuance::OtherToken),
                        _ => None,
                    })
                })
                .collect()
        })
    }
}

/// Get or create, or replace, within a transaction.
pub(super) struct Issuer<'a> {
    zone: &'a TimeZone,
    policy: Policy,
    now: Timestamp,
    created: String,
    is_there: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    find: CachedStatement<'a>,
    replace: CachedStatement<'a>,
    is_taken: CachedStatement<'a>,
}

impl<'a> Issuer<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        layout: &Layout,
        zone: &'a TimeZone,
        policy: Policy,
        now: Timestamp,
    ) -> Result<Self, Cause> {
        let is_there = format!(
            "SELECT 1 FROM {users} WHERE {id} = ?1",
            users = identifier(&layout.users.name),
            id = identifier(&layout.users.key),
        );
        Ok(Self {
            zone,
            policy,
            now,
            created: timestamps::to_database(now, zone),
            is_there: connection.prepare_cached(&is_there)?,
            // Not INSERT … SELECT, for which SQLite keeps a copy of every page that a row changes.
            insert: connection.prepare_cached(
                "INSERT INTO authtoken_token (key, user_id, created) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (user_id) DO NOTHING",
            )?,
            find: prepare_find(connection)?,
            replace: connection.prepare_cached(
                "UPDATE authtoken_token SET key = ?1, created = ?3 WHERE user_id = ?2",
            )?,
            is_taken: connection.prepare_cached(
                "SELECT 1 FROM authtoken_token WHERE key = ?1 AND user_id IS NOT ?2",
            )?,
        })
    }

    pub(super) fn issue(&mut self, user: &UserId, key: &Key) -> Result<Issuance, Cause> {
        let is_own_key = matches!(self.policy, Policy::Exactly | Policy::ReplaceByExactly);
        if is_own_key && self.is_taken.exists(params![key.expose(), user])? {
            return Ok(Issuance::KeyTaken);
        }
        if !self.is_there.exists([user])? {
            return Ok(Issuance::Gone);
        }
        let row = params![key.expose(), user, self.created];
        if self.insert.execute(row)? == 1 {
            return Ok(self.issued(key, Issue::Created));
        }
        let Some(token) = find(&mut self.find, user, self.zone)? else {
            return Ok(Issuance::Gone);
        };
        if may_stay(&token, key, self.policy) {
            return Ok(existing(token));
        }
        if self.policy == Policy::Exactly {
            return Ok(Issuance::OtherToken);
        }
        self.replace.execute(row)?;
        Ok(self.issued(key, Issue::Reset))
    }

    fn issued(&self, key: &Key, issue: Issue) -> Issuance {
        Issuance::Issued(Issued {
            token: Token {
                key: key.clone(),
                created: Some(self.now),
            },
            issue,
        })
    }
}

/// Whether a token that is there is what was asked for.
fn may_stay(token: &Token, key: &Key, policy: Policy) -> bool {
    match policy {
        Policy::Keep => true,
        Policy::Replace => false,
        Policy::ReplaceOlder(limit) => token.created.is_some_and(|created| created >= limit),
        Policy::Exactly | Policy::ReplaceByExactly => token.key == *key,
    }
}

fn existing(token: Token) -> Issuance {
    Issuance::Issued(Issued {
        token,
        issue: Issue::Existing,
    })
}

fn prepare_find(connection: &Connection) -> Result<CachedStatement<'_>, Cause> {
    Ok(connection.prepare_cached("SELECT key, created FROM authtoken_token WHERE user_id = ?1")?)
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

/// Joined with the users, as DRF does it: the token of a user who is gone is no token.
fn find_by_key(
    connection: &Connection,
    layout: &Layout,
    zone: &TimeZone,
    key: &Key,
) -> Result<Option<(User, Token)>, Cause> {
    let users = &layout.users;
    let sql = format!(
        "SELECT {}, t.key, t.created FROM authtoken_token AS t JOIN {} AS u ON u.{} = t.user_id \
         WHERE t.key = ?1",
        rows::user_columns(users),
        identifier(&users.name),
        identifier(&users.key)
    );
    let found = connection
        .prepare(&sql)?
        .query_row([key.expose()], |row| {
            let token = rows::token(row, rows::USER_WIDTH, zone)?;
            Ok(token.map(|token| (rows::user(row, users), token)))
        })
        .optional()?
        .flatten();
    match found {
        Some((user, token)) => Ok(Some((user?, token))),
        None => Ok(None),
    }
}
