use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::problem::Refusal;

/// An answer, as an endpoint gives it to the gateway.
pub(crate) type Reply = Response<Bytes>;

/// What is written for one person, or must not be kept for another reason.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// An answer with a JSON body, which no cache keeps.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Result<Reply, Refusal> {
    let body = serde_json::to_vec(body).map_err(|_| Refusal::Internal("a response did not serialise"))?;
    let mut reply = Response::new(Bytes::from(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    Ok(reply)
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// Sets a header whose value was made here.
pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &str) -> Result<(), Refusal> {
    let value = HeaderValue::from_str(value).map_err(|_| Refusal::Internal("a header value has a forbidden byte"))?;
    reply.headers_mut().insert(name, value);
    Ok(())
}
