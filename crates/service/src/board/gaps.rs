//! Deletion from a list whose readers go down from position to position. A deleted entry leaves a [`Gap`], and adjacent
//! gaps form a run: the first and the last gap of a run hold its bounds (boundary tags). So a reader that comes to the
//! upper end of a run passes it with one read, however long the run is.
//!
//! Two requests that delete adjacent entries at the same moment may leave a run whose bounds are too narrow. A gap is never
//! filled again, so what it says stays true, and readers only take one step more.

use serde::de::DeserializeOwned;

use crate::context::{Context, Platform, StoreError};
use crate::store::keys;
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

/// The gap at a position, if there is one. Any other value, such as a message or a record that can't be decoded, is no gap.
pub(super) fn gap(bytes: Option<&[u8]>, position: u64) -> Option<Gap> {
    let gap: Gap = serde_json::from_slice(bytes?).ok()?;
    (gap.gap_from >= 1 && (gap.gap_from..=gap.gap_to).contains(&position)).then_some(gap)
}

impl<P: Platform> Context<'_, P> {
    /// Leaves a gap at a position of the board, in a run with these bounds.
    pub(super) async fn leave_gap(&self, position: u64, gap_from: u64, gap_to: u64) -> Result<(), StoreError> {
        let run = Gap { v: V1, gap_from, gap_to };
        self.save(&keys::message(position), &run).await?;
        for end in [gap_from, gap_to] {
            if end != position {
                self.save(&keys::message(end), &run).await?;
            }
        }
        Ok(())
    }
}
