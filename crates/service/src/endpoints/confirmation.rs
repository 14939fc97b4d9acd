//! What somebody who is logged in has to confirm: somebody who has only stolen a token must not be able to take over the
//! account.

use domain::{Activity, DelayRule, Iterations, Password, TokenError};
use wire::{FieldCode, FieldError};

use crate::accounts::credentials::Credentials;
use crate::context::{Context, Event, Level, Platform};
use crate::http::gateway::Incoming;
use crate::http::problem::ApiError;

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
        let detail = "This is not your password.".to_owned();
        Err(ApiError::Invalid(vec![FieldError { field: field.to_owned(), code: FieldCode::WrongPassword, detail }]))
    }
}
