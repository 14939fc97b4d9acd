//! `POST /api/login`: gives a token for a password. `GET /.well-known/jwks.json`: the keys to verify it by.

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;
use wire::{LoginResponse, User};

use domain::{Claims, Iterations, Password, PasswordHash, Username};

use crate::call::{Call, random_hex};
use crate::gateway::{Access, Closed, Incoming, Resource, answer};
use crate::hashing;
use crate::json::Fields;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform, StoreError};
use crate::problem::Refusal;
use crate::reply::{Reply, json};
use crate::settings::SigningSettings;
use crate::signing;
use crate::store::keys;
use crate::store::records::{self, Account};

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
    let (username, password) = parse(&incoming.body)?;
    let iterations = call.settings.iterations(call.ports)?;
    let signing = SigningSettings::read(call.ports)?;
    let bucket = call.bucket().await?;
    let (key, account) = find(&bucket, &username).await?;
    let stored = account.as_ref().map(|account| PasswordHash::parse(&account.password)).transpose();
    let stored = stored.map_err(|_| StoreError::Failed(format!("the record {key} holds no password hash")))?;
    let verified = hashing::verify(call, &password, stored.as_ref(), iterations).await;
    let (Some(mut account), Some(stored), true) = (account, stored, verified) else {
        call.log_with_work(Event::new(Level::Warn, "authn_login_fail"));
        return Err(Refusal::InvalidCredentials);
    };
    if stored.is_obsolete(iterations) {
        renew(call, &bucket, &key, &mut account, &password, iterations).await;
    }
    let response = open(call, &bucket, account, signing).await?;
    call.log_with_work(
        Event::new(Level::Info, "authn_login_success").with("username", response.user.username.as_str()),
    );
    json(StatusCode::OK, &response)
}

/// The account of a username, with its key. What can't be a username is looked up all the same, under a name that no
/// account has, so that it costs what any other unknown name costs.
async fn find(bucket: &impl Bucket, username: &str) -> Result<(String, Option<Account>), StoreError> {
    let key = match Username::parse(username) {
        Ok(username) => keys::account(&username),
        Err(_) => keys::NO_ACCOUNT.to_owned(),
    };
    let account = records::load(bucket, &key).await?;
    Ok((key, account))
}

fn parse(body: &[u8]) -> Result<(String, Password), Refusal> {
    let mut fields = Fields::parse(body)?;
    let username = fields.required("username", Ok::<_, std::convert::Infallible>);
    let password = fields.required("password", Ok::<_, std::convert::Infallible>);
    fields.finish()?;
    username.zip(password.map(Password::attempt)).ok_or(Refusal::Internal("a field was neither taken nor refused"))
}

/// Replaces a hash that has fewer rounds than configured now. When that fails the next login tries again.
async fn renew<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    key: &str,
    account: &mut Account,
    password: &Password,
    iterations: Iterations,
) {
    let hash = hashing::hash(call, password, iterations).await;
    let Ok(phc) = hash.to_phc() else { return };
    account.password = phc;
    let written = match records::encode(account) {
        Ok(record) => bucket.set(key, &record).await,
        Err(error) => Err(error),
    };
    if let Err(error) = written {
        call.log(Event::new(Level::Warn, "password_hash_not_renewed").with("error", error.to_string()));
    }
}

async fn open<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    account: Account,
    SigningSettings { rules, lifetime_seconds, key }: SigningSettings,
) -> Result<LoginResponse, Refusal> {
    let key = signing::current(call, bucket, key, lifetime_seconds).await?;
    let now = call.now();
    let claims = Claims {
        subject: account.username.clone(),
        name: account.name.clone(),
        token_id: random_hex::<16>(call.ports),
        issued_at: now,
        expires_at: now.plus_secs(lifetime_seconds),
    };
    let token = key.sign(&claims, &rules).map_err(|_| Refusal::Internal("the key did not sign"))?;
    let user = User { username: account.username.into(), name: account.name.into() };
    Ok(LoginResponse { token, token_type: "Bearer".to_owned(), expires_in: lifetime_seconds, user })
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
