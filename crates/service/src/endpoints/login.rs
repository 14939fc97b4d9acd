//! `POST /api/login`: begins a session for a password. `GET /.well-known/jwks.json`: the keys to verify its tokens by. The
//! metadata by which verifiers find these keys is in `metadata.rs`.

use bytes::Bytes;
use domain::{Activity, AuthenticationMethods, Iterations, Password, PasswordAttempt, Username};
use http::header::CACHE_CONTROL;
use http::{Request, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;
use wire::{FieldCode, fields};

use super::device::DEVICE;
use super::metadata;
use super::table::{LOGIN, Login};
use super::tokens::{self, Delivery, Issuing};
use crate::accounts::credentials::Credentials;
use crate::accounts::sessions::BegunInVain;
use crate::context::{
    AddressSource, AttemptRules, Context, Event, Level, Platform, SettingError, SigningSettings, Variables,
};
use crate::http::body::{Fields, Rule};
use crate::http::gateway::{self, NoAuthorizer, answer};
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, TEN_MINUTES, json};
use crate::limits::attempts::Client;

struct Settings {
    iterations: Iterations,
    issuing: Issuing,
    attempts: AttemptRules,
    address_source: AddressSource,
}

type Call<'a, P> = gateway::Call<'a, P, Settings, Login>;

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        iterations: variables.iterations()?,
        issuing: Issuing { signing: variables.signing()?, sessions: variables.sessions()? },
        attempts: variables.attempts()?,
        address_source: variables.address_source()?,
    })
}

/// Answers any request for the component `login`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &LOGIN, read, request, async |call| match call.endpoint {
        Login::LogIn => call.log_in().await,
        Login::KeySet => call.key_set().await,
        Login::Metadata => metadata::reply(&call.settings.issuing.signing.rules.issuer),
    })
    .await
}

impl<P: Platform> Call<'_, P> {
    /// The answer and its cost are the same whether the user does not exist or the password is wrong.
    async fn log_in(self) -> Result<Reply, ApiError> {
        let gateway::Call { context, settings, incoming, .. } = self;
        let LogIn { name, username, password, delivery } = parse(&incoming.body)?;
        let address = context.client_address(&settings.address_source, incoming.headers());
        let found = context.find_credentials(username.as_ref()).await?;
        let client = Client { address, devices: &DEVICE.values(&incoming.parts) };
        let attempt = context.begin_login(&settings.attempts, &client, &name, found.as_ref()).await?;
        let hash = found.as_ref().map(Credentials::hash);
        let verified = context.verify(&password, hash, settings.iterations).await;
        let (Some(found), Some(form)) = (&found, verified) else {
            let username = found.as_ref().map(|found| &found.account.username);
            context.note(username, Activity::LoginFailed, incoming.user_agent()).await;
            return Err(failed(context));
        };
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

    /// Creates the first key if there is none, so that nobody caches an empty set.
    async fn key_set(self) -> Result<Reply, ApiError> {
        let SigningSettings { key, lifetime_seconds, .. } = self.settings.issuing.signing;
        self.context.signing_key(key, lifetime_seconds).await?;
        let jwks = self.context.public_keys().await?;
        let keys = jwks.iter().map(|jwk| serde_json::from_str(jwk)).collect::<Result<_, _>>();
        let keys = keys.map_err(|_| ApiError::Internal("a stored public key is not JSON"))?;
        let mut reply = json(StatusCode::OK, &JwkSet { keys });
        reply.headers_mut().insert(CACHE_CONTROL, TEN_MINUTES);
        Ok(reply)
    }
}

/// The username is not logged, because people sometimes type the password into that field.
fn failed<P: Platform>(context: &Context<'_, P>) -> ApiError {
    context.log_with_work(Event::new(Level::Warn, "authn_login_fail"));
    ApiError::InvalidCredentials
}

#[derive(Serialize)]
struct JwkSet {
    keys: Vec<Value>,
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
    let delivery = members.optional(fields::REFRESH_TOKEN_IN, |raw| match raw.as_str() {
        "cookie" => Ok(Delivery::Cookie),
        "body" => Ok(Delivery::Body),
        _ => Err(UnknownDelivery),
    });
    let (typed, password) = members.finish(username.zip(password))?;
    let username = Username::parse_typed(&typed).ok();
    let name = username.as_ref().map_or(typed, Username::to_string);
    Ok(LogIn { name, username, password: Password::attempt(password), delivery: delivery.unwrap_or(Delivery::Cookie) })
}

#[derive(Debug, thiserror::Error)]
#[error("One of \"cookie\" and \"body\".")]
struct UnknownDelivery;

impl Rule for UnknownDelivery {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}
