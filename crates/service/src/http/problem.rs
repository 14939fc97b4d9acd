//! The errors of the API, and the problems that report them.
//!
//! Below the endpoints, an operation returns a small error type of its own that does not depend on HTTP. An endpoint
//! returns an [`ApiError`]; this module converts the small errors into it. Only this module turns an [`ApiError`] into a
//! status and a problem (RFC 9457). What a client may not know, such as why the store failed, is logged once by the gateway
//! and does not appear in the answer.

use bytes::Bytes;
use domain::TokenError;
use http::header::{ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use rules::ACCOUNT_MAX_PASSKEYS;
use wire::{FieldCode, FieldError, Problem, ProblemCode as Code, fields};

use super::MAX_BODY_BYTES;
use super::reply::{NO_STORE, Reply};
use super::same_origin::CrossSite;
use crate::accounts::credentials::Overtaken;
use crate::accounts::decisions::NotDecided;
use crate::accounts::passkeys::NotChanged;
use crate::board::{NotAdded, NotDeleted, NotReported, NotResolved};
use crate::context::{SettingError, StoreError};
use crate::limits::TooMany;
use crate::signing::UnusableKey;
use crate::store::Failed;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// The body is not a JSON object; the text says where parsing failed.
    MalformedJson(String),
    /// The request is broken in another way than its JSON.
    InvalidRequest(&'static str, Vec<FieldError>),
    /// The method needs a token and there is none.
    MissingToken,
    InvalidToken(TokenError),
    /// No account has this username and password.
    InvalidCredentials,
    /// The code, or the ticket beside it, is not good.
    InvalidCode,
    /// What a passkey has signed is not accepted, or there is no such passkey.
    InvalidPasskey,
    /// The refresh token is missing or not valid. The value is the `Set-Cookie` header that deletes the cookie, if that is to
    /// be deleted.
    InvalidRefreshToken(Option<HeaderValue>),
    /// The request uses a cookie, but comes from a page of another origin.
    CrossSiteRequest(CrossSite),
    /// Nobody may create an account.
    SignUpsClosed,
    /// The invitation was not made here, was used, or has expired.
    InvitationInvalid,
    /// The message belongs to another account, and the policy allows to delete one's own alone.
    NotTheAuthor,
    /// The policy does not allow the method, or what the method does to this account.
    InsufficientScope,
    NotFound,
    /// `token_issuer` is not a URL, so verifiers can't find the issuer by it.
    NoIssuerUrl,
    /// The address has other methods; the value is the `Allow` header that lists them.
    MethodNotAllowed(HeaderValue),
    UsernameTaken,
    /// Another request has changed the account at the same moment.
    Conflict,
    /// Somebody else has resolved the report, or is about to.
    ReportTaken,
    /// The account has as many passkeys as it can have.
    TooManyPasskeys,
    /// The page has an origin at which passkeys do not work; the text says where they do.
    NoPasskeysHere(String),
    /// The first request with the same idempotency key has not ended.
    UnderWay,
    BodyTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// The body is declared as compressed.
    UnsupportedEncoding,
    /// Fields of the body break rules.
    Invalid(Vec<FieldError>),
    TooMany(TooMany),
    Misconfigured(SettingError),
    /// The authorizer could not decide, and has logged why.
    AuthorizerUnavailable,
    /// The store failed; the text says how, for the log.
    Store(String),
    /// Another fault of the server, named for the log.
    Internal(&'static str),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchBucket => {
                Self::Misconfigured(SettingError { variable: "store", reason: error.to_string() })
            }
            StoreError::Failed(reason) => Self::Store(reason),
        }
    }
}

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        Self::Misconfigured(error)
    }
}

impl<R: Into<Self>> From<Failed<R>> for ApiError {
    fn from(error: Failed<R>) -> Self {
        match error {
            Failed::Refused(reason) => reason.into(),
            Failed::Store(error) => error.into(),
        }
    }
}

