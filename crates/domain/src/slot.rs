//! Where attempts are counted: in one of a fixed number of slots, so that any number of invented names can't fill the store.

use crate::hex::{hex, unhex};
use crate::mac::mac;

/// The secret that spreads names over slots. Without it, anybody could compute a name that shares the slot of another name,
/// and use up the attempts of that other name.
pub struct SlotSecret([u8; SlotSecret::BYTES]);

/// The number of slots for each kind. To fill all of them, an attacker needs more password hashes than a server computes
/// before the first attempts are forgotten.
pub const SLOTS: u16 = 4096;

impl SlotSecret {
    /// Bytes of a secret.
    pub const BYTES: usize = 32;

    /// Makes a secret of random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The text for the store.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads what [`SlotSecret::to_hex`] writes.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// The slot of a name within a kind, a number below [`SLOTS`]. Any text can be a name.
    pub fn slot(&self, kind: &str, name: &str) -> u16 {
        let [a, b, ..] = mac(&self.0, &["place", kind, name]);
        u16::from_be_bytes([a, b]) % SLOTS
    }

    /// A tag that replaces a name where the name must not be readable. Different names have different tags.
    pub fn tag(&self, name: &str) -> String {
        let hash = mac(&self.0, &["tag", name]);
        hash.first_chunk::<16>().map(|tag| hex(tag)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_spread_over_all_slots_and_keep_theirs() {
        let secret = SlotSecret::new([7; 32]);
        let slots: Vec<_> = (0..50_000).map(|n| secret.slot("account", &format!("name-{n}"))).collect();
        assert_eq!(slots.iter().copied().collect::<BTreeSet<_>>(), (0..SLOTS).collect());
        let tags: BTreeSet<_> = (0..50_000).map(|n| secret.tag(&format!("name-{n}"))).collect();
        assert_eq!(tags.len(), 50_000);
        let read = SlotSecret::from_hex(&secret.to_hex()).unwrap();
        assert_eq!((read.slot("account", "name-9"), read.tag("name-9")), (slots[9], secret.tag("name-9")));
    }

    #[test]
    fn kinds_and_secrets_have_slots_of_their_own() {
        let slots = |secret: [u8; 32], kind: &str| {
            let secret = SlotSecret::new(secret);
            (0..16).map(|n| secret.slot(kind, &format!("name-{n}"))).collect::<Vec<_>>()
        };
        assert_ne!(slots([7; 32], "account"), slots([7; 32], "address"));
        assert_ne!(slots([7; 32], "account"), slots([8; 32], "account"));
        assert_ne!(SlotSecret::new([7; 32]).tag("alice"), SlotSecret::new([8; 32]).tag("alice"));
        assert_ne!(mac(b"key", &["ab", "c"]), mac(b"key", &["a", "bc"]));
    }

    #[test]
    fn what_is_no_secret_does_not_read() {
        for text in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32)] {
            assert!(SlotSecret::from_hex(text).is_none(), "{text}");
        }
    }
}
