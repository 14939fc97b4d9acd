//! The message that somebody wants to do something about. It is in the storage of the tab, because the page for that is another
//! one.

use wire::Message;

use crate::browser::{keep_in_tab, kept_in_tab};

const ABOUT: &str = "latchkey.about";
/// No message is longer, whatever its letters.
const MAX_BYTES: usize = 20_000;

/// What is known of the message.
pub(crate) struct About {
    /// Empty if its author has no account any more.
    pub(crate) username: String,
    pub(crate) text: String,
}

/// Keeps a message for the next page.
pub(crate) fn keep(message: &Message) {
    let username = message.author.username.as_deref().unwrap_or_default();
    keep_in_tab(ABOUT, Some(&format!("{}\n{username}\n{}", message.id, message.text)));
}

/// The message with this id, if it was kept.
pub(crate) fn kept(id: &str) -> Option<About> {
    let stored = kept_in_tab(ABOUT).filter(|stored| stored.len() <= MAX_BYTES)?;
    let (of, rest) = stored.split_once('\n')?;
    let (username, text) = rest.split_once('\n')?;
    let is_it = of == id && (username.is_empty() || rules::stored_username(username).is_ok());
    is_it.then(|| About { username: username.to_owned(), text: text.to_owned() })
}