impl From<TooMany> for ApiError {
    fn from(error: TooMany) -> Self {
        Self::TooMany(error)
    }
}

impl From<Overtaken> for ApiError {
    fn from(Overtaken: Overtaken) -> Self {
        Self::Conflict
    }
}

impl From<NotChanged> for ApiError {
    fn from(error: NotChanged) -> Self {
        match error {
            NotChanged::Absent => Self::NotFound,
            NotChanged::Overtaken => Self::Conflict,
        }
    }
}

impl From<NotDecided> for ApiError {
    fn from(error: NotDecided) -> Self {
        match error {
            NotDecided::Absent => Self::NotFound,
            NotDecided::NotAllowed => Self::InsufficientScope,
            NotDecided::Overtaken => Self::Conflict,
        }
    }
}

impl From<NotReported> for ApiError {
    fn from(NotReported::Absent: NotReported) -> Self {
        Self::NotFound
    }
}

impl From<NotResolved> for ApiError {
    fn from(error: NotResolved) -> Self {
        match error {
            NotResolved::Absent => Self::NotFound,
            NotResolved::Taken => Self::ReportTaken,
        }
    }
}

impl From<UnusableKey> for ApiError {
    fn from(UnusableKey(fault): UnusableKey) -> Self {
        Self::Internal(fault)
    }
}

impl From<NotAdded> for ApiError {
    fn from(error: NotAdded) -> Self {
        match error {
            NotAdded::AuthorDeleted => Self::InvalidToken(TokenError::SessionEnded),
            NotAdded::UnderWay => Self::UnderWay,
            NotAdded::KeyIsUsed => Self::Invalid(vec![FieldError {
                field: fields::IDEMPOTENCY_KEY.to_owned(),
                code: FieldCode::Invalid,
                detail: "This key was used for another message, or for one that has been deleted.".to_owned(),
            }]),
        }
    }
}

impl From<NotDeleted> for ApiError {
    fn from(error: NotDeleted) -> Self {
        match error {
            NotDeleted::Absent => Self::NotFound,
            NotDeleted::Foreign => Self::NotTheAuthor,
        }
    }
}

const REALM: &str = "Bearer realm=\"latchkey\"";

/// Status, title and detail of each code. A detail that depends on the request or on a limit is empty here.
const PROBLEMS: &[(Code, u16, &str, &str)] = &[
    (Code::MalformedJson, 400, "Malformed JSON", ""),
    (Code::InvalidRequest, 400, "Invalid request", ""),
    (Code::MissingToken, 401, "Token required", "Log in, and send the token as \"Authorization: Bearer TOKEN\"."),
    (Code::InvalidToken, 401, "Invalid token", ""),
    (Code::InvalidCredentials, 401, "Invalid credentials", "Wrong username or password."),
    (Code::InvalidCode, 401, "Invalid code", "The code is wrong, was used before, or came too late."),
    (Code::InvalidRefreshToken, 401, "Invalid refresh token", "The session has ended. Log in again."),
    (Code::CrossSiteRequest, 403, "Cross-site request", ""),
    (Code::SignUpsClosed, 403, "Sign-ups closed", "Nobody can create an account here at the moment."),
    (
        Code::InvitationInvalid,
        403,
        "Invitation invalid",
        "Only somebody with an invitation can create an account here, and this one is not, or no longer, good.",
    ),
    (
        Code::NotTheAuthor,
        403,
        "Not the author",
        "Only its author, and those who look after the board, may delete a message.",
    ),
    (Code::InsufficientScope, 403, "Insufficient scope", "The policy of your account does not allow this."),
    (Code::NotFound, 404, "Not found", "Nothing has this address."),
    (Code::MethodNotAllowed, 405, "Method not allowed", "This address has other methods: see the Allow header."),
    (Code::UsernameTaken, 409, "Username taken", "That username is taken."),
    (
        Code::Conflict,
        409,
        "Conflict",
        "Another request has changed the account at the same moment. Look at it, and try again.",
    ),
    (Code::BodyTooLarge, 413, "Body too large", ""),
    (
        Code::UnsupportedMediaType,
        415,
        "Unsupported media type",
        "Send the body as \"Content-Type: application/json\" in UTF-8.",
    ),
    (Code::ValidationFailed, 422, "Validation failed", "Some fields are not valid: see errors."),
    (Code::TooManyRequests, 429, "Too many requests", ""),
    (Code::Misconfigured, 500, "Server misconfigured", ""),
    (
        Code::AuthorizerUnavailable,
        503,
        "Authorizer unavailable",
        "Whether you may do this could not be decided. Try again.",
    ),
    (Code::StoreUnavailable, 503, "Store unavailable", "The store does not answer. Try again."),
    (Code::Internal, 500, "Internal error", "Something went wrong here."),
];

