//! What can go wrong, and how it is said.
//!
//! Inside, an operation returns a [`Refusal`], which has no HTTP words in it. Here, and nowhere else, a refusal becomes a
//! status and a problem (RFC 9457). What a client may not know (why the store failed) is logged by the gateway, once, and
//! does not appear in the answer.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use wire::{FieldError, Problem, ProblemCode};

use domain::TokenError;

use crate::ports::StoreError;
use crate::reply::{NO_STORE, Reply};
use crate::settings::SettingError;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The body is no JSON object; the text says where it breaks.
    MalformedJson(String),
    /// The request is broken in another way than its JSON.
    InvalidRequest(&'static str, Vec<FieldError>),
    /// The method needs a token and there is none.
    MissingToken,
    /// The token is not good.
    InvalidToken(TokenError),
    /// No account has this username and password.
    InvalidCredentials,
    /// The refresh token is not good, or there is none; `Set-Cookie` that takes the cookie back.
    InvalidRefreshToken(HeaderValue),
    /// A cookie came with a request of another origin.
    CrossSiteRequest,
    /// The message is somebody else's.
    NotTheAuthor,
    /// The policy does not allow the method.
    InsufficientScope,
    /// Nothing has this address.
    NotFound,
    /// The address has other methods, these.
    MethodNotAllowed(HeaderValue),
    /// The username has an owner.
    UsernameTaken,
    /// The body is longer than [`crate::MAX_BODY_BYTES`].
    BodyTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// Fields of the body break rules.
    Invalid(Vec<FieldError>),
    /// Too often.
    TooMany(TooMany),
    /// A variable can't be used; its name and what is wrong with it.
    Misconfigured(&'static str, String),
    /// The authorizer could not decide, and has logged why.
    AuthorizerUnavailable,
    /// The store failed; the text says how, for the log.
    Store(String),
    /// Another fault of the server, named for the log.
    Internal(&'static str),
}

/// What there was too much of, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// In the plural, after "Too many".
    pub(crate) what: &'static str,
    pub(crate) retry_after_seconds: u64,
}

impl TooMany {
    /// For so many milliseconds, in whole seconds, and at least one.
    pub(crate) fn of(what: &'static str, wait_millis: u64) -> Self {
        Self { what, retry_after_seconds: wait_millis.div_ceil(1000).max(1) }
    }

    fn detail(&self) -> String {
        let (number, unit) = match self.retry_after_seconds {
            seconds @ ..120 => (seconds, "second"),
            seconds => (seconds.div_ceil(60), "minute"),
        };
        let plural = if number == 1 { "" } else { "s" };
        format!("Too many {}. Try again in {number} {unit}{plural}.", self.what)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchBucket => Self::Misconfigured("store", error.to_string()),
            StoreError::Failed(reason) => Self::Store(reason),
        }
    }
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::Misconfigured(error.variable, error.reason)
    }
}

const REALM: &str = "Bearer realm=\"latchkey\"";

struct Wording {
    status: StatusCode,
    code: ProblemCode,
    title: &'static str,
    detail: String,
}

impl Refusal {
    /// The response that says it.
    pub(crate) fn into_reply(self) -> Reply {
        let Wording { status, code, title, detail } = self.wording();
        let challenge = self.challenge();
        let retry_after = match &self {
            Self::TooMany(too_many) => Some(too_many.retry_after_seconds),
            _ => (status == StatusCode::SERVICE_UNAVAILABLE).then_some(1),
        };
        let allow = match &self {
            Self::MethodNotAllowed(methods) => Some(methods.clone()),
            _ => None,
        };
        let cookie = match &self {
            Self::InvalidRefreshToken(cookie) => Some(cookie.clone()),
            _ => None,
        };
        let errors = match self {
            Self::Invalid(errors) | Self::InvalidRequest(_, errors) => errors,
            _ => Vec::new(),
        };
        let kind = format!("urn:latchkey:problem:{}", code.as_str());
        let problem = Problem { kind, title: title.to_owned(), status: status.as_u16(), detail, code, errors };
        let mut reply = Response::new(Bytes::from(serde_json::to_vec(&problem).unwrap_or_default()));
        *reply.status_mut() = status;
        let headers = reply.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, NO_STORE);
        headers.extend(retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        headers.extend(challenge.map(|value| (WWW_AUTHENTICATE, value)));
        headers.extend(allow.map(|value| (ALLOW, value)));
        headers.extend(cookie.map(|value| (SET_COOKIE, value)));
        reply
    }

