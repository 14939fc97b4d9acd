//! `POST /api/logout`, and `/api/sessions`: where one is logged in.

use domain::{Activity, SessionId};
use http::StatusCode;
use wire::{Session, SessionsResponse};

use super::call::Call;
use crate::context::{Event, Level, Platform};
use crate::endpoints::tokens::REFRESH;
use crate::http::gateway::Incoming;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json, with_cookie};

impl<P: Platform> Call<'_, P> {
    pub(super) async fn log_out(self) -> Result<Reply, ApiError> {
        let who = self.incoming.principal()?;
        self.context.end_session(&who.session).await?;
        self.tell(Activity::SessionEnded, Event::new(Level::Info, "session_ended")).await?;
        Ok(logged_out(&self.incoming))
    }

    pub(super) async fn end_sessions(self) -> Result<Reply, ApiError> {
        let who = self.incoming.principal()?;
        self.context.end_all_sessions(&who.username).await?;
        self.tell(Activity::SessionsEnded, Event::new(Level::Info, "sessions_ended")).await?;
        Ok(logged_out(&self.incoming))
    }

    pub(super) async fn list_sessions(self) -> Result<Reply, ApiError> {
        Ok(json(StatusCode::OK, &SessionsResponse { sessions: self.sessions().await? }))
    }

    pub(super) async fn sessions(&self) -> Result<Vec<Session>, ApiError> {
        let who = self.incoming.principal()?;
        Ok(self.context.sessions_of(&who.username, &who.session, &self.settings.sessions).await?)
    }

    /// A session of another account gets the same answer as one that does not exist.
    pub(super) async fn end_session(self) -> Result<Reply, ApiError> {
        let who = self.incoming.principal()?;
        let id = SessionId::parse(self.incoming.parameter("id")).map_err(|_| ApiError::NotFound)?;
        let session = self.context.find_session(&id).await?;
        if session.is_none_or(|(session, _)| session.username != who.username) {
            return Err(ApiError::NotFound);
        }
        self.context.end_session(&id).await?;
        let event = Event::new(Level::Info, "session_ended").with("ended_session", id.as_str());
        self.tell(Activity::SessionEnded, event).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }
}

/// The answer after the caller's own session has ended: it has no body, and deletes the cookie.
pub(super) fn logged_out(incoming: &Incoming) -> Reply {
    with_cookie(empty(StatusCode::NO_CONTENT), REFRESH.forget(&incoming.parts))
}
