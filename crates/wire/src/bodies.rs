use serde::{Deserialize, Serialize};

use crate::fields;

/// Request bodies are structs of strings. Each member is named beside the constant of [`fields`] by which the server reads
/// it, and the code does not compile if the two names differ.
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
    /// `POST /api/signup`. Not `Debug`, because it holds a password.
    SignupRequest {
        /// Has to keep to [`rules::new_username`]; upper case is folded.
        username = USERNAME,
        /// Has to keep to [`rules::new_password`]; it is not trimmed or folded.
        password = PASSWORD,
        /// Has to keep to [`rules::new_name`]; it is shown beside messages.
        name = NAME,
    }
    /// `POST /api/login`. Not `Debug`, because it holds a password. A client that is not a browser adds `refresh_token_in`:
    /// `"body"`. Without that member, the refresh token comes in a cookie.
    LoginRequest {
        /// The username of sign-up, in upper or lower case.
        username = USERNAME,
        /// The password of the account, exactly as it was chosen.
        password = PASSWORD,
    }
    /// `PATCH /api/account`.
    #[derive(Debug)]
    RenameRequest {
        /// By [`rules::new_name`].
        name = NAME,
    }
    /// `POST /api/account/password`. Not `Debug`, because it holds passwords.
    ChangePasswordRequest {
        /// The password until now.
        current_password = CURRENT_PASSWORD,
        /// The password from now on. It has to keep to [`rules::new_password`], and is not trimmed or folded.
        new_password = NEW_PASSWORD,
    }
    /// `POST /api/account/delete`. Not `Debug`, because it holds a password.
    DeleteAccountRequest {
        /// The password of the account, which proves that its owner sends the request.
        password = PASSWORD,
    }
    /// `POST /api/messages`.
    #[derive(Debug)]
    PostMessageRequest {
        /// By [`rules::new_text`].
        text = TEXT,
    }
}

/// Whether two names are the same. It is a `const fn`, so that the compiler can evaluate it.
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

/// A person, as all other people see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Unique among accounts, in lower case.
    pub username: String,
    /// The name to display.
    pub name: String,
}

/// The body of the answer 201 to `POST /api/signup`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignupResponse {
    /// The new account.
    pub user: User,
}

/// The body of the answer 200 to `POST /api/login` and `POST /api/session/refresh`. Not `Debug`, because it holds tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginResponse {
    /// A JSON Web Token for the `Authorization` header.
    pub token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds from now until the token expires.
    pub expires_in: u64,
    /// The person who has logged in.
    pub user: User,
    /// `member`, `moderator` or `admin`.
    #[serde(default)]
    pub role: String,
    /// There only while the account is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// Good for one `POST /api/session/refresh`. A browser gets it in a cookie that no script can read, and then it is
    /// missing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds from now until the refresh token expires.
    pub refresh_expires_in: u64,
    /// When the password was set by a recovery code or a reset link, in RFC 3339, in UTC with milliseconds. The first login
    /// after that is told so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_was_reset_at: Option<String>,
}

/// The body of the answer 202 to `POST /api/login`: the password was right, and a code is missing. Not `Debug`, because it holds
/// a ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeNeededResponse {
    /// It is sent to `POST /api/login/code` together with the code.
    pub ticket: String,
    /// Seconds from now until the ticket expires.
    pub expires_in: u64,
}

/// The body of the answer 200 to `POST /api/account/totp`. Not `Debug`, because it holds a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpResponse {
    /// The key for the authenticator app, in base 32.
    pub key: String,
    /// The same as an address that apps read as a QR code.
    pub uri: String,
    /// It is sent to `POST /api/account/totp/confirm` together with the first code.
    pub ticket: String,
}

/// The body of the answer 200 to `POST /api/account/recovery-codes`. Not `Debug`, because it holds codes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodesResponse {
    /// Nobody can read them again.
    pub codes: Vec<String>,
}

/// The body of the answer 200 to `GET /api/account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountResponse {
    /// The owner of the account.
    pub user: User,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub created_at: String,
    /// `member`, `moderator` or `admin`.
    pub role: String,
    /// There only while the account is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// Whether a login asks for a code after the password.
    #[serde(default)]
    pub second_factor: bool,
    /// How many recovery codes were not used yet.
    #[serde(default)]
    pub recovery_codes_left: usize,
}

/// Something that has happened to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// What it was, as a word such as `login` or `password_changed`; later versions know more of them.
    pub activity: String,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub at: String,
    /// Browser or program, and system, in words, as far as the client reported them; or that a moderator or an admin did it.
    pub client: String,
    /// The first 24 bits of the IPv4 address that the request came from, or 48 of the IPv6 address: `192.0.2.0/24`. `None` on
    /// a host that does not tell addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// The body of the answer 200 to `GET /api/account/activity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityResponse {
    /// The last 50 at most, newest first.
    pub activity: Vec<Activity>,
}

/// The body of the answer 200 to `GET /api/account/export`. The first four members are there on the first page alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportResponse {
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountResponse>,
    /// Its passkeys, without their keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkeys: Option<Vec<Passkey>>,
    /// Its sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
    /// What has happened to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Vec<Activity>>,
    /// Some of its messages, newest first.
    pub messages: Vec<Message>,
    /// The value of `before` for the next page, or null on the last one.
    pub next: Option<String>,
}

