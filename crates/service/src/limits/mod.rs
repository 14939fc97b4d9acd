//! Rate limits: what makes whoever guesses passwords wait, and how many accounts and messages there may be in a while.
//!
//! [`attempts`] counts a login before its password is looked at, or a hundred guesses at once would pass as one; [`quotas`]
//! counts sign-ups and posts; [`slots`] is where all of them are counted.

pub(crate) mod attempts;
mod quotas;
mod slots;

/// What there was too much of, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// In the plural, after "Too many".
    pub(crate) what: &'static str,
    /// At least one.
    pub(crate) wait_seconds: u64,
}

impl TooMany {
    pub(crate) fn new(what: &'static str, wait_millis: u64) -> Self {
        Self { what, wait_seconds: wait_millis.div_ceil(1000).max(1) }
    }
}
