//! `POST /api/login`: begins a session for a password or, where there is a second factor, asks for a code.

use domain::{Activity, AuthenticationMethods, Password, PasswordAttempt, Username};
use wire::fields;

use super::call::Call;
use super::code::ask_for_code;
use crate::accounts::credentials::Credentials;
use crate::accounts::sessions::BegunInVain;
use crate::context::{Context, Event, Level, Platform};
use crate::endpoints::device::DEVICE;
use crate::endpoints::tokens::{self, Delivery};
use crate::http::body::Fields;
use crate::http::gateway;
use crate::http::problem::ApiError;
use crate::http::reply::Reply;
use crate::limits::attempts::Client;

impl<P: Platform> Call<'_, P> {
    /// The answer and its cost are the same whether the user does not exist or the password is wrong.
    pub(super) async fn log_in(self) -> Result<Reply, ApiError> {
        let gateway::Call { context, settings, incoming, .. } = self;
        let LogIn { name, username, password, delivery } = parse(&incoming.body)?;
        let address = context.client_address(&settings.address_source, incoming.headers());
        let found = context.find_credentials(username.as_ref()).await?;
        let client = Client { address, devices: &DEVICE.values(&incoming.parts) };
        let attempt = context.begin_login(&settings.attempts, &client, Some(&name), found.as_ref()).await?;
        let hash = found.as_ref().map(Credentials::hash);
        let verified = context.verify(&password, hash, settings.iterations).await;
        let (Some(found), Some(form)) = (&found, verified) else {
            let username = found.as_ref().map(|found| &found.account.username);
            context.note(username, Activity::LoginFailed, incoming.user_agent()).await;
            return Err(failed(context));
        };
        if found.account.totp.is_some() {
            let counted = context.password_was_right(attempt).await?;
            context.renew_hash(found, &password, form, settings.iterations).await;
            return ask_for_code(context, &found.account, &counted).await;
        }
        context.attempt_succeeded(attempt).await?;
        context.renew_hash(found, &password, form, settings.iterations).await;
        let methods = AuthenticationMethods::Password;
        let begun = tokens::begin(context, settings.issuing, &incoming, &found.account, methods, delivery).await?;
        let reply = begun.map_err(|BegunInVain| failed(context))?;
        // A device cookie is only useful where failed attempts cause delays.
        if delivery == Delivery::Cookie && settings.attempts.account.is_some() {
            return Ok(context.remember_device(reply, &incoming.parts, &found.account));
        }
        Ok(reply)
    }
}

/// The username is not logged, because people sometimes type the password into that field.
fn failed<P: Platform>(context: &Context<'_, P>) -> ApiError {
    context.log_with_work(Event::new(Level::Warn, "authn_login_fail"));
    ApiError::InvalidCredentials
}

struct LogIn {
    /// The username, or the text that was typed if it can't be one.
    name: String,
    /// `None` for a name that can't be a username; it is looked up all the same.
    username: Option<Username>,
    password: PasswordAttempt,
    delivery: Delivery,
}

fn parse(body: &[u8]) -> Result<LogIn, ApiError> {
    let mut members = Fields::parse(body)?;
    let username = members.text(fields::USERNAME);
    let password = members.text(fields::PASSWORD);
    let delivery = Delivery::taken_of(&mut members);
    let (typed, password) = members.finish(username.zip(password))?;
    let username = Username::parse_typed(&typed).ok();
    let name = username.as_ref().map_or(typed, Username::to_string);
    Ok(LogIn { name, username, password: Password::attempt(password), delivery })
}
