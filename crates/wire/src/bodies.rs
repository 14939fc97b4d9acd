use serde::{Deserialize, Serialize};

use crate::fields;

/// Request bodies: structs of strings, each member beside the constant of [`fields`] that the server takes it by. If the two
/// names differ, it does not compile.
macro_rules! requests {
    ($($(#[$meta:meta])* $name:ident { $($(#[$member_meta:meta])* $member:ident = $field:ident,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Serialize)]
            pub struct $name {
                $($(#[$member_meta])* pub $member: String,)*
            }

            const _: () = {
                $(assert!(is_same(stringify!($member), fields::$field), "the server takes another name");)*
            };
        )*
    };
}

requests! {
    /// `POST /api/signup`. Not `Debug`: it holds a password.
    SignupRequest {
        /// By [`rules::new_username`]; upper case is folded.
        username = USERNAME,
        /// By [`rules::new_password`], taken as typed.
        password = PASSWORD,
        /// By [`rules::new_name`], shown beside messages.
        name = NAME,
    }
    /// `POST /api/login`. Not `Debug`: it holds a password. A client that is no browser adds `refresh_token_in`: `"body"`; left
    /// out, the refresh token comes in a cookie.
    LoginRequest {
        /// As at sign-up, in any case.
        username = USERNAME,
        /// As at sign-up.
        password = PASSWORD,
    }
    /// `POST /api/account/password`. Not `Debug`: it holds passwords.
    ChangePasswordRequest {
        /// The one that is in force.
        current_password = CURRENT_PASSWORD,
        /// The one to come: by [`rules::new_password`], taken as typed.
        new_password = NEW_PASSWORD,
    }
    /// `POST /api/account/delete`. Not `Debug`: it holds a password.
    DeleteAccountRequest {
        /// To be sure that it is the owner who asks.
        password = PASSWORD,
    }
    /// `POST /api/messages`.
    #[derive(Debug)]
    PostMessageRequest {
        /// By [`rules::new_text`].
        text = TEXT,
    }
}

/// Whether two names are the same, for the compiler.
const fn is_same(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let ([a, one_rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

/// A person, as everybody sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Unique, in lower case.
    pub username: String,
    /// To be shown.
    pub name: String,
}

/// 201 to `POST /api/signup`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignupResponse {
    /// The new account.
    pub user: User,
}

/// 200 to `POST /api/login` and `POST /api/session/refresh`. Not `Debug`: it holds tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginResponse {
    /// A JSON Web Token for the `Authorization` header.
    pub token: String,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds from now until the token expires.
    pub expires_in: u64,
    /// Who has logged in.
    pub user: User,
    /// For `POST /api/session/refresh`, once. A browser has it in a cookie that no script can read, and not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds from now until the refresh token expires.
    pub refresh_expires_in: u64,
}

/// 200 to `GET /api/account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountResponse {
    /// Whose account it is.
    pub user: User,
    /// RFC 3339, UTC, milliseconds.
    pub created_at: String,
}

/// Somebody who is logged in somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The claim `sid` of its tokens.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// RFC 3339, UTC, milliseconds.
    pub created_at: String,
    /// When its token was last refreshed; RFC 3339, UTC, milliseconds.
    pub last_used_at: String,
    /// Browser and system in words, as far as the client told: `Firefox on Linux`.
    pub client: String,
}

/// 200 to `GET /api/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsResponse {
    /// The one that asks first, then by last use.
    pub sessions: Vec<Session>,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// None when the account has been deleted.
    pub username: Option<String>,
    /// To be shown: as they were called then, or `deleted user`.
    pub name: String,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Unique; a higher position on the board is newer.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// Plain text, line breaks included.
    pub text: String,
    /// RFC 3339, UTC, milliseconds.
    pub created_at: String,
}

/// 200 to `GET /api/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesResponse {
    /// Newest first.
    pub messages: Vec<Message>,
    /// The value of `before` for the next page, or null on the last one.
    pub next: Option<String>,
}

/// 201 to `POST /api/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageResponse {
    /// The message as it was stored.
    pub message: Message,
}
