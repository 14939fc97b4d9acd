//! The keys: which one signs, and which public ones tokens are verified by.

mod key_set;
mod rotation;

pub(crate) use self::rotation::UnusableKey;
