//! What the site says: each text once, in English, as a function in `en.rs`. The file of another language, `de.po`, has a
//! translation for each of them. It is loaded by those who read that language alone, and a text that it lacks stays English.
//!
//! The script in the head of each page (`shell/start.js`) chooses the language: the one that the person has chosen, or else the
//! first of the browser's that the site has. It says so in the `lang` of the page, and begins to load the translations.

#[macro_use]
mod macros;
mod catalogue;
mod en;

pub(crate) use self::catalogue::{LANGUAGES, is_english, use_translations};
pub(crate) use self::en::*;
