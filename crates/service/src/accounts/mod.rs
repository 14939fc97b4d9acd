//! Accounts: their passwords, second factors and passkeys, what has happened to them, what moderators and admins decide about them, their
//! sessions, the tokens of the sessions, and invitations.

pub(crate) mod activity;
pub(crate) mod credentials;
pub(crate) mod decisions;
pub(crate) mod invitations;
pub(crate) mod passkeys;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod tickets;
pub(crate) mod tokens;
