//! The set of public keys: how a key enters it, how long it stays, and how the key of a token is found.
//!
//! The set is one record. Whoever changes it replaces exactly the value that they have read, so two instances that publish
//! at the same moment lose nothing. Nobody can sign before their key is in the set, so they wait for an instance that died
//! for two seconds only: see [`Context::replace_or_wait`]. The price is that a slow instance may overwrite the entry of
//! another one. So the set is read for each signature, and an entry that was lost is written again.

use domain::{KeyId, PublicKey, SigningKey, Timestamp, is_over};

use crate::context::{Context, MAX_TOKEN_LIFETIME_SECONDS, Platform, StoreError};
use crate::store::records::{PublicKeyRecord, PublicKeysRecord};
use crate::store::{keys, records};

/// Seconds that a public key stays in the set beyond the time that its next token needs it. Its entry is renewed when it
/// would expire before that time, so the entry of a key in use is written about once a day. The value is the longest
/// lifetime of any token, so if two instances have different lifetimes, neither shortens the set for the other's tokens.
pub(super) const RENEWAL_SECONDS: u64 = MAX_TOKEN_LIFETIME_SECONDS;
/// Seconds; the clock tolerance of the verifier.
const MARGIN_SECONDS: u64 = 60;
/// Seconds that verifiers may cache the set: `TEN_MINUTES` in `http/reply.rs`.
const JWKS_CACHE_SECONDS: u64 = 600;
/// How many entries the set has at most. Only periods that are for tests make so many; then the oldest leave early.
const MAX_ENTRIES: usize = 32;

impl<P: Platform> Context<'_, P> {
    /// Publishes the public halves in the set, or keeps them there, at least until `until`. `seen` is the set as it was read.
    pub(super) async fn publish(
        &self,
        mut seen: Option<Vec<u8>>,
        signing: &[&SigningKey],
        until: Timestamp,
    ) -> Result<(), StoreError> {
        // In each round another instance may come first.
        for _ in 0..=MAX_ENTRIES {
            let now = self.now();
            let mut set: PublicKeysRecord = match &seen {
                Some(bytes) => records::decode(keys::PUBLIC_KEYS, bytes)?,
                None => self.old_public_keys().await?,
            };
            let lasts = |entry: &PublicKeyRecord| entry.counts(now) && entry.expires_at_ms >= until;
            let is_there = |key: &SigningKey| set.keys.iter().any(|entry| entry.is_of(key.id()) && lasts(entry));
            let missing: Vec<&SigningKey> = signing.iter().copied().filter(|key| !is_there(key)).collect();
            if missing.is_empty() && seen.is_some() {
                return Ok(());
            }
            set.keys.retain(|entry| entry.expires_at_ms > now && !missing.iter().any(|key| entry.is_of(key.id())));
            set.keys.splice(
                0..0,
                missing.iter().map(|key| PublicKeyRecord {
                    kid: key.id().to_string(),
                    jwk: key.public_key().to_jwk(),
                    created_at_ms: now,
                    expires_at_ms: until.plus_secs(RENEWAL_SECONDS),
                }),
            );
            set.keys.truncate(MAX_ENTRIES);
            let bytes = records::encode(&set)?;
            seen = Some(self.replace_or_wait(keys::PUBLIC_KEYS, seen.as_deref(), async || Ok(bytes.clone())).await?);
        }
        Err(StoreError::Failed("other instances kept changing the set of public keys".to_owned()))
    }

    /// The public key with an id, while it is in the set, which the caller has read under [`keys::PUBLIC_KEYS`]. It is read
    /// for each token, so that the tokens of a key are refused as soon as the key is removed from the store.
    pub(crate) async fn public_key_in(
        &self,
        set: Option<&[u8]>,
        id: &KeyId,
    ) -> Result<Option<PublicKeyRecord>, StoreError> {
        let entry = match set {
            Some(bytes) => {
                let set: PublicKeysRecord = records::decode(keys::PUBLIC_KEYS, bytes)?;
                set.keys.into_iter().find(|entry| entry.is_of(id))
            }
            None => self.old_public_key(id).await?,
        };
        Ok(entry.filter(|entry| entry.counts(self.now())))
    }

    /// The public keys of the set as JWKs, the one that was written last first.
    pub(crate) async fn public_keys(&self) -> Result<Vec<String>, StoreError> {
        let set: Option<PublicKeysRecord> = self.load(keys::PUBLIC_KEYS).await?;
        let entries = set.into_iter().flat_map(|set| set.keys);
        Ok(entries.filter(|entry| entry.counts(self.now())).map(|entry| entry.jwk).collect())
    }
}

impl PublicKeyRecord {
    pub(super) fn is_of(&self, id: &KeyId) -> bool {
        self.kid == id.as_str()
    }

    /// The key itself.
    ///
    /// # Errors
    /// The JWK is none, or that of a key with another id.
    pub(crate) fn key(&self) -> Result<PublicKey, StoreError> {
        match PublicKey::from_jwk(&self.jwk) {
            Ok(key) if self.is_of(key.id()) => Ok(key),
            _ => Err(StoreError::Failed(format!("another key is published as {}", self.kid))),
        }
    }

    /// Whether the key is in the set now. An entry from the future of this clock does not count: the clock of its instance
    /// was ahead, so it would stay for too long.
    fn counts(&self, now: Timestamp) -> bool {
        !is_over(self.created_at_ms, now, self.expires_at_ms.millis_since(self.created_at_ms))
    }
}

/// Until when a key that signs at `signs_at` has to be in the set: until the token of that moment has expired, and the
/// copies of the set that verifiers have then.
pub(super) fn needed_until(signs_at: Timestamp, lifetime_seconds: u64) -> Timestamp {
    signs_at.plus_secs(lifetime_seconds).plus_secs(JWKS_CACHE_SECONDS + MARGIN_SECONDS)
}
