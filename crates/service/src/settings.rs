//! The variables of the application, as types. Each component reads those that it is granted.

use domain::{Iterations, KeyError, Rotation, SigningKey, TokenRules};

use crate::cors::AllowedOrigins;
use crate::ports::Config;
use crate::problem::Refusal;

/// A variable has a value that can't be used, or can't be read. Holds the name, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingError {
    pub(crate) variable: &'static str,
    /// What the value has to be, or why it could not be read: for the log.
    pub(crate) reason: String,
}

/// What every endpoint needs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) stage: String,
    pub(crate) store: String,
    pub(crate) allowed_origins: AllowedOrigins,
}

const STAGE_TEST: &str = "test";
/// A day.
pub(crate) const MAX_TOKEN_LIFETIME_SECONDS: u64 = 24 * 60 * 60;

impl Settings {
    pub(crate) fn read(config: &impl Config) -> Result<Self, SettingError> {
        Ok(Self {
            stage: stage(config)?,
            store: parse(config, "store", "default", name)?,
            allowed_origins: allowed_origins(config)?,
        })
    }

    /// The settings, or those that grant nothing together with what is wrong, so that this can be said and logged.
    pub(crate) fn read_or_fallback(config: &impl Config) -> (Self, Option<Refusal>) {
        match Self::read(config) {
            Ok(settings) => (settings, None),
            Err(error) => {
                let allowed_origins = allowed_origins(config).unwrap_or(AllowedOrigins::Listed(Vec::new()));
                (Self { stage: String::new(), store: String::new(), allowed_origins }, Some(error.into()))
            }
        }
    }

    /// The rounds of a password hash: fewer than recommended only on the stage `test`.
    pub(crate) fn iterations(&self, config: &impl Config) -> Result<Iterations, SettingError> {
        parse(config, "pbkdf2_iterations", "220000", |value| {
            let rounds = value.parse().map_err(|_| "a whole number".to_owned())?;
            Iterations::parse(rounds, self.stage == STAGE_TEST).map_err(|error| error.to_string())
        })
    }
}

fn stage(config: &impl Config) -> Result<String, SettingError> {
    parse(config, "stage", "dev", name)
}

fn name(value: String) -> Result<String, &'static str> {
    let plain = value.len() <= 64 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    plain.then_some(value).ok_or("1 to 64 letters, digits, \"-\" and \"_\"")
}

fn allowed_origins(config: &impl Config) -> Result<AllowedOrigins, SettingError> {
    parse(config, "cors_allowed_origins", "", |value| AllowedOrigins::parse(&value))
}

/// How long sessions last.
pub(crate) struct SessionSettings {
    /// Seconds from the login on, however often it is refreshed.
    pub(crate) lifetime_seconds: u64,
    /// Seconds without a refresh.
    pub(crate) idle_seconds: u64,
}

/// Two years.
const MAX_SESSION_SECONDS: u64 = 2 * 365 * 24 * 60 * 60;

impl SessionSettings {
    pub(crate) fn read(config: &impl Config) -> Result<Self, SettingError> {
        let seconds = |value: String| match value.parse() {
            Ok(seconds @ 1..=MAX_SESSION_SECONDS) => Ok(seconds),
            _ => Err("a whole number from 1 to 63072000"),
        };
        Ok(Self {
            lifetime_seconds: parse(config, "session_lifetime_seconds", "2592000", seconds)?,
            idle_seconds: parse(config, "session_idle_seconds", "604800", seconds)?,
        })
    }
}

/// What signing needs.
pub(crate) struct SigningSettings {
    pub(crate) rules: TokenRules,
    /// Seconds that a token is good for.
    pub(crate) lifetime_seconds: u64,
    /// Where the key comes from.
    pub(crate) key: KeySource,
}

/// Where the signing key comes from.
pub(crate) enum KeySource {
    /// An operator brings it, and may bring others that are to be published beside it.
    Operator { signs: Box<SigningKey>, published: Vec<SigningKey> },
    /// It is made here, kept in the store, and replaced in time.
    Store(Rotation),
}

impl SigningSettings {
    pub(crate) fn read(config: &impl Config) -> Result<Self, SettingError> {
        Ok(Self {
            rules: token_rules(config)?,
            lifetime_seconds: parse(config, "token_lifetime_seconds", "900", |value| match value.parse() {
                Ok(seconds @ 1..=MAX_TOKEN_LIFETIME_SECONDS) => Ok(seconds),
                _ => Err("a whole number from 1 to 86400"),
            })?,
            key: key_source(config)?,
        })
    }
}

fn key_source(config: &impl Config) -> Result<KeySource, SettingError> {
    let lower_is_allowed = stage(config)? == STAGE_TEST;
    let rotation = parse(config, "signing_key_lifetime_seconds", "2592000", |value| {
        // What is no number is out of bounds too.
        Rotation::parse(value.parse().unwrap_or(0), lower_is_allowed)
    })?;
    parse(config, "signing_key", "", |value| {
        if value.is_empty() {
            return Ok(KeySource::Store(rotation));
        }
        let mut keys = SigningKey::from_pem_bundle(&value)?.into_iter();
        let signs = Box::new(keys.next().ok_or(KeyError::Bundle)?);
        Ok::<_, KeyError>(KeySource::Operator { signs, published: keys.collect() })
    })
}

/// Whose tokens are made and accepted.
pub(crate) fn token_rules(config: &impl Config) -> Result<TokenRules, SettingError> {
    let text = |value: String| (value.len() <= 256).then_some(value).ok_or("at most 256 bytes");
    Ok(TokenRules {
        issuer: parse(config, "token_issuer", "latchkey", text)?,
        audience: parse(config, "token_audience", "latchkey", text)?,
    })
}

/// Reads and parses a variable; an unset or empty one has its default.
pub(crate) fn parse<T, E: ToString>(
    config: &impl Config,
    variable: &'static str,
    default: &str,
    parse: impl FnOnce(String) -> Result<T, E>,
) -> Result<T, SettingError> {
    let failed = |reason: String| SettingError { variable, reason };
    let value = config.get(variable).map_err(|error| failed(error.to_string()))?;
    let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    parse(value.unwrap_or_else(|| default.to_owned())).map_err(|error| failed(error.to_string()))
}
