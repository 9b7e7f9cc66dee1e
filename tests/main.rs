//! One test binary: a room for each kind of test, and the support that they share.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says why and ends"
)]

mod cli;
mod generated;
mod readme;
mod reliability;
mod server;
mod support;
