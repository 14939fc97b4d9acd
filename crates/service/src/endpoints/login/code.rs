//! `POST /api/login/code`: the second step of a login, which begins the session.
//!
//! Between the two steps the app stores nothing. The ticket holds all that the second step needs, and is good for one session:
//! the code changes the account's record, and the ticket says how often the record was changed before.

use domain::{Activity, AuthenticationMethods, OneTimeCode, Purpose, Username};
use http::StatusCode;
use wire::{CodeNeededResponse, fields};

use super::call::Call;
use crate::accounts::second_factor::WrongCode;
use crate::accounts::sessions::BegunInVain;
use crate::context::{Context, Event, Level, Platform};
use crate::endpoints::device::DEVICE;
use crate::endpoints::tokens::{self, Delivery};
use crate::http::body::Fields;
use crate::http::gateway;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json};
use crate::store::Failed;
use crate::store::records::Account;

/// How long somebody has to look at the authenticator app.
const SECONDS: u64 = 5 * 60;

/// Answers a right password. `counted` are the keys under which the attempt counts as a failure until the code is right.
/// Whoever gets the ticket can read them, and learns nothing but in which places of the store their own attempts are counted.
pub(super) async fn ask_for_code<P: Platform>(
    context: &Context<'_, P>,
    account: &Account,
    counted: &[String],
) -> Result<Reply, ApiError> {
    let rest = format!("{}.{}", account.changes, counted.join(","));
    let ticket = context.seal_ticket(Purpose::SecondFactor, account, &rest, SECONDS).await?;
    context.log_with_work(Event::new(Level::Info, "authn_code_asked").with("username", account.username.as_str()));
    Ok(json(StatusCode::ACCEPTED, &CodeNeededResponse { ticket, expires_in: SECONDS }))
}

/// Reads what [`ask_for_code`] has put into the ticket: how often the account was changed, and the keys.
fn read_rest(rest: &str) -> Option<(u64, Vec<String>)> {
    let (changes, counted) = rest.split_once('.')?;
    let counted = counted.split(',').filter(|key| !key.is_empty()).map(str::to_owned);
    Some((changes.parse().ok()?, counted.collect()))
}

impl<P: Platform> Call<'_, P> {
    /// One answer for a ticket that is not good and for a wrong code.
    pub(super) async fn log_in_with_code(self) -> Result<Reply, ApiError> {
        let gateway::Call { context, settings, incoming, .. } = self;
        let (ticket, code, delivery) = parse(&incoming.body)?;
        // The log lines have the address.
        context.client_address(&settings.address_source, incoming.headers());
        let failed = |username: Option<&Username>| {
            let event = Event::new(Level::Warn, "authn_login_fail").with("reason", "code");
            context.log_with_work(event.with_some("username", username.map(Username::as_str)));
            ApiError::InvalidCode
        };
        let Some(ticket) = context.open_ticket(Purpose::SecondFactor, &ticket).await? else { return Err(failed(None)) };
        let found = context.find_credentials(Some(&ticket.username)).await?;
        let Some((found, (changes, counted))) = found.zip(read_rest(&ticket.rest)) else { return Err(failed(None)) };
        let account = &found.account;
        if !ticket.is_of(account) || account.changes != changes {
            return Err(failed(Some(&account.username)));
        }
        let attempt = context.begin_code(&DEVICE.values(&incoming.parts), &found, counted).await?;
        // Another request may have used the ticket since.
        let is_its_own = |account: &mut Account| if account.changes == changes + 1 { Ok(()) } else { Err(WrongCode) };
        match context.update_by_code(&found, &code, is_its_own).await {
            Ok(()) => {}
            Err(Failed::Refused(WrongCode)) => {
                context.note(Some(&account.username), Activity::LoginFailed, incoming.user_agent()).await;
                return Err(failed(Some(&account.username)));
            }
            Err(Failed::Store(error)) => return Err(error.into()),
        }
        context.attempt_succeeded(attempt).await?;
        let methods = AuthenticationMethods::PasswordAndCode;
        let begun = tokens::begin(context, settings.issuing, &incoming, account, methods, delivery).await?;
        let reply = begun.map_err(|BegunInVain| failed(Some(&account.username)))?;
        if delivery == Delivery::Cookie {
            return Ok(context.remember_device(reply, &incoming.parts, account));
        }
        Ok(reply)
    }
}

fn parse(body: &[u8]) -> Result<(String, OneTimeCode, Delivery), ApiError> {
    let mut members = Fields::parse(body)?;
    let ticket = members.text(fields::TICKET);
    let code = members.required(fields::CODE, |raw| OneTimeCode::parse(&raw));
    let delivery = Delivery::taken_of(&mut members);
    let (ticket, code) = members.finish(ticket.zip(code))?;
    Ok((ticket, code, delivery))
}
