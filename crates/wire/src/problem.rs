use rules::Broken;
use serde::{Deserialize, Serialize};

/// The body of every error: problem details (RFC 9457) with a stable code, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A name for the kind of problem: `urn:latchkey:problem:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This occurrence in words, for a person.
    pub detail: String,
    /// The kind, for a program.
    pub code: ProblemCode,
    /// What is wrong with which field; empty, and left out, where no field is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One thing that is wrong with one field of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The member of the JSON body, or the parameter of the query.
    pub field: String,
    /// What is wrong, for a program.
    pub code: FieldCode,
    /// What is wrong, for a person.
    pub detail: String,
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)*
            /// One that this version does not know: a newer server speaks.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl $name {
            /// Every code that this version knows.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as it is written in JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown => "unknown",
                }
            }
        }
    };
}

codes! {
    /// The kinds of problems. A code never changes its meaning.
    ProblemCode {
        /// 400: the body is no JSON, or no JSON object.
        MalformedJson = "malformed_json",
        /// 400: the request is broken in another way: its query, its headers, a body that ended early.
        InvalidRequest = "invalid_request",
        /// 401: the method needs a token and there is none.
        MissingToken = "missing_token",
        /// 401: the token is not, or no longer, good.
        InvalidToken = "invalid_token",
        /// 401: no account has this username and password.
        InvalidCredentials = "invalid_credentials",
        /// 401: the refresh token is not, or no longer, good, or there is none.
        InvalidRefreshToken = "invalid_refresh_token",
        /// 403: a page of another origin may not do this with the visitor's cookie.
        CrossSiteRequest = "cross_site_request",
        /// 403: the message is somebody else's.
        NotTheAuthor = "not_the_author",
        /// 403: the token's policy does not allow the method.
        InsufficientScope = "insufficient_scope",
        /// 404: nothing has this address.
        NotFound = "not_found",
        /// 405: the address does not offer this method.
        MethodNotAllowed = "method_not_allowed",
        /// 409: an account has this username, or is just getting it.
        UsernameTaken = "username_taken",
        /// 413: the body has more than [`rules::BODY_MAX_BYTES`].
        BodyTooLarge = "body_too_large",
        /// 415: the body is not declared as JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// 422: fields of the body break rules; `errors` says which.
        ValidationFailed = "validation_failed",
        /// 429: too often; `Retry-After` says when to try again.
        TooManyRequests = "too_many_requests",
        /// 500: a fault of the server.
        Internal = "internal",
        /// 500: a variable of the server has a value that can't be used.
        Misconfigured = "misconfigured",
        /// 503: the authorizer could not decide; the request may be sent again.
        AuthorizerUnavailable = "authorizer_unavailable",
        /// 503: the store does not answer; the request may be sent again.
        StoreUnavailable = "store_unavailable",
    }
}

codes! {
    /// What can be wrong with a field.
    FieldCode {
        /// It is required and not there.
        Missing = "missing",
        /// It is there twice.
        Duplicate = "duplicate",
        /// The API does not know it.
        UnknownField = "unknown_field",
        /// It has another JSON type.
        WrongType = "wrong_type",
        /// Fewer characters than allowed.
        TooShort = "too_short",
        /// More characters than allowed.
        TooLong = "too_long",
        /// A character that is not allowed.
        InvalidCharacter = "invalid_character",
        /// The first character is not allowed there.
        InvalidStart = "invalid_start",
        /// A password that is among the most used ones.
        CommonPassword = "common_password",
        /// A password that contains the username.
        ContainsUsername = "contains_username",
        /// A password that contains the product's name.
        ContainsProductName = "contains_product_name",
        /// It is not the account's password.
        WrongPassword = "wrong_password",
        /// A value of another form or range.
        Invalid = "invalid",
    }
}

impl From<Broken> for FieldCode {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::TooShort(_) => Self::TooShort,
            Broken::TooLong(_) => Self::TooLong,
            Broken::InvalidCharacter => Self::InvalidCharacter,
            Broken::InvalidStart => Self::InvalidStart,
            Broken::ContainsUsername => Self::ContainsUsername,
            Broken::ContainsProductName => Self::ContainsProductName,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_leaves_out_errors_that_are_not_there() {
        let problem = Problem {
            kind: "urn:latchkey:problem:not_found".to_owned(),
            title: "Not found".to_owned(),
            status: 404,
            detail: "Nothing is here.".to_owned(),
            code: ProblemCode::NotFound,
            errors: Vec::new(),
        };
        let json = r#"{"type":"urn:latchkey:problem:not_found","title":"Not found","status":404,"detail":"Nothing is here.","code":"not_found"}"#;
        assert_eq!(serde_json::to_string(&problem).unwrap(), json);
        assert_eq!(serde_json::from_str::<Problem>(json).unwrap(), problem);
    }

    #[test]
    fn a_code_reads_what_it_writes_and_tolerates_newer_ones() {
        for code in [ProblemCode::UsernameTaken, ProblemCode::Unknown] {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{}\"", code.as_str()));
        }
        assert_eq!(serde_json::from_str::<ProblemCode>("\"from_the_future\"").unwrap(), ProblemCode::Unknown);
    }
}
