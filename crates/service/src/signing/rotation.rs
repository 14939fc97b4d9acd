//! The key that signs. Those that this application creates are in one record: the newest key and the one before it.
//!
//! The first request that finds the newest key due for replacement creates the next key, which begins to sign after a lead
//! time. Nothing else has to run for this, and a request that can't create the next key signs with the current one. No
//! valid token is refused, for these reasons:
//!
//! - The public half of the next key is in the set before its private half is in the store, so it is published for the whole
//!   lead time before anybody signs with it. The first key of all has no lead time, so its private half comes first: then an
//!   instance that dies leaves no public key that nobody can sign with. Nobody signs with a key that they have not found in
//!   the set.
//! - An entry of the set says when a key that no longer signs leaves it, and the requests that signed with the key have
//!   written that entry: see `key_set.rs`.
//!
//! A key from the future of this clock does not count. The clock of its instance was ahead, so the key would begin to sign,
//! and be replaced, only when that time has come.

use domain::{Rotation, SigningKey, Timestamp, is_over};

use super::key_set::needed_until;
use crate::context::{Context, Event, KeySource, Level, Platform, StoreError};
use crate::store::Failed;
use crate::store::compare_and_set::Change;
use crate::store::records::{SigningKeyRecord, SigningKeysRecord, V1};
use crate::store::{keys, records};

/// A key that can't be parsed or can't sign. The text says what is wrong, for the log.
#[derive(Debug)]
pub(crate) struct UnusableKey(pub(crate) &'static str);

/// The record as it was read, and those of its keys that count.
struct Stored {
    bytes: Vec<u8>,
    keys: SigningKeysRecord,
}

impl<P: Platform> Context<'_, P> {
    /// The key that signs now: the operator's, or the one in the store, which is created on first use and replaced in time.
    /// When this returns, its public half is published for longer than its next token lives.
    pub(crate) async fn signing_key(
        &self,
        source: KeySource,
        lifetime_seconds: u64,
    ) -> Result<SigningKey, Failed<UnusableKey>> {
        match source {
            KeySource::Operator { signs, published } => {
                let set = self.get(keys::PUBLIC_KEYS).await?;
                let all: Vec<&SigningKey> = std::iter::once(&*signs).chain(&published).collect();
                self.publish(set, &all, needed_until(self.now(), lifetime_seconds)).await?;
                Ok(*signs)
            }
            KeySource::Store(rotation) => self.stored_key(rotation, lifetime_seconds).await,
        }
    }

    /// The key of the store that signs now. Creates the first key, and the next one when it is due. When nothing is to be
    /// done, this is one call of the store.
    async fn stored_key(&self, rotation: Rotation, lifetime_seconds: u64) -> Result<SigningKey, Failed<UnusableKey>> {
        let [seen, set] = self.get_all([keys::SIGNING_KEYS, keys::PUBLIC_KEYS].map(str::to_owned)).await?;
        let stored = self.stored_keys(seen).await?;
        let (now, since) = (self.now(), stored.keys.newest.signs_from_ms);
        if rotation.is_due(since, now) {
            let added = self.add_next_key(&stored, set.clone(), rotation, lifetime_seconds).await;
            if rotation.is_overdue(since, now) && !matches!(added, Ok(Change::Ours | Change::Theirs(_))) {
                self.log(Event::new(Level::Warn, "signing_key_old"));
            }
            self.log_failure(Event::new(Level::Warn, "signing_key_not_rotated"), added);
        }
        let (signs, next) = stored.signer(now);
        let (signs, next) = (signs.parse()?, next.map(SigningKeyRecord::parse).transpose()?);
        let all: Vec<&SigningKey> = std::iter::once(&signs).chain(&next).collect();
        self.publish(set, &all, needed_until(now, lifetime_seconds)).await?;
        if stored.keys.old_records {
            let finished = self.finish_upgrade(&stored).await;
            self.log_failure(Event::new(Level::Warn, "old_signing_keys_not_deleted"), finished);
        }
        Ok(signs)
    }

    /// The keys that count in the record `seen`. If there are none, these are the keys that the version before has made, or
    /// else a new key, which signs at once.
    async fn stored_keys(&self, seen: Option<Vec<u8>>) -> Result<Stored, StoreError> {
        let now = self.now();
        if let Some(stored) = seen.as_deref().map(|bytes| Stored::read(bytes, now)).transpose()?.flatten() {
            return Ok(stored);
        }
        let old = self.old_signing_keys().await?;
        let make = async || {
            let mut keys = old.iter().flatten().filter(|key| key.counts(now)).cloned();
            let newest = keys.next().map_or_else(|| self.new_key(now).map(|(_, newest)| newest), Ok)?;
            records::encode(&SigningKeysRecord { v: V1, newest, before: keys.next(), old_records: old.is_some() })
        };
        let bytes = self.replace_or_wait(keys::SIGNING_KEYS, seen.as_deref(), make).await?;
        Stored::read(&bytes, now)?.ok_or_else(|| StoreError::Failed("a signing key is from the future".to_owned()))
    }

    /// Adds the key that signs next. Nobody waits for it, because it does not sign yet.
    async fn add_next_key(
        &self,
        stored: &Stored,
        set: Option<Vec<u8>>,
        rotation: Rotation,
        lifetime_seconds: u64,
    ) -> Result<Change, StoreError> {
        let Stored { bytes, keys } = stored;
        let make = async || {
            let now = self.now();
            let (key, newest) = self.new_key(rotation.next_signs_from(keys.newest.signs_from_ms, now))?;
            self.publish(set, &[&key], needed_until(now, lifetime_seconds)).await?;
            records::encode(&SigningKeysRecord { newest, before: Some(keys.newest.clone()), ..*keys })
        };
        self.compare_and_set(keys::SIGNING_KEYS, Some(bytes), make).await
    }

    /// Deletes what the version before has left, and notes that it is gone.
    async fn finish_upgrade(&self, stored: &Stored) -> Result<Change, StoreError> {
        let make = async || {
            self.delete_old_records().await?;
            records::encode(&SigningKeysRecord { old_records: false, ..stored.keys.clone() })
        };
        self.compare_and_set(keys::SIGNING_KEYS, Some(&stored.bytes), make).await
    }

    fn new_key(&self, signs_from_ms: Timestamp) -> Result<(SigningKey, SigningKeyRecord), StoreError> {
        let key = loop {
            if let Ok(key) = SigningKey::from_seed(&self.random()) {
                break key;
            }
        };
        let private_key = key.to_pem().map_err(|error| StoreError::Failed(error.to_string()))?;
        self.log(Event::new(Level::Info, "signing_key_created").with("key_id", key.id().as_str()));
        Ok((key, SigningKeyRecord { private_key, created_at_ms: self.now(), signs_from_ms }))
    }

    fn log_failure(&self, event: Event, result: Result<Change, StoreError>) {
        if let Err(error) = result {
            self.log(event.with("error", error.to_string()));
        }
    }
}

