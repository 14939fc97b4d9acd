//! The device cookie, by which an account knows a browser: see [`domain::Device`].

use domain::Device;
use http::request::Parts;

use crate::context::{Context, Platform};
use crate::http::cookie::Cookie;
use crate::http::reply::{Reply, with_cookie};
use crate::store::records::Account;

pub(super) const DEVICE: Cookie =
    Cookie { name: "latchkey-device", secure_name: "__Secure-latchkey-device", path: "/api/login" };

impl<P: Platform> Context<'_, P> {
    /// Adds a cookie by which the account knows the browser from now on.
    pub(super) fn remember_device(&self, reply: Reply, request: &Parts, account: &Account) -> Reply {
        let device = Device::new(self.random::<{ Device::ID_BYTES }>(), self.now());
        let value = device.to_cookie(account.username.as_str(), &account.devices);
        with_cookie(reply, DEVICE.set(request, &value, Device::LIFETIME_SECONDS))
    }
}
