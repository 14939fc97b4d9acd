//! The signing keys that this application creates: a chain of numbered records, each of which is created once.
//!
//! The first request that finds the newest key due for replacement creates the next key, which begins to sign after a lead
//! time. Nothing else has to run for this, and a request that can't create the next key signs with the current one. No
//! valid token is refused, for these reasons:
//!
//! - The public half is in the set before the private half is in the store, so the next key is published for the whole lead
//!   time before anybody signs with it. If a request dies between the two writes, it leaves a public key that nobody can
//!   sign with.
//! - The record of a public key says when a key that no longer signs leaves the set, and the requests that signed with the
//!   key have written that record: see `key_set.rs`.
//! - The hint ([`SigningKeysRecord`]) only says where to begin. If its number lags behind, the chain leads on to the newest
//!   key.
//!
//! When a key is created, the private half of the key two numbers before it is overwritten. So two private halves are in
//! the store: that of the key that signs, and that of either the next key or the one before.

use domain::{Rotation, SigningKey, Timestamp};

use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::Failed;
use crate::store::create_once::Creation;
use crate::store::records::{SigningKeyRecord, SigningKeysRecord, V1};
use crate::store::{keys, records};

/// Seconds; more than the clock tolerance of the verifier.
const MARGIN_SECONDS: u64 = 60;
/// Seconds that verifiers may cache the set: `Cache-Control` of the JWK set in `endpoints/login.rs`.
const JWKS_CACHE_SECONDS: u64 = 600;

/// A key of the chain. Not `Debug`, because it holds a secret.
struct Link {
    number: u64,
    /// PKCS#8 PEM; `None` when the key is retired or was removed from the store.
    private_key: Option<String>,
    signs_from: Timestamp,
}

/// A key that can't be parsed or can't sign. The text says what is wrong, for the log.
#[derive(Debug)]
pub(crate) struct UnusableKey(pub(crate) &'static str);

/// The chain at one moment, for a key that signs tokens with this lifetime.
pub(super) struct Chain<'a, P: Platform> {
    pub(super) context: &'a Context<'a, P>,
    pub(super) lifetime_seconds: u64,
    pub(super) now: Timestamp,
}

