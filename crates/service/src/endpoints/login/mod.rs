//! `POST /api/login`: begins a session for a password. `GET /.well-known/jwks.json`: the keys to verify its tokens by.

mod call;
mod key_set;
mod log_in;

use bytes::Bytes;
use http::{Request, Response};

use super::table::{LOGIN, Login};
use crate::context::platform::Platform;
use crate::http::gateway::{NoAuthorizer, answer};

use self::call::read;

/// Answers any request for the component `login`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &LOGIN, read, request, async |call| match call.endpoint {
        Login::LogIn => log_in::log_in(call).await,
        Login::KeySet => key_set::key_set(call).await,
    })
    .await
}