/// The body of the answer 200 to `DELETE /api/account/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedMessagesResponse {
    /// How many messages this request has deleted.
    pub deleted: u64,
    /// The value of `before` for the next request, or null if no message is left.
    pub next: Option<String>,
}

/// Why and for how long an account may do nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// What the moderator has written.
    pub reason: String,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub since: String,
    /// The same; `None` if it has no end.
    pub until: Option<String>,
}

/// The body of the answer 200 to `GET /api/moderation/accounts/USERNAME/suspension`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionResponse {
    /// Whether whoever asks may suspend the account, and lift its suspension.
    pub may_suspend: bool,
    /// There only while the account is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
}

/// The body of the answer 200 to `GET /api/admin/accounts/USERNAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminAccountResponse {
    /// The owner of the account.
    pub user: User,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub created_at: String,
    /// `member`, `moderator` or `admin`.
    pub role: String,
    /// Whether the operator has named the account, so that nobody can decide about it here.
    pub named_by_operator: bool,
    /// There only while the account is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// Who has suspended it: a username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_by: Option<String>,
    /// How many messages it has begun to post. Those that were deleted since count too.
    pub posts: u64,
    /// Ordered by last use.
    pub sessions: Vec<Session>,
}

/// The body of the answer 201 to `POST /api/admin/accounts/USERNAME/reset-link`. Not `Debug`, because it holds a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetLinkResponse {
    /// Lets whoever has it set a new password, once.
    pub ticket: String,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub expires_at: String,
}

/// The body of the answer 201 to `POST /api/admin/invitations`. Not `Debug`, because it holds a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationResponse {
    /// Lets whoever has it sign up, once.
    pub invitation: String,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub expires_at: String,
}

/// A report that nobody has resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Unique; a later report has a higher number.
    pub id: String,
    /// What the reporter has written.
    pub reason: String,
    /// Who has reported the message.
    pub reporter: Author,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub created_at: String,
    /// `None` if it is no longer on the board.
    pub message: Option<Message>,
    /// Whether whoever asks may suspend the author of the message.
    #[serde(default)]
    pub may_suspend: bool,
}

/// The body of the answer 200 to `GET /api/moderation/reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportsResponse {
    /// The reports of the page, newest first.
    pub reports: Vec<Report>,
    /// The value of `before` for the next page, or null on the last one.
    pub next: Option<String>,
}

/// One session: a browser or another client in which the account is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The value of the claim `sid` in the tokens of this session.
    pub id: String,
    /// Whether it is the session that sends this request.
    pub current: bool,
    /// The time of the login in RFC 3339, in UTC with milliseconds.
    pub created_at: String,
    /// The time of the last refresh in RFC 3339, in UTC with milliseconds.
    pub last_used_at: String,
    /// Browser or program, and system, in words, as far as the client reported them: `Firefox on Linux`.
    pub client: String,
}

/// The body of the answer 200 to `GET /api/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsResponse {
    /// The session that sends the request comes first; the others are ordered by last use.
    pub sessions: Vec<Session>,
}

/// One passkey of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id in addresses.
    pub id: String,
    /// As its owner calls it.
    pub name: String,
    /// The time in RFC 3339, in UTC with milliseconds.
    pub created_at: String,
    /// When it has last logged in or confirmed something; `None` if it never did.
    pub last_used_at: Option<String>,
    /// Whether copies of it are kept elsewhere, so that the loss of a device is not its loss.
    pub backed_up: bool,
}

/// The body of the answer 200 to `GET /api/account/passkeys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeysResponse {
    /// In the order in which they were added.
    pub passkeys: Vec<Passkey>,
}

/// The body of the answer 201 to `POST /api/account/passkeys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyResponse {
    /// The new passkey.
    pub passkey: Passkey,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// `None` when the account has been deleted.
    pub username: Option<String>,
    /// The name to display: the author's name at the time of the message, or `deleted user`.
    pub name: String,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Unique; a message with a higher position on the board is newer.
    pub id: String,
    /// The author of the message.
    pub author: Author,
    /// Plain text, line breaks included.
    pub text: String,
    /// The time of posting in RFC 3339, in UTC with milliseconds.
    pub created_at: String,
}

/// The body of the answer 200 to `GET /api/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesResponse {
    /// The messages of the page, newest first.
    pub messages: Vec<Message>,
    /// The value of `before` for the next page, or null on the last one.
    pub next: Option<String>,
    /// There only on the first page of one author, if it has messages and the author has an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorProfile>,
}

/// What the first page of an author's messages says of the author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorProfile {
    /// In lower case.
    pub username: String,
    /// The name to display: that of now, while a message keeps the one that it was posted under.
    pub name: String,
    /// When the account was created, in RFC 3339, in UTC with milliseconds.
    pub member_since: String,
}

/// The body of the answer 201 to `POST /api/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageResponse {
    /// The message as it was stored.
    pub message: Message,
}
