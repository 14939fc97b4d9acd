//! The `Authorization` header (RFC 6750, section 2.1).

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::problem::ApiError;

/// The value of the header, if there is exactly one and its scheme is `Bearer`.
///
/// # Errors
/// [`ApiError::MissingToken`] without a header, with an empty one and with another scheme: no token was sent.
/// [`ApiError::InvalidRequest`] when the header is there twice.
pub(crate) fn header(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(ApiError::MissingToken)?;
    if values.next().is_some() {
        return Err(ApiError::InvalidRequest("There is more than one Authorization header.", Vec::new()));
    }
    let value = value.to_str().map_err(|_| ApiError::MissingToken)?;
    token(value).map(|_| value).ok_or(ApiError::MissingToken)
}

/// The token in the value of a header. Schemes are compared without regard to case (RFC 9110, section 11.1).
pub(crate) fn token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_token() {
        for (value, expected) in [
            ("Bearer abc", Some("abc")),
            ("bearer abc", Some("abc")),
            ("BEARER   abc", Some("abc")),
            ("Bearer a b", Some("a b")),
            ("", None),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic abc", None),
            ("Bearerabc", None),
            (" Bearer abc", None),
        ] {
            assert_eq!(token(value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_header_that_is_not_one_bearer_token_is_refused() {
        let headers =
            |values: &[&str]| HeaderMap::from_iter(values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())));
        assert_eq!(header(&headers(&["Bearer abc"])), Ok("Bearer abc"));
        for values in [&[][..], &[""], &["Bearer"], &["Basic abc"]] {
            assert_eq!(header(&headers(values)), Err(ApiError::MissingToken), "{values:?}");
        }
        let twice = headers(&["Bearer abc", "Bearer abc"]);
        let doubled = header(&twice);
        assert!(matches!(doubled, Err(ApiError::InvalidRequest(..))), "{doubled:?}");
    }
}
