//! Device cookies (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): a browser that has once logged in to an
//! account proves that at its next login, and then need not wait because of failed attempts from elsewhere.

use subtle::ConstantTimeEq;

use crate::hex::hex;
use crate::mac::mac;
use crate::time::Timestamp;

/// A device from which somebody has logged in to one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    id: String,
    expires_at_secs: u64,
}

impl Device {
    /// Bytes of an id.
    pub const ID_BYTES: usize = 16;
    /// How long a device is known after a login: 180 days.
    pub const LIFETIME_SECONDS: u64 = 180 * 24 * 60 * 60;

    /// A device that has just logged in. Its id is made of random bytes.
    pub fn new(id: [u8; Self::ID_BYTES], now: Timestamp) -> Self {
        Self { id: hex(&id), expires_at_secs: now.plus_secs(Self::LIFETIME_SECONDS).as_secs() }
    }

    /// The id in hexadecimal.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The cookie value that the device keeps. It is sealed with a secret of the account that is replaced together with the
    /// password, so after a change of the password no earlier cookie is good.
    pub fn to_cookie(&self, username: &str, secret: &str) -> String {
        format!("{}.{}.{}", self.id, self.expires_at_secs, self.seal(username, secret))
    }

    /// Reads a cookie value. `None` when it is forged, expired, of another account, or from before a change of the password.
    pub fn from_cookie(cookie: &str, username: &str, secret: &str, now: Timestamp) -> Option<Self> {
        let mut parts = cookie.split('.');
        let (Some(id), Some(expires), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let device = Self { id: id.to_owned(), expires_at_secs: expires.parse().ok()? };
        // Only the exact text that was issued is good, so that the same number written in another way is refused.
        let sealed: bool = device.to_cookie(username, secret).as_bytes().ct_eq(cookie.as_bytes()).into();
        (sealed && device.expires_at_secs > now.as_secs()).then_some(device)
    }

    fn seal(&self, username: &str, secret: &str) -> String {
        let parts = ["latchkey device", username, &self.id, &self.expires_at_secs.to_string()];
        hex(&mac(secret.as_bytes(), &parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "$pbkdf2-sha512$i=2,l=32$c2FsdA$aGFzaA";

    #[test]
    fn a_device_is_known_to_its_account_alone_until_it_expires() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let device = Device::new([9; 16], now);
        assert_eq!(device.id(), "09".repeat(16));
        let cookie = device.to_cookie("alice", SECRET);
        let read = |cookie: &str, name, hash, now| Device::from_cookie(cookie, name, hash, now);
        assert_eq!(read(&cookie, "alice", SECRET, now), Some(device.clone()));
        assert_eq!(read(&cookie, "alice", SECRET, now.plus_secs(Device::LIFETIME_SECONDS - 1)), Some(device));
        assert_eq!(read(&cookie, "alice", SECRET, now.plus_secs(Device::LIFETIME_SECONDS)), None);
        assert_eq!(read(&cookie, "mallory", SECRET, now), None);
        assert_eq!(read(&cookie, "alice", "$another", now), None);
        assert_eq!(Device::LIFETIME_SECONDS, 15_552_000, "180 days");
    }

    #[test]
    fn a_forged_one_is_none() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let cookie = Device::new([9; 16], now).to_cookie("alice", SECRET);
        let (head, seal) = cookie.rsplit_once('.').unwrap();
        let later = cookie.replace(".18", ".19");
        let other = cookie.replacen("09", "0a", 1);
        let (signed, padded) = (cookie.replace(".18", ".+18"), cookie.replace(".18", ".018"));
        let forged = [
            "",
            ".",
            "..",
            "...",
            head,
            &format!("{head}."),
            &format!("{head}.{}", &seal[1..]),
            &format!("{cookie}0"),
            &format!("{cookie}."),
            &format!("{head}.{}", seal.to_uppercase()),
            &later,
            &other,
            &signed,
            &padded,
        ];
        for forged in forged {
            assert_ne!(forged, cookie);
            assert_eq!(Device::from_cookie(forged, "alice", SECRET, now), None, "{forged}");
        }
    }
}
