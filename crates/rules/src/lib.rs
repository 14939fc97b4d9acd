//! The rules and limits of input, stated in one crate only: the server decides by them, the browser shows the same errors
//! before it sends anything, and tests compare `openapi.yaml` and `SECURITY.md` with them. This crate depends on nothing.
//!
//! A name has two rules. The rule `new_` is what somebody may choose today, and it may become stricter. The rule `stored_`
//! covers every name that was ever allowed. It limits what can be part of a store key or a header, and it may only become
//! wider, so that every existing account, session and token stays readable.
//!
//! The server checks texts in NFC (Unicode Standard Annex 15). It also has a list of common passwords, which is not sent to
//! browsers.

mod checks;
mod limits;
mod lines;
mod pages;

pub use checks::{
    Broken, new_name, new_password, new_password_length, new_password_words, new_reason, new_text, new_username,
    stored_name, stored_username,
};
pub use limits::*;
pub use lines::plain_lines;
pub use pages::{Bundle, Page};
