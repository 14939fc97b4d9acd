//! The rules and limits of input, stated once: the server decides by them, the browser says the same before anything is sent,
//! and tests hold `openapi.yaml` and `SECURITY.md` to them. This crate depends on nothing.
//!
//! A name has two rules. `new_` is what somebody may choose today, and may become stricter. `stored_` is the form that names
//! had at any time: it bounds what can be part of a store key or a header, and only ever becomes wider, so that no account,
//! session or token of before becomes unreadable.
//!
//! The server checks texts in NFC (Unicode Standard Annex 15), and knows besides a list of common passwords, which is not
//! sent to browsers.

mod checks;
mod limits;

pub use checks::{
    Broken, new_name, new_password, new_password_length, new_password_words, new_text, new_username, stored_name,
    stored_username,
};
pub use limits::*;
