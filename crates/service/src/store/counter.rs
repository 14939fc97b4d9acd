//! Counters, built on increment, which is the one atomic operation that both the SQLite store and the Redis store of Spin
//! implement correctly. A counter is never set: on SQLite, an increment of a value that was set takes the whole store down.

use crate::context::{Context, Platform, StoreError};

const ATTEMPTS: u32 = 3;

impl<P: Platform> Context<'_, P> {
    /// Returns `true` at most once for each key. If the reply of the store is lost, the claim belongs to nobody.
    pub(crate) async fn claim(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.next(key).await? == 1)
    }

    /// Returns 1, 2, 3, ... for each key, and no number twice. A number may be skipped, because a
    /// failed increment is tried again after a moment: DynamoDB refuses increments that collide.
    pub(crate) async fn next(&self, key: &str) -> Result<u64, StoreError> {
        let mut attempt = 1;
        loop {
            match self.increment(key, 1).await {
                Ok(number) => return position(key, number),
                Err(error) if attempt == ATTEMPTS => return Err(error),
                Err(_) => attempt += 1,
            }
            let [jitter] = self.random();
            self.platform.sleep(5 + u64::from(jitter % 20)).await;
        }
    }

    /// The last number that [`Context::next`] has returned; 0 before the first.
    pub(crate) async fn last(&self, key: &str) -> Result<u64, StoreError> {
        last(key, self.get(key).await?.as_deref())
    }
}

/// The last number of a counter, from its value.
pub(crate) fn last(key: &str, bytes: Option<&[u8]>) -> Result<u64, StoreError> {
    let Some(bytes) = bytes else { return Ok(0) };
    number(bytes).map_or_else(|| Err(corrupt(key)), |number| position(key, number))
}

/// The value of a counter, if the bytes are one. Stores keep counters in two forms: 8 bytes little-endian (SQLite), and
/// ASCII digits (Redis, DynamoDB). They can't be confused: eight ASCII digits, read as a little-endian number, would exceed
/// 3.4e18.
pub(crate) fn number(bytes: &[u8]) -> Option<i64> {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        return std::str::from_utf8(bytes).ok()?.parse().ok();
    }
    Some(i64::from_le_bytes(bytes.try_into().ok()?))
}

fn position(key: &str, number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| corrupt(key))
}

fn corrupt(key: &str) -> StoreError {
    StoreError::Failed(format!("the counter {key} holds something else"))
}
