//! `GET /.well-known/jwks.json`: the public keys.

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use serde_json::Value;

use super::call::Call;
use crate::context::{Platform, SigningSettings};
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, TEN_MINUTES, json};

impl<P: Platform> Call<'_, P> {
    /// Creates the first key if there is none, so that nobody caches an empty set.
    pub(super) async fn key_set(self) -> Result<Reply, ApiError> {
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

#[derive(Serialize)]
struct JwkSet {
    keys: Vec<Value>,
}
