//! Whose account it is, and the password that proves it once more.

use wire::{FieldCode, FieldError};

use domain::{Password, TokenError, Username};

use super::call::Call;
use crate::accounts::credentials::Credentials;
use crate::context::Context;
use crate::context::log::{Event, Level};
use crate::context::platform::Platform;
use crate::http::client_address::client_address;
use crate::http::gateway;
use crate::http::problem::ApiError;

/// The account of whoever calls. It may have been deleted since the authorizer looked.
pub(super) async fn find<P: Platform>(context: &Context<'_, P>, username: &Username) -> Result<Credentials, ApiError> {
    let found = context.find_credentials(Some(username)).await?;
    found.ok_or(ApiError::InvalidToken(TokenError::SessionEnded))
}

/// Asks for the password once more: whoever has only got hold of a token may not take the account over.
pub(super) async fn confirm<P: Platform>(
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
