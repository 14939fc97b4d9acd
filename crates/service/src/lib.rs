//! What the endpoints do: one async function for each component, `http::Request<Bytes>` in, `http::Response<Bytes>` out,
//! generic over [`platform`]. A function here never fails: every outcome is a response.
//!
//! The modules, from the outside in. Each uses only those after it:
//!
//! - `endpoints`: the table of all endpoints, and what each does with a request.
//! - `http`: the parts of HTTP that all endpoints share: the gateway, problems, bodies, queries, cookies, CORS.
//! - `accounts`, `board`, `limits`, `signing`: what the application does, independent of HTTP.
//! - `store`: keys, records, and the operations that stay correct when several requests run them at once.
//! - `context`: one request: the platform, the settings, the log.

mod accounts;
mod board;
mod context;
mod endpoints;
mod http;
mod limits;
mod signing;
mod store;

pub use context::platform;
pub use endpoints::{
    account, authorizer, login, messages, moderation, openapi, passkeys, session, signup, site, table,
};
pub use http::{BodyFault, MAX_BODY_BYTES};
