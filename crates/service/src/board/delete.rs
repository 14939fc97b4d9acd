//! Deletes messages from the board. The author's list isn't written: readers skip an entry that leads to a gap.

use domain::MessageArn;

use super::gaps::{Found, decode, gap};
use crate::context::{Context, Platform};
use crate::store::records::MessageRecord;
use crate::store::{Failed, keys};

/// Why a message was not deleted.
pub(crate) enum NotDeleted {
    /// There is none at this position.
    Absent,
    /// The caller may not delete this message.
    Foreign,
}

impl<P: Platform> Context<'_, P> {
    /// Deletes a message, if `may_delete` allows it. Returns its author, as far as that is known.
    pub(crate) async fn delete_message(
        &self,
        position: u64,
        may_delete: impl FnOnce(&MessageArn) -> bool,
    ) -> Result<String, Failed<NotDeleted>> {
        let (below, above) = (position.saturating_sub(1), position.saturating_add(1));
        let [key, key_below, key_above] = [position, below, above].map(keys::message);
        let read = [key.clone(), key_below, key_above, keys::NEWEST.to_owned()];
        let [message, gap_below, gap_above, newest] = self.get_all(read).await?;
        let Found::Filled::<MessageRecord>(message) = decode(&key, message.as_deref(), position)? else {
            return Err(Failed::Refused(NotDeleted::Absent));
        };
        let author = message.author.unwrap_or_default();
        if !may_delete(&MessageArn::new(&self.settings.stage, &author, position)) {
            return Err(Failed::Refused(NotDeleted::Foreign));
        }
        let gap_from = gap(gap_below.as_deref(), below).map_or(position, |gap| gap.gap_from);
        let gap_to = gap(gap_above.as_deref(), above).map_or(position, |gap| gap.gap_to);
        let change = self.take_position(newest).await?;
        self.check_in_time(&change)?;
        // The record at the position of the change comes last: it says that the change is done.
        let end = change.position;
        let is_joined = gap_to.saturating_add(1) == end;
        self.leave_gap(position, gap_from, if is_joined { end } else { gap_to }).await?;
        if !is_joined {
            self.leave_gap(end, end, end).await?;
        }
        // Which message follows the last one of the page, only the records tell.
        self.end_deletion(change, if is_joined { gap_from } else { end }, |_| None).await?;
        Ok(author)
    }
}
