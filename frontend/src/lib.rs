//! What the site decides without a browser, so that it is tested without one: addresses, the list of messages, times, links,
//! what may be stored, how strong a password is and what is said about a field. The binary has all that needs a browser.

pub mod address;
pub mod age;
pub mod board;
pub mod links;
pub mod stored;
pub mod strength;
pub mod words;
