//! What the component's endpoints share: the settings, and how a client wants its refresh token.

use domain::Iterations;
use wire::{FieldCode, fields};

use crate::context::{AddressSource, AttemptRules, SettingError, Variables};
use crate::endpoints::table::Login;
use crate::endpoints::tokens::{Delivery, Issuing};
use crate::http::body::{Fields, Rule};
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
        issuing: Issuing { signing: variables.signing()?, sessions: variables.sessions()? },
        attempts: variables.attempts()?,
        address_source: variables.address_source()?,
    })
}

/// Where the refresh token goes: into a cookie, unless the client says otherwise.
pub(super) fn delivery(members: &mut Fields) -> Delivery {
    let delivery = members.optional(fields::REFRESH_TOKEN_IN, |raw| match raw.as_str() {
        "cookie" => Ok(Delivery::Cookie),
        "body" => Ok(Delivery::Body),
        _ => Err(UnknownDelivery),
    });
    delivery.unwrap_or(Delivery::Cookie)
}

#[derive(Debug, thiserror::Error)]
#[error("One of \"cookie\" and \"body\".")]
struct UnknownDelivery;

impl Rule for UnknownDelivery {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}
