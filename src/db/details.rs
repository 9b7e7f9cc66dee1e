//! All that the database knows of one user and an operator asks for.

use jiff::Timestamp;

use super::database::Database;
use super::error::Error;
use super::model::{References, Token, User, UserId};
use super::rows;
use crate::secret::PasswordHash;

/// A user, whole. `None` where the server's user model has no such column, or it is NULL.
#[derive(Debug)]
pub struct Details {
    /// The user.
    pub user: User,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// When the user was created.
    pub date_joined: Option<Timestamp>,
    /// When the user last logged in.
    pub last_login: Option<Timestamp>,
    /// The hash of the password.
    pub password: Option<PasswordHash>,
    /// The names of the user's groups; `None` where the user model has none.
    pub groups: Option<Vec<String>>,
    /// The user's token.
    pub token: Option<Token>,
    /// The rows that refer to the user.
    pub references: References,
}

impl Database {
    /// All about a user; `None` if the user no longer exists.
    pub fn details(&self, user: &UserId) -> Result<Option<Details>, Error> {
        let has_tokens = self.has_tokens();
        self.read(|tx| {
            let found = tx.first(
                "SELECT {user_columns}, {first_name}, {last_name}, {date_joined}, {last_login}, \
                 {password} FROM {users} AS u WHERE u.{id} = ?",
                &[user.to_value()],
                |row| {
                    let text = |column| row.get(rows::USER_WIDTH + column).map(rows::text);
                    Ok(Details {
                        user: rows::user(row, tx.users)?,
                        first_name: text(0)?,
                        last_name: text(1)?,
                        date_joined: row.time(rows::USER_WIDTH + 2)?,
                        last_login: row.time(rows::USER_WIDTH + 3)?,
                        password: text(4)?.map(PasswordHash::new),
                        groups: None,
                        token: None,
                        references: References::default(),
                    })
                },
            )?;
            let Some(mut details) = found else {
                return Ok(None);
            };
            if tx.memberships().is_ok() {
                details.groups = Some(tx.groups_of(user)?);
            }
            if has_tokens {
                details.token = tx.token(user)?;
            }
            details.references = tx.references_to(user)?;
            Ok(Some(details))
        })
    }
}
