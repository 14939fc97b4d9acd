//! The views. They read the state (`session`, `refresh`, `feed`, `router`, `theme`, `draft`), and what they ask of the
//! server is an operation of `api`.

mod about;
mod account;
mod account_copy;
mod accounts;
mod activity_list;
mod ago;
mod bundle;
mod button;
mod code_step;
mod compose;
mod confirm;
mod decision;
mod field;
mod frame;
mod header;
mod icons;
mod link_once;
mod login;
mod member;
mod messages;
mod name;
mod new_password;
mod notice;
mod own_messages;
mod part;
mod passkey_list;
mod passkey_login;
mod password_form;
mod recover;
mod recovery_codes;
mod reports;
mod second_factor;
mod session_list;
mod signup;
mod site;
mod strength;
mod suspension;
mod task;
mod text;
mod toast;
mod ways;

pub(crate) use self::bundle::{AccountContent, BoardContent, Dialog, EntryContent, ModerationContent};
pub(crate) use self::frame::Bar;
pub(crate) use self::site::Site;
pub(crate) use self::toast::Said;
