//! The text of the message that somebody wants to report. It is in the storage of the tab, because the page for that is another
//! one.

use wire::Message;

use crate::browser::{keep_in_tab, kept_in_tab};

const ABOUT: &str = "latchkey.about";
/// No message is longer, whatever its letters.
const MAX_BYTES: usize = 20_000;

/// Keeps the text of a message for the next page.
pub(crate) fn keep(message: &Message) {
    keep_in_tab(ABOUT, Some(&format!("{}\n{}", message.id, message.text)));
}

/// The text of the message with this id, if it was kept.
pub(crate) fn kept(id: &str) -> Option<String> {
    let stored = kept_in_tab(ABOUT).filter(|stored| stored.len() <= MAX_BYTES)?;
    let (of, text) = stored.split_once('\n')?;
    (of == id).then(|| text.to_owned())
}
