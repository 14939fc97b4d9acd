//! The endpoints: [`table`] declares them, and there is a module for each component, with its settings and what each of its
//! endpoints does.

pub mod account;
pub mod authorizer;
mod confirmation;
mod device;
pub mod login;
pub mod messages;
mod metadata;
pub mod moderation;
pub mod openapi;
mod passkey;
pub mod passkeys;
pub mod session;
mod session_list;
pub mod signup;
pub mod site;
mod suspension;
#[expect(missing_docs, reason = "the table is what a reader wants")]
pub mod table;
mod tokens;