impl Stored {
    /// `None` if no key of the record counts.
    fn read(bytes: &[u8], now: Timestamp) -> Result<Option<Self>, StoreError> {
        let SigningKeysRecord { v, newest, before, old_records } = records::decode(keys::SIGNING_KEYS, bytes)?;
        let mut counting = [Some(newest), before].into_iter().flatten().filter(|key| key.counts(now));
        let Some(newest) = counting.next() else { return Ok(None) };
        let keys = SigningKeysRecord { v, newest, before: counting.next(), old_records };
        Ok(Some(Self { bytes: bytes.to_vec(), keys }))
    }

    /// The newest key whose time to sign has come; if there is none, because the clock stepped back a little, the oldest. And
    /// the key that signs next, if there is one.
    fn signer(&self, now: Timestamp) -> (&SigningKeyRecord, Option<&SigningKeyRecord>) {
        match &self.keys {
            SigningKeysRecord { newest, before: Some(before), .. } if newest.signs_from_ms > now => {
                (before, Some(newest))
            }
            SigningKeysRecord { newest, .. } => (newest, None),
        }
    }
}

impl SigningKeyRecord {
    fn counts(&self, now: Timestamp) -> bool {
        !is_over(self.created_at_ms, now, u64::MAX)
    }

    fn parse(&self) -> Result<SigningKey, Failed<UnusableKey>> {
        let unusable = |_| Failed::Refused(UnusableKey("a stored signing key is unreadable"));
        SigningKey::from_pem(&self.private_key).map_err(unusable)
    }
}
