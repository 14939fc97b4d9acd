//! Adding a message.

use domain::{DisplayName, MessageText, Username};

use super::page::Message;
use crate::context::Context;
use crate::context::platform::Platform;
use crate::store::records::{AuthoredRecord, MessageRecord, V1};
use crate::store::{Failed, keys};

/// The account of the author has been deleted meanwhile.
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
        // The message comes last: what dies before it leaves gaps, which readers skip, and what is on the board is in its
        // author's list.
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
        // Who deletes an account goes through the messages that there are then. This one may have come a moment later.
        if self.is_deleted(author).await? {
            self.disown(author, index).await?;
            return Err(Failed::Refused(AuthorDeleted));
        }
        Ok(Message { position, record })
    }
}
