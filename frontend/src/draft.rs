//! The message that is being written. It is in local storage from the first letter until it has been posted.

use crate::browser::{keep, kept};

const KEY: &str = "latchkey.draft";
/// This is more than can be posted, because a text that is too long must not be lost either, and less than would fill the
/// storage.
const MAX_BYTES: usize = 200_000;

/// The stored draft; empty if there is none.
pub(crate) fn read() -> String {
    match kept(KEY) {
        Some(draft) if draft.len() <= MAX_BYTES => draft,
        Some(_) => {
            clear();
            String::new()
        }
        None => String::new(),
    }
}

/// Stores the draft.
pub(crate) fn write(text: &str) {
    keep(KEY, Some(text).filter(|text| !text.is_empty()));
}

/// Removes the draft, which has been posted.
pub(crate) fn clear() {
    keep(KEY, None);
}
