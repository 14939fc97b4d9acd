//! `/api/account/totp` and `/api/account/recovery-codes`: the second factor, and the codes for the day when it is lost.

use domain::{Activity, CodeError, OneTimeCode, Purpose, RecoveryCode, Totp, TotpCode, TotpKey};
use http::StatusCode;
use wire::{FieldCode, RecoveryCodesResponse, TotpResponse, fields};

use super::call::Call;
use crate::accounts::credentials::Overtaken;
use crate::accounts::second_factor::WrongCode;
use crate::context::{Event, Level, Platform};
use crate::endpoints::confirmation::{missing_code, refused, wrong_code};
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json};
use crate::store::records::Account;

/// How long somebody has to put the key into an app, which may have to be installed first.
const SET_UP_SECONDS: u64 = 15 * 60;

impl<P: Platform> Call<'_, P> {
    /// Shows a key. Nothing is stored until the app has proved to have it, so nobody is locked out by a set-up that breaks off.
    pub(super) async fn begin_totp(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let password = members.text(fields::PASSWORD);
        let password = members.finish(password)?;
        let account = self.confirm(fields::PASSWORD, password).await?.account;
        has_no_factor(&account)?;
        let key = TotpKey::new(self.context.random());
        let text = key.to_base32();
        let ticket = self.context.seal_ticket(Purpose::TotpSetUp, &account, &text, SET_UP_SECONDS).await?;
        Ok(json(StatusCode::OK, &TotpResponse { key: text, uri: key.uri(&account.username), ticket }))
    }

    /// Codes are not counted here, because whoever has the ticket has the key.
    pub(super) async fn confirm_totp(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let ticket = members.text(fields::TICKET);
        let code = members.required(fields::CODE, |raw| TotpCode::parse(&raw).ok_or(CodeError));
        let (ticket, code) = members.finish(ticket.zip(code))?;
        let found = self.find_account().await?;
        let ticket = self.context.open_ticket(Purpose::TotpSetUp, &ticket).await?;
        let key = ticket.filter(|ticket| ticket.is_of(&found.account));
        let key = key.and_then(|ticket| TotpKey::from_base32(&ticket.rest));
        let over = || refused(fields::TICKET, FieldCode::Invalid, "The time for this is over. Begin again.");
        let totp = Totp::begin(key.ok_or_else(over)?, code, self.context.now()).ok_or_else(wrong_code)?;
        let devices = self.context.random_hex::<16>();
        // Whoever has known the password until now may have made recovery codes and logged in with many browsers. Neither may
        // help against the new factor.
        let set_up = |account: &mut Account| {
            has_no_factor(account)?;
            account.totp = Some(totp.clone());
            account.recovery.clear();
            account.devices.clone_from(&devices);
            Ok::<_, Overtaken>(())
        };
        self.context.update_account(&found, set_up).await?;
        self.tell(Activity::SecondFactorOn, changed("second_factor_on")).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn remove_totp(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let password = members.text(fields::PASSWORD);
        let code = members.required(fields::CODE, |raw| OneTimeCode::parse(&raw));
        let (password, code) = members.finish(password.zip(code))?;
        let found = self.confirm(fields::PASSWORD, password).await?;
        let take = |account: &mut Account| account.totp.take().map(drop).ok_or(WrongCode);
        self.context.change_by_code(&self.incoming, &found, &code, take).await?;
        self.tell(Activity::SecondFactorOff, changed("second_factor_off")).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// Replaces the recovery codes. Where there is a second factor, this takes a code of it, because a recovery code can do
    /// all that it can: a password alone must not get any.
    pub(super) async fn make_recovery_codes(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let password = members.text(fields::PASSWORD);
        let code = members.optional(fields::CODE, |raw| OneTimeCode::parse(&raw));
        let password = members.finish(password)?;
        let found = self.confirm(fields::PASSWORD, password).await?;
        let codes: Vec<_> = (0..RecoveryCode::COUNT).map(|_| RecoveryCode::new(self.context.random())).collect();
        let digests: Vec<_> = codes.iter().map(|code| code.digest(&found.account.username)).collect();
        if found.account.totp.is_some() {
            let replace = |account: &mut Account| {
                account.recovery.clone_from(&digests);
                Ok(())
            };
            self.context.change_by_code(&self.incoming, &found, &code.ok_or_else(missing_code)?, replace).await?;
        } else {
            let replace = |account: &mut Account| {
                has_no_factor(account)?;
                account.recovery.clone_from(&digests);
                Ok::<_, Overtaken>(())
            };
            self.context.update_account(&found, replace).await?;
        }
        self.tell(Activity::RecoveryCodesMade, changed("recovery_codes")).await?;
        let codes = codes.iter().map(RecoveryCode::text).collect();
        Ok(json(StatusCode::OK, &RecoveryCodesResponse { codes }))
    }
}

fn changed(attribute: &'static str) -> Event {
    Event::new(Level::Info, "user_updated").with("attribute", attribute)
}

/// A second factor is taken off first, which asks for a code of it, and then replaced.
fn has_no_factor(account: &Account) -> Result<(), Overtaken> {
    if account.totp.is_none() { Ok(()) } else { Err(Overtaken) }
}
