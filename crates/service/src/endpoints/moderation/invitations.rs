//! `POST /api/admin/invitations`: lets somebody sign up where that takes an invitation.

use http::StatusCode;
use wire::{InvitationResponse, fields};

use super::call::Call;
use crate::context::{Platform, rfc3339};
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json};

/// A week.
const DEFAULT_SECONDS: u64 = 7 * 24 * 60 * 60;
/// 30 days.
const MAX_SECONDS: u64 = 30 * 24 * 60 * 60;

impl<P: Platform> Call<'_, P> {
    pub(super) async fn invite(self) -> Result<Reply, ApiError> {
        let context = self.context;
        let body: &[u8] = if self.incoming.body.is_empty() { b"{}" } else { &self.incoming.body };
        let mut members = Fields::parse(body)?;
        let seconds = members.optional_number(fields::EXPIRES_IN_SECONDS, 1..=MAX_SECONDS);
        members.finish(Some(()))?;
        let expires_at = context.now().plus_secs(seconds.unwrap_or(DEFAULT_SECONDS));
        let invitation = context.new_invitation(expires_at).await?;
        self.log_act("invite", None)?;
        Ok(json(StatusCode::CREATED, &InvitationResponse { invitation, expires_at: rfc3339(expires_at) }))
    }
}
