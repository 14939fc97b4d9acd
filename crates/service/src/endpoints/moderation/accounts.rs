//! `/api/moderation/accounts` and `/api/admin/accounts`: what moderators and admins see of an account and decide about it.

use std::cell::Cell;

use domain::{ACTION_END_SESSIONS, ACTION_RESET_PASSWORD, ACTION_SET_ROLE, ACTION_SUSPEND, Activity, Purpose, Role};
use http::StatusCode;
use wire::{AdminAccountResponse, ResetLinkResponse, SuspensionResponse, User, fields};

use super::call::{Call, Terms};
use crate::context::{Event, Level, Platform, rfc3339};
use crate::endpoints::suspension::shown;
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json};
use crate::store::keys;

/// An hour.
const RESET_LINK_SECONDS: u64 = 60 * 60;

impl<P: Platform> Call<'_, P> {
    pub(super) async fn suspend_account(self) -> Result<Reply, ApiError> {
        let username = self.named()?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let terms = Terms::take(&mut members, self.context.now());
        let terms = members.finish(terms)?;
        self.suspend(&username, &terms).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// Tells whether the caller may suspend the account, and only then whether it is suspended.
    pub(super) async fn show_suspension(self) -> Result<Reply, ApiError> {
        let account = self.context.find_account(&self.named()?).await?;
        let may_suspend = self.may(ACTION_SUSPEND, &account)?;
        let suspension = account.suspension(&self.settings.admins, self.context.now()).filter(|_| may_suspend);
        Ok(json(StatusCode::OK, &SuspensionResponse { may_suspend, suspension: suspension.map(shown) }))
    }

    pub(super) async fn lift(self) -> Result<Reply, ApiError> {
        let username = self.named()?;
        self.decide(ACTION_SUSPEND, &username, |account| account.standing.suspension = None).await?;
        self.context.note_decision(&username, Activity::SuspensionLifted).await;
        self.log_act("lift", Some(&username))?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn show_account(self) -> Result<Reply, ApiError> {
        let (context, admins, username) = (self.context, &self.settings.admins, self.named()?);
        let account = context.find_account(&username).await?;
        let who = self.incoming.principal()?;
        let sessions = context.sessions_of(&username, &who.session, &self.settings.sessions).await?;
        let posts = context.last(&keys::author(&username)).await?;
        let suspended = account.suspension(admins, context.now());
        let body = AdminAccountResponse {
            created_at: rfc3339(account.created_at_ms),
            role: account.role(admins).as_str().to_owned(),
            named_by_operator: admins.contains(&username),
            suspension: suspended.map(shown),
            suspended_by: suspended.map(|suspended| suspended.by.to_string()),
            posts,
            sessions,
            user: User { username: account.username.to_string(), name: account.name.to_string() },
        };
        self.log_act("show", Some(&username))?;
        Ok(json(StatusCode::OK, &body))
    }

    pub(super) async fn set_role(self) -> Result<Reply, ApiError> {
        let username = self.named()?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let role = members.required(fields::ROLE, |raw| Role::parse(&raw));
        let role = members.finish(role)?;
        let from = Cell::new(role);
        self.decide(ACTION_SET_ROLE, &username, |account| {
            from.set(std::mem::replace(&mut account.standing.role, role))
        })
        .await?;
        self.context.note_decision(&username, Activity::RoleChanged).await;
        let event = Event::new(Level::Warn, "authz_change").with("account", username.as_str());
        self.log_by_caller(event.with("from", from.get().as_str()).with("to", role.as_str()))?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn end_sessions(self) -> Result<Reply, ApiError> {
        let username = self.named()?;
        self.decide(ACTION_END_SESSIONS, &username, |account| account.end_sessions()).await?;
        self.context.note_decision(&username, Activity::SessionsEnded).await;
        self.log_act("end_sessions", Some(&username))?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// The ticket names the revision of the account, which the new password raises: so it is good once.
    pub(super) async fn make_reset_link(self) -> Result<Reply, ApiError> {
        let (context, username) = (self.context, self.named()?);
        let account = context.find_account(&username).await?;
        if !self.may(ACTION_RESET_PASSWORD, &account)? {
            return Err(ApiError::InsufficientScope);
        }
        let expires_at = context.now().plus_secs(RESET_LINK_SECONDS);
        let ticket = context.seal_ticket(Purpose::Reset, &account, "", RESET_LINK_SECONDS).await?;
        context.note_decision(&username, Activity::ResetLinkMade).await;
        self.log_act("reset_link", Some(&username))?;
        Ok(json(StatusCode::CREATED, &ResetLinkResponse { ticket, expires_at: rfc3339(expires_at) }))
    }
}
