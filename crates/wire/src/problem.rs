use rules::Broken;
use serde::{Deserialize, Serialize};

/// The body of every error: problem details (RFC 9457) with a stable code, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A name for the kind of problem: `urn:latchkey:problem:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short description of the kind, which is the same for every occurrence.
    pub title: String,
    /// The HTTP status of the response.
    pub status: u16,
    /// A description of this occurrence, for a person.
    pub detail: String,
    /// The code of the kind, for a program.
    pub code: ProblemCode,
    /// The errors of single fields. The list is empty, and left out of the JSON, when the problem is not about fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One thing that is wrong with one field of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The name of a member of the JSON body or of a parameter of the query.
    pub field: String,
    /// The code of the error, for a program.
    pub code: FieldCode,
    /// A description of the error, for a person.
    pub detail: String,
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)*
            /// A code that this version does not know, because the server is newer.
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
        /// 400: the body is not JSON, or not a JSON object.
        MalformedJson = "malformed_json",
        /// 400: the request is broken in another way, for example in its query or its headers, or the body ended early.
        InvalidRequest = "invalid_request",
        /// 401: the method needs a token, and the request has none.
        MissingToken = "missing_token",
        /// 401: the token is not valid, or no longer valid.
        InvalidToken = "invalid_token",
        /// 401: no account has this username and this password.
        InvalidCredentials = "invalid_credentials",
        /// 401: the code, or the ticket that it was sent with, is not good, or no longer good.
        InvalidCode = "invalid_code",
        /// 401: the refresh token is missing, not valid, or no longer valid.
        InvalidRefreshToken = "invalid_refresh_token",
        /// 403: a page of another origin may not use the visitor's cookie for this.
        CrossSiteRequest = "cross_site_request",
        /// 403: nobody may create an account here.
        SignUpsClosed = "signups_closed",
        /// 403: the invitation was not made here, was used, or has expired.
        InvitationInvalid = "invitation_invalid",
        /// 403: the message belongs to another author.
        NotTheAuthor = "not_the_author",
        /// 403: the token's policy does not allow the method.
        InsufficientScope = "insufficient_scope",
        /// 404: nothing exists at this address.
        NotFound = "not_found",
        /// 405: the address does not offer this method.
        MethodNotAllowed = "method_not_allowed",
        /// 409: an account has this username, or another sign-up is taking it at this moment.
        UsernameTaken = "username_taken",
        /// 409: another request has changed the account, or resolved the report.
        Conflict = "conflict",
        /// 413: the body has more bytes than [`rules::BODY_MAX_BYTES`].
        BodyTooLarge = "body_too_large",
        /// 415: the `Content-Type` of the body is not JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// 422: fields of the body break rules; `errors` says which.
        ValidationFailed = "validation_failed",
        /// 429: too many requests; `Retry-After` says when to try again.
        TooManyRequests = "too_many_requests",
        /// 500: a fault of the server.
        Internal = "internal",
        /// 500: a variable of the server has an unusable value.
        Misconfigured = "misconfigured",
        /// 503: the authorizer could not decide; the client may send the request again.
        AuthorizerUnavailable = "authorizer_unavailable",
        /// 503: the store does not answer; the client may send the request again.
        StoreUnavailable = "store_unavailable",
    }
}

codes! {
    /// What can be wrong with a field.
    FieldCode {
        /// The field is required, and it is missing.
        Missing = "missing",
        /// The field occurs twice.
        Duplicate = "duplicate",
        /// The API does not know the field.
        UnknownField = "unknown_field",
        /// The value has another JSON type than the field.
        WrongType = "wrong_type",
        /// The value has fewer characters than allowed.
        TooShort = "too_short",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value has a character that is not allowed.
        InvalidCharacter = "invalid_character",
        /// The first character of the value is not allowed in that position.
        InvalidStart = "invalid_start",
        /// The value has characters, but none that anybody sees.
        NothingVisible = "nothing_visible",
        /// The value is kept for the site itself, or looks like one that is.
        Reserved = "reserved",
        /// The password is one of the most used passwords.
        CommonPassword = "common_password",
        /// The password contains the username.
        ContainsUsername = "contains_username",
        /// The password contains the product's name.
        ContainsProductName = "contains_product_name",
        /// The password is not the one of the account.
        WrongPassword = "wrong_password",
        /// The code is not the one of the account, or was used before.
        WrongCode = "wrong_code",
        /// The value has another form, or lies outside the allowed range.
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
            Broken::NothingVisible => Self::NothingVisible,
            Broken::Reserved => Self::Reserved,
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
