//! What the site decides without a browser: addresses, the list of messages, times, links, what may be stored, how strong a
//! password is and what is said about a field. Everything that touches the browser is in the binary.

pub mod address;
pub mod age;
pub mod board;
pub mod links;
pub mod stored;
pub mod strength;
pub mod words;
