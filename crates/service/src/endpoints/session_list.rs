//! The sessions of an account as the API lists them, to the owner and to admins.

use std::cmp::Reverse;

use domain::{SessionId, Username};
use wire::Session;

use crate::context::{Context, Platform, SessionSettings, StoreError, rfc3339};

impl<P: Platform> Context<'_, P> {
    /// The sessions of an account. That of the caller comes first, if it is one of them, then the others by their last use,
    /// newest first.
    pub(super) async fn sessions_of(
        &self,
        username: &Username,
        caller: &SessionId,
        settings: &SessionSettings,
    ) -> Result<Vec<Session>, StoreError> {
        let mut found = self.list_sessions(username, settings).await?;
        found.sort_by_key(|session| (session.id != *caller, Reverse(session.last_used), session.id.clone()));
        let sessions = found.into_iter().map(|session| Session {
            current: session.id == *caller,
            id: session.id.to_string(),
            created_at: rfc3339(session.record.created_at_ms),
            last_used_at: rfc3339(session.last_used),
            client: session.record.client,
        });
        Ok(sessions.collect())
    }
}
