//! Deletion from a list whose readers go down from position to position. A deleted entry leaves a [`Gap`], and adjacent
//! gaps form a run: the first and the last gap of a run hold its bounds (boundary tags). So a reader that comes to the
//! upper end of a run passes it with one read, however long the run is.
//!
//! Two requests that delete adjacent entries at the same moment may leave a run whose bounds are too narrow. A gap is never
//! filled again, so what it says stays true, and readers only take one step more.

use serde::de::DeserializeOwned;

use crate::context::{Context, Platform, StoreError};
use crate::store::records::{self, Entry, Gap, V1};

/// What a reader finds at a position.
pub(super) enum Found<T> {
    Filled(T),
    /// Nothing is there; `next` is the next lower position to look at.
    Nothing {
        next: u64,
    },
}

/// Decodes the entry at a position. An entry that can't be decoded is an error.
pub(super) fn decode<T: DeserializeOwned>(
    key: &str,
    bytes: Option<&[u8]>,
    position: u64,
) -> Result<Found<T>, StoreError> {
    let below = Found::Nothing { next: position.saturating_sub(1) };
    let Some(bytes) = bytes else { return Ok(below) };
    Ok(match records::decode(key, bytes)? {
        Entry::Filled(entry) => Found::Filled(entry),
        Entry::Deleted(gap) if (gap.gap_from..=gap.gap_to).contains(&position) => {
            Found::Nothing { next: gap.gap_from.saturating_sub(1) }
        }
        Entry::Deleted(_) => below,
    })
}

impl<P: Platform> Context<'_, P> {
    /// Deletes the entry at a position, and joins its gap with the gaps beside it.
    pub(super) async fn leave_gap(&self, key: impl Fn(u64) -> String, position: u64) -> Result<(), StoreError> {
        let below = self.gap(&key, position.saturating_sub(1)).await?;
        let above = self.gap(&key, position.saturating_add(1)).await?;
        let gap_from = below.map_or(position, |gap| gap.gap_from);
        let gap_to = above.map_or(position, |gap| gap.gap_to);
        let run = Gap { v: V1, gap_from, gap_to };
        self.save(&key(position), &run).await?;
        for end in [gap_from, gap_to] {
            if end != position {
                self.save(&key(end), &run).await?;
            }
        }
        Ok(())
    }

    /// The gap at a position, if there is one.
    async fn gap(&self, key: &impl Fn(u64) -> String, position: u64) -> Result<Option<Gap>, StoreError> {
        let bytes = self.get(&key(position)).await?;
        // Any other value, such as a message or a record that can't be decoded, is not a gap.
        let gap = bytes.and_then(|bytes| serde_json::from_slice::<Gap>(&bytes).ok());
        Ok(gap.filter(|gap| gap.gap_from >= 1 && (gap.gap_from..=gap.gap_to).contains(&position)))
    }
}
