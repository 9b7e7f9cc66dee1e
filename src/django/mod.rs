//! What Django and Django REST framework fix and we must equal: names, e-mail addresses,
//! passwords, timestamps. Pure functions: no database, no files, no clock of their own.

mod characters;
pub mod hashers;
pub mod keys;
pub mod names;
pub mod schema;
pub mod timestamps;
pub mod validators;
