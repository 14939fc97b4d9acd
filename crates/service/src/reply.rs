use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::problem::Refusal;

/// An answer, as an endpoint gives it to the gateway.
pub(crate) type Reply = Response<Bytes>;

/// What is written for one person, or must not be kept for another reason.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

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

/// What every answer gets, and what `HEAD` leaves of it.
pub(crate) fn finish(mut reply: Reply, head: bool, request_id: &str) -> Reply {
    let length = reply.body().len();
    let status = reply.status();
    let headers = reply.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    if status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    // Sixteen hexadecimal digits are a header value.
    let _ = set(&mut reply, REQUEST_ID, request_id);
    if head {
        *reply.body_mut() = Bytes::new();
    }
    reply
}
