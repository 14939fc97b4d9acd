//! How sessions begin: `POST /api/login` and `POST /api/login/code`. `GET /.well-known/jwks.json`: the keys to verify tokens by.
//! The metadata by which verifiers find these keys is in `metadata.rs`.

mod call;
mod code;
mod key_set;
mod password;

use bytes::Bytes;
use http::{Request, Response};

use self::call::read;
use super::metadata;
use super::table::{LOGIN, Login};
use crate::context::Platform;
use crate::http::gateway::{NoAuthorizer, answer};

/// Answers any request for the component `login`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &LOGIN, read, request, async |call| match call.endpoint {
        Login::LogIn => call.log_in().await,
        Login::LogInWithCode => call.log_in_with_code().await,
        Login::KeySet => call.key_set().await,
        Login::Metadata => metadata::reply(&call.settings.issuing.signing.rules.issuer),
    })
    .await
}
