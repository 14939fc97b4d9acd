//! Cross-origin resource sharing (Fetch Standard, "CORS protocol"), without credentials.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue};

use super::origin::Origin;

/// The origins whose pages may read answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedOrigins {
    /// `*`
    Any,
    /// Only these. The default is none, because the site comes from the same origin.
    Listed(Vec<Origin>),
}

/// A text that is no list of allowed origins. Its entries are numbered from 1, because the log may not repeat a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AllowedOriginsError {
    /// No browser writes the origin as the list does.
    #[error("\"{origin}\" in the place of entry {entry}, as browsers write this origin")]
    Spelling { entry: usize, origin: Origin },
    #[error(
        "\"*\" alone, or origins as location.origin shows them in the page, such as https://example.com or \
         capacitor://localhost, with commas between them; entry {entry} is none, as null, patterns and hosts \
         that are not in ASCII are none"
    )]
    NoOrigin { entry: usize },
    #[error("at most {max} origins", max = AllowedOrigins::MAX_LISTED)]
    TooMany,
}

/// Every request header in `openapi.yaml`: a test holds it to that.
const ALLOWED_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, if-none-match");
const EXPOSED_HEADERS: HeaderValue = HeaderValue::from_static(
    "accept-encoding, allow, content-encoding, etag, location, retry-after, www-authenticate, x-request-id",
);
/// Seconds that a browser may keep a preflight answer; 7200 is the most that Chromium accepts.
const MAX_AGE_SECONDS: HeaderValue = HeaderValue::from_static("7200");
const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const VARY_PREFLIGHT: HeaderValue =
    HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

impl AllowedOrigins {
    const MAX_LISTED: usize = 1000;

    /// Reads `*`, or a list of origins with commas between them, as browsers write them. An origin in another spelling would
    /// never be equal to that of a request, and nobody would know why.
    pub(crate) fn parse(raw: &str) -> Result<Self, AllowedOriginsError> {
        if raw == "*" {
            return Ok(Self::Any);
        }
        let entries = raw.split(',').map(str::trim).filter(|entry| !entry.is_empty()).take(Self::MAX_LISTED + 1);
        let origins: Vec<_> = entries.zip(1..).map(|(text, entry)| listed(text, entry)).collect::<Result<_, _>>()?;
        if origins.len() > Self::MAX_LISTED {
            return Err(AllowedOriginsError::TooMany);
        }
        Ok(Self::Listed(origins))
    }

    /// The value of `Access-Control-Allow-Origin` for a request, if its origin is allowed.
    fn grant(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(ORIGIN)?;
        match self {
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::Listed(origins) => origins.iter().any(|listed| listed.is_named_by(origin)).then(|| origin.clone()),
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

fn listed(text: &str, entry: usize) -> Result<Origin, AllowedOriginsError> {
    match Origin::of_address(text) {
        Some(origin) if origin.to_string() == text => Ok(origin),
        Some(origin) => Err(AllowedOriginsError::Spelling { entry, origin }),
        None => Err(AllowedOriginsError::NoOrigin { entry }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_of_origins() {
        let listed = |origins: &[&str]| {
            Ok(AllowedOrigins::Listed(origins.iter().map(|origin| Origin::parse(origin).unwrap()).collect()))
        };
        assert_eq!(AllowedOrigins::parse("*"), Ok(AllowedOrigins::Any));
        assert_eq!(AllowedOrigins::parse(""), listed(&[]));
        assert_eq!(
            AllowedOrigins::parse("https://a.example, http://localhost:8080,,capacitor://localhost,"),
            listed(&["https://a.example", "http://localhost:8080", "capacitor://localhost"])
        );
    }

    #[test]
    fn says_which_entry_no_browser_sends_and_what_to_write_instead() {
        for (raw, entry, instead) in [
            ("https://a.example:443", 1, "https://a.example"),
            ("https://a.example, http://b.example:80", 2, "http://b.example"),
            ("https://a.example/", 1, "https://a.example"),
            ("https://a.example/app/?x#y", 1, "https://a.example"),
            ("https://a.example:8443/", 1, "https://a.example:8443"),
            ("https://user:pass@a.example", 1, "https://a.example"),
            (",,http://localhost , HTTPS://A.example", 2, "https://a.example"),
            ("http://[0:0:0:0:0:0:0:1]:3000", 1, "http://[::1]:3000"),
            ("Capacitor://localhost", 1, "capacitor://localhost"),
            ("tauri://localhost/index.html", 1, "tauri://localhost"),
        ] {
            let origin = Origin::parse(instead).unwrap();
            let error = AllowedOriginsError::Spelling { entry, origin };
            assert_eq!(AllowedOrigins::parse(raw), Err(error.clone()), "{raw}");
            assert!(error.to_string().starts_with(&format!("\"{instead}\" in the place of entry {entry},")), "{error}");
        }
    }

    #[test]
    fn refuses_what_is_no_origin() {
        for (raw, entry) in [
            ("example.com", 1),
            ("localhost:8080", 1),
            ("https://", 1),
            ("https://*.example", 1),
            ("https://b\u{fc}cher.example", 1),
            ("null", 1),
            ("https://a.example, null", 2),
            ("ftp://a.example", 1),
            ("file:///index.html", 1),
            ("https://a.example,*", 2),
            ("https://a.example b", 1),
            ("https://a.example https://b.example", 1),
            ("'https://a.example'", 1),
            ("[\"https://a.example\"]", 1),
        ] {
            assert_eq!(AllowedOrigins::parse(raw), Err(AllowedOriginsError::NoOrigin { entry }), "{raw}");
        }
        let many = "https://a.example,".repeat(1001);
        assert_eq!(AllowedOrigins::parse(&many), Err(AllowedOriginsError::TooMany));
        assert!(AllowedOrigins::parse(&many[18..]).is_ok());
    }
}
