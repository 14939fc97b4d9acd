//! What all fuzz targets share: the test environment of the service with two people in it, requests that are written as
//! text, and the checks for every answer.
//!
//! Public functions are fuzzed directly. Private code of `service` is fuzzed through the endpoint that calls it, so that all
//! code before it is fuzzed too.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what does not hold is found so"
)]

mod answer;
mod people;
mod request;
#[expect(dead_code, unused_imports, reason = "the tests of the service need more of it")]
#[path = "../../crates/service/tests/all/world/mod.rs"]
mod world;

pub use answer::check;
pub use people::{People, USERNAME};
pub use request::parse as parse_request;
/// Sends a request to the site and returns its answer.
pub fn ask_site(site: &service::site::Site, request: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> {
    futures::executor::block_on(service::site::handle(&world::World::new(), site, request))
}

/// The password of all accounts.
pub const PASSWORD: &str = world::PASSWORD;
