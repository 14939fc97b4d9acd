//! The second factor of an account, and its recovery codes. Both are in the account's record, so if a code comes twice at the
//! same moment, the compare-and-set lets one of them pass.

use domain::{OneTimeCode, Timestamp, Username};

use super::credentials::{Credentials, Overtaken};
use crate::context::{Context, Event, Level, Platform};
use crate::store::Failed;
use crate::store::records::Account;

/// The code is not one of the account, or was used before.
#[derive(Debug)]
pub(crate) struct WrongCode;

impl From<Overtaken> for WrongCode {
    /// The account was deleted, or has another password.
    fn from(Overtaken: Overtaken) -> Self {
        Self
    }
}

impl Account {
    /// Uses a code up.
    pub(crate) fn use_code(&mut self, code: &OneTimeCode, now: Timestamp) -> Result<(), WrongCode> {
        let is_right = match code {
            OneTimeCode::Totp(code) => self.totp.as_mut().is_some_and(|totp| totp.accept(*code, now)),
            OneTimeCode::Recovery(code) => code.take_from(&mut self.recovery, &self.username),
        };
        if is_right { Ok(()) } else { Err(WrongCode) }
    }

    /// Whether a code would be used up.
    pub(crate) fn knows_code(&self, code: &OneTimeCode, now: Timestamp) -> bool {
        self.clone().use_code(code, now).is_ok()
    }
}

impl<P: Platform> Context<'_, P> {
    /// Uses a code up and changes the account, by one write.
    pub(crate) async fn update_by_code(
        &self,
        found: &Credentials,
        code: &OneTimeCode,
        change: impl Fn(&mut Account) -> Result<(), WrongCode>,
    ) -> Result<(), Failed<WrongCode>> {
        let now = self.now();
        // A wrong code must not claim the record, because other changes would have to wait.
        if !found.account.knows_code(code, now) {
            return Err(Failed::Refused(WrongCode));
        }
        let change = |account: &mut Account| {
            account.use_code(code, now)?;
            change(account)
        };
        self.update_account(found, change).await
    }

    /// Notes that somebody was told of the reset of the password at this time. If this fails, the next login tells it again.
    pub(crate) async fn reset_was_told(&self, username: &Username, reset_at: Timestamp) {
        let noted = async {
            let Some(found) = self.find_credentials(Some(username)).await? else { return Ok(()) };
            let change = |account: &mut Account| {
                // Another reset may have come meanwhile.
                if account.password_reset_at_ms == Some(reset_at) {
                    account.password_reset_at_ms = None;
                }
                Ok(())
            };
            self.update_account(&found, change).await
        };
        let noted: Result<(), Failed<Overtaken>> = noted.await;
        if let Err(Failed::Store(error)) = noted {
            let (event, error) = (Event::new(Level::Warn, "password_reset_told_again"), error.to_string());
            self.log(event.with("username", username.as_str()).with("error", error));
        }
    }
}
