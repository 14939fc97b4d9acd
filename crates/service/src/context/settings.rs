//! The variables of the application, as types, with their defaults and bounds. Each component reads those that it is granted,
//! once, before it does anything.

use domain::{DelayRule, Iterations, KeyError, Quota, Rotation, SigningKey, TokenRules, TrustedProxies};
use http::HeaderName;

use super::platform::ConfigError;
use crate::http::cors::AllowedOrigins;
use crate::http::origin::Origin;

/// A variable can't be read, or its value can't be used. This holds the name of the variable, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingError {
    pub(crate) variable: &'static str,
    /// What the value has to be, or why it could not be read: for the log.
    pub(crate) reason: String,
}

type Read<'a> = dyn Fn(&str) -> Result<Option<String>, ConfigError> + 'a;

/// Where variables are read from.
pub(crate) struct Variables<'a>(Box<Read<'a>>);

/// What every component needs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) stage: String,
    pub(crate) store: String,
    pub(crate) allowed_origins: AllowedOrigins,
}

const STAGE_TEST: &str = "test";
/// A day.
pub(crate) const MAX_TOKEN_LIFETIME_SECONDS: u64 = 24 * 60 * 60;
/// Two years.
const MAX_SESSION_SECONDS: u64 = 2 * 365 * 24 * 60 * 60;
/// Far below the lifetime of an access token, after which the next refresh is due.
const MAX_REUSE_SECONDS: u64 = 300;
/// Nobody needs a higher limit. A limit is turned off by 0, not by a very large number.
const MAX_COUNT: u64 = Quota::MAX_LIMIT;
const MAX_FREE_FAILURES: u64 = 50;
/// Far below the quiet time after which failures are forgotten.
const MAX_DELAY_SECONDS: u64 = 300;
const SIGN_UPS_WINDOW_MILLIS: u64 = 60 * 60 * 1000;
const LOGINS_WINDOW_MILLIS: u64 = 10 * 60 * 1000;
const POSTS_WINDOW_MILLIS: u64 = 60 * 1000;
const REPORTS_WINDOW_MILLIS: u64 = 60 * 60 * 1000;
/// The networks that the internet does not route to, so that whoever has an address there is near: loopback, private,
/// link-local, and those that providers share among customers.
const PRIVATE_NETWORKS: &str =
    "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 100.64.0.0/10 ::1 fc00::/7 fe80::/10";
/// Headers that hold no address of a client, besides those of Spin. One of them in the place of the right one would make
/// all clients one.
const NO_ADDRESS_HEADERS: [&str; 21] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "host",
    "origin",
    "referer",
    "te",
    "user-agent",
    "via",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-request-id",
];

impl<'a> Variables<'a> {
    pub(crate) fn new(read: impl Fn(&str) -> Result<Option<String>, ConfigError> + 'a) -> Self {
        Self(Box::new(read))
    }

