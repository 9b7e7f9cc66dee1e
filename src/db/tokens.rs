//! The rows of `authtoken_token`. A batch is read, decided by a pure function, and written in
//! few statements.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::database::{Database, HOLD, Stop, Transaction};
use super::engine::{Value, places};
use super::error::{Cause, Error};
use super::issue::{Decision, NewToken, decide, issue};
use super::model::{
    Batch, GivenToken, IssuedToken, NoToken, Selection, Token, TokenChange, TokenHolder,
    TokenOutcome, TokenPolicy, User, UserId,
};
use super::rows;
use crate::django::schema::TOKEN_TABLE;
use crate::secret::Key;

/// Users that are read at once to see whether anything has to be written at all.
const PAGE: usize = 2_000;

/// Users whose outcomes are kept in memory until a transaction is committed.
const MOST: usize = 100_000;

/// Values of one statement: far below what any engine takes.
pub(super) const MOST_VALUES: usize = 500;

/// What is asked of [`Database::issue_tokens`].
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// The users.
    pub batch: Batch<'a>,
    /// What to do about their tokens.
    pub policy: TokenPolicy,
    /// The time of new tokens.
    pub now: Timestamp,
}

impl Database {
    /// The user whose token has this key, as the server would look it up, and the token.
    pub fn token_of_key(&self, key: &Key) -> Result<Option<(User, Token)>, Error> {
        self.read(|tx| tx.token_of_key(key))
    }

    /// The next users of a batch who still exist, with their tokens, at most `limit`; changes
    /// nothing.
    pub fn token_holders(&self, batch: Batch<'_>, limit: usize) -> Result<Vec<TokenHolder>, Error> {
        self.read(|tx| tx.holders(batch, limit))
    }

    /// Gives users their tokens: the first of the batch, as many as fit into one transaction of
    /// bounded length, so that a live server can write too. The answer has an entry for each
    /// user who was dealt with, in their order; it is empty at the end of a selection. Call
    /// again with the others.
    ///
    /// `new_keys` makes so many new keys. `prepare` sees the answer just before the commit that
    /// makes it true and may call it off; where the transaction lost a race, both are called
    /// again.
    ///
    /// Where there is nothing to write, nothing is locked.
    pub fn issue_tokens<E: From<Error>>(
        &mut self,
        request: TokenRequest<'_>,
        mut new_keys: impl FnMut(usize) -> Result<Vec<Key>, E>,
        mut prepare: impl FnMut(&[TokenOutcome]) -> Result<(), E>,
    ) -> Result<Vec<TokenOutcome>, E> {
        let TokenRequest { batch, policy, now } = request;
        let is_given = matches!(policy, TokenPolicy::Set | TokenPolicy::ResetTo);
        let mut keys = match batch {
            Batch::Users(users) if is_given => new_keys(users.len())?,
            Batch::Users(_) | Batch::Selected { .. } => Vec::new(),
        };
        if let Some(existing) = self.existing_tokens(request, &keys)? {
            prepare(&existing)?;
            return Ok(existing);
        }
        // Randomness comes before the lock, and only where a key is needed.
        if let Batch::Users(users) = batch
            && !is_given
        {
            keys = new_keys(users.len())?;
        }
        self.write(
            |tx| {
                let outcomes = match batch {
                    Batch::Users(users) => {
                        let new_tokens = with_time(keys.clone(), now);
                        tx.issue_within(HOLD, users, &new_tokens, policy)?
                    }
                    Batch::Selected { selection, after } => {
                        tx.go_through(selection, after, |holders| {
                            let keys = new_keys(holders.len()).map_err(Stop::Caller)?;
                            Ok(issue(tx, holders, &with_time(keys, now), policy)?)
                        })?
                    }
                };
                prepare(&outcomes).map_err(Stop::Caller)?;
                Ok(outcomes)
            },
            has_landed,
        )
    }

    /// Gives users the tokens of another database, all or none, in one transaction.
    ///
    /// `prepare` sees the answer just before the commit and may call it off.
    pub fn import_tokens<E: From<Error>>(
        &mut self,
        tokens: &[GivenToken],
        policy: TokenPolicy,
        mut prepare: impl FnMut(&[TokenOutcome]) -> Result<(), E>,
    ) -> Result<Vec<TokenOutcome>, E> {
        let users: Vec<User> = tokens.iter().map(|token| token.user.clone()).collect();
        let new_tokens: Vec<NewToken> = tokens
            .iter()
            .map(|token| (token.key.clone(), token.created))
            .collect();
        self.write(
            |tx| {
                let outcomes = tx.issue_within(Duration::MAX, &users, &new_tokens, policy)?;
                prepare(&outcomes).map_err(Stop::Caller)?;
                Ok(outcomes)
            },
            has_landed,
        )
    }

