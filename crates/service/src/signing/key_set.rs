//! The key that signs, and the set of public keys: how a key enters the set, how long it stays, and how the key of a token
//! is found.

use domain::{KeyId, PublicKey, SigningKey, Timestamp};

use super::rotation::{Chain, UnusableKey, needed_until};
use crate::context::{Context, KeySource, MAX_TOKEN_LIFETIME_SECONDS, Platform, StoreError};
use crate::store::Failed;
use crate::store::records::{PublicKeyIndexRecord, PublicKeyRecord, V1};
use crate::store::{keys, records};

/// Seconds that a public key stays in the set beyond the time that its next token needs it. Its record is renewed when it
/// would expire before that time, so the record of a key in use is written about once a day. The value is the longest
/// lifetime of any token, so if two instances have different lifetimes, neither shortens the set for the other's tokens.
const RENEWAL_SECONDS: u64 = MAX_TOKEN_LIFETIME_SECONDS;
/// How many numbers of the index are read at most, newest first.
const MAX_LISTED: usize = 32;

impl<P: Platform> Context<'_, P> {
    /// The key that signs now: the operator's, or the one in the store, which is created on first use and replaced in time.
    /// When this returns, its public half is published for longer than its next token lives.
    pub(crate) async fn signing_key(
        &self,
        source: KeySource,
        lifetime_seconds: u64,
    ) -> Result<SigningKey, Failed<UnusableKey>> {
        let (signs, published) = match source {
            KeySource::Operator { signs, published } => (*signs, published),
            KeySource::Store(rotation) => {
                let chain = Chain { context: self, lifetime_seconds, now: self.now() };
                (chain.signer(rotation).await?, Vec::new())
            }
        };
        let until = needed_until(self.now(), lifetime_seconds);
        for key in std::iter::once(&signs).chain(&published) {
            self.publish(key, until).await?;
        }
        Ok(signs)
    }

    /// Publishes the public half in the set, or keeps it there, at least until `until`.
    async fn publish(&self, key: &SigningKey, until: Timestamp) -> Result<(), StoreError> {
        let record_key = keys::public_key(key.id());
        let make = async || {
            self.enter(key).await?;
            records::encode(&public_record(key, until))
        };
        let bytes = self.get_or_create(&record_key, make).await?;
        let published: PublicKeyRecord = records::decode(&record_key, &bytes)?;
        if published.expires_at_ms < until {
            self.save(&record_key, &public_record(key, until)).await?;
        }
        Ok(())
    }

    /// Publishes the public half of a new key, which no other request knows yet.
    pub(super) async fn publish_new(&self, key: &SigningKey, until: Timestamp) -> Result<(), StoreError> {
        self.enter(key).await?;
        self.save(&keys::public_key(key.id()), &public_record(key, until)).await
    }

    /// Adds a key to the index. This comes before the key's record: a key that is only in the index is skipped, but a key
    /// that is missing from the index would never be listed.
    async fn enter(&self, key: &SigningKey) -> Result<(), StoreError> {
        let number = self.next(keys::PUBLIC_KEYS).await?;
        let index = PublicKeyIndexRecord { v: V1, kid: key.id().to_string() };
        self.save(&keys::public_key_index(number), &index).await
    }

    /// The public key with an id, while it is in the set. It is read from the store each time, so that tokens of a key are
    /// refused as soon as the key is removed from the store.
    pub(crate) async fn find_public_key(&self, id: &KeyId) -> Result<Option<PublicKey>, StoreError> {
        let record_key = keys::public_key(id);
        let record: Option<PublicKeyRecord> = self.load(&record_key).await?;
        let Some(record) = record.filter(|record| record.expires_at_ms > self.now()) else { return Ok(None) };
        match PublicKey::from_jwk(&record.jwk) {
            Ok(key) if key.id() == id => Ok(Some(key)),
            _ => Err(StoreError::Failed(format!("the record {record_key} holds another key"))),
        }
    }

    /// The public keys of the set as JWKs, newest first.
    pub(crate) async fn public_keys(&self) -> Result<Vec<String>, StoreError> {
        let mut jwks: Vec<String> = Vec::new();
        let last = self.last(keys::PUBLIC_KEYS).await?;
        for number in (1..=last).rev().take(MAX_LISTED) {
            let index: Option<PublicKeyIndexRecord> = self.load(&keys::public_key_index(number)).await?;
            let Some(id) = index.and_then(|index| KeyId::parse(&index.kid).ok()) else { continue };
            let jwk = self.find_public_key(&id).await?.map(|key| key.to_jwk());
            jwks.extend(jwk.filter(|jwk| !jwks.contains(jwk)));
        }
        Ok(jwks)
    }
}

fn public_record(key: &SigningKey, until: Timestamp) -> PublicKeyRecord {
    PublicKeyRecord { v: V1, jwk: key.public_key().to_jwk(), expires_at_ms: until.plus_secs(RENEWAL_SECONDS) }
}
