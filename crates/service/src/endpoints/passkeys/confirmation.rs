//! The confirmation of what adds or removes a passkey: the password, or a passkey that signs again.

use std::convert::Infallible;

use domain::{Activity, AuthenticationResponse, OneTimeCode, Purpose, TokenError};
use serde_json::Value;
use wire::{FieldCode, fields};

use super::call::{ACCOUNT_BROWSER, Call, about};
use super::options;
use crate::accounts::credentials::Credentials;
use crate::context::{Event, Level, Platform};
use crate::endpoints::confirmation::{PasswordChecks, missing_code, refused};
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::Reply;
use crate::store::Failed;

enum Confirmation {
    /// Perhaps with a code of a second factor.
    Password(String, Option<OneTimeCode>),
    Passkey(Value),
}

impl<P: Platform> Call<'_, P> {
    /// The options with which a passkey of the caller signs.
    pub(super) async fn begin_confirmation(self) -> Result<Reply, ApiError> {
        let party = self.relying_party()?;
        let who = self.incoming.principal()?;
        let found = self.context.find_caller(&self.incoming).await?;
        let (text, cookie) = self.issue(Purpose::PasskeyConfirmation, &about(who), &ACCOUNT_BROWSER).await?;
        Ok(options::reply(options::request(&party, found.account.passkeys(), &text), cookie))
    }

    /// The account of the caller, who has confirmed in the body that the account is theirs. `takes_code`: beside the password a
    /// code, where there is a second factor.
    pub(super) async fn confirm(&self, takes_code: bool) -> Result<Credentials, ApiError> {
        let found = match parse(&self.incoming.body, takes_code)? {
            Confirmation::Password(password, code) => {
                let checks =
                    PasswordChecks { iterations: self.settings.iterations, delays: self.settings.password_checks };
                let found = self.context.confirm_password(&self.incoming, checks, fields::PASSWORD, password).await?;
                if takes_code { self.confirm_by_code(found, code).await? } else { found }
            }
            Confirmation::Passkey(response) => self.confirm_by_passkey(response).await?,
        };
        self.check_session(&found).await?;
        Ok(found)
    }

    /// A passkey logs in without a second factor, so the password alone must not add one.
    async fn confirm_by_code(&self, found: Credentials, code: Option<OneTimeCode>) -> Result<Credentials, ApiError> {
        if found.account.totp.is_none() {
            return Ok(found);
        }
        let code = code.ok_or_else(missing_code)?;
        self.context.change_by_code(&self.incoming, &found, &code, |_| Ok(())).await?;
        self.context.find_caller(&self.incoming).await
    }

    async fn confirm_by_passkey(&self, response: Value) -> Result<Credentials, ApiError> {
        let party = self.relying_party()?;
        let who = self.incoming.principal()?;
        let response = AuthenticationResponse::parse(response).map_err(|error| self.refused(&error.to_string()))?;
        let text = response.challenge();
        let challenge = self.open(Purpose::PasskeyConfirmation, &about(who), &ACCOUNT_BROWSER, text).await?;
        let challenge = challenge.ok_or_else(|| self.refused("challenge"))?;
        let found = self.context.find_caller(&self.incoming).await?;
        match self.context.accept_passkey(&found, &party, &response, &challenge).await {
            Ok(()) => self.context.find_caller(&self.incoming).await,
            Err(Failed::Refused(reason)) => {
                let username = &found.account.username;
                self.context.note(Some(username), Activity::LoginFailed, self.incoming.user_agent()).await;
                Err(self.refused(&reason.reason()))
            }
            Err(Failed::Store(error)) => Err(error.into()),
        }
    }

    /// Somebody may have ended the session since the authorizer looked, such as by a change of the password, and whoever had
    /// it must not leave a passkey behind.
    pub(super) async fn check_session(&self, found: &Credentials) -> Result<(), ApiError> {
        let session = &self.incoming.principal()?.session;
        let goes_on = self.context.is_session_of(session, &found.account).await?;
        if goes_on { Ok(()) } else { Err(ApiError::InvalidToken(TokenError::SessionEnded)) }
    }

    /// The answer to a response of an authenticator that is not accepted, whatever is wrong. The log says what.
    pub(super) fn refused(&self, reason: &str) -> ApiError {
        let username = self.incoming.principal().ok().map(|who| who.username.as_str());
        // There may be two authenticators with one key, and an operator should know.
        let level = if reason == "counter" { Level::Error } else { Level::Warn };
        let event = Event::new(level, "authn_login_fail").with_some("username", username);
        self.context.log_with_work(event.with("method", "passkey").with("reason", reason));
        refused(fields::CREDENTIAL, FieldCode::Invalid, "This passkey was not accepted. Begin again.")
    }
}

fn parse(body: &[u8], takes_code: bool) -> Result<Confirmation, ApiError> {
    let mut members = Fields::parse(body)?;
    let password = members.optional(fields::PASSWORD, Ok::<_, Infallible>);
    let code = match takes_code {
        true => members.optional(fields::CODE, |raw| OneTimeCode::parse(&raw)),
        false => None,
    };
    let credential = members.optional_object(fields::CREDENTIAL);
    let given = match (password, credential) {
        (Some(password), None) => Some(Confirmation::Password(password, code)),
        (None, Some(_)) if code.is_some() => {
            members.refuse(fields::CODE, FieldCode::UnknownField, "A passkey takes no code.")
        }
        (None, Some(credential)) => Some(Confirmation::Passkey(credential)),
        (Some(_), Some(_)) => {
            members.refuse(fields::CREDENTIAL, FieldCode::Invalid, "Give the password or a passkey, and not both.")
        }
        (None, None) if members.is_valid() => members.missing(fields::PASSWORD),
        (None, None) => None,
    };
    members.finish(given)
}