/// It says what to do, because whoever asks for the metadata of an issuer is setting something up.
const NO_ISSUER_URL: &str = "Nothing is here until the server's variable token_issuer is the URL at which verifiers reach it: \
                             https://HOST, or http://HOST for loopback, without query and fragment.";

impl ApiError {
    /// The response that reports the error.
    pub(crate) fn into_reply(self) -> Reply {
        let code = self.code();
        let row = PROBLEMS.iter().find(|(other, ..)| *other == code);
        let (_, status, title, detail) = row.copied().unwrap_or((code, 500, "", ""));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let detail = self.detail().unwrap_or_else(|| detail.to_owned());
        let challenge = self.challenge();
        let (header, errors) = match self {
            Self::TooMany(too_many) => (Some((RETRY_AFTER, HeaderValue::from(too_many.wait_seconds))), Vec::new()),
            Self::UnderWay => (Some((RETRY_AFTER, HeaderValue::from(1))), Vec::new()),
            Self::MethodNotAllowed(methods) => (Some((ALLOW, methods)), Vec::new()),
            // RFC 9110, section 15.5.16: which encodings are accepted.
            Self::UnsupportedEncoding => (Some((ACCEPT_ENCODING, HeaderValue::from_static("identity"))), Vec::new()),
            Self::InvalidRefreshToken(cookie) => (cookie.map(|cookie| (SET_COOKIE, cookie)), Vec::new()),
            Self::Invalid(errors) | Self::InvalidRequest(_, errors) => (None, errors),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => (Some((RETRY_AFTER, HeaderValue::from(1))), Vec::new()),
            _ => (None, Vec::new()),
        };
        let kind = format!("urn:latchkey:problem:{}", code.as_str());
        let problem = Problem { kind, title: title.to_owned(), status: status.as_u16(), detail, code, errors };
        let mut reply = Response::new(Bytes::from(serde_json::to_vec(&problem).unwrap_or_default()));
        *reply.status_mut() = status;
        let headers = reply.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, NO_STORE);
        headers.extend(header);
        headers.extend(challenge.map(|value| (WWW_AUTHENTICATE, value)));
        reply
    }

    fn code(&self) -> Code {
        match self {
            Self::MalformedJson(_) => Code::MalformedJson,
            Self::InvalidRequest(..) | Self::NoPasskeysHere(_) => Code::InvalidRequest,
            Self::MissingToken => Code::MissingToken,
            Self::InvalidToken(_) => Code::InvalidToken,
            Self::InvalidCredentials | Self::InvalidPasskey => Code::InvalidCredentials,
            Self::InvalidCode => Code::InvalidCode,
            Self::InvalidRefreshToken(_) => Code::InvalidRefreshToken,
            Self::CrossSiteRequest(_) => Code::CrossSiteRequest,
            Self::SignUpsClosed => Code::SignUpsClosed,
            Self::InvitationInvalid => Code::InvitationInvalid,
            Self::NotTheAuthor => Code::NotTheAuthor,
            Self::InsufficientScope => Code::InsufficientScope,
            Self::NotFound | Self::NoIssuerUrl => Code::NotFound,
            Self::MethodNotAllowed(_) => Code::MethodNotAllowed,
            Self::UsernameTaken => Code::UsernameTaken,
            Self::Conflict | Self::ReportTaken | Self::UnderWay | Self::TooManyPasskeys => Code::Conflict,
            Self::BodyTooLarge => Code::BodyTooLarge,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding => Code::UnsupportedMediaType,
            Self::Invalid(_) => Code::ValidationFailed,
            Self::TooMany(_) => Code::TooManyRequests,
            Self::Misconfigured(_) => Code::Misconfigured,
            Self::AuthorizerUnavailable => Code::AuthorizerUnavailable,
            Self::Store(_) => Code::StoreUnavailable,
            Self::Internal(_) => Code::Internal,
        }
    }

    /// The detail, where it depends on the request or on a limit.
    fn detail(&self) -> Option<String> {
        match self {
            Self::MalformedJson(detail) => Some(detail.clone()),
            Self::InvalidRequest(detail, _) => Some((*detail).to_owned()),
            Self::UnderWay => {
                Some("The first request with this Idempotency-Key has not ended. Try again in a moment.".to_owned())
            }
            Self::ReportTaken => Some("Somebody else has resolved this report, or is about to.".to_owned()),
            Self::TooManyPasskeys => Some(format!(
                "An account has at most {ACCOUNT_MAX_PASSKEYS} passkeys. Remove one before you add another."
            )),
            Self::NoPasskeysHere(detail) => Some(detail.clone()),
            Self::InvalidPasskey => Some("This passkey was not accepted.".to_owned()),
            Self::InvalidToken(error) => Some(token_detail(*error).to_owned()),
            Self::UnsupportedEncoding => Some("Send the body without a Content-Encoding.".to_owned()),
            Self::CrossSiteRequest(reason) => Some(reason.to_string()),
            Self::NoIssuerUrl => Some(NO_ISSUER_URL.to_owned()),
            Self::BodyTooLarge => Some(format!("A request body has at most {} KiB.", MAX_BODY_BYTES / 1024)),
            Self::TooMany(too_many) => Some(too_many_detail(too_many)),
            Self::Misconfigured(SettingError { variable, .. }) => {
                Some(format!("The server's variable {variable} has a value that cannot be used."))
            }
            _ => None,
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750, section 3). It has no error code if no token was sent.
    fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match self {
            // RFC 9110, section 15.5.2: every 401 has a challenge.
            Self::MissingToken
            | Self::InvalidCredentials
            | Self::InvalidPasskey
            | Self::InvalidCode
            | Self::InvalidRefreshToken(_) => REALM.to_owned(),
            Self::InvalidToken(error) => {
                format!("{REALM}, error=\"invalid_token\", error_description=\"{}\"", token_detail(*error))
            }
            Self::InsufficientScope => format!("{REALM}, error=\"insufficient_scope\""),
            _ => return None,
        };
        HeaderValue::from_str(&challenge).ok()
    }
}

/// Only an expired token has a text of its own, because its bearer can do something about it.
fn token_detail(error: TokenError) -> &'static str {
    match error {
        TokenError::Expired => "The token has expired.",
        _ => "The token is not valid.",
    }
}

fn too_many_detail(too_many: &TooMany) -> String {
    let (number, unit) = match too_many.wait_seconds {
        seconds @ ..120 => (seconds, "second"),
        seconds => (seconds.div_ceil(60), "minute"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("Too many {}. Try again in {number} {unit}{plural}.", too_many.what)
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
            let too_many = TooMany::new("attempts", millis);
            assert_eq!(too_many.wait_seconds, seconds);
            assert_eq!(too_many_detail(&too_many), format!("Too many attempts. Try again in {said}."));
        }
    }

    #[test]
    fn each_code_has_one_row() {
        let mut codes: Vec<_> = PROBLEMS.iter().map(|(code, ..)| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PROBLEMS.len());
    }
}