impl<P: Platform> Chain<'_, P> {
    /// The key that signs now. Creates the first key, and the next one when it is due.
    pub(super) async fn signer(&self, rotation: Rotation) -> Result<SigningKey, Failed<UnusableKey>> {
        let newest = self.newest(rotation).await?;
        let pem = self.signing_now(newest).await?.private_key.unwrap_or_default();
        SigningKey::from_pem(&pem).map_err(|_| Failed::Refused(UnusableKey("the stored signing key is unreadable")))
    }

    /// The newest key, which signs now or will sign later. When it is due for replacement, this is its successor.
    async fn newest(&self, rotation: Rotation) -> Result<Link, StoreError> {
        let mut newest = self.begin().await?;
        loop {
            if newest.private_key.is_none() {
                // There is no key to sign with, so this request waits for the next key, which signs at once.
                newest = self.successor(newest.number, self.now).await?;
                continue;
            }
            if !rotation.is_due(newest.signs_from, self.now) {
                return Ok(newest);
            }
            let signs_from = rotation.next_signs_from(newest.signs_from, self.now);
            match self.try_successor(newest.number, signs_from).await {
                Ok(Some(next)) => newest = next,
                // Another request is creating it, so the current key continues to sign.
                Ok(None) => return Ok(newest),
                Err(error) => {
                    self.log_failure(&error);
                    return Ok(newest);
                }
            }
        }
    }

    /// The key that the hint points to. If there is no such key, because none was created yet or because it was removed,
    /// the result has no private half and can't sign.
    async fn begin(&self) -> Result<Link, StoreError> {
        let hint: Option<SigningKeysRecord> = self.context.load(keys::SIGNING_KEYS).await?;
        let absent = hint.as_ref().map_or(0, |hint| hint.newest);
        let number = hint.map_or(1, |hint| hint.newest);
        let link = self.load(number).await?;
        Ok(link.unwrap_or(Link { number: absent, private_key: None, signs_from: self.now }))
    }

    async fn load(&self, number: u64) -> Result<Option<Link>, StoreError> {
        let record = self.context.load(&keys::signing_key(number)).await?;
        Ok(record.map(|record| Link::new(number, record)))
    }

    /// The key after `number`, created by this call or by another one; in that case this call waits for it.
    async fn successor(&self, number: u64, signs_from: Timestamp) -> Result<Link, StoreError> {
        let (number, key) = (number + 1, keys::signing_key(number + 1));
        let mut made = None;
        let make = async || self.make(signs_from, &mut made).await;
        let bytes = self.context.get_or_create(&key, make).await?;
        self.finish(number, bytes, made).await
    }

    /// The key after `number`, created by this call or earlier; `None` while another call is creating it.
    async fn try_successor(&self, number: u64, signs_from: Timestamp) -> Result<Option<Link>, StoreError> {
        let (number, key) = (number + 1, keys::signing_key(number + 1));
        let mut made = None;
        let make = async || self.make(signs_from, &mut made).await;
        let bytes = match self.context.create_once(&key, make).await? {
            Creation::Ours => made.clone(),
            Creation::Theirs(bytes) => Some(bytes),
            Creation::Pending => None,
        };
        match bytes {
            Some(bytes) => self.finish(number, bytes, made).await.map(Some),
            None => Ok(None),
        }
    }

    /// Creates a key and returns its record. Before this returns, the public half is in the set.
    async fn make(&self, signs_from: Timestamp, made: &mut Option<Vec<u8>>) -> Result<Vec<u8>, StoreError> {
        let key = self.generate();
        let private_key = key.to_pem().map_err(|error| StoreError::Failed(error.to_string()))?;
        self.context.publish_new(&key, needed_until(signs_from, self.lifetime_seconds)).await?;
        let (created_at_ms, signs_from_ms) = (self.context.now(), Some(signs_from));
        let record = SigningKeyRecord { v: V1, private_key: Some(private_key), created_at_ms, signs_from_ms };
        let bytes = records::encode(&record)?;
        *made = Some(bytes.clone());
        Ok(bytes)
    }

    /// The steps after a key was created. If they fail, the hint stays as it was, so that the next request repeats them.
    async fn finish(&self, number: u64, bytes: Vec<u8>, made: Option<Vec<u8>>) -> Result<Link, StoreError> {
        if made.is_some_and(|made| made == bytes) {
            self.context.log(Event::new(Level::Info, "signing_key_created").with("number", number));
        }
        let link = Link::new(number, records::decode(&keys::signing_key(number), &bytes)?);
        if let Err(error) = self.settle(number).await {
            self.log_failure(&error);
        }
        Ok(link)
    }

    async fn settle(&self, newest: u64) -> Result<(), StoreError> {
        if newest > 2 {
            self.retire(newest - 2).await?;
        }
        self.context.save(keys::SIGNING_KEYS, &SigningKeysRecord { v: V1, newest }).await
    }

    /// Overwrites a private half that nobody will sign with again.
    async fn retire(&self, number: u64) -> Result<(), StoreError> {
        let key = keys::signing_key(number);
        let record: Option<SigningKeyRecord> = self.context.load(&key).await?;
        match record {
            Some(record) if record.private_key.is_some() => {
                let retired = SigningKeyRecord { private_key: None, ..record };
                self.context.save(&key, &retired).await
            }
            _ => Ok(()),
        }
    }

    /// The newest key whose time to sign has come. If the clock stepped back, there may be none; then this is the oldest
    /// key that can sign.
    async fn signing_now(&self, newest: Link) -> Result<Link, StoreError> {
        let mut link = newest;
        while link.signs_from > self.now && link.number > 1 {
            match self.load(link.number - 1).await? {
                Some(before) if before.private_key.is_some() => link = before,
                _ => break,
            }
        }
        Ok(link)
    }

    fn generate(&self) -> SigningKey {
        loop {
            let seed: [u8; SigningKey::SEED_BYTES] = self.context.random();
            if let Ok(key) = SigningKey::from_seed(&seed) {
                return key;
            }
        }
    }

    fn log_failure(&self, error: &StoreError) {
        self.context.log(Event::new(Level::Warn, "signing_key_not_rotated").with("error", error.to_string()));
    }
}

impl Link {
    fn new(number: u64, record: SigningKeyRecord) -> Self {
        let signs_from = record.signs_from_ms.unwrap_or(record.created_at_ms);
        Self { number, private_key: record.private_key, signs_from }
    }
}

/// Until when a key that signs at `signs_at` has to be in the set: until the token of that moment has expired, and the
/// copies of the set that verifiers have then.
pub(super) fn needed_until(signs_at: Timestamp, lifetime_seconds: u64) -> Timestamp {
    signs_at.plus_secs(lifetime_seconds).plus_secs(JWKS_CACHE_SECONDS + MARGIN_SECONDS)
}