    /// Reads and parses a variable; an unset or empty one has its default.
    pub(super) fn parse<T, E: ToString>(
        &self,
        variable: &'static str,
        default: &str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Result<T, SettingError> {
        let failed = |reason: String| SettingError { variable, reason };
        let value = (self.0)(variable).map_err(|error| failed(error.to_string()))?;
        let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        parse(value.unwrap_or_else(|| default.to_owned())).map_err(|error| failed(error.to_string()))
    }

    fn seconds(&self, variable: &'static str, default: &str, max: u64) -> Result<u64, SettingError> {
        self.parse(variable, default, |value| match value.parse() {
            Ok(seconds) if (1..=max).contains(&seconds) => Ok(seconds),
            _ => Err(format!("a whole number from 1 to {max}")),
        })
    }

    fn count(&self, variable: &'static str, default: &str, max: u64) -> Result<u64, SettingError> {
        self.parse(variable, default, |value| match value.parse() {
            Ok(count) if count <= max => Ok(count),
            _ => Err(format!("a whole number from 0, which turns the limit off, to {max}")),
        })
    }

    fn stage(&self) -> Result<String, SettingError> {
        self.parse("stage", "dev", name)
    }

    fn allowed_origins(&self) -> Result<AllowedOrigins, SettingError> {
        self.parse("cors_allowed_origins", "", |value| AllowedOrigins::parse(&value))
    }

    /// The settings, or an error together with settings that grant nothing, so that the error can be answered and logged.
    pub(crate) fn settings_or_fallback(&self) -> (Settings, Option<SettingError>) {
        let read = || {
            Ok(Settings {
                stage: self.stage()?,
                store: self.parse("store", "default", name)?,
                allowed_origins: self.allowed_origins()?,
            })
        };
        match read() {
            Ok(settings) => (settings, None),
            Err(error) => {
                let allowed_origins = self.allowed_origins().unwrap_or(AllowedOrigins::Listed(Vec::new()));
                (Settings { stage: String::new(), store: String::new(), allowed_origins }, Some(error))
            }
        }
    }

    /// The rounds of a password hash: fewer than recommended only on the stage `test`.
    pub(crate) fn iterations(&self) -> Result<Iterations, SettingError> {
        let is_test = self.stage()? == STAGE_TEST;
        self.parse("pbkdf2_iterations", "220000", |value| {
            let rounds = value.parse().map_err(|_| "a whole number".to_owned())?;
            Iterations::parse(rounds, is_test).map_err(|error| error.to_string())
        })
    }

    pub(crate) fn sessions(&self) -> Result<SessionSettings, SettingError> {
        Ok(SessionSettings {
            lifetime_seconds: self.seconds("session_lifetime_seconds", "2592000", MAX_SESSION_SECONDS)?,
            idle_seconds: self.seconds("session_idle_seconds", "604800", MAX_SESSION_SECONDS)?,
        })
    }

    /// For how many seconds a used refresh token is taken again.
    pub(crate) fn refresh_reuse_seconds(&self) -> Result<u64, SettingError> {
        self.parse("refresh_reuse_seconds", "10", |value| match value.parse() {
            Ok(seconds @ 0..=MAX_REUSE_SECONDS) => Ok(seconds),
            _ => Err("a whole number from 0 to 300"),
        })
    }

    pub(crate) fn signing(&self) -> Result<SigningSettings, SettingError> {
        Ok(SigningSettings {
            rules: self.token_rules()?,
            lifetime_seconds: self.seconds("token_lifetime_seconds", "900", MAX_TOKEN_LIFETIME_SECONDS)?,
            key: self.key_source()?,
        })
    }

    fn key_source(&self) -> Result<KeySource, SettingError> {
        let lower_is_allowed = self.stage()? == STAGE_TEST;
        let rotation = self.parse("signing_key_lifetime_seconds", "2592000", |value| {
            // A value that is not a number becomes 0, which is out of bounds too.
            Rotation::parse(value.parse().unwrap_or(0), lower_is_allowed)
        })?;
        self.parse("signing_key", "", |value| {
            if value.is_empty() {
                return Ok(KeySource::Store(rotation));
            }
            let mut keys = SigningKey::from_pem_bundle(&value)?.into_iter();
            let signs = Box::new(keys.next().ok_or(KeyError::Bundle)?);
            Ok::<_, KeyError>(KeySource::Operator { signs, published: keys.collect() })
        })
    }

    /// The issuer and the audience of the tokens that are created and accepted.
    pub(crate) fn token_rules(&self) -> Result<TokenRules, SettingError> {
        let text = |value: String| (value.len() <= 256).then_some(value).ok_or("at most 256 bytes");
        Ok(TokenRules {
            issuer: self.parse("token_issuer", "latchkey", text)?,
            audience: self.parse("token_audience", "latchkey", text)?,
        })
    }

    pub(crate) fn attempts(&self) -> Result<AttemptRules, SettingError> {
        Ok(AttemptRules {
            account: self.delays("login_free_failures")?,
            address: self.delays("login_address_free_failures")?,
            logins: self.quota("logins_per_ten_minutes", "30", LOGINS_WINDOW_MILLIS)?,
            logins_from: self.quota("address_logins_per_ten_minutes", "60", LOGINS_WINDOW_MILLIS)?,
        })
    }

    /// The delays for somebody who is logged in and has to give the password again.
    pub(crate) fn password_checks(&self) -> Result<Option<DelayRule>, SettingError> {
        self.delays("login_free_failures")
    }

    fn delays(&self, free_failures: &'static str) -> Result<Option<DelayRule>, SettingError> {
        let free = self.count(free_failures, "5", MAX_FREE_FAILURES)?;
        let max_seconds = self.seconds("login_max_delay_seconds", "60", MAX_DELAY_SECONDS)?;
        Ok((free > 0).then_some(DelayRule { free, max_seconds }))
    }

    pub(crate) fn sign_ups(&self) -> Result<Option<Quota>, SettingError> {
        self.quota("signups_per_hour", "20", SIGN_UPS_WINDOW_MILLIS)
    }

    pub(crate) fn posts(&self) -> Result<Option<Quota>, SettingError> {
        self.quota("posts_per_minute", "20", POSTS_WINDOW_MILLIS)
    }

    pub(crate) fn reports(&self) -> Result<Option<Quota>, SettingError> {
        self.quota("reports_per_hour", "20", REPORTS_WINDOW_MILLIS)
    }

    fn quota(&self, variable: &'static str, default: &str, window_millis: u64) -> Result<Option<Quota>, SettingError> {
        let limit = self.count(variable, default, MAX_COUNT)?;
        Ok((limit > 0).then_some(Quota { limit, window_millis }))
    }

    /// The origin of the site's pages, at which passkeys work. `None` leaves it to the request, on the machine itself.
    pub(crate) fn site_origin(&self) -> Result<Option<Origin>, SettingError> {
        self.parse("site_origin", "", |value| match Origin::parse(&value) {
            _ if value.is_empty() => Ok(None),
            Some(origin)
                if !origin.is_address() && (origin.is_https() || origin.is_of_the_web() && origin.is_localhost()) =>
            {
                Ok(Some(origin))
            }
            _ => Err("the origin of the site: https:// and a host name, without a path, or http://localhost:PORT"),
        })
    }

    /// Who says which address a client has.
    pub(crate) fn address_source(&self) -> Result<AddressSource, SettingError> {
        let proxies = match self.parse("client_address_header", "", address_header)? {
            Some(header) => {
                let trusted = self.parse("trusted_proxies", PRIVATE_NETWORKS, |value| TrustedProxies::parse(&value))?;
                Some(ProxySettings { header, trusted })
            }
            None => self.parse("trusted_proxies", "", |value| {
                value.is_empty().then_some(None).ok_or("empty as long as client_address_header is empty")
            })?,
        };
        // The adapter config-environment says "false" for the hosts that it is for, and Spin and our host have no such variable.
        let host_names_peer =
            self.parse("host_names_peer", "true", |value| value.parse().map_err(|_| "true or false"))?;
        Ok(AddressSource { host_names_peer, proxies })
    }
}

fn address_header(value: String) -> Result<Option<HeaderName>, &'static str> {
    if value.is_empty() {
        return Ok(None);
    }
    let reports =
        |name: &HeaderName| !NO_ADDRESS_HEADERS.contains(&name.as_str()) && !name.as_str().starts_with("spin-");
    let name = HeaderName::try_from(value).ok().filter(reports);
    name.map(Some).ok_or("the name of a header in which proxies report addresses, such as x-forwarded-for")
}

