//! `POST /api/login/passkey`: begins a session for what a passkey has signed. No second factor is asked, because the passkey
//! is something that its user has, and it has verified its user.

use domain::{Activity, AuthenticationMethods, AuthenticationResponse, PasskeyError, Purpose};
use wire::fields;

use super::call::{Call, LOGIN_BROWSER};
use super::options;
use crate::accounts::passkeys::NotAccepted;
use crate::accounts::sessions::BegunInVain;
use crate::context::{Event, Level, Platform};
use crate::endpoints::device::DEVICE;
use crate::endpoints::tokens::{self, Delivery};
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::Reply;
use crate::limits::attempts::Client;
use crate::store::Failed;

impl<P: Platform> Call<'_, P> {
    /// The options are the same for everybody.
    pub(super) async fn begin_login(self) -> Result<Reply, ApiError> {
        let party = self.relying_party()?;
        let (text, cookie) = self.issue(Purpose::PasskeyLogin, "", &LOGIN_BROWSER).await?;
        Ok(options::reply(options::request(&party, &[], &text), cookie))
    }

    /// The answer is the same whatever is wrong. So is the cost, except for who knows the handle of an account, which only
    /// its owner's authenticators do.
    pub(super) async fn log_in(self) -> Result<Reply, ApiError> {
        let party = self.relying_party()?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let response = members.object(fields::CREDENTIAL);
        let delivery = Delivery::taken_of(&mut members);
        let response = AuthenticationResponse::parse(members.finish(response)?).ok();
        let handle = response.as_ref().and_then(AuthenticationResponse::user_handle);
        let found = self.context.find_by_handle(handle.as_ref()).await?;
        let address = self.context.client_address(&self.settings.address_source, self.incoming.headers());
        let failed = |level, reason: &str| {
            let username = found.as_ref().map(|found| found.account.username.as_str());
            let event = Event::new(level, "authn_login_fail").with_some("username", username);
            let event = event.with("method", "passkey").with("reason", reason);
            self.context.log_with_work(event);
            ApiError::InvalidPasskey
        };
        let client = Client { address, devices: &DEVICE.values(&self.incoming.parts) };
        let attempt = self.context.begin_login(&self.settings.attempts, &client, None, found.as_ref()).await?;
        let text = response.as_ref().and_then(AuthenticationResponse::challenge);
        let challenge = self.open(Purpose::PasskeyLogin, "", &LOGIN_BROWSER, text).await?;
        let challenge = challenge.ok_or_else(|| failed(Level::Warn, "challenge"))?;
        let (Some(response), Some(known)) = (&response, &found) else {
            return Err(failed(Level::Warn, "unknown_passkey"));
        };
        let accepted = self.context.accept_passkey(known, &party, response, &challenge).await;
        if matches!(accepted, Err(Failed::Refused(_))) {
            let username = &known.account.username;
            self.context.note(Some(username), Activity::LoginFailed, self.incoming.user_agent()).await;
        }
        match accepted {
            Ok(()) => {}
            // There may be two authenticators with one key, and an operator should know.
            Err(Failed::Refused(reason @ NotAccepted::Refused(PasskeyError::Counter))) => {
                return Err(failed(Level::Error, &reason.reason()));
            }
            Err(Failed::Refused(reason)) => return Err(failed(Level::Warn, &reason.reason())),
            Err(Failed::Store(error)) => return Err(error.into()),
        }
        self.context.attempt_succeeded(attempt).await?;
        let (account, methods) = (&known.account, AuthenticationMethods::Passkey);
        let begun = tokens::begin(self.context, self.settings.issuing, &self.incoming, account, methods, delivery);
        let reply = begun.await?.map_err(|BegunInVain| failed(Level::Warn, "overtaken"))?;
        // A device cookie is only useful where failed attempts cause delays.
        if delivery == Delivery::Cookie && self.settings.attempts.account.is_some() {
            return Ok(self.context.remember_device(reply, &self.incoming.parts, account));
        }
        Ok(reply)
    }
}
