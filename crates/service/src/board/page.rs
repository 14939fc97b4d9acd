//! A page of the board, or of the list of one author, newest first. It costs one read for the counter and one read for each
//! message of the page, however many messages exist; in the list of one author, it costs two reads for each message.

use domain::{Cursor, Username};
use rules::PAGE_MAX_MESSAGES;
use serde::de::DeserializeOwned;

use super::gaps::{Found, decode};
use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::keys;
use crate::store::records::{AuthoredRecord, MessageRecord};

/// How many positions without a message one page passes at most. A request that died while it posted leaves one such
/// position, and so does a run of deleted messages. More of them mean that something is wrong; then the page ends early,
/// and the next page continues from there.
const MAX_GAPS: usize = 1000;

/// A message and its position on the board, which is its id.
pub(crate) struct Message {
    pub(crate) position: u64,
    pub(crate) record: MessageRecord,
}

/// Which page a client asks for.
pub(crate) struct PageRequest {
    /// At most [`PAGE_MAX_MESSAGES`].
    pub(crate) limit: usize,
    /// Only messages at positions below this one; `None` for the newest page.
    pub(crate) before: Option<u64>,
    pub(crate) author: Option<Username>,
}

/// The messages of a page, and where the next one begins, if there is one.
pub(crate) struct Page {
    pub(crate) messages: Vec<Message>,
    pub(crate) next: Option<Cursor>,
}

impl<P: Platform> Context<'_, P> {
    pub(crate) async fn page(&self, page: &PageRequest) -> Result<Page, StoreError> {
        let counter_key = page.author.as_ref().map_or_else(|| keys::BOARD.to_owned(), keys::author);
        let last = self.last(&counter_key).await?;
        let top = page.before.map_or(last, |before| last.min(before - 1));
        let mut messages: Vec<Message> = Vec::with_capacity(page.limit.min(PAGE_MAX_MESSAGES));
        let (mut lowest, mut gaps) = (top + 1, 0);
        let mut next = None;
        let mut position = top;
        while position > 0 {
            let found = self.message_at(page.author.as_ref(), position).await?;
            let is_filled = matches!(found, Found::Filled(_));
            // The loop looks for one message more than the page takes, so that the last page is known to be the last.
            if (is_filled && messages.len() == page.limit) || gaps == MAX_GAPS {
                next = Some(if page.author.is_some() { Cursor::Author(lowest) } else { Cursor::Board(lowest) });
                break;
            }
            let below = match found {
                Found::Filled(message) => {
                    messages.push(message);
                    position - 1
                }
                Found::Nothing { next } => {
                    gaps += 1;
                    next
                }
            };
            if is_filled || messages.len() < page.limit {
                lowest = below + 1;
            }
            position = below;
        }
        Ok(Page { messages, next })
    }

    /// The message at a position of the list, or the next position to look at.
    async fn message_at(&self, author: Option<&Username>, position: u64) -> Result<Found<Message>, StoreError> {
        let on_board = match author {
            None => position,
            Some(author) => {
                let key = keys::authored(author, position);
                match self.read_or_pass::<AuthoredRecord>(&key, position).await? {
                    Found::Filled(authored) => authored.message,
                    Found::Nothing { next } => return Ok(Found::Nothing { next }),
                }
            }
        };
        let key = keys::message(on_board);
        Ok(match self.read_or_pass::<MessageRecord>(&key, on_board).await? {
            Found::Filled(record) => Found::Filled(Message { position: on_board, record }),
            Found::Nothing { next } if author.is_none() => Found::Nothing { next },
            Found::Nothing { .. } => Found::Nothing { next: position - 1 },
        })
    }

    /// Reads an entry of the list. An entry that can't be decoded is logged and skipped; otherwise it would make the whole
    /// board fail.
    async fn read_or_pass<T: DeserializeOwned>(&self, key: &str, position: u64) -> Result<Found<T>, StoreError> {
        let bytes = self.get(key).await?;
        decode(key, bytes.as_deref(), position).or_else(|error| {
            self.log(Event::new(Level::Error, "record_unreadable").with("error", error.to_string()));
            Ok(Found::Nothing { next: position.saturating_sub(1) })
        })
    }
}
