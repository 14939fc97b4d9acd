//! `POST /api/account/password`: replaces the password, and ends all other sessions.

use http::StatusCode;
use wire::fields;

use domain::Password;

use super::call::Call;
use super::owner::confirm;
use crate::context::log::{Event, Level};
use crate::context::platform::Platform;
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty};

pub(super) async fn change<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let who = call.incoming.principal()?;
    let mut members = Fields::parse(&call.incoming.body)?;
    let current = members.text(fields::CURRENT_PASSWORD);
    let new = members.required(fields::NEW_PASSWORD, |raw| Password::parse_new(raw, Some(&who.username)));
    let (current, new) = members.finish((current, new))?;
    let found = confirm(&call, fields::CURRENT_PASSWORD, current).await?;
    call.context.change_password(&found.account, &new, call.settings.iterations).await?;
    call.context.end_sessions(&who.username, Some(&who.session)).await?;
    call.context
        .log_with_work(Event::new(Level::Info, "authn_password_change").with("username", who.username.as_str()));
    Ok(empty(StatusCode::NO_CONTENT))
}
