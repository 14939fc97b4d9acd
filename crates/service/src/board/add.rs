//! Adding a message.

use std::iter::once;

use domain::{DisplayName, MessageText, Username};

use super::gaps::Found;
use super::newest;
use super::page::{is_deleted, shown};
use crate::context::{Context, Platform};
use crate::store::records::{AuthoredRecord, MessageRecord, V1};
use crate::store::{Failed, counter, keys};

/// How many positions below its own an entry in the list of an author holds: with its own those of a page, and one more.
const BELOW: usize = 20;

/// The author's account was deleted while the message was added.
#[derive(Debug)]
pub(crate) struct AuthorDeleted;

impl<P: Platform> Context<'_, P> {
    /// Adds a message. Returns its position too.
    pub(crate) async fn add_message(
        &self,
        author: &Username,
        name: &DisplayName,
        text: MessageText,
    ) -> Result<(u64, wire::Message), Failed<AuthorDeleted>> {
        let author_counter = keys::author(author);
        let index = self.next(&author_counter).await?;
        let [entry_key, key_below] = [index, index.saturating_sub(1)].map(|index| keys::authored(author, index));
        let [entry_below, newest] = self.get_all([key_below.clone(), keys::NEWEST.to_owned()]).await?;
        let before = match self.read_or_pass(&key_below, entry_below, index.saturating_sub(1)) {
            Found::Filled(AuthoredRecord { message, before, .. }) => once(message).chain(before).take(BELOW).collect(),
            Found::Nothing { .. } => Vec::new(),
        };
        let change = self.take_position(newest).await?;
        let position = change.position;
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
        if is_deleted(account.as_deref()) {
            self.delete_many(&[author_counter, entry_key]).await?;
            return match self.delete_message(author, position).await {
                Err(Failed::Store(error)) => Err(Failed::Store(error)),
                Ok(()) | Err(Failed::Refused(_)) => Err(Failed::Refused(AuthorDeleted)),
            };
        }
        let message = shown(position, record);
        let counter = counter::last(keys::BOARD, counter.as_deref());
        self.update_newest(change, counter, position, |page| newest::add(page, message.clone())).await;
        Ok((position, message))
    }
}
