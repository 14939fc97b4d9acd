use sha2::{Digest, Sha256};

use crate::hex::hex;

/// The first 128 bits of the SHA-256 (FIPS 180-4) of some bytes, in hexadecimal. Different bytes have different digests.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).first_chunk::<16>().map(|half| hex(half)).unwrap_or_default()
}
