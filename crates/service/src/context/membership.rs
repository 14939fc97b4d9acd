//! The variables that say who may have an account, and who looks after the board.

use domain::UsernameList;

use super::settings::{SettingError, Variables};

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignUps {
    /// Anybody.
    Open,
    /// Who has an invitation of an admin.
    Invited,
    /// Nobody.
    Closed,
}

impl Variables<'_> {
    pub(crate) fn sign_ups_are(&self) -> Result<SignUps, SettingError> {
        self.parse("signups", "open", |value| match value.as_str() {
            "open" => Ok(SignUps::Open),
            "invited" => Ok(SignUps::Invited),
            "closed" => Ok(SignUps::Closed),
            _ => Err("open, invited or closed"),
        })
    }

    /// Names that no new account gets. Those of admins are among them: a name that the operator lists before its account
    /// exists must not make an admin of whoever signs up first.
    pub(crate) fn reserved_usernames(&self) -> Result<UsernameList, SettingError> {
        let reserved = self.parse("reserved_usernames", "", |value| UsernameList::parse(&value))?;
        Ok(reserved.and(self.admins()?))
    }

    /// The accounts that may do what admins may.
    pub(crate) fn admins(&self) -> Result<UsernameList, SettingError> {
        self.parse("admins", "", |value| UsernameList::parse(&value))
    }
}
