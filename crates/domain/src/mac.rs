//! HMAC-SHA256 (RFC 2104).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The HMAC over several parts. Each part follows its length in 8 bytes, so that two different lists never give the same
/// message.
pub(crate) fn mac(key: &[u8], parts: &[&str]) -> [u8; 32] {
    let mut message = Vec::new();
    for part in parts {
        message.extend((part.len() as u64).to_be_bytes());
        message.extend(part.as_bytes());
    }
    of(key, &message)
}

/// The HMAC over one message.
pub(crate) fn of(key: &[u8], message: &[u8]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac.chain_update(message).finalize().into_bytes().into(),
        // This branch is never reached, because HMAC takes a key of any length.
        Err(_) => [0; 32],
    }
}
