//! The adapter against a real Redis server, the program that the variable LATCHKEY_TEST_REDIS names; `cargo xtask test` sets it.
//! The tests with a server that does not answer need none.

#![cfg(not(feature = "spin"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can not go on fails")]

mod addresses;
mod data;
mod eviction;
mod outages;
mod server;
mod silence;
mod threads;

use std::rc::Rc;

use keyvalue_redis::{Address, Client, Store};

/// A client of the server at an address, which takes it as an error when the server removes keys.
fn client(url: &str) -> Rc<Client> {
    Rc::new(Client::new(Address::parse(url).unwrap(), |policy| panic!("the policy is {policy}")))
}

fn store(url: &str) -> Store {
    Store::of(client(url))
}
