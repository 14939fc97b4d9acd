//! What the component's endpoints share: the settings.

use domain::Iterations;

use crate::context::{AddressSource, AttemptRules, SettingError, Variables};
use crate::endpoints::table::Login;
use crate::endpoints::tokens::Issuing;
use crate::http::gateway;

pub(super) struct Settings {
    pub(super) iterations: Iterations,
    pub(super) issuing: Issuing,
    pub(super) attempts: AttemptRules,
    pub(super) address_source: AddressSource,
}

pub(super) type Call<'a, P> = gateway::Call<'a, P, Settings, Login>;

pub(super) fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        iterations: variables.iterations()?,
        issuing: Issuing::read(variables)?,
        attempts: variables.attempts()?,
        address_source: variables.address_source()?,
    })
}
