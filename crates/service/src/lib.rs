//! What the endpoints do: one async function for each component, `http::Request<Bytes>` in, `http::Response<Bytes>` out,
//! generic over [`ports`]. A function here never fails: every outcome is a response.
//!
//! Which file to open: [`gateway`] for what all endpoints share (methods, preflight, CORS, the authorizer's verdict);
//! [`problem`] for what goes wrong and how it is said; `store` for keys, records and what may happen twice at once.

pub mod account;
pub mod authorizer;
mod bearer;
mod call;
mod cookie;
mod cors;
mod credentials;
mod doors;
mod etag;
pub mod gateway;
mod hashing;
mod json;
mod log;
pub mod login;
pub mod messages;
pub mod openapi;
pub mod ports;
mod problem;
mod query;
mod reply;
pub mod session;
mod sessions;
mod settings;
mod signing;
pub mod signup;
pub mod site;
mod store;
mod tokens;

/// Most bytes of a request body; the edge reads no more, and marks a longer one as [`gateway::BodyFault::TooLarge`].
pub const MAX_BODY_BYTES: usize = 16 * 1024;
