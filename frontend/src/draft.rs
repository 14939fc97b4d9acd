//! The message that is being written: kept in local storage from the first letter until it has been posted.

use crate::browser::{keep, kept};

const KEY: &str = "latchkey.draft";
/// More than could be sent, as even a text that is too long has to survive; less than would fill the storage.
const MAX_BYTES: usize = 200_000;

/// What was being written.
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

/// Keeps what is being written.
pub(crate) fn write(text: &str) {
    keep(KEY, Some(text).filter(|text| !text.is_empty()));
}

/// Forgets it: it has been posted.
pub(crate) fn clear() {
    keep(KEY, None);
}
