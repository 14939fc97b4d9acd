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

/// `POST /api/login`. Not `Debug`: it holds a password.
#[derive(Clone, Serialize)]
pub struct LoginRequest {
    /// As at sign-up, in any case.
    pub username: String,
    /// As at sign-up.
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

/// 200 to `POST /api/login`. Not `Debug`: it holds a token.
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
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Unique; a higher position on the board is newer.
    pub id: String,
    /// Who wrote it, as they were called then.
    pub author: User,
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
