//! Adding a message.

use domain::{DisplayName, MessageText, Username};

use super::page::Message;
use crate::context::{Context, Platform};
use crate::store::records::{AuthoredRecord, MessageRecord, V1};
use crate::store::{Failed, keys};

/// The author's account was deleted while the message was added.
#[derive(Debug)]
pub(crate) struct AuthorDeleted;

impl<P: Platform> Context<'_, P> {
    pub(crate) async fn add_message(
        &self,
        author: &Username,
        name: &DisplayName,
        text: MessageText,
    ) -> Result<Message, Failed<AuthorDeleted>> {
        let position = self.next(keys::BOARD).await?;
        let index = self.next(&keys::author(author)).await?;
        // The message is written last. A request that dies before that leaves gaps, which readers skip, and every message
        // on the board is in its author's list.
        self.save(&keys::authored(author, index), &AuthoredRecord { v: V1, message: position }).await?;
        let record = MessageRecord {
            v: V1,
            author: Some(author.to_string()),
            name: name.to_string(),
            text: text.into(),
            created_at_ms: self.now(),
            index: Some(index),
        };
        self.save(&keys::message(position), &record).await?;
        // The deletion of an account goes through the messages that exist at that time. This message may have been written
        // a moment later, so the name is removed from it here.
        if self.is_deleted(author).await? {
            self.disown(author, index).await?;
            return Err(Failed::Refused(AuthorDeleted));
        }
        Ok(Message { position, record })
    }
}
