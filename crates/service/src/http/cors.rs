//! Cross-origin resource sharing (Fetch Standard, "CORS protocol"), without credentials.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue};

/// The origins whose pages may read answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedOrigins {
    /// `*`
    Any,
    /// Only these. The default is none, because the site comes from the same origin.
    Listed(Vec<String>),
}

const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("etag, location, retry-after, www-authenticate, x-request-id");
/// Seconds that a browser may keep a preflight answer; 7200 is the most that Chromium accepts.
const MAX_AGE_SECONDS: HeaderValue = HeaderValue::from_static("7200");
const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const VARY_PREFLIGHT: HeaderValue =
    HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

impl AllowedOrigins {
    /// Reads `*`, or a list of origins with commas between them.
    pub(crate) fn parse(raw: &str) -> Result<Self, &'static str> {
        if raw == "*" {
            return Ok(Self::Any);
        }
        let origins = raw.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        origins
            .map(|origin| is_origin(origin).then(|| origin.to_owned()))
            .collect::<Option<Vec<_>>>()
            .map(Self::Listed)
            .ok_or("\"*\", or origins like https://example.com with commas between them")
    }

    /// The value of `Access-Control-Allow-Origin` for a request, if its origin is allowed.
    fn grant(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(ORIGIN)?;
        match self {
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::Listed(origins) => origins.iter().any(|o| o.as_bytes() == origin.as_bytes()).then(|| origin.clone()),
        }
    }

    /// Adds the headers that every answer carries, errors too: without them a browser shows "CORS error" instead of a 401.
    pub(crate) fn apply(&self, request: &HeaderMap, response: &mut HeaderMap) {
        response.entry(VARY).or_insert(VARY_ORIGIN);
        if let Some(origin) = self.grant(request) {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        }
    }

    /// Adds what only the answer to a preflight carries: the methods of the requested resource.
    pub(crate) fn apply_preflight(&self, request: &HeaderMap, methods: &HeaderValue, response: &mut HeaderMap) {
        response.insert(VARY, VARY_PREFLIGHT);
        if request.contains_key(ACCESS_CONTROL_REQUEST_METHOD) && self.grant(request).is_some() {
            response.insert(ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
            response.insert(ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
            response.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        }
    }
}

/// Scheme, host and perhaps port, as a browser serialises them: no path, no upper case, no user.
fn is_origin(raw: &str) -> bool {
    let Some(authority) = raw.strip_prefix("https://").or_else(|| raw.strip_prefix("http://")) else { return false };
    !authority.is_empty()
        && authority.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_of_origins() {
        let listed = |origins: &[&str]| Ok(AllowedOrigins::Listed(origins.iter().map(|o| (*o).to_owned()).collect()));
        assert_eq!(AllowedOrigins::parse("*"), Ok(AllowedOrigins::Any));
        assert_eq!(AllowedOrigins::parse(""), listed(&[]));
        assert_eq!(
            AllowedOrigins::parse("https://a.example, http://localhost:8080,"),
            listed(&["https://a.example", "http://localhost:8080"])
        );
    }

    #[test]
    fn refuses_what_no_browser_sends() {
        for raw in [
            "example.com",
            "https://",
            "https://a.example/",
            "https://A.example",
            "https://*.example",
            "null",
            "ftp://a.example",
            "https://a.example,*",
            "https://u@a.example",
            "https://a.example b",
        ] {
            assert!(AllowedOrigins::parse(raw).is_err(), "{raw}");
        }
    }
}
