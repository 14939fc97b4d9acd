//! A page of the board, or of the list of one author, newest first: read from the records, and as clients see it. Where the
//! store reads several records at once, a page of the board costs two reads, and a page of an author three.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::once;

use domain::{Cursor, Username};
use rules::DELETED_USER;
use serde::de::DeserializeOwned;
use wire::{AuthorProfile, MessagesResponse};

use super::gaps::{Found, decode};
use crate::context::{Context, Event, Level, Platform, StoreError, rfc3339};
use crate::store::records::{AccountRecord, AuthoredRecord, MessageRecord};
use crate::store::{counter, keys};

/// How many positions without a message one page passes at most. A request that died while it posted leaves one such
/// position, and so does a run of deleted messages. More of them mean that something is wrong; then the page ends early,
/// and the next page continues from there.
const MAX_GAPS: usize = 1000;
/// DynamoDB reads at most this number of records in one call.
const MAX_BATCH: usize = 100;

/// Which page a client asks for.
pub(crate) struct PageRequest {
    /// At most [`rules::PAGE_MAX_MESSAGES`].
    pub(crate) limit: usize,
    /// Only messages at positions below this one; `None` for the newest page.
    pub(crate) before: Option<u64>,
    pub(crate) author: Option<Username>,
}

/// A page while it is read.
struct Page {
    limit: usize,
    /// The messages, with their positions on the board.
    messages: Vec<(u64, MessageRecord)>,
    /// The position in the list at which the next page begins, if there is one.
    next: Option<u64>,
    lowest: u64,
    gaps: usize,
}

impl Page {
    /// Takes what was found at a position of the list. Returns the next position to look at, or `None` at the end of the
    /// page.
    fn take(&mut self, at: u64, found: Found<(u64, MessageRecord)>) -> Option<u64> {
        let is_full = self.messages.len() == self.limit;
        // The reader looks for one message more than the page takes, so that the last page is known to be the last.
        if (is_full && matches!(found, Found::Filled(_))) || self.gaps == MAX_GAPS {
            self.next = Some(self.lowest);
            return None;
        }
        let below = match found {
            Found::Filled(message) => {
                self.messages.push(message);
                at.saturating_sub(1)
            }
            Found::Nothing { next } => {
                self.gaps += 1;
                next
            }
        };
        if !is_full {
            self.lowest = below + 1;
        }
        Some(below)
    }

    /// The page as clients see it.
    fn present(self, cursor: impl FnOnce(u64) -> Cursor, deleted_authors: &[String]) -> MessagesResponse {
        let present = |(position, mut record): (u64, MessageRecord)| {
            record.author = record.author.filter(|author| !deleted_authors.contains(author));
            shown(position, record)
        };
        let next = self.next.map(|next| cursor(next).to_string());
        MessagesResponse { messages: self.messages.into_iter().map(present).collect(), next, author: None }
    }
}

