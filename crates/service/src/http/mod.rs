//! The parts of HTTP that all endpoints share.

pub(crate) mod bearer;
pub(crate) mod body;
mod client_address;
mod content;
pub(crate) mod cookie;
pub(crate) mod cors;
pub(crate) mod encoding;
pub(crate) mod etag;
pub(crate) mod gateway;
pub(crate) mod idempotency_key;
pub(crate) mod origin;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod resource;
pub(crate) mod same_origin;

/// The most bytes that a request body may have. The edge reads no more, and marks a longer body as [`BodyFault::TooLarge`].
pub const MAX_BODY_BYTES: usize = rules::BODY_MAX_BYTES;

/// Why a request has no body here although the client sent one. The edge puts this into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// It ended, or its time limit passed, before it was complete.
    Incomplete,
    /// It has more than [`MAX_BODY_BYTES`].
    TooLarge,
}
