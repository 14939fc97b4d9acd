use sha2::{Digest, Sha256};

/// The number by which the filter knows a password in lower case: the first 64 bits of its SHA-256. The list is public, so
/// the number need not be secret. It only has to be the same where the filter is built and where it is queried.
pub(crate) fn key(folded: &str) -> u64 {
    Sha256::digest(folded.as_bytes()).iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}
