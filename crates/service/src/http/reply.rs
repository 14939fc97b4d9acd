use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

/// An answer, as an endpoint gives it to the gateway.
pub(crate) type Reply = Response<Bytes>;

/// The `Cache-Control` of answers for one person, and of others that caches must not keep.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// That of the public keys and of what names them, in shared caches too. A verifier elsewhere may miss a new key for at most
/// this long.
pub(crate) const TEN_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=600");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// The policy of answers that are data and not a page: if a browser opens such an address, also in a frame, the answer
/// can't run, load or send anything.
const NO_PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
);
/// `max-age` is a year in seconds.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// The header in which the host gives the full URL of the request. It comes after any header of this name that the client
/// has sent.
const FULL_URL: HeaderName = HeaderName::from_static("spin-full-url");

/// An answer with a JSON body, which no cache keeps.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Reply {
    // This can't fail, because every body is a struct of strings and numbers.
    json_bytes(status, Bytes::from(serde_json::to_vec(body).unwrap_or_default()))
}

/// The same for a body that is JSON already.
pub(crate) fn json_bytes(status: StatusCode, body: Bytes) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    reply
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// Sets a header whose value was made here, of visible ASCII characters.
pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    reply.headers_mut().extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
}

/// Adds a cookie to an answer, beside any that it sets already.
pub(crate) fn with_cookie(mut reply: Reply, cookie: HeaderValue) -> Reply {
    reply.headers_mut().append(SET_COOKIE, cookie);
    reply
}

/// Adds the headers of every answer, and removes the body of an answer to `HEAD`.
pub(crate) fn finish(mut reply: Reply, request: &HeaderMap, head: bool, request_id: &str) -> Reply {
    let length = reply.body().len();
    let status = reply.status();
    let headers = reply.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    let url = request.get_all(FULL_URL).iter().next_back();
    if url.is_some_and(|url| url.as_bytes().starts_with(b"https:")) {
        headers.insert(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    if status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    set(&mut reply, REQUEST_ID, request_id);
    if head {
        *reply.body_mut() = Bytes::new();
    }
    reply
}
