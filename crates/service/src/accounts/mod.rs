//! Accounts: their passwords, their sessions, and the tokens of the sessions.

pub(crate) mod activity;
pub(crate) mod credentials;
pub(crate) mod sessions;
pub(crate) mod tokens;
