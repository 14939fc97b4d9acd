//! The adapter against dynalite, which answers as DynamoDB does: the program that the variable LATCHKEY_TEST_DYNALITE names;
//! `cargo xtask test` sets it. What DynamoDB does only under load, a server of the test does: that needs no program.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that can not go on fails")]

mod client;
mod data;
mod refusals;
mod scripted;
mod server;
mod threads;
