//! How a passkey is added to an account.

use domain::{Activity, DisplayName, Purpose, RegistrationResponse};
use http::StatusCode;
use rules::ACCOUNT_MAX_PASSKEYS;
use wire::{PasskeyResponse, fields};

use super::call::{ACCOUNT_BROWSER, Call, about};
use super::options;
use crate::accounts::credentials::Credentials;
use crate::accounts::passkeys::NotRegistered;
use crate::context::{Event, Level, Platform};
use crate::endpoints::passkey::shown;
use crate::http::body::Fields;
use crate::http::gateway::Principal;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json};
use crate::store::Failed;
use crate::store::records::Passkey;

impl<P: Platform> Call<'_, P> {
    pub(super) async fn begin_registration(self) -> Result<Reply, ApiError> {
        let party = self.relying_party()?;
        let found = self.confirm(true).await?;
        if found.account.passkeys().len() >= ACCOUNT_MAX_PASSKEYS {
            return Err(ApiError::TooManyPasskeys);
        }
        let handle = self.context.user_handle(&found.account).await?;
        let about = about_account(self.incoming.principal()?, &found);
        let (text, cookie) = self.issue(Purpose::PasskeyRegistration, &about, &ACCOUNT_BROWSER).await?;
        Ok(options::reply(options::creation(&party, &found.account, &handle, &text), cookie))
    }

    /// The confirmation was given when the challenge was issued, which says so for five minutes.
    pub(super) async fn register(self) -> Result<Reply, ApiError> {
        let party = self.relying_party()?;
        let who = self.incoming.principal()?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let name = members.required(fields::NAME, |raw| DisplayName::parse_new(&raw));
        let response = members.object(fields::CREDENTIAL);
        let (name, response) = members.finish(name.zip(response))?;
        let response = RegistrationResponse::parse(response).map_err(|error| self.refused(&error.to_string()))?;
        let text = response.challenge();
        let found = self.context.find_caller(&self.incoming).await?;
        let about = about_account(who, &found);
        let challenge = self.open(Purpose::PasskeyRegistration, &about, &ACCOUNT_BROWSER, text).await?;
        let challenge = challenge.ok_or_else(|| self.refused("challenge"))?;
        let credential =
            party.register(&response, &challenge.text).map_err(|error| self.refused(&error.to_string()))?;
        self.check_session(&found).await?;
        let now = self.context.now();
        let passkey =
            Passkey { credential, name, created_at_ms: now, last_used_at_ms: None, answered_ms: challenge.issued };
        match self.context.add_passkey(&found, &passkey).await {
            Ok(()) => {}
            Err(Failed::Refused(NotRegistered::TooMany)) => return Err(ApiError::TooManyPasskeys),
            Err(Failed::Refused(NotRegistered::Known)) => return Err(self.refused("known_passkey")),
            Err(Failed::Refused(NotRegistered::Used)) => return Err(self.refused("used")),
            Err(Failed::Refused(NotRegistered::Overtaken)) => return Err(ApiError::Conflict),
            Err(Failed::Store(error)) => return Err(error.into()),
        }
        self.context.note(Some(&who.username), Activity::PasskeyAdded, self.incoming.user_agent()).await;
        self.context.log_with_work(Event::new(Level::Info, "passkey_added").with("username", who.username.as_str()));
        Ok(json(StatusCode::CREATED, &PasskeyResponse { passkey: shown(&passkey) }))
    }
}

/// What a registration is about. A change of the password makes another revision, and a challenge that the password before has
/// confirmed is good no more.
fn about_account(who: &Principal, found: &Credentials) -> String {
    format!("{}.{}", about(who), found.account.revision)
}
