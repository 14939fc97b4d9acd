//! Where attempts are counted: at one of a fixed number of places, so that no flood of made-up names fills the store.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret that spreads names over places. Without it anybody could work out a name that shares the place of another,
/// and use up what is the other's.
pub struct PlaceSecret([u8; PlaceSecret::BYTES]);

/// How many places a kind has. To fill them all an attacker needs more password hashes than a server computes before the
/// first ones are forgotten.
pub const PLACES: u16 = 4096;

impl PlaceSecret {
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
        let mut bytes = [0; Self::BYTES];
        if text.len() != 2 * Self::BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The place of a name among those of a kind, below [`PLACES`]; any text is a name.
    pub fn place(&self, kind: &str, name: &str) -> u16 {
        let [a, b, ..] = mac(&self.0, &["place", kind, name]);
        u16::from_be_bytes([a, b]) % PLACES
    }

    /// What stands for a name where it is not to be read. No two names have one.
    pub fn tag(&self, name: &str) -> String {
        let hash = mac(&self.0, &["tag", name]);
        hash.first_chunk::<16>().map(|tag| hex(tag)).unwrap_or_default()
    }
}

/// HMAC-SHA256 over parts, each with its length, so that no two lists of parts are one message.
pub(crate) fn mac(key: &[u8], parts: &[&str]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        // HMAC takes a key of any length.
        Err(_) => return [0; 32],
    };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_spread_over_all_places_and_keep_theirs() {
        let secret = PlaceSecret::new([7; 32]);
        let places: Vec<_> = (0..50_000).map(|n| secret.place("account", &format!("name-{n}"))).collect();
        assert_eq!(places.iter().copied().collect::<BTreeSet<_>>(), (0..PLACES).collect());
        let tags: BTreeSet<_> = (0..50_000).map(|n| secret.tag(&format!("name-{n}"))).collect();
        assert_eq!(tags.len(), 50_000);
        let read = PlaceSecret::from_hex(&secret.to_hex()).unwrap();
        assert_eq!((read.place("account", "name-9"), read.tag("name-9")), (places[9], secret.tag("name-9")));
    }

    #[test]
    fn kinds_and_secrets_have_places_of_their_own() {
        let places = |secret: [u8; 32], kind: &str| {
            let secret = PlaceSecret::new(secret);
            (0..16).map(|n| secret.place(kind, &format!("name-{n}"))).collect::<Vec<_>>()
        };
        assert_ne!(places([7; 32], "account"), places([7; 32], "address"));
        assert_ne!(places([7; 32], "account"), places([8; 32], "account"));
        assert_ne!(PlaceSecret::new([7; 32]).tag("alice"), PlaceSecret::new([8; 32]).tag("alice"));
        assert_ne!(mac(b"key", &["ab", "c"]), mac(b"key", &["a", "bc"]));
    }

    #[test]
    fn what_is_no_secret_does_not_read() {
        for text in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32)] {
            assert!(PlaceSecret::from_hex(text).is_none(), "{text}");
        }
    }
}