fn name(value: String) -> Result<String, &'static str> {
    let plain = value.len() <= 64 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    plain.then_some(value).ok_or("1 to 64 letters, digits, \"-\" and \"_\"")
}

/// How long sessions last, in seconds.
pub(crate) struct SessionSettings {
    /// From the login on; refreshes do not extend it.
    pub(crate) lifetime_seconds: u64,
    /// A session ends after this time without a refresh.
    pub(crate) idle_seconds: u64,
}

/// What signing needs.
pub(crate) struct SigningSettings {
    pub(crate) rules: TokenRules,
    /// Seconds that an access token is valid.
    pub(crate) lifetime_seconds: u64,
    pub(crate) key: KeySource,
}

/// Where the signing key comes from.
pub(crate) enum KeySource {
    /// The operator provides it, and may provide other keys that are published beside it.
    Operator { signs: Box<SigningKey>, published: Vec<SigningKey> },
    /// The application creates it, keeps it in the store, and replaces it in time.
    Store(Rotation),
}

/// How failed attempts with a password delay the next ones; `None` where a rule is turned off.
pub(crate) struct AttemptRules {
    pub(crate) account: Option<DelayRule>,
    pub(crate) address: Option<DelayRule>,
    /// How many right passwords an account, and an address, may give.
    pub(crate) logins: Option<Quota>,
    pub(crate) logins_from: Option<Quota>,
}

/// Who says which address a client has.
pub(crate) struct AddressSource {
    /// Whether the host appends a header with the address of its peer. One that does not passes a header of the same name on as a
    /// client has sent it.
    pub(crate) host_names_peer: bool,
    /// The proxies in front of the host, if there are any.
    pub(crate) proxies: Option<ProxySettings>,
}

/// How proxies in front of the host report the addresses of clients.
pub(crate) struct ProxySettings {
    pub(crate) header: HeaderName,
    pub(crate) trusted: TrustedProxies,
}
