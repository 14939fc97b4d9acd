//! The device cookie: whoever has logged in from a browser once is counted on their own there, so that others who guess
//! the password elsewhere keep them out of nothing.

use domain::Device;

use crate::accounts::credentials::Credentials;
use crate::context::Context;
use crate::context::platform::Platform;

impl<P: Platform> Context<'_, P> {
    /// The device that a login comes from, if its account knows it. The cookie is looked at in the same way for an account
    /// that does not exist.
    pub(super) fn known_device(&self, cookie: Option<&str>, account: Option<&Credentials>) -> Option<Device> {
        let username = account.map_or("", |found| found.account.username.as_str());
        let secret = account.map(Credentials::device_secret).unwrap_or_default();
        Device::from_cookie(cookie?, username, &secret, self.now()).filter(|_| account.is_some())
    }

    /// The value of a cookie by which the account knows the device from now on.
    pub(crate) fn new_device_cookie(&self, found: &Credentials) -> String {
        let device = Device::new(self.random::<{ Device::ID_BYTES }>(), self.now());
        device.to_cookie(found.account.username.as_str(), &found.device_secret())
    }
}
