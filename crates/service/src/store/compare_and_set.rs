//! Changes a value only if it is still what the caller saw, however many requests try at the same moment and wherever one
//! of them dies.
//!
//! The store has one atomic operation, the increment, and no conditional write. So the right to change a value is a claim
//! on a counter, which one call wins; the name of the counter contains a digest of the value that was seen. If the winner
//! died, the value could never be changed; so the right is a lease. A loser that finds the value unchanged notes in the lock
//! since when it has waited. When the lease has passed since that time, the next generation of the claim opens.
//!
//! No change is lost, for these reasons. A winner writes only if the value is still the one it saw, and if less than half of
//! the lease has passed since the winner began, by the clock that steps and by the one that does not. The lease is four times the time
//! that a request may run. A second winner exists only after a whole lease, and it also looks at the value before it writes.
//! Four risks remain: a process that stops for over a minute between its last look and its write, two machines whose
//! clocks differ by as much, a clock that steps forward by as much between the two, and a write that arrives twice since its
//! reply was lost, the second time after somebody has replaced the value: adapters of stores try for five seconds. A writer
//! reads its value back, so it learns whether another writer has overtaken it.
//!
//! The winner deletes the claims after its write. Whoever claims the same right after that looks at the value before it
//! writes, and finds it changed.
//!
//! The store has to return the value that was written last: see docs/operate.md, "Stores".

use domain::{Timestamp, digest};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Platform, StoreError};
use crate::store::records::V1;

/// Milliseconds that a claim is valid without its value: four times the 30 s that hosts give a request.
pub(crate) const LEASE_MILLIS: u64 = 120_000;
/// The lease for the record of an account, which its owner can't change while a claim whose process died is valid.
pub(crate) const ACCOUNT_LEASE_MILLIS: u64 = 10_000;
/// The lease of [`Context::replace_or_wait`], whose callers wait for it.
const SHORT_LEASE_MILLIS: u64 = 1_500;

/// What became of a change.
pub(crate) enum Change {
    /// This call wrote the value.
    Ours,
    /// Another call had changed the value before; this is the value now.
    Theirs(Option<Vec<u8>>),
    /// Another call has the right to change the value, and has not done it yet.
    Pending,
}

#[derive(Serialize, Deserialize)]
struct Lock {
    v: V1,
    generation: u64,
    since_ms: Timestamp,
}

impl<P: Platform> Context<'_, P> {
    /// Writes the value that `make` returns under `key` if the value there is still `seen`; `None` means that there is
    /// none. `make` runs only if this call wins the claim and finds the value unchanged. No value may come back after it was
    /// replaced.
    pub(crate) async fn compare_and_set(
        &self,
        key: &str,
        seen: Option<&[u8]>,
        make: impl AsyncFnOnce() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Change, StoreError> {
        self.change(key, seen, LEASE_MILLIS, make).await
    }

    /// The same with a claim that is valid for this many milliseconds, and a `make` that may refuse.
    pub(crate) async fn change<E: From<StoreError>>(
        &self,
        key: &str,
        seen: Option<&[u8]>,
        lease_millis: u64,
        make: impl AsyncFnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Change, E> {
        let began_millis = self.platform.uptime_millis();
        let lock_key = match seen {
            None => format!("{key}:lock"),
            Some(seen) => format!("{key}:lock:{}", digest(seen)),
        };
        let lock: Option<Lock> = self.load(&lock_key).await?;
        let now = self.now();
        // The clock that does not step may stand still while the machine sleeps.
        let is_in_time = || {
            let by_uptime = self.platform.uptime_millis().saturating_sub(began_millis);
            by_uptime.max(self.now().millis_since(now)) <= lease_millis / 2
        };
        let generation = match &lock {
            None => 0,
            Some(lock) if now.millis_since(lock.since_ms) > lease_millis => lock.generation + 1,
            Some(lock) => lock.generation,
        };
        let claims = (0..=generation).map(|generation| format!("{lock_key}:{generation}"));
        let rights: Vec<String> = claims.chain([lock_key.clone()]).collect();
        let won = self.claim(&format!("{lock_key}:{generation}")).await?;
        let prepared = async {
            let found = self.get(key).await?;
            let value = if won && found.as_deref() == seen { Some(make().await?) } else { None };
            Ok::<_, E>((found, value))
        };
        let (found, value) = match prepared.await {
            Ok(prepared) => prepared,
            Err(error) if won && is_in_time() => {
                // Nothing was written, so others need not wait for this call.
                self.delete_many(&rights).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        if found.as_deref() != seen {
            if won {
                self.delete_many(&rights).await?;
            }
            return Ok(Change::Theirs(found));
        }
        let Some(value) = value else {
            // A lease that seems to begin in the future was noted before the clock stepped back, so it begins anew.
            let is_ahead = |lock: &Lock| lock.since_ms.millis_since(now) > lease_millis;
            if lock.is_none_or(|lock| lock.generation < generation || is_ahead(&lock)) {
                self.save(&lock_key, &Lock { v: V1, generation, since_ms: self.now() }).await?;
            }
            return Ok(Change::Pending);
        };
        if !is_in_time() {
            return Ok(Change::Pending);
        }
        self.set(key, &value).await?;
        let written = self.get(key).await?;
        self.delete_many(&rights).await?;
        Ok(if written.as_ref() == Some(&value) { Change::Ours } else { Change::Theirs(written) })
    }

    /// The value that comes after `seen`, written by this call or by another one, which this call waits for. If the other
    /// one died, the wait lasts two seconds. For that the lease is short, so a call whose write takes longer than half the
    /// lease may overwrite a later value. The caller has to bear that: for a random value, nothing is lost but the value that
    /// was used for some seconds.
    pub(crate) async fn replace_or_wait(
        &self,
        key: &str,
        seen: Option<&[u8]>,
        mut make: impl AsyncFnMut() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Vec<u8>, StoreError> {
        const ROUNDS: u32 = 3;
        const LOOKS: u32 = 40;
        const WAIT_MILLIS: u64 = 50;
        for _ in 0..ROUNDS {
            if let Change::Theirs(Some(bytes)) = self.change(key, seen, SHORT_LEASE_MILLIS, &mut make).await? {
                return Ok(bytes);
            }
            for _ in 0..LOOKS {
                if let Some(bytes) = self.get(key).await?.filter(|bytes| seen != Some(bytes)) {
                    return Ok(bytes);
                }
                self.platform.sleep(WAIT_MILLIS).await;
            }
        }
        Err(StoreError::Failed(format!("another instance is creating {key} and has not finished")))
    }
}
