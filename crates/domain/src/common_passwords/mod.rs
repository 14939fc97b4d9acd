//! The passwords that attackers try first. `build.rs` makes a filter from the list beside this file, and the components
//! contain only the filter: it has a quarter of the list's size, and a query costs one hash and three reads.
//!
//! It is a binary fuse filter with 16 bits per fingerprint (Graf and Lemire, 2022). It recognises every password of the
//! list, and wrongly recognises about one in 65,000 other passwords.

mod key;

use xorf::{BinaryFuse16Ref, Filter, FilterRef};

use self::key::key;

/// Bytes with the alignment of 16-bit numbers, so that they can be read in place.
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
