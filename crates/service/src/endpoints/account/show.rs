//! `GET /api/account`.

use http::StatusCode;
use wire::{AccountResponse, User};

use super::call::Call;
use super::owner::find;
use crate::context::log::rfc3339;
use crate::context::platform::Platform;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json};

pub(super) async fn show<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let found = find(call.context, &call.incoming.principal()?.username).await?.account;
    let user = User { username: found.username.into(), name: found.name.into() };
    Ok(json(StatusCode::OK, &AccountResponse { user, created_at: rfc3339(found.created_at_ms) }))
}
