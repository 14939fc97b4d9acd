//! What the endpoints do: one async function for each component, `http::Request<Bytes>` in, `http::Response<Bytes>` out,
//! generic over [`platform`]. A function here never fails: every outcome is a response.
//!
//! The rooms, from the outside in. Each knows only those after it:
//!
//! - `endpoints`: the table of all endpoints, and what each does with a request.
//! - `http`: what all endpoints share of HTTP: the gateway, problems, bodies, queries, cookies, CORS.
//! - `accounts`, `board`, `limits`, `signing`: what the application does, without a word of HTTP.
//! - `store`: keys, records, and what is right when several do it at once.
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
pub use endpoints::{account, authorizer, login, messages, openapi, session, signup, site, table};
pub use http::{BodyFault, MAX_BODY_BYTES};
