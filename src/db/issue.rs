//! Giving users their tokens within a transaction: what was read is decided by a pure function,
//! written in few statements, and read back where another may have interfered.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::database::Transaction;
use super::error::Cause;
use super::model::{
    IssuedToken, NoToken, Token, TokenChange, TokenHolder, TokenOutcome, TokenPolicy, UserId,
};
use crate::django::schema::TOKEN_TABLE;
use crate::secret::Key;

/// What is to be done about one user's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Create,
    Replace,
    Keep,
    /// The user has another token than the given one.
    Refuse,
}

pub(super) fn decide(token: Option<&Token>, key: &Key, policy: TokenPolicy) -> Decision {
    let Some(token) = token else {
        return Decision::Create;
    };
    match policy {
        TokenPolicy::GetOrCreate => Decision::Keep,
        TokenPolicy::ResetOlder(limit) => match token.created {
            Some(created) if created >= limit => Decision::Keep,
            _ => Decision::Replace,
        },
        TokenPolicy::Set | TokenPolicy::ResetTo if token.key == *key => Decision::Keep,
        TokenPolicy::Set => Decision::Refuse,
        TokenPolicy::Reset | TokenPolicy::ResetTo => Decision::Replace,
    }
}

/// A key that a token may get, and the time that it is then of.
pub(super) type NewToken = (Key, Timestamp);

/// Does what the policy says about the tokens of users whose rows were just read, each with a
/// new key of its own.
pub(super) fn issue(
    tx: &Transaction<'_>,
    holders: Vec<TokenHolder>,
    new_tokens: &[NewToken],
    policy: TokenPolicy,
) -> Result<Vec<TokenOutcome>, Cause> {
    let mut outcomes = Vec::with_capacity(holders.len());
    // Both in the order of the users' ids, so that no two jobs wait for each other.
    let mut created: Vec<(UserId, &NewToken)> = Vec::new();
    let mut replaced: Vec<(UserId, &NewToken, Key)> = Vec::new();
    for (TokenHolder { user, token }, new_token) in holders.into_iter().zip(new_tokens) {
        let (key, time) = new_token;
        let is_given = matches!(policy, TokenPolicy::Set | TokenPolicy::ResetTo);
        let decision = decide(token.as_ref(), key, policy);
        let new = Token {
            key: key.clone(),
            created: Some(*time),
        };
        let result = match (decision, token) {
            (Decision::Keep, Some(token)) => Ok(IssuedToken {
                token,
                change: TokenChange::Existing,
            }),
            (Decision::Refuse, _) => Err(NoToken::OtherToken),
            _ if is_given && tx.is_taken(key, &user.id)? => Err(NoToken::KeyTaken),
            (Decision::Replace, Some(old)) => {
                replaced.push((user.id.clone(), new_token, old.key));
                Ok(IssuedToken {
                    token: new,
                    change: TokenChange::Reset,
                })
            }
            _ => {
                created.push((user.id.clone(), new_token));
                Ok(IssuedToken {
                    token: new,
                    change: TokenChange::Created,
                })
            }
        };
        outcomes.push(TokenOutcome { user, result });
    }
    created.sort_by(|(one, _), (other, _)| one.cmp(other));
    replaced.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let mut is_certain = tx.create_tokens(&created)?;
    for (user, new_token, old) in &replaced {
        // `--reset-older-than` replaces only what was found old: who comes second finds the
        // new key.
        let only_old = matches!(policy, TokenPolicy::ResetOlder(_)).then_some(old);
        is_certain &= tx.replace_token(user, new_token, only_old)?;
    }
    if !is_certain {
        let written: Vec<&UserId> = created
            .iter()
            .map(|(user, _)| user)
            .chain(replaced.iter().map(|(user, ..)| user))
            .collect();
        read_back(tx, &mut outcomes, &written, policy)?;
    }
    Ok(outcomes)
}

/// Corrects what was to be written by what is stored.
fn read_back(
    tx: &Transaction<'_>,
    outcomes: &mut [TokenOutcome],
    written: &[&UserId],
    policy: TokenPolicy,
) -> Result<(), Cause> {
    let mut stored: BTreeMap<UserId, Option<Token>> = tx
        .holders_of(written.iter().copied())?
        .into_iter()
        .map(|holder| (holder.user.id, holder.token))
        .collect();
    let not_kept = || Cause::NotKept(TOKEN_TABLE.to_owned());
    for outcome in outcomes {
        let Ok(issued) = &mut outcome.result else {
            continue;
        };
        if issued.change == TokenChange::Existing {
            continue;
        }
        let is_given = matches!(policy, TokenPolicy::Set | TokenPolicy::ResetTo);
        // Without another writer it can only have been a trigger.
        let may_be_overtaken = !tx.engine.dialect().has_one_writer;
        outcome.result = match stored.remove(&outcome.user.id) {
            None => Err(NoToken::UserGone),
            Some(Some(token)) if token.key == issued.token.key => Ok(IssuedToken {
                token,
                change: issued.change,
            }),
            Some(Some(_)) if may_be_overtaken && policy == TokenPolicy::Set => {
                Err(NoToken::OtherToken)
            }
            Some(Some(token)) if may_be_overtaken && !is_given => Ok(IssuedToken {
                token,
                change: TokenChange::Existing,
            }),
            // Another row of this very statement may have the key.
            Some(None) if is_given => Err(NoToken::KeyTaken),
            Some(_) => return Err(not_kept()),
        };
    }
    Ok(())
}
