//! What all endpoints share of HTTP.

pub(crate) mod bearer;
pub(crate) mod body;
pub(crate) mod client_address;
pub(crate) mod cookie;
pub(crate) mod cors;
pub(crate) mod etag;
pub(crate) mod gateway;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod reply;
pub(crate) mod resource;

/// Most bytes of a request body; the edge reads no more, and marks a longer one as [`BodyFault::TooLarge`].
pub const MAX_BODY_BYTES: usize = rules::BODY_MAX_BYTES;

/// Why a request has no body here although it has one: put into its extensions by the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// It ended, or its time did, before it was complete.
    Incomplete,
    /// It has more than [`MAX_BODY_BYTES`].
    TooLarge,
}
