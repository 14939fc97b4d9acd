//! Where attempts are counted: at one of a fixed number of slots, so that no flood of made-up names fills the store.

use crate::hex::{hex, unhex};
use crate::mac::mac;

/// The secret that spreads names over slots. Without it anybody could work out a name that shares the slot of another,
/// and use up what is the other's.
pub struct SlotSecret([u8; SlotSecret::BYTES]);

/// How many slots a kind has. To fill them all an attacker needs more password hashes than a server computes before the
/// first ones are forgotten.
pub const SLOTS: u16 = 4096;

impl SlotSecret {
    /// Bytes of a secret.
    pub const BYTES: usize = 32;

    /// From random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// As it is stored.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// From what was stored.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// The slot of a name among those of a kind, below [`SLOTS`]; any text is a name.
    pub fn slot(&self, kind: &str, name: &str) -> u16 {
        let [a, b, ..] = mac(&self.0, &["place", kind, name]);
        u16::from_be_bytes([a, b]) % SLOTS
    }

    /// What stands for a name where it is not to be read. No two names have one.
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
