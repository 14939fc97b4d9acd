//! What the component's endpoints share: the settings, decisions about an account, and what a suspension takes.

use domain::{ACTION_SUSPEND, Activity, Quota, Reason, Timestamp, Username, UsernameList};
use wire::fields;

use crate::context::{Event, Level, Platform, SessionSettings, SettingError, Variables, parse_rfc3339};
use crate::endpoints::table::Moderation;
use crate::http::body::{Fields, Rule};
use crate::http::gateway;
use crate::http::problem::ApiError;
use crate::store::records::{Account, Suspension};

pub(super) struct Settings {
    pub(super) admins: UsernameList,
    pub(super) reports: Option<Quota>,
    pub(super) sessions: SessionSettings,
}

pub(super) type Call<'a, P> = gateway::Call<'a, P, Settings, Moderation>;

pub(super) fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings { admins: variables.admins()?, reports: variables.reports()?, sessions: variables.sessions()? })
}

/// A suspension that a moderator asks for.
pub(super) struct Terms {
    reason: Reason,
    until: Option<Timestamp>,
}

/// The time is not one of RFC 3339 in UTC, or it is over.
#[derive(thiserror::Error, Debug)]
#[error("A time in the future, in UTC as in 2027-01-15T08:00:00Z.")]
struct NoTimeToCome;

impl Rule for NoTimeToCome {
    fn code(&self) -> wire::FieldCode {
        wire::FieldCode::Invalid
    }
}

impl Terms {
    /// Takes the reason, and the end if there is one.
    pub(super) fn take(members: &mut Fields, now: Timestamp) -> Option<Self> {
        let reason = members.required(fields::REASON, |raw| Reason::parse(&raw));
        let until =
            members.optional(fields::UNTIL, |raw| parse_rfc3339(&raw).filter(|until| now < *until).ok_or(NoTimeToCome));
        reason.map(|reason| Self { reason, until })
    }
}

impl<P: Platform> Call<'_, P> {
    /// The account that the address names. A name that nobody can have is one that nobody has.
    pub(super) fn named(&self) -> Result<Username, ApiError> {
        Username::parse(self.incoming.parameter("username")).map_err(|_| ApiError::NotFound)
    }

    /// Whether the policy of the caller allows an action on an account.
    pub(super) fn may(&self, action: &str, account: &Account) -> Result<bool, ApiError> {
        let arn = account.arn(&self.context.settings.stage, &self.settings.admins);
        Ok(self.incoming.principal()?.may(action, &arn))
    }

    /// Changes an account, if the policy of the caller allows the action on it.
    pub(super) async fn decide(
        &self,
        action: &'static str,
        username: &Username,
        change: impl Fn(&mut Account),
    ) -> Result<(), ApiError> {
        let may = |account: &Account| self.may(action, account).is_ok_and(|may| may);
        Ok(self.context.decide(username, may, change).await?)
    }

    pub(super) async fn suspend(&self, username: &Username, terms: &Terms) -> Result<(), ApiError> {
        let suspension = Suspension {
            by: self.incoming.principal()?.username.clone(),
            reason: terms.reason.clone().into(),
            since_ms: self.context.now(),
            until_ms: terms.until,
        };
        self.decide(ACTION_SUSPEND, username, |account| account.standing.suspension = Some(suspension.clone())).await?;
        self.context.note_decision(username, Activity::Suspended).await;
        self.log_act("suspend", Some(username))
    }

    /// Logs what a moderator or an admin has done, and to which account.
    pub(super) fn log_act(&self, action: &'static str, account: Option<&Username>) -> Result<(), ApiError> {
        let event = Event::new(Level::Warn, "authz_admin").with("action", action);
        self.log_by_caller(event.with_some("account", account.map(Username::as_str)))
    }

    /// Logs an event with who has caused it.
    pub(super) fn log_by_caller(&self, event: Event) -> Result<(), ApiError> {
        self.context.log_with_work(event.with("username", self.incoming.principal()?.username.as_str()));
        Ok(())
    }
}
