use sha2::{Digest, Sha256};

use crate::hex::hex;

/// The first 128 bits of the SHA-256 (FIPS 180-4) of some bytes, in hexadecimal. Different bytes have different digests.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).first_chunk::<16>().map(|half| hex(half)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example for SHA-256 of "abc" begins so.
    #[test]
    fn is_the_first_half_of_sha_256() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223");
    }
}
