//! Adding a message.

use std::iter::once;

use domain::{DisplayName, IdempotencyKey, MessageText, Username};

use super::gaps::Found;
use super::newest;
use super::page::{decode_account, shown};
use crate::context::{Context, Platform};
use crate::store::records::{AccountRecord, AuthoredRecord, MessageRecord, V1};
use crate::store::{Failed, counter, keys};

/// How many positions below its own an entry in the list of an author holds: with its own those of a page, and one more.
const BELOW: usize = 20;

/// Why a message was not added.
#[derive(Debug)]
pub(crate) enum NotAdded {
    /// The author's account was deleted meanwhile.
    AuthorDeleted,
    /// Another request with the same idempotency key is adding it.
    UnderWay,
    /// The idempotency key was used for another message, or for one that has been deleted.
    KeyIsUsed,
}

/// A message on the board.
pub(crate) struct Added {
    pub(crate) position: u64,
    pub(crate) message: wire::Message,
    /// Whether this request has added it, and not one before it with the same idempotency key.
    pub(crate) is_new: bool,
}

impl<P: Platform> Context<'_, P> {
    /// Adds a message, or finds the one that was added with the same idempotency key.
    pub(crate) async fn add_message(
        &self,
        author: &Username,
        name: &DisplayName,
        text: MessageText,
        idempotency_key: Option<&IdempotencyKey>,
    ) -> Result<Added, Failed<NotAdded>> {
        let author_counter = keys::author(author);
        let index = self.next(&author_counter).await?;
        let [entry_key, key_below] = [index, index.saturating_sub(1)].map(|index| keys::authored(author, index));
        let used_key = idempotency_key.map(|key| keys::used(&key.digest(author)));
        let read: Vec<String> =
            [key_below.clone(), keys::NEWEST.to_owned()].into_iter().chain(used_key.clone()).collect();
        let mut found = self.get_many(&read).await?.into_iter();
        let [entry_below, newest, used] = [(); 3].map(|()| found.next().flatten());
        // What is no counter must not be incremented, and says nothing.
        let used = used.map_or(0, |bytes| counter::number(&bytes).unwrap_or(-1));
        if let Some((position, record)) = self.added_before(used, author, text.as_str()).await? {
            return Ok(Added { position, message: shown(position, record), is_new: false });
        }
        let before = match self.read_or_pass(&key_below, entry_below, index.saturating_sub(1)) {
            Found::Filled(AuthoredRecord { message, before, .. }) => once(message).chain(before).take(BELOW).collect(),
            Found::Nothing { .. } => Vec::new(),
        };
        let change = self.take_position(newest).await?;
        let position = change.position;
        if let Some(key) = used_key
            && !self.claim_key(&key, used, position).await?
        {
            self.leave_gap(position, position, position).await?;
            return Err(Failed::Refused(NotAdded::UnderWay));
        }
        // The message is written last. A request that dies before that leaves gaps, which readers skip, and every message
        // on the board is in its author's list.
        self.save(&entry_key, &AuthoredRecord { v: V1, message: position, before }).await?;
        let record = MessageRecord {
            v: V1,
            author: Some(author.to_string()),
            name: name.to_string(),
            text: text.into(),
            created_at_ms: self.now(),
        };
        self.check_in_time(&change)?;
        self.save(&keys::message(position), &record).await?;
        let [account, counter] = self.get_all([keys::account(author), keys::BOARD.to_owned()]).await?;
        if let Some(AccountRecord::Deleted(_)) = decode_account(account.as_deref()) {
            self.delete_many(&[author_counter, entry_key]).await?;
            return match self.delete_message(position, |_| true).await {
                Err(Failed::Store(error)) => Err(Failed::Store(error)),
                Ok(_) | Err(Failed::Refused(_)) => Err(Failed::Refused(NotAdded::AuthorDeleted)),
            };
        }
        let message = shown(position, record);
        let counter = counter::last(keys::BOARD, counter.as_deref());
        self.update_newest(change, counter, position, |page| newest::add(page, message.clone())).await;
        Ok(Added { position, message, is_new: true })
    }
}
