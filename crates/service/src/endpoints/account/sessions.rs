//! `POST /api/logout`, and `/api/sessions`: where one is logged in.

use std::cmp::Reverse;

use http::StatusCode;
use wire::{Session, SessionsResponse};

use domain::SessionId;

use super::call::Call;
use crate::context::log::{Event, Level, rfc3339};
use crate::context::platform::Platform;
use crate::endpoints::tokens::REFRESH;
use crate::http::gateway::Incoming;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json, with_cookie};

pub(super) async fn log_out<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let who = call.incoming.principal()?;
    call.context.end_session(&who.session).await?;
    call.context.log_with_work(Event::new(Level::Info, "session_ended").with("username", who.username.as_str()));
    Ok(logged_out(&call.incoming))
}

pub(super) async fn end_all<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let who = call.incoming.principal()?;
    call.context.end_sessions(&who.username, None).await?;
    call.context.log_with_work(Event::new(Level::Info, "sessions_ended").with("username", who.username.as_str()));
    Ok(logged_out(&call.incoming))
}

/// The session of whoever asks first, then the others by their last use.
pub(super) async fn list<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let who = call.incoming.principal()?;
    let mut found = Vec::new();
    for id in call.context.sessions_of(&who.username).await? {
        let Some(record) = call.context.find_session(&id).await? else { continue };
        let last = call.context.last_use(&id).await?;
        let last_used = last.map_or(record.created_at_ms, |last| last.at);
        found.push((id != who.session, Reverse(last_used), id, record));
    }
    found.sort_by(|(one_other, one_used, one_id, _), (other, used, id, _)| {
        (one_other, one_used, one_id).cmp(&(other, used, id))
    });
    let sessions = found.into_iter().map(|(is_other, last_used, id, record)| Session {
        id: id.to_string(),
        current: !is_other,
        created_at: rfc3339(record.created_at_ms),
        last_used_at: rfc3339(last_used.0),
        client: record.client,
    });
    Ok(json(StatusCode::OK, &SessionsResponse { sessions: sessions.collect() }))
}

/// The session of another account is answered like one that there is not.
pub(super) async fn end_one<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let who = call.incoming.principal()?;
    let id = SessionId::parse(call.incoming.parameter("id")).map_err(|_| ApiError::NotFound)?;
    let session = call.context.find_session(&id).await?;
    if session.is_none_or(|session| session.username != who.username) {
        return Err(ApiError::NotFound);
    }
    call.context.end_session(&id).await?;
    call.context.log_with_work(Event::new(Level::Info, "session_ended").with("username", who.username.as_str()));
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The answer when a session of one's own has ended: there is nothing to say, and the cookie is taken back.
pub(super) fn logged_out(incoming: &Incoming) -> Reply {
    with_cookie(empty(StatusCode::NO_CONTENT), REFRESH.forget(&incoming.parts))
}
