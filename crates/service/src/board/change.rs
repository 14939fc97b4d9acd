//! Changes of what the board shows. Each takes a position before it changes anything, leaves a record at it when it is done,
//! and then brings the newest page up to date.

use domain::{Timestamp, Username};
use rules::PAGE_DEFAULT_MESSAGES;
use wire::MessagesResponse;

use super::gaps::gap;
use super::newest::Newest;
use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::compare_and_set::LEASE_MILLIS;
use crate::store::records::{MessageRecord, NewestRecord, V1};
use crate::store::{counter, keys};

/// How many positions after the stored page one request looks at. DynamoDB reads 100 records in one call.
const WINDOW: u64 = 96;
/// When the stored page is this far behind, a note takes its place that says which positions are not settled. So a request
/// has to look at no more than [`WINDOW`] positions, however many requests change the board at the same time.
const NOTE_AFTER: u64 = 32;

/// A change that has its position, and may not be done yet.
pub(crate) struct Change {
    pub(super) position: u64,
    /// The newest page, if the one that was stored has all changes before this one.
    before: Option<MessagesResponse>,
    began_millis: u64,
    began_at: Timestamp,
}

impl<P: Platform> Context<'_, P> {
    /// Begins a change that the caller makes at once, such as the deletion of an account.
    pub(crate) async fn begin_change(&self) -> Result<Change, StoreError> {
        let newest = self.get(keys::NEWEST).await?;
        self.take_position(newest).await
    }

    /// Takes the next position for a change. `newest` is the value of the newest page, which has to be read before that.
    pub(super) async fn take_position(&self, newest: Option<Vec<u8>>) -> Result<Change, StoreError> {
        let (began_millis, began_at) = (self.platform.uptime_millis(), self.now());
        let position = self.next(keys::BOARD).await?;
        let newest = newest.and_then(Newest::decode).filter(|page| page.is_of(position.saturating_sub(1)));
        Ok(Change { position, before: newest.as_ref().and_then(Newest::messages), began_millis, began_at })
    }

    /// Has to be called just before the write that changes what the board shows: after the lease, others take its position
    /// as settled. The risks that remain are those of [`compare_and_set`](crate::store::compare_and_set).
    ///
    /// # Errors
    /// More than half of the lease has passed since the change took its position.
    pub(super) fn check_in_time(&self, change: &Change) -> Result<(), StoreError> {
        // The clock that does not step may stand still while the machine sleeps.
        let by_uptime = self.platform.uptime_millis().saturating_sub(change.began_millis);
        if by_uptime.max(self.now().millis_since(change.began_at)) > LEASE_MILLIS / 2 {
            return Err(StoreError::Failed(format!("the change at position {} comes too late", change.position)));
        }
        Ok(())
    }

    /// Ends the change by which the account of an author was deleted.
    pub(crate) async fn account_deleted(&self, change: Change, author: &Username) -> Result<(), StoreError> {
        let is_author = |message: &wire::Message| message.author.username.as_deref() == Some(author.as_str());
        let position = change.position;
        self.leave_gap(position, position, position).await?;
        self.end_deletion(change, position, |page| (!page.messages.iter().any(is_author)).then_some(page)).await?;
        self.delete(&keys::author(author)).await
    }

    /// Ends a deletion that has left a gap at its position, in a run that begins at `gap_from`.
    pub(super) async fn end_deletion(
        &self,
        change: Change,
        gap_from: u64,
        edit: impl FnOnce(MessagesResponse) -> Option<MessagesResponse>,
    ) -> Result<(), StoreError> {
        let below = change.position.saturating_sub(1);
        let [counter, gap_below] = self.get_all([keys::BOARD.to_owned(), keys::message(below)]).await?;
        let mut top = gap_from.saturating_sub(1);
        if let Some(run) = gap(gap_below.as_deref(), below).filter(|run| run.gap_from < gap_from) {
            top = run.gap_from.saturating_sub(1);
            self.leave_gap(change.position, run.gap_from, change.position).await?;
        }
        self.update_newest(change, counter::last(keys::BOARD, counter.as_deref()), top, edit).await;
        Ok(())
    }

    /// Brings the newest page up to date after a change. The counter has to be read when the change has left its record. If
    /// there was no other change since the stored page, `edit` makes the new page of it; if it can't, the records do, from
    /// the position `top` down. The change is done all the same if the page can't be stored.
    pub(super) async fn update_newest(
        &self,
        change: Change,
        counter: Result<u64, StoreError>,
        top: u64,
        edit: impl FnOnce(MessagesResponse) -> Option<MessagesResponse>,
    ) {
        let updated = async {
            let counter = counter?;
            let Some(before) = change.before.filter(|_| counter == change.position) else {
                return self.update_newest_amid_others(counter).await;
            };
            let page = match edit(before) {
                Some(page) => page,
                None => self.board_page(top, PAGE_DEFAULT_MESSAGES, 1).await?,
            };
            self.save_newest(counter, Vec::new(), Some(&page)).await
        };
        if let Err(error) = updated.await {
            self.log(Event::new(Level::Warn, "newest_page_not_updated").with("error", error.to_string()));
        }
    }

    /// Stores the page if all positions are settled. Of several requests at once, at least one finds them so: the one that
    /// leaves its record last, because each looks after that. If an older page is then stored over its page, the next change
    /// mends that.
    async fn update_newest_amid_others(&self, counter: u64) -> Result<(), StoreError> {
        let page = self.stored_newest().await?;
        if page.as_ref().is_some_and(|page| page.is_of(counter.max(page.head.to))) {
            return Ok(());
        }
        let head = page.map(|page| page.head).filter(|head| head.to.saturating_add(WINDOW) >= counter);
        let head = head.unwrap_or_else(|| unknown(counter, self.now()));
        let to = counter.max(head.to);
        let open = self.unsettled(&head, to).await?;
        if open.is_empty() {
            let page = self.board_page(to, PAGE_DEFAULT_MESSAGES, 1).await?;
            self.save_newest(to, open, Some(&page)).await?;
        } else if to - head.to > NOTE_AFTER && open.len() as u64 <= WINDOW {
            self.save_newest(to, open, None).await?;
        }
        Ok(())
    }

    /// The positions up to `to` that are not settled, each with a time at which it had been taken.
    async fn unsettled(&self, head: &NewestRecord, to: u64) -> Result<Vec<(u64, Timestamp)>, StoreError> {
        let now = self.now();
        let new = (head.to.saturating_add(1)..=to).map(|position| (position, now));
        let positions: Vec<_> = head.open.iter().copied().chain(new).collect();
        let keys: Vec<String> = positions.iter().map(|(position, _)| keys::message(*position)).collect();
        let records = self.get_many(&keys).await?;
        let mut open = Vec::new();
        // A message is made when its position has been taken, and so have all lower ones.
        let mut taken = now;
        for ((position, since), bytes) in positions.into_iter().zip(records).rev() {
            let since = since.min(taken);
            match bytes {
                Some(bytes) => {
                    let message = serde_json::from_slice::<MessageRecord>(&bytes);
                    taken = message.map_or(taken, |message| taken.min(message.created_at_ms));
                }
                None if now.millis_since(since) <= LEASE_MILLIS => open.push((position, since)),
                None => {}
            }
        }
        open.reverse();
        Ok(open)
    }
}

/// What is known if there is no page, or one that is too far behind: nothing but that the positions below the window were
/// taken before now. Position 0, which never has a record, stands for them, so they are settled after the lease.
fn unknown(counter: u64, now: Timestamp) -> NewestRecord {
    let to = counter.saturating_sub(WINDOW);
    NewestRecord { v: V1, to, open: if to > 0 { vec![(0, now)] } else { Vec::new() }, digest: String::new() }
}
