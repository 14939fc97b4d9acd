//! Accounts: their passwords and second factors, their sessions, and the tokens of the sessions.

pub(crate) mod activity;
pub(crate) mod credentials;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod tickets;
pub(crate) mod tokens;
