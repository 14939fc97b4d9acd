//! `POST /api/login`: begins a session for a password. `GET /.well-known/jwks.json`: the keys to verify its tokens by.

mod key_set;
mod log_in;

use bytes::Bytes;
use http::{HeaderName, Request, Response};

use domain::Iterations;

use super::table::{LOGIN, Login};
use crate::context::platform::Platform;
use crate::context::settings::{AttemptRules, SessionSettings, SettingError, SigningSettings, Variables};
use crate::http::gateway::{self, NoAuthorizer, answer};

struct Settings {
    iterations: Iterations,
    signing: SigningSettings,
    sessions: SessionSettings,
    attempts: AttemptRules,
    proxy_header: Option<HeaderName>,
}

type Call<'a, P> = gateway::Call<'a, P, Settings, Login>;

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        iterations: variables.iterations()?,
        signing: variables.signing()?,
        sessions: variables.sessions()?,
        attempts: variables.attempts()?,
        proxy_header: variables.proxy_header()?,
    })
}

/// Answers any request for the component `login`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &LOGIN, read, request, async |call| match call.endpoint {
        Login::LogIn => log_in::log_in(call).await,
        Login::KeySet => key_set::key_set(call).await,
    })
    .await
}
