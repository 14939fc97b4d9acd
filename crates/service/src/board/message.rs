use crate::store::records::MessageRecord;

/// A message and its position on the board, which is its id.
pub(crate) struct Message {
    pub(crate) position: u64,
    pub(crate) record: MessageRecord,
}
