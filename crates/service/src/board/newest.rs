//! The newest page as one value: a line of JSON that says what the page includes ([`NewestRecord`]), and then the body of
//! the answer, which is served as it is.

use bytes::Bytes;
use domain::{Cursor, Timestamp, digest};
use rules::PAGE_DEFAULT_MESSAGES;
use serde::Serialize;
use wire::{MessageResponse, MessagesResponse};

use super::page::PageRequest;
use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::keys;
use crate::store::records::{NewestRecord, V1, encode};

/// The body of an answer, and its digest.
pub(crate) struct Body {
    pub(crate) json: Bytes,
    pub(crate) digest: String,
}

impl Body {
    pub(super) fn of(page: &impl Serialize) -> Result<Self, StoreError> {
        let json = encode(page)?;
        Ok(Self { digest: digest(&json), json: json.into() })
    }
}

/// The newest page, as it is stored.
pub(super) struct Newest {
    pub(super) head: NewestRecord,
    json: Bytes,
}

impl Newest {
    pub(super) fn decode(bytes: Vec<u8>) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head = serde_json::from_slice(bytes.get(..end)?).ok()?;
        Some(Self { head, json: Bytes::from(bytes).slice(end + 1..) })
    }

    /// Whether the page has a body, and it includes every change up to the position and none after it.
    pub(super) fn is_of(&self, position: u64) -> bool {
        self.head.open.is_empty() && self.head.to == position
    }

    pub(super) fn messages(&self) -> Option<MessagesResponse> {
        serde_json::from_slice(&self.json).ok()
    }
}

/// Adds a message to the newest page. Returns `None` if only the records tell where the page ends then.
pub(super) fn add(mut page: MessagesResponse, message: wire::Message) -> Option<MessagesResponse> {
    if page.next.is_some() && page.messages.len() < PAGE_DEFAULT_MESSAGES {
        return None;
    }
    page.messages.insert(0, message);
    if page.messages.len() > PAGE_DEFAULT_MESSAGES {
        page.messages.truncate(PAGE_DEFAULT_MESSAGES);
        let last = page.messages.last().and_then(|message| message.id.parse().ok());
        page.next = last.map(|position| Cursor::Board(position).to_string());
    }
    Some(page)
}

impl<P: Platform> Context<'_, P> {
    /// The stored page. One that can't be decoded counts as absent, because it can be made again.
    pub(super) async fn stored_newest(&self) -> Result<Option<Newest>, StoreError> {
        let Some(bytes) = self.get(keys::NEWEST).await? else { return Ok(None) };
        let page = Newest::decode(bytes);
        if page.is_none() {
            let error = format!("the page {} does not read as version 1", keys::NEWEST);
            self.log(Event::new(Level::Error, "record_unreadable").with("error", error));
        }
        Ok(page)
    }

    /// The body of the answer to a request for a page.
    pub(crate) async fn messages(&self, request: &PageRequest) -> Result<Body, StoreError> {
        let PageRequest { limit, before, author } = request;
        let page = match (author, *before) {
            (Some(author), before) => self.author_page(author, before, *limit).await?,
            (None, Some(before)) => self.board_page(before - 1, *limit, 0).await?,
            (None, None) => {
                // The page has to be read before the counter: see the documentation of the board.
                let page = if *limit == PAGE_DEFAULT_MESSAGES { self.stored_newest().await? } else { None };
                let counter = self.last(keys::BOARD).await?;
                if let Some(page) = page.filter(|page| page.is_of(counter)) {
                    return Ok(Body { json: page.json, digest: page.head.digest });
                }
                self.board_page(counter, *limit, 0).await?
            }
        };
        Body::of(&page)
    }

    /// The body of the answer to a request for the message at a position, if there is one.
    pub(crate) async fn message(&self, position: u64) -> Result<Option<Body>, StoreError> {
        let message = self.board_message(position).await?;
        message.map(|message| Body::of(&MessageResponse { message })).transpose()
    }

    /// Stores the page, or, if positions up to `to` are not settled, that they are not.
    pub(super) async fn save_newest(
        &self,
        to: u64,
        open: Vec<(u64, Timestamp)>,
        page: Option<&MessagesResponse>,
    ) -> Result<(), StoreError> {
        let body = page.map(Body::of).transpose()?;
        let (json, digest) = body.map(|body| (body.json, body.digest)).unwrap_or_default();
        let mut bytes = encode(&NewestRecord { v: V1, to, open, digest })?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&json);
        self.set(keys::NEWEST, &bytes).await
    }
}
