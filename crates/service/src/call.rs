use std::cell::Cell;

use domain::{Timestamp, hex};

use crate::log::Event;
use crate::ports::{Bucket, Platform, StoreError};
use crate::settings::Settings;

/// One request on its way through an endpoint: the ports, the settings, and the work done so far.
pub(crate) struct Call<'a, P> {
    pub(crate) ports: &'a P,
    pub(crate) settings: Settings,
    component: &'static str,
    request_id: &'a str,
    work: Work,
}

/// What a request has cost. Logged with security events, so that an operator can see, and a test can count, that a login
/// costs the same whether or not the user exists.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) store_reads: Cell<u32>,
    pub(crate) store_writes: Cell<u32>,
    pub(crate) hash_rounds: Cell<u32>,
    pub(crate) hash_pauses: Cell<u32>,
}

impl<'a, P: Platform> Call<'a, P> {
    pub(crate) fn new(ports: &'a P, settings: Settings, component: &'static str, request_id: &'a str) -> Self {
        Self { ports, settings, component, request_id, work: Work::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.ports.now()
    }

    pub(crate) fn work(&self) -> &Work {
        &self.work
    }

    /// Opens the application's bucket.
    pub(crate) async fn bucket(&self) -> Result<Counted<'_, P::Bucket>, StoreError> {
        let bucket = self.ports.open(&self.settings.store).await?;
        Ok(Counted { bucket, work: &self.work })
    }

    pub(crate) fn log(&self, event: Event) {
        self.ports.write(&event.line(self.now(), self.component, self.request_id));
    }

    /// Logs an event with what the request has cost so far.
    pub(crate) fn log_with_work(&self, event: Event) {
        let Work { store_reads, store_writes, hash_rounds, hash_pauses } = &self.work;
        self.log(
            event
                .with("store_reads", store_reads.get())
                .with("store_writes", store_writes.get())
                .with("hash_rounds", hash_rounds.get())
                .with("hash_pauses", hash_pauses.get()),
        );
    }
}

/// Random bytes in hexadecimal, two characters each.
pub(crate) fn random_hex<const BYTES: usize>(entropy: &impl crate::ports::Entropy) -> String {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

/// A bucket that counts what is asked of it.
pub(crate) struct Counted<'a, B> {
    bucket: B,
    work: &'a Work,
}

fn count(counter: &Cell<u32>) {
    counter.set(counter.get().saturating_add(1));
}

impl<B: Bucket> Bucket for Counted<'_, B> {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        count(&self.work.store_reads);
        self.bucket.get(key).await
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        count(&self.work.store_writes);
        self.bucket.set(key, value).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        count(&self.work.store_writes);
        self.bucket.delete(key).await
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        count(&self.work.store_writes);
        self.bucket.increment(key, delta).await
    }
}
