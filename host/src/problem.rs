//! The errors that the host itself answers with, as `application/problem+json` (RFC 9457), or as HTML for a browser that opens a
//! page. The host never turns an answer of a component into a problem of its own.

use bytes::Bytes;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::json;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// The policy of the app's own problems: the answer runs, loads and sends nothing, and is shown in no frame.
const NO_PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
);

/// How a problem is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Html,
}

impl Form {
    /// HTML if the client names it and prefers it to JSON, as a browser does that opens a page (RFC 9110, section 12.5.1).
    pub(crate) fn preferred(headers: &HeaderMap) -> Self {
        let html = quality(headers, &["text/html"]);
        if html > quality(headers, &["application/problem+json", "application/json"]) { Self::Html } else { Self::Json }
    }
}

/// The highest weight that the client gives to one of these media types by name; 0 if it names none.
fn quality(headers: &HeaderMap, types: &[&str]) -> f32 {
    let lists = headers.get_all(ACCEPT).iter().filter_map(|list| list.to_str().ok());
    let of_range = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?;
        types.iter().find(|known| known.eq_ignore_ascii_case(name))?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        weight.map_or(Some(1.0), |weight| weight.parse().ok())
    };
    lists.flat_map(|list| list.split(',')).filter_map(of_range).fold(0.0, f32::max)
}

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
    pub(crate) fn response(self, form: Form) -> Response<Bytes> {
        let (status, code, detail) = self.parts();
        let title = status.canonical_reason().unwrap_or_default();
        let (content_type, body) = match form {
            Form::Json => {
                let kind = format!("urn:latchkey:problem:{code}");
                let status = status.as_u16();
                let body = json!({ "type": kind, "title": title, "status": status, "detail": detail, "code": code });
                ("application/problem+json", body.to_string())
            }
            Form::Html => ("text/html; charset=utf-8", page(title, detail)),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let length = HeaderValue::from(response.body().len());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CONTENT_LENGTH, length);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // The answer of a component at the same URL may depend on the origin.
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CONTENT_SECURITY_POLICY, NO_PAGE);
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        if self == Self::Overloaded {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Both texts are of this file, so nothing in them needs an escape.
fn page(title: &str, detail: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <h1>{title}</h1>\n<p>{detail}</p>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_for_who_asks_for_one() {
        for (accept, form) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Form::Html),
            ("*/*", Form::Json),
            ("application/json", Form::Json),
            ("application/json, text/html;q=0.9", Form::Json),
            ("application/json;q=0.5, Text/HTML; q=0.9", Form::Html),
            ("text/html, application/problem+json", Form::Json),
            ("text/html;q=0", Form::Json),
            ("text/html;q=x", Form::Json),
            ("text/htmlx", Form::Json),
            ("", Form::Json),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(Form::preferred(&headers), form, "{accept}");
        }
        assert_eq!(Form::preferred(&HeaderMap::new()), Form::Json);
    }
}
