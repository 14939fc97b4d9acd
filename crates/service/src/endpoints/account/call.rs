//! What the component's endpoints share: the settings, the account of the caller, and the check of the password that
//! confirms an action.

use domain::{Activity, DelayRule, Iterations, UsernameList};

use crate::accounts::credentials::Credentials;
use crate::context::{AddressSource, Event, Platform, SessionSettings, SettingError, Variables};
use crate::endpoints::confirmation::PasswordChecks;
use crate::endpoints::table::Account;
use crate::http::gateway;
use crate::http::problem::ApiError;

pub(super) struct Settings {
    pub(super) iterations: Iterations,
    pub(super) sessions: SessionSettings,
    pub(super) password_checks: Option<DelayRule>,
    pub(super) address_source: AddressSource,
    pub(super) admins: UsernameList,
}

pub(super) type Call<'a, P> = gateway::Call<'a, P, Settings, Account>;

pub(super) fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        iterations: variables.iterations()?,
        sessions: variables.sessions()?,
        password_checks: variables.password_checks()?,
        address_source: variables.address_source()?,
        admins: variables.admins()?,
    })
}

impl<P: Platform> Call<'_, P> {
    /// Notes what the caller has done to the account, for its owner and in the log.
    pub(super) async fn tell(&self, activity: Activity, event: Event) -> Result<(), ApiError> {
        let username = &self.incoming.principal()?.username;
        self.context.note(Some(username), activity, self.incoming.user_agent()).await;
        self.context.log_with_work(event.with("username", username.as_str()));
        Ok(())
    }

    /// The account of the caller.
    pub(super) async fn find_account(&self) -> Result<Credentials, ApiError> {
        self.context.find_caller(&self.incoming).await
    }

    /// The account of the caller, who has given its password again.
    pub(super) async fn confirm(&self, field: &'static str, password: String) -> Result<Credentials, ApiError> {
        let checks = PasswordChecks { iterations: self.settings.iterations, delays: self.settings.password_checks };
        self.context.confirm_password(&self.incoming, checks, field, password).await
    }
}
