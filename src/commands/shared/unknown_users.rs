//! Finding out what a name that is no user's may have meant: every command that takes names asks
//! here before it says so.

use crate::db::{Database, Error, User};
use crate::error::{Failure, Meant, UnknownUsers};

/// The user of that name.
pub(crate) fn find(username: &str, database: &Database) -> Result<User, Failure> {
    let user = database.user(username)?;
    user.ok_or_else(|| no_such_user(vec![username.to_owned()], database))
}

/// The error about these names, with what they may have meant.
pub(crate) fn no_such_user(names: Vec<String>, database: &Database) -> Failure {
    // That the names are unknown is the news; what cannot be found out about them is not.
    let meant = meant(&names, database).unwrap_or(Meant::Nothing);
    Failure::NoSuchUser(UnknownUsers { names, meant })
}

/// As [`no_such_user`], for a command that a new user could have been named to.
pub(crate) fn no_such_user_yet(names: Vec<String>, database: &Database) -> Failure {
    match no_such_user(names, database) {
        Failure::NoSuchUser(UnknownUsers {
            names,
            meant: Meant::Nothing,
        }) => Failure::NoSuchUser(UnknownUsers {
            names,
            meant: Meant::NewUser,
        }),
        failure => failure,
    }
}

fn meant(names: &[String], database: &Database) -> Result<Meant, Error> {
    let Some(first) = names.first() else {
        return Ok(Meant::Nothing);
    };
    if let Some(column) = database.column_with_value(first)? {
        let users = database.users();
        return Ok(Meant::Column {
            table: users.name().to_owned(),
            username_field: users.username_field().to_owned(),
            column,
        });
    }
    if names.len() > 1 {
        return Ok(Meant::Nothing);
    }
    let similar = database.similar_usernames(first)?;
    Ok(if similar.is_empty() {
        Meant::Nothing
    } else {
        Meant::Users(similar)
    })
}
