//! One's own account: `/api/account`, `/api/sessions` and `POST /api/logout`. All of it is guarded, and what can't be undone asks
//! for the password again.

mod deletion;
mod password;
mod sessions;

use bytes::Bytes;
use http::{HeaderName, Request, Response, StatusCode};
use wire::{AccountResponse, FieldCode, FieldError, User};

use domain::{Iterations, Password, TokenError, Username};

use super::table::{ACCOUNT, Account};
use super::tokens::REFRESH;
use crate::accounts::credentials::Credentials;
use crate::context::Context;
use crate::context::log::{Event, Level, rfc3339};
use crate::context::platform::{Authorizer, Platform};
use crate::context::settings::{AttemptRules, SettingError, Variables};
use crate::http::client_address::client_address;
use crate::http::gateway::{self, Incoming, answer};
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json, with_cookie};

struct Settings {
    iterations: Iterations,
    attempts: AttemptRules,
    proxy_header: Option<HeaderName>,
}

type Call<'a, P> = gateway::Call<'a, P, Settings, Account>;

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        iterations: variables.iterations()?,
        attempts: variables.attempts()?,
        proxy_header: variables.proxy_header()?,
    })
}

/// Answers any request for the component `account`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &ACCOUNT, read, request, async |call| match call.endpoint {
        Account::LogOut => sessions::log_out(call).await,
        Account::ListSessions => sessions::list(call).await,
        Account::EndSessions => sessions::end_all(call).await,
        Account::EndSession => sessions::end_one(call).await,
        Account::Show => show(call).await,
        Account::ChangePassword => password::change(call).await,
        Account::Delete => deletion::delete(call).await,
    })
    .await
}

async fn show<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let found = find(call.context, &call.incoming.principal()?.username).await?.account;
    let user = User { username: found.username.into(), name: found.name.into() };
    Ok(json(StatusCode::OK, &AccountResponse { user, created_at: rfc3339(found.created_at_ms) }))
}

/// The answer when a session of one's own has ended: there is nothing to say, and the cookie is taken back.
fn logged_out(incoming: &Incoming) -> Reply {
    with_cookie(empty(StatusCode::NO_CONTENT), REFRESH.forget(&incoming.parts))
}

/// The account of whoever calls. It may have been deleted since the authorizer looked.
async fn find<P: Platform>(context: &Context<'_, P>, username: &Username) -> Result<Credentials, ApiError> {
    let found = context.find_credentials(Some(username)).await?;
    found.ok_or(ApiError::InvalidToken(TokenError::SessionEnded))
}

/// Asks for the password once more: whoever has only got hold of a token may not take the account over.
async fn confirm<P: Platform>(
    call: &Call<'_, P>,
    field: &'static str,
    password: String,
) -> Result<Credentials, ApiError> {
    let gateway::Call { context, settings, incoming, .. } = call;
    let username = &incoming.principal()?.username;
    let found = find(context, username).await?;
    let address = client_address(settings.proxy_header.as_ref(), incoming.headers());
    let attempt = context.begin_password_check(&settings.attempts, address, username).await?;
    if context.verify(&Password::attempt(password), Some(found.hash()), settings.iterations).await {
        context.attempt_succeeded(attempt).await?;
        return Ok(found);
    }
    context.attempt_failed(attempt).await?;
    context.log_with_work(Event::new(Level::Warn, "authn_login_fail").with("username", username.as_str()));
    let detail = "This is not your password.".to_owned();
    Err(ApiError::Invalid(vec![FieldError { field: field.to_owned(), code: FieldCode::WrongPassword, detail }]))
}
