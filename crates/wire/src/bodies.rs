use serde::{Deserialize, Serialize};

/// `POST /api/signup`. Not `Debug`: it holds a password.
#[derive(Clone, Serialize)]
pub struct SignupRequest {
    /// 3 to 32 of `a-z 0-9 _ -`; upper case is folded.
    pub username: String,
    /// 8 to 256 characters, taken as typed.
    pub password: String,
    /// 1 to 64 characters, shown beside messages.
    pub name: String,
}

/// `POST /api/login`. Not `Debug`: it holds a password. A client that is no browser adds `refresh_token_in`: `"body"`; left
/// out, the refresh token comes in a cookie.
#[derive(Clone, Serialize)]
pub struct LoginRequest {
    /// As at sign-up, in any case.
    pub username: String,
    /// As at sign-up.
    pub password: String,
}

/// `POST /api/account/password`. Not `Debug`: it holds passwords.
#[derive(Clone, Serialize)]
pub struct ChangePasswordRequest {
    /// The one that is in force.
    pub current_password: String,
    /// The one to come: 8 to 256 characters, taken as typed.
    pub new_password: String,
}

/// `POST /api/account/delete`. Not `Debug`: it holds a password.
#[derive(Clone, Serialize)]
pub struct DeleteAccountRequest {
    /// To be sure that it is the owner who asks.
    pub password: String,
}

/// `POST /api/messages`.
#[derive(Clone, Debug, Serialize)]
pub struct PostMessageRequest {
    /// 1 to 1000 characters.
    pub text: String,
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
    /// 1 to 1000 characters, line breaks included.
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
