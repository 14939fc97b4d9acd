//! Accounts: their passwords, their sessions, and the tokens of these.

pub(crate) mod credentials;
pub(crate) mod sessions;
pub(crate) mod tokens;
