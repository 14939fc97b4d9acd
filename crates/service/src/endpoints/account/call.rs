//! What the component's endpoints are given.

use http::HeaderName;

use domain::Iterations;

use crate::context::settings::{AttemptRules, SettingError, Variables};
use crate::endpoints::table::Account;
use crate::http::gateway;

pub(super) struct Settings {
    pub(super) iterations: Iterations,
    pub(super) attempts: AttemptRules,
    pub(super) proxy_header: Option<HeaderName>,
}

pub(super) type Call<'a, P> = gateway::Call<'a, P, Settings, Account>;

pub(super) fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        iterations: variables.iterations()?,
        attempts: variables.attempts()?,
        proxy_header: variables.proxy_header()?,
    })
}
