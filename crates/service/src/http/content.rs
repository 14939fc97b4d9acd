//! What a request says of its content (RFC 9110, section 8): it has to be JSON in UTF-8, and not compressed.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

use super::BodyFault;
use super::problem::ApiError;

/// A body has to be complete, declared as JSON, and not too long. The endpoint decides whether there has to be one.
pub(super) fn check(parts: &Parts, body: &Bytes) -> Result<(), ApiError> {
    if ![Method::POST, Method::PUT].contains(&parts.method) {
        return Ok(());
    }
    let fault = parts.extensions.get::<BodyFault>();
    if fault == Some(&BodyFault::Incomplete) {
        return Err(ApiError::InvalidRequest("The request body ended too early.", Vec::new()));
    }
    // Clients such as curl name a type although they send nothing. Where there is no content, nothing has that type.
    if body.is_empty() && fault.is_none() {
        return Ok(());
    }
    if !is_identity(&parts.headers) {
        return Err(ApiError::UnsupportedEncoding);
    }
    if !parts.headers.get(CONTENT_TYPE).is_some_and(is_json) {
        return Err(ApiError::UnsupportedMediaType);
    }
    if fault == Some(&BodyFault::TooLarge) {
        return Err(ApiError::BodyTooLarge);
    }
    Ok(())
}

/// Whether the headers say that the body is sent as it is. A body that is not compressed although they say so is refused
/// too, because a proxy or a log may have read it in another way.
fn is_identity(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().all(|codings| {
        codings.to_str().is_ok_and(|codings| {
            let mut codings = codings.split(',').map(str::trim);
            codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
        })
    })
}

/// `application/json` with any parameters: RFC 8259 defines none, and says that one has no effect. But whoever names another
/// charset than UTF-8 has probably sent the body in it.
fn is_json(content_type: &HeaderValue) -> bool {
    let Ok(content_type) = str::from_utf8(content_type.as_bytes()) else { return false };
    let mut parts = parts(content_type);
    parts.next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
        && parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
            let value = value.trim().trim_matches(['"', '\'']);
            !name.trim().eq_ignore_ascii_case("charset")
                || value.eq_ignore_ascii_case("utf-8")
                || value.eq_ignore_ascii_case("utf8")
        })
}

/// The parts between semicolons. A semicolon in a quoted value (RFC 9110, section 5.6.4) ends no part.
fn parts(content_type: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    content_type.split(move |c| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            '"' if !was_escaped => is_quoted = !is_quoted,
            '\\' => is_escaped = is_quoted && !was_escaped,
            _ => {}
        }
        c == ';' && !is_quoted
    })
}