    /// `WWW-Authenticate` (RFC 6750, section 3): no error code where no token was sent.
    fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match self {
            // RFC 9110, section 15.5.2: every 401 has a challenge.
            Self::MissingToken | Self::InvalidCredentials | Self::InvalidRefreshToken(_) => REALM.to_owned(),
            Self::InvalidToken(error) => {
                format!("{REALM}, error=\"invalid_token\", error_description=\"{}\"", token_detail(*error))
            }
            Self::InsufficientScope => format!("{REALM}, error=\"insufficient_scope\""),
            _ => return None,
        };
        HeaderValue::from_str(&challenge).ok()
    }

    fn wording(&self) -> Wording {
        use ProblemCode as Code;
        let word = |status, code, title, detail: &str| Wording { status, code, title, detail: detail.to_owned() };
        match self {
            Self::MalformedJson(detail) => word(StatusCode::BAD_REQUEST, Code::MalformedJson, "Malformed JSON", detail),
            Self::InvalidRequest(detail, _) => {
                word(StatusCode::BAD_REQUEST, Code::InvalidRequest, "Invalid request", detail)
            }
            Self::MissingToken => word(
                StatusCode::UNAUTHORIZED,
                Code::MissingToken,
                "Token required",
                "Log in, and send the token as \"Authorization: Bearer TOKEN\".",
            ),
            Self::InvalidToken(error) => {
                word(StatusCode::UNAUTHORIZED, Code::InvalidToken, "Invalid token", token_detail(*error))
            }
            Self::InvalidCredentials => word(
                StatusCode::UNAUTHORIZED,
                Code::InvalidCredentials,
                "Invalid credentials",
                "Wrong username or password.",
            ),
            Self::InvalidRefreshToken(_) => word(
                StatusCode::UNAUTHORIZED,
                Code::InvalidRefreshToken,
                "Invalid refresh token",
                "The session has ended. Log in again.",
            ),
            Self::CrossSiteRequest => word(
                StatusCode::FORBIDDEN,
                Code::CrossSiteRequest,
                "Cross-site request",
                "A page of another origin may not use this site's cookie.",
            ),
            Self::NotTheAuthor => word(
                StatusCode::FORBIDDEN,
                Code::NotTheAuthor,
                "Not the author",
                "Only its author may delete a message.",
            ),
            Self::InsufficientScope => word(
                StatusCode::FORBIDDEN,
                Code::InsufficientScope,
                "Insufficient scope",
                "The token does not allow this.",
            ),
            Self::NotFound => word(StatusCode::NOT_FOUND, Code::NotFound, "Not found", "Nothing has this address."),
            Self::MethodNotAllowed(_) => word(
                StatusCode::METHOD_NOT_ALLOWED,
                Code::MethodNotAllowed,
                "Method not allowed",
                "This address has other methods: see the Allow header.",
            ),
            Self::UsernameTaken => {
                word(StatusCode::CONFLICT, Code::UsernameTaken, "Username taken", "That username is taken.")
            }
            Self::BodyTooLarge => word(
                StatusCode::PAYLOAD_TOO_LARGE,
                Code::BodyTooLarge,
                "Body too large",
                "A request body has at most 16 KiB.",
            ),
            Self::UnsupportedMediaType => word(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Code::UnsupportedMediaType,
                "Unsupported media type",
                "Send the body as \"Content-Type: application/json\" in UTF-8.",
            ),
            Self::Invalid(_) => word(
                StatusCode::UNPROCESSABLE_ENTITY,
                Code::ValidationFailed,
                "Validation failed",
                "Some fields are not valid: see errors.",
            ),
            Self::TooMany(too_many) => {
                word(StatusCode::TOO_MANY_REQUESTS, Code::TooManyRequests, "Too many requests", &too_many.detail())
            }
            Self::Misconfigured(variable, _) => Wording {
                detail: format!("The server's variable {variable} has a value that cannot be used."),
                ..word(StatusCode::INTERNAL_SERVER_ERROR, Code::Misconfigured, "Server misconfigured", "")
            },
            Self::AuthorizerUnavailable => word(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::AuthorizerUnavailable,
                "Authorizer unavailable",
                "Whether you may do this could not be decided. Try again.",
            ),
            Self::Store(_) => word(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::StoreUnavailable,
                "Store unavailable",
                "The store does not answer. Try again.",
            ),
            Self::Internal(_) => {
                word(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "Internal error", "Something went wrong here.")
            }
        }
    }
}

/// An expired token is told from the others, because its bearer can do something about it.
fn token_detail(error: TokenError) -> &'static str {
    match error {
        TokenError::Expired => "The token has expired.",
        _ => "The token is not valid.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_said_as_people_say_it() {
        for (millis, seconds, said) in [
            (0, 1, "1 second"),
            (1, 1, "1 second"),
            (1001, 2, "2 seconds"),
            (60_000, 60, "60 seconds"),
            (119_001, 120, "2 minutes"),
            (3_600_000, 3600, "60 minutes"),
        ] {
            let too_many = TooMany::of("attempts", millis);
            assert_eq!(too_many.retry_after_seconds, seconds);
            assert_eq!(too_many.detail(), format!("Too many attempts. Try again in {said}."));
        }
    }
}
