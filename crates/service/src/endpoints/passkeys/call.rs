//! What the component's endpoints share: the settings, and the challenges of ceremonies.

use domain::{DelayRule, Iterations, Purpose};
use http::HeaderValue;
use http::request::Parts;

use crate::accounts::passkeys::{CHALLENGE_SECONDS, Challenge};
use crate::context::{AddressSource, AttemptRules, Platform, SettingError, StoreError, Variables};
use crate::endpoints::table::Passkeys;
use crate::endpoints::tokens::Issuing;
use crate::http::cookie::Cookie;
use crate::http::gateway::{self, Principal};
use crate::http::origin::Origin;

pub(super) struct Settings {
    pub(super) site_origin: Option<Origin>,
    pub(super) iterations: Iterations,
    pub(super) issuing: Issuing,
    pub(super) attempts: AttemptRules,
    pub(super) password_checks: Option<DelayRule>,
    pub(super) address_source: AddressSource,
}

pub(super) type Call<'a, P> = gateway::Call<'a, P, Settings, Passkeys>;

pub(super) fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        site_origin: variables.site_origin()?,
        iterations: variables.iterations()?,
        issuing: Issuing::read(variables)?,
        attempts: variables.attempts()?,
        password_checks: variables.password_checks()?,
        address_source: variables.address_source()?,
    })
}

/// By these cookies a challenge is bound to the browser that has asked for it. Several tabs of a browser share one, so that
/// each may end the ceremony that it has begun.
pub(super) const LOGIN_BROWSER: Cookie = Cookie {
    name: "latchkey-passkey-login",
    secure_name: "__Secure-latchkey-passkey-login",
    path: "/api/login/passkey",
};
pub(super) const ACCOUNT_BROWSER: Cookie =
    Cookie { name: "latchkey-passkey", secure_name: "__Secure-latchkey-passkey", path: "/api/account/passkeys" };

/// The digits of the 16 random bytes in such a cookie.
const BROWSER_DIGITS: usize = 32;

/// What the challenge of somebody who is logged in is about.
pub(super) fn about(who: &Principal) -> String {
    format!("{}.{}", who.username, who.session)
}

impl<P: Platform> Call<'_, P> {
    /// The text of a new challenge, and the cookie that it is bound to.
    pub(super) async fn issue(
        &self,
        purpose: Purpose,
        about: &str,
        cookie: &Cookie,
    ) -> Result<(String, HeaderValue), StoreError> {
        let request: &Parts = &self.incoming.parts;
        let is_ours = |value: &&str| value.len() == BROWSER_DIGITS && value.bytes().all(|b| b.is_ascii_hexdigit());
        let own = cookie.values(request).into_iter().find(is_ours).map(str::to_owned);
        let browser = own.unwrap_or_else(|| self.context.random_hex::<{ BROWSER_DIGITS / 2 }>());
        let text = self.context.issue_challenge(purpose, about, &browser).await?;
        Ok((text, cookie.set(request, &browser, CHALLENGE_SECONDS)))
    }

    /// The challenge that a response answers, if it was issued for this ceremony, this browser, and whom it is about.
    pub(super) async fn open(
        &self,
        purpose: Purpose,
        about: &str,
        cookie: &Cookie,
        text: Option<String>,
    ) -> Result<Option<Challenge>, StoreError> {
        self.context.open_challenge(purpose, about, &cookie.values(&self.incoming.parts), text).await
    }
}
