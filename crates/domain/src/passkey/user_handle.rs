use serde::{Deserialize, Serialize};

use crate::app_secret::AppSecret;
use crate::hex::{hex, unhex};
use crate::mac::mac;
use crate::username::Username;

/// How authenticators name an account: 128 bits in hexadecimal, of which nobody can tell whose they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserHandle(String);

impl UserHandle {
    const BYTES: usize = 16;

    /// Reads a handle. Any other text is none.
    pub fn parse(raw: &str) -> Option<Self> {
        unhex::<{ Self::BYTES }>(raw).map(|bytes| Self(hex(&bytes)))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AppSecret {
    /// The handle of an account that has none yet. Two registrations at the same moment get the same one, so that neither
    /// authenticator keeps a passkey that names nobody.
    pub fn user_handle(&self, username: &Username) -> UserHandle {
        let all = mac(self.bytes(), &["user handle", username.as_str()]);
        UserHandle(all.first_chunk::<{ UserHandle::BYTES }>().map(|half| hex(half)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_one_for_each_account_and_deployment_and_does_not_say_the_name() {
        let [alice, bob] = ["alice", "bob"].map(|name| Username::parse(name).unwrap());
        let (here, there) = (AppSecret::new([7; 32]), AppSecret::new([8; 32]));
        let handle = here.user_handle(&alice);
        assert_eq!(UserHandle::parse(handle.as_str()), Some(handle.clone()));
        assert_eq!(here.user_handle(&alice), handle);
        assert_ne!(here.user_handle(&bob), handle);
        assert_ne!(there.user_handle(&alice), handle);
    }

    #[test]
    fn what_is_no_handle_does_not_read() {
        let handle = "0123456789abcdef0123456789abcdef";
        for raw in ["", "alice", &handle[1..], &format!("{handle}0"), &handle.to_uppercase(), &handle.replace('f', ":")]
        {
            assert_eq!(UserHandle::parse(raw), None, "{raw}");
        }
    }
}
