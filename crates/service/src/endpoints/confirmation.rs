//! What somebody who is logged in has to confirm: somebody who has only stolen a token must not be able to take over the
//! account.

use domain::{Activity, DelayRule, Iterations, OneTimeCode, Password, TokenError};
use wire::{FieldCode, FieldError, fields};

use crate::accounts::credentials::Credentials;
use crate::accounts::second_factor::WrongCode;
use crate::context::{Context, Event, Level, Platform};
use crate::http::gateway::Incoming;
use crate::http::problem::ApiError;
use crate::store::Failed;
use crate::store::records::Account;

/// What the check of a password needs.
pub(super) struct PasswordChecks {
    pub(super) iterations: Iterations,
    pub(super) delays: Option<DelayRule>,
}

impl<P: Platform> Context<'_, P> {
    /// The account of the caller. It may have been deleted since the authorizer looked.
    pub(super) async fn find_caller(&self, incoming: &Incoming) -> Result<Credentials, ApiError> {
        let found = self.find_credentials(Some(&incoming.principal()?.username)).await?;
        found.ok_or(ApiError::InvalidToken(TokenError::SessionEnded))
    }

    /// The account of the caller, who has given its password again.
    pub(super) async fn confirm_password(
        &self,
        incoming: &Incoming,
        checks: PasswordChecks,
        field: &'static str,
        password: String,
    ) -> Result<Credentials, ApiError> {
        let username = &incoming.principal()?.username;
        let found = self.find_caller(incoming).await?;
        self.count_password_check(checks.delays, username).await?;
        if self.verify(&Password::attempt(password), Some(found.hash()), checks.iterations).await.is_some() {
            return Ok(found);
        }
        self.note(Some(username), Activity::LoginFailed, incoming.user_agent()).await;
        self.log_with_work(Event::new(Level::Warn, "authn_login_fail").with("username", username.as_str()));
        Err(refused(field, FieldCode::WrongPassword, "This is not your password."))
    }

    /// Changes the account of the caller if the code is right. It is counted as at a login, so that this is no further place to
    /// guess at.
    pub(super) async fn change_by_code(
        &self,
        incoming: &Incoming,
        found: &Credentials,
        code: &OneTimeCode,
        change: impl Fn(&mut Account) -> Result<(), WrongCode>,
    ) -> Result<(), ApiError> {
        let attempt = self.begin_code(&[], found, Vec::new()).await?;
        match self.update_by_code(found, code, change).await {
            Ok(()) => Ok(self.attempt_succeeded(attempt).await?),
            Err(Failed::Store(error)) => Err(error.into()),
            Err(Failed::Refused(WrongCode)) => {
                let username = &found.account.username;
                self.note(Some(username), Activity::LoginFailed, incoming.user_agent()).await;
                let event = Event::new(Level::Warn, "authn_login_fail").with("username", username.as_str());
                self.log_with_work(event.with("reason", "code"));
                Err(wrong_code())
            }
        }
    }
}

/// The answer to a body with one member that is not good.
pub(super) fn refused(field: &str, code: FieldCode, detail: &str) -> ApiError {
    ApiError::Invalid(vec![FieldError { field: field.to_owned(), code, detail: detail.to_owned() }])
}

/// The answer to a body without a code where there is a second factor.
pub(super) fn missing_code() -> ApiError {
    refused(fields::CODE, FieldCode::Missing, "This field is required.")
}

pub(super) fn wrong_code() -> ApiError {
    refused(fields::CODE, FieldCode::WrongCode, "This code is not right, or was used before.")
}
