//! What the app has of somebody: what has happened to the account, a copy of everything, and the end of all messages.

use domain::{ACTION_DELETE_MESSAGE, Cursor, MessageArn};
use http::StatusCode;
use rules::{PAGE_DEFAULT_MESSAGES, PAGE_MAX_MESSAGES};
use wire::{Activity, ActivityResponse, DeletedMessagesResponse, ExportResponse, fields};

use super::call::Call;
use crate::board::NotDeleted;
use crate::context::{Event, Level, Platform, rfc3339};
use crate::endpoints::passkey;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json};
use crate::store::Failed;

impl<P: Platform> Call<'_, P> {
    pub(super) async fn activity(self) -> Result<Reply, ApiError> {
        Ok(json(StatusCode::OK, &ActivityResponse { activity: self.activities().await? }))
    }

    /// A page of a copy of all that the app has of the caller. The first one has everything but messages, and each has as many
    /// messages as a page may have, so that no host has to hold more.
    pub(super) async fn export(self) -> Result<Reply, ApiError> {
        let before = self.before()?;
        let who = self.incoming.principal()?;
        let (mut account, mut passkeys, mut sessions, mut activity) = (None, None, None, None);
        if before.is_none() {
            let found = self.find_account().await?.account;
            passkeys = Some(found.passkeys().iter().map(passkey::shown).collect());
            account = Some(self.shown(found));
            sessions = Some(self.sessions().await?);
            activity = Some(self.activities().await?);
        }
        let page = self.context.author_page(&who.username, before, PAGE_MAX_MESSAGES).await?;
        let export = ExportResponse { account, passkeys, sessions, activity, messages: page.messages, next: page.next };
        Ok(json(StatusCode::OK, &export))
    }

    /// Deletes a page of the caller's messages. Whoever wants all gone asks until there is no next page. Each message is
    /// deleted as `DELETE /api/messages/:id` does it, so a request that breaks off leaves nothing half done.
    pub(super) async fn delete_messages(self) -> Result<Reply, ApiError> {
        let before = self.before()?;
        let (context, who) = (self.context, self.incoming.principal()?);
        let page = context.author_page(&who.username, before, PAGE_DEFAULT_MESSAGES).await?;
        let mut deleted = 0;
        for position in page.messages.iter().filter_map(|message| message.id.parse().ok()) {
            let may_delete = |message: &MessageArn| who.may(ACTION_DELETE_MESSAGE, message);
            match context.delete_message(position, may_delete).await {
                Ok(_) => deleted += 1,
                // Another request has deleted it.
                Err(Failed::Refused(NotDeleted::Absent)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let event = Event::new(Level::Info, "messages_deleted").with("username", who.username.as_str());
        context.log_with_work(event.with("messages", deleted));
        Ok(json(StatusCode::OK, &DeletedMessagesResponse { deleted, next: page.next }))
    }

    async fn activities(&self) -> Result<Vec<Activity>, ApiError> {
        let entries = self.context.activity(&self.incoming.principal()?.username).await?;
        let shown = entries.into_iter().map(|entry| Activity {
            activity: entry.activity.as_str().to_owned(),
            at: rfc3339(entry.at_ms),
            client: entry.client,
            network: entry.network,
        });
        Ok(shown.collect())
    }

    /// Where the page of messages begins.
    fn before(&self) -> Result<Option<u64>, ApiError> {
        let mut query = self.incoming.query();
        let before = query.take(fields::BEFORE, |raw| match Cursor::parse(raw) {
            Ok(Cursor::Author(position)) => Ok(position),
            Ok(_) => Err("This cursor belongs to another list.".to_owned()),
            Err(error) => Err(error.to_string()),
        });
        query.finish()?;
        Ok(before)
    }
}
