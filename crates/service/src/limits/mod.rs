//! Rate limits: delays after wrong passwords, and quotas for sign-ups and messages.
//!
//! [`attempts`] counts a login before its password is checked; otherwise a hundred guesses at the same moment would pass as
//! one. [`quotas`] counts sign-ups and posts. [`slots`] stores the counts of all of them.

pub(crate) mod attempts;
mod quotas;
mod slots;

/// The client exceeded a rate limit: what was counted, and how long the client has to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// A plural noun, which follows "Too many" in the problem's detail.
    pub(crate) what: &'static str,
    /// Seconds to wait, rounded up; at least 1.
    pub(crate) wait_seconds: u64,
}

impl TooMany {
    pub(crate) fn new(what: &'static str, wait_millis: u64) -> Self {
        Self { what, wait_seconds: wait_millis.div_ceil(1000).max(1) }
    }
}
