//! The site: four single-page apps that talk to the API of the server they came from. [`start`] has their entries, and each is a
//! binary of this package: the app of the board is what most visits load, and those of the ways in, of the account and of
//! moderation are loaded by whoever goes there. A link from one to another loads a page.
//!
//! Each layer uses only those after it: `start`; `view`; the state, which is `feed`, `refresh`, `session`, `router`, `place`,
//! `theme`, `draft` and `about`; `passkey`; `api`; `fetch`. What any of them says is in `texts`. The public modules need no
//! browser, so that they are tested without one: addresses, the list of messages, times, links, QR codes, roles, what may be stored,
//! how strong a password is and what is said about a field.

mod about;
mod account_copy;
pub mod activity;
pub mod address;
pub mod age;
mod api;
mod api_error;
pub mod board;
mod browser;
mod draft;
mod feed;
mod fetch;
mod json;
pub mod links;
mod lock;
mod passkey;
mod place;
pub mod qr;
mod refresh;
pub mod role;
mod router;
mod session;
pub mod start;
pub mod stored;
pub mod strength;
mod texts;
mod theme;
#[expect(unreachable_pub, reason = "what the macro `component` makes of `pub(crate)` is `pub`")]
mod view;
pub mod words;
