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
mod groups;
mod layout;
mod list;
mod location;
mod migrate;
mod model;
mod new_user;
mod other_tokens;
mod rows;
mod select;
mod similar;
mod tokens;
mod user_table;
mod users;

pub use self::changes::{ChangedUser, UserChanges};
pub use self::database::{Database, Settings};
pub use self::details::Details;
pub use self::error::{Cause, Error};
pub use self::examine::{Account, FileTrouble, Missing};
pub use self::location::{Host, Location, ServerUrl};
pub use self::migrate::{Migrator, Plan};
pub use self::model::{
    Batch, Credentials, Deletion, Entry, Fields, Group, IfExists, IssuedToken, NoToken, Order,
    Query, Selection, Token, TokenChange, TokenFilter, TokenHolder, TokenOutcome, TokenPolicy,
    User, UserChange, UserId,
};
pub use self::other_tokens::OtherTokens;
pub use self::tokens::TokenRequest;
pub use self::user_table::UserTable;
pub use self::users::{UserOutcome, WantedUser};
