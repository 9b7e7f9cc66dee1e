//! What an operator should look at when users have just been created: names that could be taken
//! for others', and rows that the server's own code would have made.

use crate::context::Context;
use crate::db::{self, Cause, Database, UserId};
use crate::django::schema::TOKEN_TABLE;
use crate::error::Failure;
use crate::escape::{quoted, quoted_list};
use crate::io::output::grouped;

/// The users that a command has created.
#[derive(Default)]
pub(crate) struct NewUsers {
    names: Vec<String>,
    ids: Vec<UserId>,
}

impl NewUsers {
    /// Adds one.
    pub(crate) fn add(&mut self, username: &str, id: &UserId) {
        self.names.push(username.to_owned());
        self.ids.push(id.clone());
    }

    /// Warns of all that there is to warn of. The users exist: that something cannot be looked up
    /// is no failure. But it ends the looking: each time may take as long.
    pub(crate) fn warn(&self, ctx: &Context, database: &Database) {
        if self.names.is_empty() {
            return;
        }
        let _ = self
            .warn_of_twins(ctx, database)
            .and_then(|()| self.warn_of_missing_rows(ctx, database));
    }

    fn warn_of_twins(&self, ctx: &Context, database: &Database) -> Result<(), db::Error> {
        let twins = database.case_twins(&self.names)?;
        match twins.as_slice() {
            [] => {}
            [(name, twin)] => ctx.out.warn(&format!(
                "{} differs from the existing user {} only in case",
                quoted(name),
                quoted(twin)
            )),
            twins => {
                let names: Vec<&str> = twins.iter().map(|(name, _)| name.as_str()).collect();
                ctx.out.warn(&format!(
                    "{} differ from other users only in case",
                    quoted_list(&names)
                ));
            }
        }
        Ok(())
    }

    fn warn_of_missing_rows(&self, ctx: &Context, database: &Database) -> Result<(), db::Error> {
        let missing = database.missing_companions(&self.ids)?;
        let mut tables = Vec::new();
        let mut most_lacking = 0;
        for (table, lacking) in missing {
            if table == TOKEN_TABLE {
                ctx.out.warn(&format!(
                    "most users get a token when the server creates them, and {}: `--token` makes it",
                    self.who_has_none(lacking)
                ));
            } else {
                tables.push(table);
                most_lacking = most_lacking.max(lacking);
            }
        }
        if !tables.is_empty() {
            ctx.out.warn(&format!(
                "most users have a row in {}, and {}: the server makes it when it creates a user \
                 itself, and may fail without it",
                quoted_list(&tables),
                self.who_has_none(most_lacking)
            ));
        }
        Ok(())
    }

    fn who_has_none(&self, lacking: usize) -> String {
        match self.names.as_slice() {
            [name] => format!("{} has none", quoted(name)),
            _ if lacking == 1 => "1 of the new users has none".to_owned(),
            _ => format!("{} of the new users have none", grouped(lacking as u64)),
        }
    }
}

/// The error of a user who could not be created, which names the one who is in the way where
/// that is a name in another case.
pub(crate) fn not_created(error: db::Error, username: &str, database: &Database) -> Failure {
    if matches!(error.cause, Cause::NotUnique(_))
        && let Ok(Some(twin)) = database.case_twin(username)
    {
        return Failure::CaseTwin {
            username: username.to_owned(),
            twin,
        };
    }
    error.into()
}
