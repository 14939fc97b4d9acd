//! The views. They read the state (`session`, `refresh`, `feed`, `router`, `theme`, `draft`), and what they ask of the
//! server is an operation of `api`.

mod account;
mod ago;
mod bundle;
mod button;
mod compose;
mod confirm;
mod field;
mod frame;
mod header;
mod icons;
mod login;
mod messages;
mod new_password;
mod notice;
mod session_list;
mod signup;
mod site;
mod strength;
mod task;
mod text;

pub(crate) use self::bundle::{AccountContent, BoardContent, Dialog};
pub(crate) use self::frame::{Bar, Said};
pub(crate) use self::site::Site;
