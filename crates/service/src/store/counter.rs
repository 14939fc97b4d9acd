//! Counters, on the one atomic operation that Spin's SQLite and Redis stores both have right: increment. A counter is
//! never set: on SQLite an increment of a value that was set takes the whole store down.

use crate::context::Context;
use crate::context::platform::{Platform, StoreError};

const ATTEMPTS: u32 = 3;

impl<P: Platform> Context<'_, P> {
    /// True at most once for each key. When a reply is lost, the claim is nobody's.
    pub(super) async fn claim(&self, key: &str) -> Result<bool, StoreError> {
        Ok(self.next(key).await? == 1)
    }

    /// 1, 2, 3, ... for each key, no number twice. A number may be skipped: DynamoDB refuses increments that collide, so
    /// one that fails is tried again after a moment.
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

    /// Gives a number back, so that it counts no more; [`Context::next`] will give it again. It is tried once: when only
    /// the reply is lost, a second try would give back what is another's.
    pub(crate) async fn give_back(&self, key: &str) -> Result<(), StoreError> {
        self.increment(key, -1).await.map(|_| ())
    }

    /// The last number that [`Context::next`] has given, 0 before the first. It reads both forms that stores keep counters
    /// in: 8 bytes little-endian (SQLite) and ASCII digits (Redis, DynamoDB). Eight digits read as a number would exceed
    /// 3.4e18.
    pub(crate) async fn last(&self, key: &str) -> Result<u64, StoreError> {
        let Some(bytes) = self.get(key).await? else { return Ok(0) };
        let digits = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
        let number = match (digits, <[u8; 8]>::try_from(bytes.as_slice())) {
            (true, _) => std::str::from_utf8(&bytes).ok().and_then(|digits| digits.parse().ok()),
            (false, Ok(bytes)) => Some(i64::from_le_bytes(bytes)),
            (false, Err(_)) => None,
        };
        number.map_or_else(|| Err(corrupt(key)), |number| position(key, number))
    }
}

fn position(key: &str, number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| corrupt(key))
}

fn corrupt(key: &str) -> StoreError {
    StoreError::Failed(format!("the counter {key} holds something else"))
}
