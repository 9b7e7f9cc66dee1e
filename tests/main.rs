//! One test binary: a room for each kind of test, and the support that they share.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says why and ends"
)]

mod cli;
mod clusters;
mod engines;
mod generated;
mod packages;
mod readme;
mod reliability;
mod schema;
mod server;
mod support;
