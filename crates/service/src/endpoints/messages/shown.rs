//! How the API shows a message.

use crate::board::Message;
use crate::context::log::rfc3339;

/// Who is shown as the author of a message whose account is gone.
const DELETED_USER: &str = "deleted user";

/// A message as the API shows it. Its id is its position on the board.
pub(super) fn shown(Message { position, record }: Message) -> wire::Message {
    wire::Message {
        id: position.to_string(),
        author: match record.author {
            Some(username) => wire::Author { username: Some(username), name: record.name },
            None => wire::Author { username: None, name: DELETED_USER.to_owned() },
        },
        text: record.text,
        created_at: rfc3339(record.created_at_ms),
    }
}
