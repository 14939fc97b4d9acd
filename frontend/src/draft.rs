//! The message that is being written. It is in the storage of the tab, with the username of its author, from the first letter
//! until it has been posted or its author has logged out: no other tab changes it, and nobody else sees it.

use crate::browser::{keep, keep_in_tab, kept_in_tab, uuid};

/// The text, after a line with the username of its author.
const DRAFT: &str = "latchkey.draft";
/// The text that was sent and has no answer yet, after a line with its key.
const SENT: &str = "latchkey.sent";
/// This is more than can be posted, because a text that is too long must not be lost either, and less than would fill the
/// storage.
const MAX_BYTES: usize = 200_000;
const UUID_BYTES: usize = 36;

/// The draft of an author; empty if there is none.
pub(crate) fn read(author: &str) -> String {
    lines(DRAFT).filter(|(by, _)| by == author).map(|(_, text)| text).unwrap_or_default()
}

/// Stores the draft of an author.
pub(crate) fn write(author: &str, text: &str) {
    if text.is_empty() {
        // Whoever begins anew writes another message, even if the text will be the same.
        return clear();
    }
    keep_in_tab(DRAFT, Some(&format!("{author}\n{text}")));
}

/// Removes the draft of an author, or that of anybody.
pub(crate) fn forget(author: Option<&str>) {
    if author.is_none_or(|author| lines(DRAFT).is_some_and(|(by, _)| by == author)) {
        clear();
    }
}

/// Removes the draft of earlier versions of the site, which all tabs and all accounts shared.
pub(crate) fn forget_shared() {
    keep(DRAFT, None);
}

/// The key by which the server knows a text that is sent again, because the answer to it was lost. None where the browser has
/// no random numbers.
pub(crate) fn key(text: &str) -> Option<String> {
    let is_key = |key: &str| key.len() == UUID_BYTES && key.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if let Some((key, _)) = lines(SENT).filter(|(key, sent)| is_key(key) && sent == text) {
        return Some(key);
    }
    let key = uuid()?;
    keep_in_tab(SENT, Some(&format!("{key}\n{text}")));
    Some(key)
}

/// Has the next post be another one, even of the same text.
pub(crate) fn forget_key() {
    keep_in_tab(SENT, None);
}

fn clear() {
    keep_in_tab(DRAFT, None);
    forget_key();
}

/// The first line of what is stored, and the others.
fn lines(key: &str) -> Option<(String, String)> {
    let stored = kept_in_tab(key).filter(|stored| stored.len() <= MAX_BYTES)?;
    let (first, others) = stored.split_once('\n')?;
    Some((first.to_owned(), others.to_owned()))
}
