//! `GET /.well-known/jwks.json`: the JWK set (RFC 7517).

use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::call::Call;
use crate::context::platform::Platform;
use crate::context::settings::SigningSettings;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json};

/// Ten minutes in shared caches: so long at most may a verifier elsewhere not know a key that is new.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=600");

#[derive(Serialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// It makes the first key when there is none, so that nobody caches an empty set.
pub(super) async fn key_set<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let SigningSettings { key, lifetime_seconds, .. } = call.settings.signing;
    call.context.signing_key(key, lifetime_seconds).await?;
    let jwks = call.context.public_keys().await?;
    let keys = jwks.iter().map(|jwk| serde_json::from_str(jwk)).collect::<Result<_, _>>();
    let keys = keys.map_err(|_| ApiError::Internal("a stored public key is not JSON"))?;
    let mut reply = json(StatusCode::OK, &JwkSet { keys });
    reply.headers_mut().insert(CACHE_CONTROL, CACHE);
    Ok(reply)
}
