use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::Value;
use wire::{FieldCode, Problem, ProblemCode};

/// The largest problem, in bytes. A request can't make a problem longer than this.
const MAX_PROBLEM_BYTES: usize = 8 * 1024;

/// Checks what holds for every answer of the API, whatever the request is, while the store works.
pub fn check(method: &Method, path: &str, response: &Response<Bytes>) {
    let (status, body) = (response.status(), response.body());
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
    assert!(status.as_u16() < 500, "{method} {path}: {status}, {body:?}");
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    assert!(header("vary").is_some_and(|names| names.contains("Origin")), "{method} {path}: Vary");
    let id = header("x-request-id").unwrap();
    assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    let cache = header("cache-control").unwrap();
    assert!(cache == "no-store" || (status == StatusCode::OK || status == StatusCode::NOT_MODIFIED), "{cache}");
    assert!(header("content-security-policy").is_some_and(|policy| policy.contains("sandbox")));
    for name in ["www-authenticate", "location", "access-control-allow-origin"] {
        assert!(response.headers().get_all(name).iter().count() <= 1, "{name} is there more than once");
    }
    for cookie in response.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        let name = cookie.split('=').next().unwrap().trim_start_matches("__Secure-");
        // On some ports the name ends in the port.
        let path = match name {
            name if name.starts_with("latchkey-device") => "/api/login",
            name if name.starts_with("latchkey-passkey-login") => "/api/login/passkey",
            name if name.starts_with("latchkey-passkey") => "/api/account/passkeys",
            _ => "/api/session",
        };
        assert!(cookie.contains(&format!("; Path={path}; ")), "{cookie}");
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        assert_eq!(cookie.starts_with("__Secure-"), cookie.ends_with("; Secure"), "{cookie}");
    }
    if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED || *method == Method::HEAD {
        assert!(body.is_empty(), "{method} {path}: a body with {status}");
        return;
    }
    assert_eq!(header("content-length"), Some(body.len().to_string().as_str()));
    if status.is_success() {
        assert_eq!(header("content-type"), Some("application/json"));
        assert!(serde_json::from_slice::<Value>(body).is_ok_and(|json| json.is_object()), "{body:?}");
        return;
    }
    problem(status, header, body);
}

fn problem<'a>(status: StatusCode, header: impl Fn(&str) -> Option<&'a str>, body: &[u8]) {
    assert_eq!(header("content-type"), Some("application/problem+json"));
    assert!(body.len() <= MAX_PROBLEM_BYTES, "{} bytes of problem", body.len());
    let problem: Problem = serde_json::from_slice(body).unwrap();
    assert_eq!(problem.status, status.as_u16());
    assert_ne!(problem.code, ProblemCode::Unknown);
    assert_eq!(problem.kind, format!("urn:latchkey:problem:{}", problem.code.as_str()));
    assert!(!problem.title.is_empty() && !problem.detail.is_empty());
    assert!(problem.errors.iter().all(|error| error.code != FieldCode::Unknown && !error.detail.is_empty()));
    assert_eq!(
        header("www-authenticate").is_some(),
        matches!(status.as_u16(), 401) || problem.code == ProblemCode::InsufficientScope
    );
    assert_eq!(header("allow").is_some(), status == StatusCode::METHOD_NOT_ALLOWED);
    let is_early = matches!(status, StatusCode::TOO_MANY_REQUESTS) || problem.code == ProblemCode::Conflict;
    assert!(is_early || header("retry-after").is_none());
    assert!(status != StatusCode::TOO_MANY_REQUESTS || header("retry-after").is_some());
}