impl<P: Platform> Context<'_, P> {
    /// The newest messages of the board at or below `top`. `spare` is how many positions without a message to expect.
    pub(super) async fn board_page(
        &self,
        top: u64,
        limit: usize,
        spare: usize,
    ) -> Result<MessagesResponse, StoreError> {
        let page = self.read_page(None, top, limit, spare).await?;
        let deleted = self.deleted_authors(&page.messages).await?;
        Ok(page.present(Cursor::Board, &deleted))
    }

    /// The newest messages of an author, or those whose index in the list is below `before`. A deleted account has none. The
    /// first page says since when the author is a member, but an empty one does not: it must not tell who has an account.
    pub(crate) async fn author_page(
        &self,
        author: &Username,
        before: Option<u64>,
        limit: usize,
    ) -> Result<MessagesResponse, StoreError> {
        let counter_key = keys::author(author);
        let [counter, account] = self.get_all([counter_key.clone(), keys::account(author)]).await?;
        let account = decode_account(account.as_deref());
        let is_deleted = matches!(account, Some(AccountRecord::Deleted(_)));
        let last = if is_deleted { 0 } else { counter::last(&counter_key, counter.as_deref())? };
        let top = before.map_or(last, |before| last.min(before - 1));
        let mut page = self.read_page(Some(author), top, limit, 0).await?.present(Cursor::Author, &[]);
        if before.is_none()
            && !page.messages.is_empty()
            && let Some(AccountRecord::Account(account)) = account
        {
            page.author = Some(AuthorProfile {
                username: account.username.into(),
                name: account.name.into(),
                member_since: rfc3339(account.created_at_ms),
            });
        }
        Ok(page)
    }

    /// The message at a position of the board, if there is one.
    pub(super) async fn board_message(&self, position: u64) -> Result<Option<wire::Message>, StoreError> {
        let key = keys::message(position);
        let found = self.read_or_pass::<MessageRecord>(&key, self.get(&key).await?, position);
        let Found::Filled(mut record) = found else { return Ok(None) };
        let deleted = self.deleted_among(record.author.as_deref().into_iter().collect()).await?;
        record.author = record.author.filter(|author| !deleted.contains(author));
        Ok(Some(shown(position, record)))
    }

    /// The authors of the messages whose accounts were deleted. Each account is read once.
    async fn deleted_authors(&self, messages: &[(u64, MessageRecord)]) -> Result<Vec<String>, StoreError> {
        self.deleted_among(messages.iter().filter_map(|(_, record)| record.author.as_deref()).collect()).await
    }

    /// Those of some usernames whose accounts were deleted.
    async fn deleted_among(&self, people: BTreeSet<&str>) -> Result<Vec<String>, StoreError> {
        let accounts = self.accounts_of(people).await?.into_iter();
        let deleted = accounts.filter(|(_, account)| matches!(account, AccountRecord::Deleted(_)));
        Ok(deleted.map(|(username, _)| username).collect())
    }

    /// What is stored of the accounts with some usernames. One that can't be decoded is left out.
    pub(super) async fn accounts_of(
        &self,
        people: BTreeSet<&str>,
    ) -> Result<BTreeMap<String, AccountRecord>, StoreError> {
        let people: Vec<Username> = people.into_iter().filter_map(|username| Username::parse(username).ok()).collect();
        let keys: Vec<String> = people.iter().map(keys::account).collect();
        let accounts = people.iter().zip(self.get_many(&keys).await?);
        let accounts = accounts.filter_map(|(username, account)| {
            serde_json::from_slice(&account?).ok().map(|account| (username.to_string(), account))
        });
        Ok(accounts.collect())
    }

    async fn read_page(
        &self,
        author: Option<&Username>,
        top: u64,
        limit: usize,
        spare: usize,
    ) -> Result<Page, StoreError> {
        let mut page = Page { limit, messages: Vec::new(), next: None, lowest: top.saturating_add(1), gaps: 0 };
        let mut below = top;
        while below > 0 {
            // Positions in the list, each with the position of its message on the board.
            let batch: Vec<(u64, u64)> = match author {
                Some(author) => self.entry(author, below).await?,
                None => {
                    // As many more as there were gaps, so that a thousand gaps take few calls.
                    let wanted = limit + 1 - page.messages.len() + spare + page.gaps;
                    (1..=below).rev().take(wanted.min(MAX_BATCH)).map(|position| (position, position)).collect()
                }
            };
            let keys: Vec<String> = batch.iter().map(|(_, position)| keys::message(*position)).collect();
            let records = self.get_many(&keys).await?;
            if author.is_none() && records.iter().all(Option::is_none) {
                // A client may have made the position up. Then the last message may be far below.
                below = below.min(self.last(keys::BOARD).await?);
            }
            for (((at, position), key), bytes) in batch.into_iter().zip(&keys).zip(records) {
                if at > below {
                    continue;
                }
                let found = match self.read_or_pass(key, bytes, position) {
                    Found::Filled(record) => Found::Filled((position, record)),
                    // A run of gaps on the board says nothing of the list of an author.
                    Found::Nothing { next } => Found::Nothing { next: if author.is_some() { at - 1 } else { next } },
                };
                match page.take(at, found) {
                    Some(next) => below = next,
                    None => return Ok(page),
                }
            }
        }
        Ok(page)
    }

    /// What an entry of an author's list says: indexes from this one down, each with the position of its message. Position
    /// 0, where no message is, stands for an index without an entry.
    async fn entry(&self, author: &Username, index: u64) -> Result<Vec<(u64, u64)>, StoreError> {
        let key = keys::authored(author, index);
        Ok(match self.read_or_pass(&key, self.get(&key).await?, index) {
            Found::Filled(AuthoredRecord { message, before, .. }) => {
                (1..=index).rev().zip(once(message).chain(before)).collect()
            }
            Found::Nothing { next } => vec![(next + 1, 0)],
        })
    }

    /// Decodes an entry of a list. One that can't be decoded is logged and skipped; otherwise it would make the whole board
    /// fail.
    pub(super) fn read_or_pass<T: DeserializeOwned>(
        &self,
        key: &str,
        bytes: Option<Vec<u8>>,
        position: u64,
    ) -> Found<T> {
        decode(key, bytes.as_deref(), position).unwrap_or_else(|error| {
            self.log(Event::new(Level::Error, "record_unreadable").with("error", error.to_string()));
            Found::Nothing { next: position.saturating_sub(1) }
        })
    }
}

/// What is stored of an account, from the value under its key, unless it can't be decoded. There is none for a principal of
/// another authorizer. Neither counts as deleted.
pub(super) fn decode_account(bytes: Option<&[u8]>) -> Option<AccountRecord> {
    serde_json::from_slice(bytes?).ok()
}

/// A message as the API shows it. Its id is its position on the board.
pub(super) fn shown(position: u64, record: MessageRecord) -> wire::Message {
    let author = match record.author {
        Some(username) => wire::Author { username: Some(username), name: record.name },
        None => wire::Author { username: None, name: DELETED_USER.to_owned() },
    };
    wire::Message { id: position.to_string(), author, text: record.text, created_at: rfc3339(record.created_at_ms) }
}
