//! The messages of a view: how new ones come into it without moving what is being read, and how deleted ones go.
//!
//! `order` keeps a list sorted, `state` is the board and what people do with it, `merge` takes in the newest page.

mod merge;
mod order;
mod state;
#[cfg(test)]
mod tests;

pub use self::merge::Arrival;
pub use self::state::Board;
