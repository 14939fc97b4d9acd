//! What the fuzz targets have in common: the world of the service's tests with two people in it, requests written as text,
//! and what every answer has to be like.
//!
//! What is public is fuzzed where it is. What is private to `service` is fuzzed through the endpoint that a request reaches
//! it by, so that all that lies before it is fuzzed too.

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
/// What the site answers.
pub fn ask_site(site: &service::site::Site, request: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> {
    futures::executor::block_on(service::site::handle(&world::World::new(), site, request))
}

/// The password of everybody.
pub const PASSWORD: &str = world::PASSWORD;
