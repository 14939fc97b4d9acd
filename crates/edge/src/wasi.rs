use std::io::Write as _;

use service::platform::{Bucket, ConfigError, KeyValues, Platform, StoreError, Timestamp};
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::random::random::get_random_bytes;

use crate::bindings::wasi::config::store as config;
use crate::bindings::wasi::keyvalue::{atomics, batch, store};
#[cfg(not(feature = "wasi-0-3"))]
use crate::wasi_0_2::waiting;
#[cfg(feature = "wasi-0-3")]
use crate::wasi_0_3::waiting;

/// The platform that WASI offers.
#[derive(Clone, Copy, Debug)]
pub struct Wasi;

/// An open bucket of `wasi:keyvalue`.
#[derive(Debug)]
pub struct WasiBucket(store::Bucket);

fn failed(error: store::Error) -> StoreError {
    match error {
        store::Error::NoSuchStore | store::Error::AccessDenied => StoreError::NoSuchBucket,
        store::Error::Other(reason) => StoreError::Failed(reason),
    }
}

impl Platform for Wasi {
    type Bucket = WasiBucket;

    async fn open(&self, label: &str) -> Result<WasiBucket, StoreError> {
        store::open(label).map(WasiBucket).map_err(failed)
    }

    /// Reads `wasi:config`, or else the environment, where `token_issuer` is named `LATCHKEY_TOKEN_ISSUER`.
    fn variable(&self, name: &str) -> Result<Option<String>, ConfigError> {
        match config::get(name) {
            Ok(Some(value)) => Ok(Some(value)),
            Ok(None) => Ok(std::env::var(format!("LATCHKEY_{}", name.to_ascii_uppercase())).ok()),
            Err(config::Error::Upstream(reason) | config::Error::Io(reason)) => Err(ConfigError(reason)),
        }
    }

    fn now(&self) -> Timestamp {
        let now = wall_clock::now();
        Timestamp::from_millis(now.seconds.saturating_mul(1000).saturating_add(u64::from(now.nanoseconds / 1_000_000)))
    }

    fn uptime_millis(&self) -> u64 {
        monotonic_clock::now() / 1_000_000
    }

    fn fill(&self, bytes: &mut [u8]) {
        let random = get_random_bytes(bytes.len() as u64);
        bytes.iter_mut().zip(random).for_each(|(to, from)| *to = from);
    }

    fn log(&self, line: &str) {
        // The line is written at once, so that lines of several instances do not mix. A failure is ignored, because it
        // can't be reported anywhere.
        let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
    }

    async fn pause(&self) {
        waiting::pause().await;
    }

    async fn sleep(&self, millis: u64) {
        waiting::sleep(millis).await;
    }
}

impl Bucket for WasiBucket {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(key).map_err(failed)
    }

    async fn get_many(&self, keys: &[String]) -> Result<KeyValues, StoreError> {
        batch::get_many(&self.0, keys).map_err(failed)
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.set(key, value).map_err(failed)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.0.delete(key).map_err(failed)
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        batch::delete_many(&self.0, keys).map_err(failed)
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        atomics::increment(&self.0, key, delta).map_err(failed)
    }
}
