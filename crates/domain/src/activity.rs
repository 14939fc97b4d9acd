use serde::{Deserialize, Serialize};

/// Something that has happened to an account, and that its owner may want to know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// A session has begun.
    Login,
    /// Somebody gave a wrong password, a wrong code or a passkey that is not accepted, at a login or where it is asked for again.
    LoginFailed,
    /// The display name was changed.
    NameChanged,
    /// The password was changed by somebody who knew the one before.
    PasswordChanged,
    /// The password was set anew by a recovery code or a reset link.
    PasswordReset,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A login by password takes a code too, from now on.
    SecondFactorOn,
    /// It takes none any more.
    SecondFactorOff,
    /// There are new recovery codes, and the ones before are void.
    RecoveryCodesMade,
    /// An admin has made a link by which the password can be set anew.
    ResetLinkMade,
    /// An admin has given the account another role.
    RoleChanged,
    /// A moderator has suspended the account.
    Suspended,
    /// A moderator has lifted the suspension.
    SuspensionLifted,
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
            Self::PasswordReset => "password_reset",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::ResetLinkMade => "reset_link_made",
            Self::RoleChanged => "role_changed",
            Self::Suspended => "suspended",
            Self::SuspensionLifted => "suspension_lifted",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
        }
    }
}
