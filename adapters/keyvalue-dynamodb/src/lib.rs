//! An adapter: `wasi:keyvalue` over one table of DynamoDB. An item has the key in `k`, and either a value in `v` or the number
//! of a counter in `n`. `deploy/dynamodb` has the table, and the rights that this needs.

mod action;
mod answer;
mod bindings;
mod http;
mod item;
mod retry;
mod settings;
mod signature;
mod store;
mod transport;

pub use http::Wasi;
pub use settings::{Endpoint, Settings};
pub use signature::sign;
pub use store::Store;
pub use transport::{Answer, Failure, Request, Transport};

// The names of the exports mean nothing to the linker of another target, for which the tests are built.
#[cfg(target_arch = "wasm32")]
keyvalue::export!(Store<Wasi>);
