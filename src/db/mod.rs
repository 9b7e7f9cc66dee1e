//! The server's database, as the commands see it: users, tokens, migrations.
//!
//! Every method of [`Database`] is one decision, and one transaction where it writes. SQL is
//! written once, as text with names in braces; what differs between the engines is in
//! `engines`, and no type of a driver leaves there.

mod changes;
mod companions;
mod database;
mod details;
mod engine;
mod engines;
mod error;
mod examine;
mod glob;
mod groups;
mod issue;
mod layout;
mod list;
mod location;
mod migrate;
mod model;
mod new_user;
mod other_tokens;
mod passwords;
mod rows;
mod select;
mod settings;
mod similar;
mod tokens;
mod user_table;
mod users;

pub use self::changes::{ChangedUser, UserChanges};
pub use self::database::Database;
pub use self::details::Details;
pub(crate) use self::engines::sqlite_version;
pub use self::error::{Cause, Error, ReadOnly};
pub use self::location::{Host, Location, ServerUrl};
pub use self::migrate::{Migrator, Plan};
pub use self::model::{
    Account, Batch, Credentials, Deletion, Entry, Fields, FileTrouble, GivenToken, Group, IfExists,
    IssuedToken, Missing, NoToken, Order, Query, References, Selection, Token, TokenChange,
    TokenFilter, TokenHolder, TokenOutcome, TokenPolicy, User, UserChange, UserId, UserOutcome,
    WantedUser,
};
pub use self::new_user::boolean;
pub use self::other_tokens::OtherTokens;
pub use self::passwords::{SteppedToken, TokenStep};
pub use self::settings::{SILENCE, Settings};
pub use self::similar::LoginColumn;
pub use self::tokens::TokenRequest;
pub use self::user_table::UserTable;
pub use self::users::NotEnsured;
