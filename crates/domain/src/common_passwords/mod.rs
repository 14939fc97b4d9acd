//! The passwords that are tried first. `build.rs` makes a filter of the list beside this file, and only the filter is in
//! the components: a quarter of the list's size, and one hash and three reads a question.
//!
//! It is a binary fuse filter with 16 bits a fingerprint (Graf and Lemire, 2022): it knows every password of the list, and
//! takes one in about 65,000 others for one of them.

mod key;

use xorf::{BinaryFuse16Ref, Filter, FilterRef};

use self::key::key;

/// Bytes that can be read as 16-bit numbers where they lie.
#[repr(C, align(2))]
struct Aligned<const LENGTH: usize>([u8; LENGTH]);

const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/common_passwords.descriptor"));
const FINGERPRINTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/common_passwords.fingerprints"));
const ALIGNED: &Aligned<{ FINGERPRINTS.len() }> =
    &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/common_passwords.fingerprints")));

/// Whether a password in lower case is one of the most used ones.
pub(crate) fn is_common(folded: &str) -> bool {
    BinaryFuse16Ref::from_dma(DESCRIPTOR, &ALIGNED.0).contains(&key(folded))
}

#[cfg(test)]
mod tests;
