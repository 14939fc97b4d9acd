//! The board: messages at positions that only increase, and a list of the messages of each author. Deleted messages leave
//! gaps.

mod add;
mod delete;
mod gaps;
mod page;

pub(crate) use add::AuthorDeleted;
pub(crate) use delete::NotDeleted;
pub(crate) use page::{Message, PageRequest};
