use serde::{Deserialize, Serialize};

/// Something that has happened to an account, and that its owner may want to know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// A session has begun.
    Login,
    /// Somebody gave a wrong password, at a login or where it is asked for again.
    LoginFailed,
    /// The display name was changed.
    NameChanged,
    /// The password was changed by somebody who knew the one before.
    PasswordChanged,
    /// A session was ended, by logging out or from the list.
    SessionEnded,
    /// All sessions were ended.
    SessionsEnded,
}

impl Activity {
    /// The name of the activity, as in the store and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::LoginFailed => "login_failed",
            Self::NameChanged => "name_changed",
            Self::PasswordChanged => "password_changed",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
        }
    }
}
