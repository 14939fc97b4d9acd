//! Creates a record once, however many requests try at the same moment and wherever one of them dies.
//!
//! The store has one atomic operation, the increment, and no conditional write. So the right to create a record is a claim
//! on a counter, which one call wins. If the winner died, the record would never be created; so the right is a lease. A
//! loser that finds no record notes in the lock since when it has waited. When [`LEASE_MILLIS`] have passed since that
//! time, the next generation of the claim opens. Counters stay in the store, so no generation is ever won twice.
//!
//! No record is overwritten, for these reasons. A winner writes only if the record still does not exist and less than half
//! of the lease has passed since the winner began, measured by a clock that does not step. The lease is four times the time
//! that a request may run. A second winner exists only after a whole lease, and it also looks for the record before it
//! writes. Two risks remain: a process that stops for over a minute between its last look and its write, and two machines
//! whose clocks differ by as much. A writer reads its record back, so it learns whether another writer has overtaken it.
//!
//! The store has to return the value that was written last: see docs/operate.md, "Stores".

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::context::{Context, Platform, StoreError};
use crate::store::records::V1;

/// Milliseconds that a claim is valid without its record: four times the 30 s that hosts give a request.
pub(crate) const LEASE_MILLIS: u64 = 120_000;

/// Who created the record.
pub(crate) enum Creation {
    /// This call did.
    Ours,
    /// Another call did; these are the bytes of the record.
    Theirs(Vec<u8>),
    /// Another call has the right to create it, and the record does not exist yet.
    Pending,
}

#[derive(Serialize, Deserialize)]
struct Lock {
    v: V1,
    generation: u64,
    since_ms: Timestamp,
}

impl<P: Platform> Context<'_, P> {
    /// Creates the record under `key` unless it exists. `make` returns its value, and runs only if this call wins the
    /// claim.
    pub(crate) async fn create_once(
        &self,
        key: &str,
        make: impl AsyncFnOnce() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Creation, StoreError> {
        if let Some(bytes) = self.get(key).await? {
            return Ok(Creation::Theirs(bytes));
        }
        let began_millis = self.platform.uptime_millis();
        let lock_key = format!("{key}:lock");
        let lock: Option<Lock> = self.load(&lock_key).await?;
        let now = self.now();
        let generation = match &lock {
            None => 0,
            Some(lock) if is_over(lock, now) => lock.generation + 1,
            Some(lock) => lock.generation,
        };
        let won = self.claim(&format!("{lock_key}:{generation}")).await?;
        let value = if won { Some(make().await?) } else { None };
        if let Some(bytes) = self.get(key).await? {
            return Ok(Creation::Theirs(bytes));
        }
        let Some(value) = value else {
            if lock.is_none_or(|lock| lock.generation < generation || is_ahead(&lock, now)) {
                let lock = Lock { v: V1, generation, since_ms: self.now() };
                self.save(&lock_key, &lock).await?;
            }
            return Ok(Creation::Pending);
        };
        if self.platform.uptime_millis().saturating_sub(began_millis) > LEASE_MILLIS / 2 {
            return Ok(Creation::Pending);
        }
        self.set(key, &value).await?;
        match self.get(key).await? {
            Some(bytes) if bytes == value => Ok(Creation::Ours),
            Some(bytes) => Ok(Creation::Theirs(bytes)),
            None => Err(StoreError::Failed(format!("the record {key} is gone after it was written"))),
        }
    }

    /// The record under `key`, created by this call or by another one; in that case this call waits for it for about two
    /// seconds.
    pub(crate) async fn get_or_create(
        &self,
        key: &str,
        make: impl AsyncFnOnce() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Vec<u8>, StoreError> {
        const LOOKS: u32 = 40;
        const WAIT_MILLIS: u64 = 50;
        if let Creation::Theirs(bytes) = self.create_once(key, make).await? {
            return Ok(bytes);
        }
        for _ in 0..LOOKS {
            if let Some(bytes) = self.get(key).await? {
                return Ok(bytes);
            }
            self.platform.sleep(WAIT_MILLIS).await;
        }
        Err(StoreError::Failed(format!("another instance is creating {key} and has not finished")))
    }
}

fn is_over(lock: &Lock, now: Timestamp) -> bool {
    now.millis_since(lock.since_ms) > LEASE_MILLIS
}

/// A lease that seems to begin in the future was noted before the clock stepped back, so it begins anew.
fn is_ahead(lock: &Lock, now: Timestamp) -> bool {
    lock.since_ms.millis_since(now) > LEASE_MILLIS
}
