//! The keys: which key signs, and which public keys verify tokens.

mod key_set;
mod old_records;
mod rotation;

pub(crate) use self::rotation::UnusableKey;
