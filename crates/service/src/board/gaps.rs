//! Deleting from a list whose readers walk down over its positions. A deleted entry leaves a [`Gap`], and gaps side by side
//! know of each other: the first and the last of a run hold how far it goes (boundary tags), so that a reader who comes to
//! its upper end is past it with one read, however many it holds.
//!
//! Two who delete neighbours at the same moment may leave a run that knows of less than there is. A gap is never filled
//! again, so what it says stays true, and readers take one step more.

use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::context::platform::{Platform, StoreError};
use crate::store::records::{self, Entry, Gap, V1};

/// What a reader finds under a position.
pub(super) enum Found<T> {
    Filled(T),
    /// Nothing, and the next position below to look at.
    Nothing {
        next: u64,
    },
}

/// Reads the entry under a position. One that does not read is an error.
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
    /// Deletes the entry under a position.
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

    /// The gap under a position, if there is one.
    async fn gap(&self, key: &impl Fn(u64) -> String, position: u64) -> Result<Option<Gap>, StoreError> {
        let bytes = self.get(&key(position)).await?;
        // Anything else that lies there, a message or one that does not read, is no gap.
        let gap = bytes.and_then(|bytes| serde_json::from_slice::<Gap>(&bytes).ok());
        Ok(gap.filter(|gap| gap.gap_from >= 1 && (gap.gap_from..=gap.gap_to).contains(&position)))
    }
}
