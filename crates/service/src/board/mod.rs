//! The board: messages at positions that only increase, and a list of the messages of each author.
//!
//! The board is a log. Whatever changes what it shows takes the next position of one counter before it changes anything: a
//! post, the deletion of a message, the deletion of an account. When the change is done, it leaves a record at its position:
//! a post its message, a deletion a gap. A position is settled when it has a record, or when whoever took it can no longer
//! write ([`change`]).
//!
//! The newest page is stored as one value, with the position that it is of ([`newest`]). It is served only if the counter,
//! which is read after the page, is at this position. Why it can't be stale: all positions up to its own were settled before
//! the records were read that the page was made of, so it includes every change up to its position; and any other change
//! increments the counter before it changes anything. So while the counter is at the position of the page, the records are
//! those that the page was made of. A request that dies, is late or overtakes another can only leave a page of a lower
//! position. That page is not served, and readers take the records.

mod add;
mod change;
mod delete;
mod gaps;
mod newest;
mod page;
mod repeat;
mod report;
mod reports;
mod resolve;

pub(crate) use add::{Added, NotAdded};
pub(crate) use delete::NotDeleted;
pub(crate) use newest::Body;
pub(crate) use page::PageRequest;
pub(crate) use report::NotReported;
pub(crate) use resolve::NotResolved;
