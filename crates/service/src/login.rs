//! `POST /api/login`: begins a session for a password. `GET /.well-known/jwks.json`: the keys to verify it by.

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;
use wire::FieldCode;

use domain::{Password, Username};

use crate::call::Call;
use crate::credentials::{self, Credentials};
use crate::doors;
use crate::gateway::{Access, Closed, Incoming, Resource, answer};
use crate::hashing;
use crate::json::{Fields, Rule};
use crate::log::{Event, Level};
use crate::ports::Platform;
use crate::problem::Refusal;
use crate::reply::{Reply, json};
use crate::sessions;
use crate::settings::{SessionSettings, SigningSettings};
use crate::signing;
use crate::tokens::{self, Delivery, with_cookie};

const JWKS_PATH: &str = "/.well-known/jwks.json";
const RESOURCES: &[Resource] = &[
    Resource { path: "/api/login", methods: &[(Method::POST, Access::Public)] },
    Resource { path: JWKS_PATH, methods: &[(Method::GET, Access::Public)] },
];
/// Ten minutes in shared caches: so long at most may a verifier elsewhere not know a key that is new.
const JWKS_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=600");

/// Answers any request for the component `login`.
pub async fn handle<P: Platform>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, &Closed, "login", RESOURCES, request, async |call, incoming| match incoming.parts.uri.path() {
        JWKS_PATH => jwks(call).await,
        _ => login(call, incoming).await,
    })
    .await
}

/// One answer at one cost, whether the user does not exist or the password is wrong.
async fn login<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let Attempt { username, password, delivery } = parse(&incoming.body)?;
    let iterations = call.settings.iterations(call.ports)?;
    let signing = SigningSettings::read(call.ports)?;
    let settings = SessionSettings::read(call.ports)?;
    let bucket = call.bucket().await?;
    let found = credentials::find(&bucket, username.as_ref()).await?;
    let attempt = doors::login(call, &bucket, &incoming.parts, username.as_ref(), found.as_ref()).await?;
    let hash = found.as_ref().map(Credentials::hash);
    let verified = hashing::verify(call, &password, hash, iterations).await;
    let address = attempt.address();
    let (Some(found), true) = (found, verified) else {
        attempt.failed(&bucket).await?;
        return Err(failed(call, address));
    };
    attempt.succeeded(&bucket).await?;
    credentials::renew(call, &bucket, &found, &password, iterations).await;
    let begun = sessions::begin(call, &bucket, &found.account, &settings, &incoming.parts.headers).await?;
    // Whoever changes the password ends the sessions that there are then. This one may have been begun a moment later by
    // the old password: then it ends itself.
    if !credentials::are_current(&bucket, &found).await? {
        sessions::end(&bucket, &begun.id).await?;
        return Err(failed(call, address));
    }
    let session = (begun.id, begun.record);
    let refresh_token = (begun.refresh_token, delivery);
    let mut reply = tokens::issue(call, &bucket, (signing, &settings), session, refresh_token, &incoming.parts).await?;
    let username = found.account.username.as_str();
    call.log_with_work(Event::new(Level::Info, "authn_login_success").with("username", username));
    if delivery == Delivery::Cookie
        && let Some(device) = doors::device::remember(call, &incoming.parts, &found)?
    {
        reply = with_cookie(reply, device);
    }
    Ok(reply)
}

/// For whom is not logged: people type passwords there.
fn failed<P: Platform>(call: &Call<'_, P>, address: Option<String>) -> Refusal {
    call.log_with_work(Event::new(Level::Warn, "authn_login_fail").with_some("client_address", address));
    Refusal::InvalidCredentials
}

struct Attempt {
    /// None for what can't be one, which is looked for all the same.
    username: Option<Username>,
    password: Password,
    delivery: Delivery,
}

fn parse(body: &[u8]) -> Result<Attempt, Refusal> {
    let mut fields = Fields::parse(body)?;
    let username = fields.required("username", Ok::<_, std::convert::Infallible>);
    let password = fields.required("password", Ok::<_, std::convert::Infallible>);
    let delivery = fields.optional("refresh_token_in", |raw| match raw.as_str() {
        "cookie" => Ok(Delivery::Cookie),
        "body" => Ok(Delivery::Body),
        _ => Err(UnknownDelivery),
    });
    fields.finish()?;
    let (Some(username), Some(password)) = (username, password) else {
        return Err(Refusal::Internal("a field was neither taken nor refused"));
    };
    let username = Username::parse(&username).ok();
    Ok(Attempt { username, password: Password::attempt(password), delivery: delivery.unwrap_or(Delivery::Cookie) })
}

#[derive(Debug, thiserror::Error)]
#[error("One of \"cookie\" and \"body\".")]
struct UnknownDelivery;

impl Rule for UnknownDelivery {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}

/// The JWK set (RFC 7517). It makes the first key when there is none, so that nobody caches an empty set.
async fn jwks<P: Platform>(call: &Call<'_, P>) -> Result<Reply, Refusal> {
    #[derive(serde::Serialize)]
    struct JwkSet {
        keys: Vec<Value>,
    }
    let SigningSettings { lifetime_seconds, key, .. } = SigningSettings::read(call.ports)?;
    let bucket = call.bucket().await?;
    signing::current(call, &bucket, key, lifetime_seconds).await?;
    let jwks = signing::list(&bucket, call.now()).await?;
    let keys = jwks.iter().map(|jwk| serde_json::from_str(jwk)).collect::<Result<_, _>>();
    let keys = keys.map_err(|_| Refusal::Internal("a stored public key is not JSON"))?;
    let mut reply = json(StatusCode::OK, &JwkSet { keys })?;
    reply.headers_mut().insert(CACHE_CONTROL, JWKS_CACHE);
    Ok(reply)
}
