//! The errors that the host itself answers with, as `application/problem+json` (RFC 9457). The host never turns an answer
//! of a component into a problem of its own.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

/// The reasons for which the host answers in place of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The request target is not a path (`*`, or the authority of a CONNECT).
    InvalidTarget,
    /// The Host header is missing, repeated or not a valid authority, or it differs from the authority in the request
    /// target.
    InvalidHost,
    /// A header's value is not UTF-8.
    InvalidHeader,
    /// No route of the manifest matches the path.
    NotFound,
    /// The body is larger than `--max-request-body`.
    BodyTooLarge,
    /// The connection broke off within the body, or the body is not framed as HTTP says.
    IncompleteBody,
    /// The body did not arrive within `--body-timeout`.
    BodyTimeout,
    /// As many requests are running as `--max-concurrent-requests` allows.
    Overloaded,
    /// The component did not answer within `--request-timeout`.
    RequestTimeout,
    /// The component trapped, or its answer cannot be sent. The log has the reason.
    Internal,
}

impl Problem {
    /// Status, code and detail.
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidTarget => {
                (StatusCode::BAD_REQUEST, "invalid_target", "The request target must be a path or an http URL.")
            }
            Self::InvalidHost => {
                (StatusCode::BAD_REQUEST, "invalid_host", "The request needs exactly one valid Host header.")
            }
            Self::InvalidHeader => (StatusCode::BAD_REQUEST, "invalid_header", "The value of a header is not UTF-8."),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "No route matches this path."),
            Self::BodyTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than the host allows.")
            }
            Self::IncompleteBody => (StatusCode::BAD_REQUEST, "invalid_request", "The body is not complete."),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "body_timeout", "The body did not arrive in time."),
            Self::Overloaded => {
                (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too many requests are running. Try again shortly.")
            }
            Self::RequestTimeout => {
                (StatusCode::GATEWAY_TIMEOUT, "request_timeout", "The request took longer than the host allows.")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "The request could not be answered."),
        }
    }

    /// The whole response. It has a Content-Length, and no cache may store it.
    pub(crate) fn response(self) -> Response<Bytes> {
        let (status, code, detail) = self.parts();
        let body = json!({
            "type": format!("urn:latchkey:problem:{code}"),
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": detail,
            "code": code,
        })
        .to_string();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let length = HeaderValue::from(response.body().len());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CONTENT_LENGTH, length);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // The answer of a component at the same URL may depend on the origin.
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self == Self::Overloaded {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
