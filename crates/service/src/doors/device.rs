//! The device cookie: whoever has logged in from a browser once is counted on their own there, so that others who guess
//! the password elsewhere keep them out of nothing.

use http::HeaderValue;
use http::request::Parts;

use domain::Device;

use super::settings::LoginRules;
use crate::call::Call;
use crate::cookie::Cookie;
use crate::credentials::Credentials;
use crate::ports::Platform;
use crate::problem::Refusal;

const COOKIE: Cookie = Cookie { name: "latchkey-device", secure_name: "__Secure-latchkey-device", path: "/api/login" };

/// The device that a login comes from, if its account knows it. The cookie is looked at in the same way for an account
/// that does not exist.
pub(super) fn known<P: Platform>(call: &Call<'_, P>, parts: &Parts, account: Option<&Credentials>) -> Option<Device> {
    let cookie = COOKIE.value(parts)?;
    let username = account.map_or("", |found| found.account.username.as_str());
    let secret = account.map(Credentials::device_secret).unwrap_or_default();
    Device::from_cookie(cookie, username, &secret, call.now()).filter(|_| account.is_some())
}

/// `Set-Cookie` after a login: from now on the account knows the device. Nothing where nobody has to wait.
pub(crate) fn remember<P: Platform>(
    call: &Call<'_, P>,
    parts: &Parts,
    found: &Credentials,
) -> Result<Option<HeaderValue>, Refusal> {
    if LoginRules::read(call.ports)?.account.is_none() {
        return Ok(None);
    }
    let mut id = [0; Device::ID_BYTES];
    call.ports.fill(&mut id);
    let cookie = Device::new(id, call.now()).to_cookie(found.account.username.as_str(), &found.device_secret());
    COOKIE.set(parts, &cookie, Device::LIFETIME_SECONDS).map(Some)
}
