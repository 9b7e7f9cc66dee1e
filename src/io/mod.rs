//! Everything that is read from and shown to the person or script that runs drfctl.
//!
//! Only these files read files and stdin, print or prompt; none of them knows the database.

pub(crate) mod age;
pub(crate) mod delivery;
pub(crate) mod input;
pub(crate) mod names;
pub(crate) mod output;
pub(crate) mod owner;
pub(crate) mod prompt;
pub(crate) mod secret_file;
pub(crate) mod table;
