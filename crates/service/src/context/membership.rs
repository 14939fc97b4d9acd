//! The variables that say who may have an account.

use domain::UsernameList;

use super::settings::{SettingError, Variables};

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignUps {
    /// Anybody.
    Open,
    /// Nobody.
    Closed,
}

impl Variables<'_> {
    pub(crate) fn sign_ups_are(&self) -> Result<SignUps, SettingError> {
        self.parse("signups", "open", |value| match value.as_str() {
            "open" => Ok(SignUps::Open),
            "closed" => Ok(SignUps::Closed),
            _ => Err("open or closed"),
        })
    }

    /// Names that no new account gets.
    pub(crate) fn reserved_usernames(&self) -> Result<UsernameList, SettingError> {
        self.parse("reserved_usernames", "", |value| UsernameList::parse(&value))
    }
}
