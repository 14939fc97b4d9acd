//! The figures.

use http::HeaderName;

use domain::{DelayRule, Quota};

use crate::ports::Config;
use crate::settings::{SettingError, parse};

/// Nobody needs more, and a number that is no limit any more should be 0.
const MAX_COUNT: u64 = 100_000;
/// Far below the quiet time after which failures are forgotten.
const MAX_DELAY_SECONDS: u64 = 300;

pub(super) const SIGN_UPS_WINDOW_MILLIS: u64 = 60 * 60 * 1000;
pub(super) const POSTS_WINDOW_MILLIS: u64 = 60 * 1000;

/// The rules for passwords; `None` where a rule is turned off.
pub(super) struct LoginRules {
    pub(super) account: Option<DelayRule>,
    pub(super) address: Option<DelayRule>,
}

impl LoginRules {
    pub(super) fn read(config: &impl Config) -> Result<Self, SettingError> {
        let max_seconds = parse(config, "login_max_delay_seconds", "60", |value| match value.parse() {
            Ok(seconds @ 1..=MAX_DELAY_SECONDS) => Ok(seconds),
            _ => Err("a whole number from 1 to 300"),
        })?;
        let rule = |free| (free > 0).then_some(DelayRule { free, max_seconds });
        Ok(Self {
            account: rule(count(config, "login_free_failures", "5")?),
            address: rule(count(config, "login_address_free_failures", "5")?),
        })
    }
}

pub(super) fn sign_ups(config: &impl Config) -> Result<Option<Quota>, SettingError> {
    quota(config, "signups_per_hour", SIGN_UPS_WINDOW_MILLIS)
}

pub(super) fn posts(config: &impl Config) -> Result<Option<Quota>, SettingError> {
    quota(config, "posts_per_minute", POSTS_WINDOW_MILLIS)
}

/// The header by which a trusted proxy says who asks, if there is such a proxy.
pub(super) fn proxy_header(config: &impl Config) -> Result<Option<HeaderName>, SettingError> {
    parse(config, "client_address_header", "", |value| match value.as_str() {
        "" => Ok(None),
        name => HeaderName::try_from(name).map(Some).map_err(|_| "the name of a header"),
    })
}

fn quota(config: &impl Config, variable: &'static str, window_millis: u64) -> Result<Option<Quota>, SettingError> {
    let limit = count(config, variable, "20")?;
    Ok((limit > 0).then_some(Quota { limit, window_millis }))
}

fn count(config: &impl Config, variable: &'static str, default: &str) -> Result<u64, SettingError> {
    parse(config, variable, default, |value| match value.parse() {
        Ok(count @ 0..=MAX_COUNT) => Ok(count),
        _ => Err("a whole number from 0, which turns the limit off, to 100000"),
    })
}
