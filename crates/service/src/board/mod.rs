//! The board: messages under positions that only go up, and a list of each author's. Deleted messages leave gaps.

mod add;
mod delete;
mod gaps;
mod page;

pub(crate) use add::AuthorDeleted;
pub(crate) use delete::NotDeleted;
pub(crate) use page::{Message, PageRequest};
