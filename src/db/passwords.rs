//! The hashes of passwords: reading them, and storing one, with what becomes of the token of a
//! user whose password may have leaked.

use jiff::Timestamp;

use super::database::{Database, Stop, Transaction};
use super::engine::Value;
use super::error::{Cause, Error};
use super::model::{Credentials, IssuedToken, Token, TokenPolicy, User, UserId};
use super::{issue, rows};
use crate::secret::{Key, PasswordHash};

/// What becomes of the token of a user who gets a password.
#[derive(Clone, Debug)]
pub enum TokenStep {
    /// It stays.
    Keep,
    /// It is revoked.
    Revoke,
    /// It is replaced by this one, of this time.
    Reset(Key, Timestamp),
}

/// What became of it.
#[derive(Debug)]
pub enum SteppedToken {
    /// It is as before.
    Kept,
    /// It was revoked; `None` if there was none.
    Revoked(Option<Token>),
    /// It is new.
    Issued(IssuedToken),
}

impl Database {
    /// Refuses a user model without passwords, as projects have it that leave them to another
    /// server.
    pub fn require_passwords(&self) -> Result<(), Error> {
        match self.users().require("password") {
            Ok(_) => Ok(()),
            Err(cause) => Err(self.error(cause)),
        }
    }

    /// What the database knows of a user beside [`User`], for changing the password. `None`
    /// where the user no longer exists.
    pub fn credentials(&self, user: &UserId) -> Result<Option<Credentials>, Error> {
        self.read(|tx| {
            tx.first(
                "SELECT {password}, {first_name}, {last_name} FROM {users} AS u WHERE u.{id} = ?",
                &[user.to_value()],
                |row| {
                    let text = |column| {
                        row.get(column)
                            .map(|cell| rows::text(cell).unwrap_or_default())
                    };
                    Ok(Credentials {
                        password: PasswordHash::new(text(0)?),
                        first_name: text(1)?,
                        last_name: text(2)?,
                    })
                },
            )
        })
    }

    /// The password hashes of the newest users, newest first, at most `limit` of them.
    pub fn newest_hashes(&self, limit: u32) -> Result<Vec<PasswordHash>, Error> {
        self.read(|tx| {
            let newest = tx.users.newest_first();
            tx.all(
                &format!("SELECT {{password}} FROM {{users}} AS u ORDER BY {newest} LIMIT {limit}"),
                &[],
                |row| {
                    Ok(PasswordHash::new(
                        rows::text(row.get(0)?).unwrap_or_default(),
                    ))
                },
            )
        })
    }

    /// Stores a hash for a user, if one is given, and does what is to be done about the token, in
    /// one transaction; `None` if the user no longer exists.
    pub fn set_password(
        &mut self,
        user: &User,
        hash: Option<&PasswordHash>,
        step: &TokenStep,
    ) -> Result<Option<SteppedToken>, Error> {
        self.write(
            |tx| {
                if tx.user_of_id(&user.id)?.is_none() {
                    return Ok(None);
                }
                if let Some(hash) = hash {
                    tx.store_hash(&user.id, hash)?;
                }
                Ok::<_, Stop<Error>>(Some(tx.step(user, step)?))
            },
            |tx, stepped| {
                let is_stored = match hash {
                    Some(hash) => tx.has_hash(&user.id, hash)?,
                    None => true,
                };
                let token = tx.token(&user.id)?;
                Ok(is_stored
                    && match stepped {
                        None | Some(SteppedToken::Kept) => true,
                        Some(SteppedToken::Revoked(_)) => token.is_none(),
                        Some(SteppedToken::Issued(issued)) => {
                            token.is_some_and(|token| token.key == issued.token.key)
                        }
                    })
            },
        )
    }
}

impl Transaction<'_> {
    fn store_hash(&self, user: &UserId, hash: &PasswordHash) -> Result<(), Cause> {
        self.users.require("password")?;
        let values = [Value::Text(hash.expose().to_owned()), user.to_value()];
        self.execute("UPDATE {users} SET password = ? WHERE {id} = ?", &values)?;
        if self.has_hash(user, hash)? {
            Ok(())
        } else {
            Err(Cause::NotKept(self.users.name.clone()))
        }
    }

    fn has_hash(&self, user: &UserId, hash: &PasswordHash) -> Result<bool, Cause> {
        self.exists(
            "SELECT 1 FROM {users} WHERE password = ? AND {id} = ?",
            &[Value::Text(hash.expose().to_owned()), user.to_value()],
        )
    }

    fn step(&self, user: &User, step: &TokenStep) -> Result<SteppedToken, Cause> {
        let holders = match step {
            TokenStep::Keep => return Ok(SteppedToken::Kept),
            TokenStep::Revoke | TokenStep::Reset(..) => {
                self.holders_of(std::iter::once(&user.id))?
            }
        };
        let TokenStep::Reset(key, now) = step else {
            self.delete_tokens(&holders)?;
            let token = holders.into_iter().find_map(|holder| holder.token);
            return Ok(SteppedToken::Revoked(token));
        };
        let new_tokens = [(key.clone(), *now)];
        let issued = issue::issue(self, holders, &new_tokens, TokenPolicy::Reset)?
            .into_iter()
            .find_map(|outcome| outcome.result.ok());
        issued
            .map(SteppedToken::Issued)
            .ok_or_else(|| Cause::NotKept(crate::django::schema::TOKEN_TABLE.to_owned()))
    }
}
