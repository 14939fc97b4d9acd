use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How somebody has proved to be the owner of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethods {
    /// A password alone, as in every session of the version that knew nothing else.
    #[default]
    Password,
    /// A password and a one-time code, which is of an authenticator app or a recovery code.
    PasswordAndCode,
    /// A passkey that has verified its user.
    Passkey,
}

impl AuthenticationMethods {
    const ALL: [Self; 3] = [Self::Password, Self::PasswordAndCode, Self::Passkey];

    /// The values of the claim `amr` (RFC 8176, section 2).
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::PasswordAndCode => &["pwd", "otp", "mfa"],
            Self::Passkey => &["pop", "user", "mfa"],
        }
    }

    /// Reads what [`AuthenticationMethods::amr`] returns. Other values may be of a later version.
    pub(crate) fn from_amr(amr: &[String]) -> Option<Self> {
        Self::ALL.into_iter().find(|methods| methods.amr() == amr)
    }
}

/// How and when the session of a token was opened. Refreshes do not change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// `amr` (RFC 8176)
    pub methods: AuthenticationMethods,
    /// `auth_time` (OpenID Connect Core 1.0, section 2), in whole seconds.
    pub at: Timestamp,
}
