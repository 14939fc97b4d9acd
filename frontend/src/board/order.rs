//! The order of messages: the API numbers them, and a higher number is newer.

use wire::Message;

/// The number of a message; 0 if the server's id is none, so that such a message is taken for the oldest.
pub(super) fn position(message: &Message) -> u64 {
    message.id.parse().unwrap_or_default()
}

/// The highest position among the messages; 0 if there are none.
pub(super) fn newest(messages: &[Message]) -> u64 {
    messages.iter().map(position).max().unwrap_or_default()
}

/// Inserts messages into a list that is sorted from newest to oldest. What the list has already is left out.
pub(super) fn insert(list: &mut Vec<Message>, messages: Vec<Message>) {
    for message in messages {
        if list.iter().all(|other| other.id != message.id) {
            let at = list.partition_point(|other| position(other) > position(&message));
            list.insert(at, message);
        }
    }
}
