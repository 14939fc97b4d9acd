//! Clears places whose era is over. A place joins a queue when it comes into being; each request that counts something
//! looks at the two oldest in the queue, as it adds two at most. The queue is a ring of keys that is longer than there
//! are places, so it is bounded too.

use domain::{Timestamp, is_over};

use super::place::Kind;
use crate::call::Call;
use crate::ports::{Bucket, Platform, StoreError};
use crate::store::records::{EraRecord, QueuedPlaceRecord, SweptRecord, V1};
use crate::store::{counter, keys, records};

/// More than six kinds have places.
const RING: u64 = 32_768;
const LOOKS: u32 = 2;
/// Twice the 30 s that hosts give a request.
const GAP_MILLIS: u64 = 60_000;

/// Puts a place at the end of the queue.
pub(super) async fn enqueue<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    kind: Kind,
    number: u16,
    at: Timestamp,
) -> Result<(), StoreError> {
    let position = counter::next(call.ports, bucket, keys::PLACE_QUEUE).await?;
    let queued = records::encode(&QueuedPlaceRecord { v: V1, position, kind, number, at_ms: at })?;
    bucket.set(&keys::queued_place(position % RING), &queued).await
}

/// Looks at the oldest places in the queue, and clears those that are over.
pub(super) async fn sweep<P: Platform>(call: &Call<'_, P>, bucket: &impl Bucket) -> Result<(), StoreError> {
    let before: Option<SweptRecord> = records::load(bucket, keys::PLACES_SWEPT).await?;
    let before = before.unwrap_or(SweptRecord { v: V1, position: 0, gap_since_ms: None });
    let (mut after, now) = (before.clone(), call.now());
    for _ in 0..LOOKS {
        let key = keys::queued_place((after.position + 1) % RING);
        let queued: Option<QueuedPlaceRecord> = records::load(bucket, &key).await?;
        match queued {
            Some(queued) if queued.position <= after.position + 1 => {
                if !is_over(queued.at_ms, now, queued.kind.millis()) {
                    break;
                }
                clear(call, bucket, &queued).await?;
                bucket.delete(&key).await?;
            }
            // The ring has gone round.
            Some(_) => {}
            None if counter::last(bucket, keys::PLACE_QUEUE).await? == after.position => break,
            // Somebody has drawn the position, and will write it, or has died.
            None => {
                let since = *after.gap_since_ms.get_or_insert(now);
                if !is_over(since, now, GAP_MILLIS) {
                    break;
                }
            }
        }
        after = SweptRecord { position: after.position + 1, gap_since_ms: None, ..after };
    }
    if after != before {
        bucket.set(keys::PLACES_SWEPT, &records::encode(&after)?).await?;
    }
    Ok(())
}

/// Removes the place, or puts it back into the queue when its era goes on. The era goes last: whoever dies before leaves a
/// place that is still over.
async fn clear<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    &QueuedPlaceRecord { kind, number, .. }: &QueuedPlaceRecord,
) -> Result<(), StoreError> {
    let era_key = keys::place_era(kind.as_str(), number);
    let era: Option<EraRecord> = records::load(bucket, &era_key).await?;
    match era {
        Some(era) if !is_over(era.at_ms, call.now(), kind.millis()) => {
            enqueue(call, bucket, kind, number, era.at_ms).await
        }
        _ => {
            bucket.delete(&keys::place(kind.as_str(), number)).await?;
            bucket.delete(&era_key).await
        }
    }
}
