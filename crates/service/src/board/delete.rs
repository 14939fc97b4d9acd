//! Deletes messages from the board, and removes names from messages.

use domain::Username;

use super::gaps::{Found, decode};
use crate::context::{Context, Platform, StoreError};
use crate::store::records::{AuthoredRecord, Gap, MessageRecord, V1};
use crate::store::{Failed, keys};

/// Why a message was not deleted.
pub(crate) enum NotDeleted {
    /// There is none at this position.
    Absent,
    /// The message belongs to another account.
    Foreign,
}

impl<P: Platform> Context<'_, P> {
    /// Deletes a message of an author.
    pub(crate) async fn delete_message(&self, author: &Username, position: u64) -> Result<(), Failed<NotDeleted>> {
        let key = keys::message(position);
        let bytes = self.get(&key).await?;
        let Found::Filled::<MessageRecord>(message) = decode(&key, bytes.as_deref(), position)? else {
            return Err(Failed::Refused(NotDeleted::Absent));
        };
        if message.author.as_deref() != Some(author.as_str()) {
            return Err(Failed::Refused(NotDeleted::Foreign));
        }
        // The board is changed first. A request that dies after that leaves an entry in the author's list that leads to no
        // message, which readers skip.
        self.leave_gap(keys::message, position).await?;
        if let Some(index) = message.index {
            self.leave_gap(|index| keys::authored(author, index), index).await?;
        }
        Ok(())
    }

    /// Removes an account's name from all of its messages, newest first. If it was interrupted, another call continues
    /// where it stopped.
    pub(crate) async fn disown_all(&self, author: &Username) -> Result<(), StoreError> {
        let last = self.last(&keys::author(author)).await?;
        let mut index = last;
        while index > 0 {
            index = self.disown(author, index).await?;
        }
        if last > 0 {
            self.save(&keys::authored(author, last), &Gap { v: V1, gap_from: 1, gap_to: last }).await?;
        }
        Ok(())
    }

    /// Removes an account's name from the message at an index of its list, and the index from the list. Returns the next
    /// index to look at; 0 at the end.
    pub(super) async fn disown(&self, author: &Username, index: u64) -> Result<u64, StoreError> {
        let authored_key = keys::authored(author, index);
        let bytes = self.get(&authored_key).await?;
        let message = match decode::<AuthoredRecord>(&authored_key, bytes.as_deref(), index) {
            Ok(Found::Filled(authored)) => authored.message,
            Ok(Found::Nothing { next }) => return Ok(next),
            // An entry that can't be decoded must not prevent the deletion of an account.
            Err(_) => return Ok(index.saturating_sub(1)),
        };
        let key = keys::message(message);
        let bytes = self.get(&key).await?;
        if let Ok(Found::Filled::<MessageRecord>(record)) = decode(&key, bytes.as_deref(), message) {
            let record = MessageRecord { author: None, name: String::new(), index: None, ..record };
            self.save(&key, &record).await?;
        }
        self.delete(&authored_key).await?;
        Ok(index.saturating_sub(1))
    }
}
