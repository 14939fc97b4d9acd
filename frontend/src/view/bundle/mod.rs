//! The apps: which views each has.

mod account;
mod board;
mod entry;
mod moderation;

pub(crate) use self::account::AccountContent;
pub(crate) use self::board::{BoardContent, Dialog};
pub(crate) use self::entry::EntryContent;
pub(crate) use self::moderation::ModerationContent;
