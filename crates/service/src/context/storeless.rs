//! A platform without a store, for components that use none. Dropping an open bucket also imports the store. So the code of
//! such a component must not even be able to drop a bucket; otherwise the linker could not leave the store out.

use super::platform::{Bucket, ConfigError, KeyValues, Platform, StoreError, Timestamp};

pub(crate) struct Storeless<'a, P>(pub(crate) &'a P);

/// A bucket that can't exist.
pub(crate) enum NoBucket {}

impl<P: Platform> Platform for Storeless<'_, P> {
    type Bucket = NoBucket;

    async fn open(&self, _: &str) -> Result<NoBucket, StoreError> {
        Err(StoreError::NoSuchBucket)
    }

    fn variable(&self, name: &str) -> Result<Option<String>, ConfigError> {
        self.0.variable(name)
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn uptime_millis(&self) -> u64 {
        self.0.uptime_millis()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn log(&self, line: &str) {
        self.0.log(line);
    }

    async fn pause(&self) {
        self.0.pause().await;
    }

    async fn sleep(&self, millis: u64) {
        self.0.sleep(millis).await;
    }
}

impl Bucket for NoBucket {
    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match *self {}
    }

    async fn get_many(&self, _: &[String]) -> Result<KeyValues, StoreError> {
        match *self {}
    }

    async fn set(&self, _: &str, _: &[u8]) -> Result<(), StoreError> {
        match *self {}
    }

    async fn delete(&self, _: &str) -> Result<(), StoreError> {
        match *self {}
    }

    async fn delete_many(&self, _: &[String]) -> Result<(), StoreError> {
        match *self {}
    }

    async fn increment(&self, _: &str, _: i64) -> Result<i64, StoreError> {
        match *self {}
    }
}
