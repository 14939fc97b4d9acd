//! One request on its way through an endpoint: the platform, the settings that all components have, and the work done so far.

mod log;
mod membership;
pub mod platform;
mod settings;
mod storeless;

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use domain::{ClientAddress, SessionId, Timestamp, hex};

pub(crate) use self::log::{Event, Level, parse_rfc3339, rfc3339};
pub(crate) use self::membership::SignUps;
use self::platform::Bucket;
pub(crate) use self::platform::{Authorization, Authorizer, Denial, Platform, StoreError, UncheckedPrincipal};
use self::settings::Settings;
pub(crate) use self::settings::{
    AddressSource, AttemptRules, KeySource, MAX_TOKEN_LIFETIME_SECONDS, ProxySettings, SessionSettings, SettingError,
    SigningSettings, Variables,
};
pub(crate) use self::storeless::Storeless;

/// DynamoDB reads at most this number of records in one call.
const MAX_BATCH: usize = 100;

/// A request. The modules write their operations on the store as methods of this type, in `impl` blocks of their own.
pub(crate) struct Context<'a, P: Platform> {
    pub(crate) platform: &'a P,
    pub(crate) settings: Settings,
    component: &'static str,
    request_id: &'a str,
    work: Work,
    /// The name of a header that a proxy may have sent, and that the app does not read because none is configured.
    pub(crate) ignored_header: Cell<Option<&'static str>>,
    /// The caller's address, once it is known. All log lines after that have it.
    pub(crate) address: Cell<Option<ClientAddress>>,
    /// The caller's session, once it is known. All log lines after that have it.
    pub(crate) session: OnceCell<SessionId>,
    bucket: OnceCell<P::Bucket>,
    /// Whether the store has refused several keys at once, as Redis does under Spin.
    takes_one_key: Cell<bool>,
}

/// The work that a request has done so far. It is logged with security events, so that an operator can see, and a test can
/// count, that a login costs the same whether or not the user exists.
#[derive(Default)]
pub(crate) struct Work {
    store_reads: Cell<u32>,
    store_writes: Cell<u32>,
    pub(crate) hash_rounds: Cell<u32>,
    pub(crate) hash_pauses: Cell<u32>,
}

impl<'a, P: Platform> Context<'a, P> {
    pub(crate) fn new(platform: &'a P, settings: Settings, component: &'static str, request_id: &'a str) -> Self {
        Self {
            platform,
            settings,
            component,
            request_id,
            work: Work::default(),
            ignored_header: Cell::new(None),
            address: Cell::new(None),
            session: OnceCell::new(),
            bucket: OnceCell::new(),
            takes_one_key: Cell::new(false),
        }
    }

    pub(crate) fn request_id(&self) -> &str {
        self.request_id
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.platform.now()
    }

    pub(crate) fn random<const BYTES: usize>(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        self.platform.fill(&mut bytes);
        bytes
    }

    /// Random bytes in hexadecimal, two characters each.
    pub(crate) fn random_hex<const BYTES: usize>(&self) -> String {
        hex(&self.random::<BYTES>())
    }

    pub(crate) fn work(&self) -> &Work {
        &self.work
    }

    pub(crate) fn log(&self, event: Event) {
        let event = event
            .with_some("session", self.session.get().map(SessionId::as_str))
            .with_some("client_address", self.address.get().map(|address| address.to_string()));
        self.platform.log(&event.line(self.now(), self.component, self.request_id));
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

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        count(&self.work.store_reads);
        self.bucket().await?.get(key).await
    }

    /// The values of several keys, in the order of the keys. They may be of different moments. Where the store can't read
    /// several keys at once, they are read one by one.
    pub(crate) async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        if keys.len() < 2 || self.takes_one_key.get() {
            return self.get_one_by_one(keys).await;
        }
        let mut different = keys.to_vec();
        different.sort_unstable();
        different.dedup();
        let mut found = BTreeMap::new();
        for batch in different.chunks(MAX_BATCH) {
            count(&self.work.store_reads);
            let Ok(values) = self.bucket().await?.get_many(batch).await else {
                self.takes_one_key.set(true);
                return self.get_one_by_one(keys).await;
            };
            found.extend(values);
        }
        Ok(keys.iter().map(|key| found.get(key).cloned().flatten()).collect())
    }

    /// The same for keys whose number is known.
    pub(crate) async fn get_all<const N: usize>(&self, keys: [String; N]) -> Result<[Option<Vec<u8>>; N], StoreError> {
        let mut found = self.get_many(&keys).await?.into_iter();
        Ok([(); N].map(|()| found.next().flatten()))
    }

    async fn get_one_by_one(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            values.push(self.get(key).await?);
        }
        Ok(values)
    }

    pub(crate) async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        count(&self.work.store_writes);
        self.bucket().await?.set(key, value).await
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        count(&self.work.store_writes);
        self.bucket().await?.delete(key).await
    }

    /// Removes several keys; where the store can't remove several at once, one by one.
    pub(crate) async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        if keys.len() > 1 && !self.takes_one_key.get() {
            count(&self.work.store_writes);
            if self.bucket().await?.delete_many(keys).await.is_ok() {
                return Ok(());
            }
        }
        for key in keys {
            self.delete(key).await?;
        }
        Ok(())
    }

    pub(crate) async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        count(&self.work.store_writes);
        self.bucket().await?.increment(key, delta).await
    }

    /// The application's bucket, opened at its first use.
    async fn bucket(&self) -> Result<&P::Bucket, StoreError> {
        if let Some(bucket) = self.bucket.get() {
            return Ok(bucket);
        }
        let opened = self.platform.open(&self.settings.store).await?;
        Ok(self.bucket.get_or_init(|| opened))
    }
}

fn count(counter: &Cell<u32>) {
    counter.set(counter.get().saturating_add(1));
}
