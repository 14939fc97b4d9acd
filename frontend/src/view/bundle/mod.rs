//! The two apps: which views each has.

mod account;
mod board;

pub(crate) use self::account::AccountContent;
pub(crate) use self::board::{BoardContent, Dialog};