    /// Removes the tokens with these keys, in one transaction, and says for each whose it was.
    pub fn revoke_keys(&mut self, keys: &[Key]) -> Result<Vec<Option<(User, Token)>>, Error> {
        let found = self.tokens_of_keys(keys)?;
        if found.iter().all(Option::is_none) {
            return Ok(found);
        }
        self.write(
            |tx| {
                let mut revoked = Vec::with_capacity(keys.len());
                for key in keys {
                    let found = tx.token_of_key(key)?;
                    if let Some((_, token)) = &found {
                        let stored = [Value::Text(token.key.expose().to_owned())];
                        tx.execute("DELETE FROM authtoken_token WHERE {key} = ?", &stored)?;
                        if tx.token_of_key(key)?.is_some() {
                            return Err(Cause::NotKept(TOKEN_TABLE.to_owned()).into());
                        }
                    }
                    revoked.push(found);
                }
                Ok::<_, Stop<Error>>(revoked)
            },
            |tx, _| {
                for key in keys {
                    if tx.token_of_key(key)?.is_some() {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }

    /// For each of these keys whose token it is; changes nothing.
    pub fn tokens_of_keys(&self, keys: &[Key]) -> Result<Vec<Option<(User, Token)>>, Error> {
        self.read(|tx| keys.iter().map(|key| tx.token_of_key(key)).collect())
    }

    /// Removes the tokens of users, as [`Self::issue_tokens`] makes them: of the first of the
    /// batch in one transaction of bounded length. The answer has the token that was there for
    /// each user who was dealt with.
    pub fn revoke_tokens(&mut self, batch: Batch<'_>) -> Result<Vec<TokenHolder>, Error> {
        // A user without a token is "already so": that must not need the write lock.
        if let Batch::Users(users) = batch {
            let present = self.read(|tx| tx.all_holders(users))?;
            if present.iter().all(|holder| holder.token.is_none()) {
                return Ok(present);
            }
        }
        self.write(
            |tx| {
                let holders = match batch {
                    Batch::Users(users) => {
                        let holders = tx.all_holders(users)?;
                        tx.delete_tokens(&holders)?;
                        holders
                    }
                    Batch::Selected { selection, after } => {
                        tx.go_through(selection, after, |holders| {
                            tx.delete_tokens(&holders)?;
                            Ok(holders)
                        })?
                    }
                };
                Ok::<_, Stop<Error>>(holders)
            },
            |tx, holders| {
                for holder in holders {
                    if holder.token.is_some() && tx.token(&holder.user.id)?.is_some() {
                        return Ok(false);
                    }
                }
                Ok(true)
            },
        )
    }

    /// The outcomes for the first of a batch, if there is nothing to write for them.
    fn existing_tokens(
        &self,
        request: TokenRequest<'_>,
        keys: &[Key],
    ) -> Result<Option<Vec<TokenOutcome>>, Error> {
        let TokenRequest { batch, policy, .. } = request;
        if policy == TokenPolicy::Reset {
            return Ok(None);
        }
        self.read(|tx| {
            let holders = match batch {
                Batch::Users(users) => tx.all_holders(users)?,
                Batch::Selected { .. } => tx.holders(batch, PAGE)?,
            };
            // Without a given key none is compared.
            let none = Key::new(String::new());
            let decided = holders.into_iter().enumerate().map(|(place, holder)| {
                let key = keys.get(place).unwrap_or(&none);
                let result = match (decide(holder.token.as_ref(), key, policy), holder.token) {
                    (Decision::Keep, Some(token)) => Ok(IssuedToken {
                        token,
                        change: TokenChange::Existing,
                    }),
                    (Decision::Refuse, _) => Err(NoToken::OtherToken),
                    _ => return None,
                };
                Some(TokenOutcome {
                    user: holder.user,
                    result,
                })
            });
            Ok(decided.collect())
        })
    }
}

/// Whether the tokens that a transaction has issued are stored.
fn has_landed(tx: &Transaction<'_>, outcomes: &Vec<TokenOutcome>) -> Result<bool, Cause> {
    for outcome in outcomes {
        if let Ok(issued) = &outcome.result {
            let token = tx.token(&outcome.user.id)?;
            if token.is_none_or(|token| token.key != issued.token.key) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn with_time(keys: Vec<Key>, time: Timestamp) -> Vec<NewToken> {
    keys.into_iter().map(|key| (key, time)).collect()
}

impl Transaction<'_> {
    /// How many users a job reads and writes with one statement.
    fn rows_per_statement(&self) -> usize {
        self.engine.dialect().rows_per_statement
    }

    /// The token of a user, if there is one.
    pub(super) fn token(&self, user: &UserId) -> Result<Option<Token>, Cause> {
        let token = self.first(
            "SELECT t.{key}, t.created FROM authtoken_token AS t WHERE t.user_id = ?",
            &[user.to_value()],
            |row| rows::token(row, 0),
        )?;
        Ok(token.flatten())
    }

    /// Joined with the users, as DRF does it: the token of a user who is gone is no token.
    fn token_of_key(&self, key: &Key) -> Result<Option<(User, Token)>, Cause> {
        let found = self.first(
            "SELECT {user_columns}, t.{key}, t.created FROM authtoken_token AS t \
             JOIN {users} AS u ON u.{id} = t.user_id WHERE t.{key} = ?",
            &[Value::Text(key.expose().to_owned())],
            |row| {
                let token = rows::token(row, rows::USER_WIDTH)?;
                let user = rows::user(row, self.users)?;
                Ok(token.map(|token| (user, token)))
            },
        )?;
        Ok(found.flatten())
    }

    pub(super) fn is_taken(&self, key: &Key, user: &UserId) -> Result<bool, Cause> {
        self.exists(
            "SELECT 1 FROM authtoken_token AS t WHERE t.{key} = ? AND NOT t.user_id {same} ?",
            &[Value::Text(key.expose().to_owned()), user.to_value()],
        )
    }

    /// The next users of a batch who exist, with their tokens, in the order of their ids.
    pub(super) fn holders(
        &self,
        batch: Batch<'_>,
        limit: usize,
    ) -> Result<Vec<TokenHolder>, Cause> {
        match batch {
            Batch::Users(users) => self.holders_of(users.iter().take(limit).map(|user| &user.id)),
            Batch::Selected { selection, after } => self.selected(selection, after, limit),
        }
    }

    /// An entry for each of the users, in their order; who is gone has no token.
    fn all_holders(&self, users: &[User]) -> Result<Vec<TokenHolder>, Cause> {
        let mut tokens: BTreeMap<UserId, Option<Token>> = self
            .holders_of(users.iter().map(|user| &user.id))?
            .into_iter()
            .map(|holder| (holder.user.id, holder.token))
            .collect();
        let holders = users.iter().map(|user| TokenHolder {
            user: user.clone(),
            token: tokens.remove(&user.id).flatten(),
        });
        Ok(holders.collect())
    }

    /// The users of these ids who exist, with their tokens.
    pub(super) fn holders_of<'u>(
        &self,
        users: impl Iterator<Item = &'u UserId>,
    ) -> Result<Vec<TokenHolder>, Cause> {
        let ids: Vec<Value> = users.map(UserId::to_value).collect();
        let mut holders = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MOST_VALUES) {
            let places = places(ids.len());
            holders.extend(self.all(
                &format!(
                    "SELECT {{user_columns}}, t.{{key}}, t.created FROM {{users}} AS u \
                     LEFT JOIN authtoken_token AS t ON t.user_id = u.{{id}} \
                     WHERE u.{{id}} IN ({places}) ORDER BY u.{{id}}"
                ),
                ids,
                |row| rows::holder(row, self.users),
            )?);
        }
        Ok(holders)
    }

    /// Goes through the selected users behind `after`, as many as fit into a transaction of
    /// bounded length; `work` deals with some of them at a time.
    fn go_through<T, E>(
        &self,
        selection: &Selection,
        after: Option<&UserId>,
        mut work: impl FnMut(Vec<TokenHolder>) -> Result<Vec<T>, Stop<E>>,
    ) -> Result<Vec<T>, Stop<E>> {
        let start = Instant::now();
        let mut after = after.cloned();
        let mut done = Vec::new();
        while start.elapsed() < HOLD && done.len() < MOST {
            let holders = self.selected(selection, after.as_ref(), self.rows_per_statement())?;
            let Some(last) = holders.last() else { break };
            after = Some(last.user.id.clone());
            done.extend(work(holders)?);
        }
        Ok(done)
    }

    /// The outcomes for the first of the users, as many as can be dealt with in that time.
    fn issue_within(
        &self,
        limit: Duration,
        users: &[User],
        new_tokens: &[NewToken],
        policy: TokenPolicy,
    ) -> Result<Vec<TokenOutcome>, Cause> {
        let mut found: BTreeMap<UserId, TokenHolder> = self
            .holders_of(users.iter().map(|user| &user.id))?
            .into_iter()
            .map(|holder| (holder.user.id.clone(), holder))
            .collect();
        let start = Instant::now();
        let mut outcomes = Vec::with_capacity(users.len());
        let step = self.rows_per_statement();
        for (users, new_tokens) in users.chunks(step).zip(new_tokens.chunks(step)) {
            let (mut there, mut theirs) = (Vec::new(), Vec::new());
            for (user, new_token) in users.iter().zip(new_tokens) {
                if let Some(holder) = found.remove(&user.id) {
                    there.push(holder);
                    theirs.push(new_token.clone());
                }
            }
            let mut issued = issue(self, there, &theirs, policy)?.into_iter().peekable();
            outcomes.extend(users.iter().map(|user| {
                issued
                    .next_if(|outcome| outcome.user.id == user.id)
                    .unwrap_or_else(|| TokenOutcome {
                        user: user.clone(),
                        result: Err(NoToken::UserGone),
                    })
            }));
            if start.elapsed() > limit {
                break;
            }
        }
        Ok(outcomes)
    }

    /// Inserts tokens; true if they are certainly stored as they were given.
    pub(super) fn create_tokens(&self, tokens: &[(UserId, &NewToken)]) -> Result<bool, Cause> {
        if tokens.is_empty() {
            return Ok(true);
        }
        let rows: Vec<Vec<Value>> = tokens
            .iter()
            .map(|(user, (key, created))| {
                vec![
                    Value::Text(key.expose().to_owned()),
                    user.to_value(),
                    Value::Time(*created),
                ]
            })
            .collect();
        let columns = ["key", "user_id", "created"];
        let inserted = self.engine.insert_or_ignore(TOKEN_TABLE, &columns, &rows)?;
        Ok(inserted == rows.len() as u64 && self.engine.reports_writes(TOKEN_TABLE)?)
    }

    /// Replaces a token, or only if it still has the key `old`; true if it is certainly stored.
    pub(super) fn replace_token(
        &self,
        user: &UserId,
        (key, created): &NewToken,
        old: Option<&Key>,
    ) -> Result<bool, Cause> {
        const ATTEMPTS: u32 = 20;
        let mut values = vec![
            Value::Text(key.expose().to_owned()),
            Value::Time(*created),
            user.to_value(),
        ];
        let mut statement =
            "UPDATE authtoken_token SET {key} = ?, created = ? WHERE user_id = ?".to_owned();
        if let Some(old) = old {
            statement.push_str(" AND {key} = ?");
            values.push(Value::Text(old.expose().to_owned()));
        }
        let mut replaced = self.execute(&statement, &values)?;
        if old.is_none() {
            // InnoDB can pass over a row whose primary key another transaction has just changed.
            for _ in 1..ATTEMPTS {
                if replaced > 0 {
                    break;
                }
                replaced = self.execute(&statement, &values)?;
            }
        }
        Ok(replaced == 1 && self.engine.reports_writes(TOKEN_TABLE)?)
    }

    /// Deletes the tokens of these users.
    pub(super) fn delete_tokens(&self, holders: &[TokenHolder]) -> Result<(), Cause> {
        let ids: Vec<Value> = holders
            .iter()
            .filter(|holder| holder.token.is_some())
            .map(|holder| holder.user.id.to_value())
            .collect();
        for ids in ids.chunks(MOST_VALUES) {
            let places = places(ids.len());
            let deleted = self.execute(
                &format!("DELETE FROM authtoken_token WHERE user_id IN ({places})"),
                ids,
            )?;
            let is_certain =
                deleted == ids.len() as u64 && self.engine.reports_writes(TOKEN_TABLE)?;
            if !is_certain
                && self.exists(
                    &format!("SELECT 1 FROM authtoken_token WHERE user_id IN ({places})"),
                    ids,
                )?
            {
                return Err(Cause::NotKept(TOKEN_TABLE.to_owned()));
            }
        }
        Ok(())
    }
}
