//! The doors: what makes whoever guesses passwords wait, and how many accounts and messages there may be in a while.
//!
//! [`login()`] counts a login before its password is looked at, or a hundred guesses at once would pass as one;
//! [`quota`] counts sign-ups and posts; [`address`] says who asks; [`place`] is where all of them are counted.

mod address;
pub(crate) mod device;
mod login;
mod place;
mod quota;
mod settings;

pub(crate) use login::{login, password_check};
pub(crate) use quota::{posts, sign_ups};
