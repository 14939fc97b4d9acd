//! An adapter: `wasi:keyvalue` over one Redis server, the primary. It keeps the data as Spin's own Redis store does, so either
//! can be started on the data of the other.

mod bindings;
mod client;
mod connection;
mod log;
mod store;

pub use client::Client;
pub use connection::Address;
pub use store::Store;

// The names of the exports mean nothing to the linker of another target, for which the tests are built.
#[cfg(target_arch = "wasm32")]
keyvalue::export!(Store);
