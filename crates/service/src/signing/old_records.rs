//! What the version before kept in place of the two records of today: a chain of numbered signing keys with a hint to the
//! newest, a record for each public key, and an index of these. The first request that signs brings them into the records of
//! today and then deletes them. All instances of that version have to be stopped before: what they write later is not read.
//! This file can go when no store of that version is left.

use domain::{KeyId, Timestamp};
use serde::Deserialize;

use super::key_set::{RENEWAL_SECONDS, needed_until};
use crate::context::{Context, MAX_TOKEN_LIFETIME_SECONDS, Platform, StoreError};
use crate::store::records::{PublicKeyRecord, PublicKeysRecord, SigningKeyRecord, V1};

const HINT: &str = "latchkey:signing-keys";
/// A counter: the last number of the index.
const INDEX: &str = "latchkey:public-keys";

/// Any record of it. Each has some of these members.
#[derive(Deserialize)]
struct Old {
    /// Of the hint, which may lag behind.
    newest: Option<u64>,
    /// Of a signing key; absent once the key is retired.
    private_key: Option<String>,
    created_at_ms: Option<Timestamp>,
    /// Absent if the key was created before keys were rotated; such a key signs since its creation.
    signs_from_ms: Option<Timestamp>,
    /// Of a public key.
    jwk: Option<String>,
    expires_at_ms: Option<Timestamp>,
    /// Of an entry of the index.
    kid: Option<String>,
}

impl<P: Platform> Context<'_, P> {
    /// The newest signing key and the one before it, as far as they have a private half; `None` if the version before has
    /// left no records.
    pub(super) async fn old_signing_keys(&self) -> Result<Option<Vec<SigningKeyRecord>>, StoreError> {
        if self.last(INDEX).await? == 0 {
            return Ok(None);
        }
        let (mut found, newest) = (Vec::new(), self.newest_link().await?);
        for number in [newest, newest.saturating_sub(1)] {
            let Some(link) = self.load::<Old>(&link_key(number)).await? else { continue };
            let (Some(private_key), Some(created_at_ms)) = (link.private_key, link.created_at_ms) else { continue };
            let signs_from_ms = link.signs_from_ms.unwrap_or(created_at_ms);
            found.push(SigningKeyRecord { private_key, created_at_ms, signs_from_ms });
        }
        Ok(Some(found))
    }

    async fn newest_link(&self) -> Result<u64, StoreError> {
        let mut newest = self.load(HINT).await?.and_then(|hint: Old| hint.newest).unwrap_or(1);
        while self.get(&link_key(newest + 1)).await?.is_some() {
            newest += 1;
        }
        Ok(newest)
    }

    /// The set as the version before has published it; empty if there is none.
    pub(super) async fn old_public_keys(&self) -> Result<PublicKeysRecord, StoreError> {
        let mut keys: Vec<PublicKeyRecord> = Vec::new();
        for number in (1..=self.last(INDEX).await?).rev() {
            let Some(id) = self.indexed(number).await? else { continue };
            if !keys.iter().any(|key| key.is_of(&id)) {
                keys.extend(self.old_public_key(&id).await?);
            }
        }
        Ok(PublicKeysRecord { v: V1, keys })
    }

    async fn indexed(&self, number: u64) -> Result<Option<KeyId>, StoreError> {
        let indexed: Option<Old> = self.load(&index_key(number)).await?;
        Ok(indexed.and_then(|indexed| KeyId::parse(&indexed.kid?).ok()))
    }

    /// A public key that the version before has published, as an entry of the set. A clock that was ahead may have written
    /// that it stays for years.
    pub(super) async fn old_public_key(&self, id: &KeyId) -> Result<Option<PublicKeyRecord>, StoreError> {
        let (kid, created_at_ms) = (id.to_string(), self.now());
        let latest = needed_until(created_at_ms, MAX_TOKEN_LIFETIME_SECONDS).plus_secs(RENEWAL_SECONDS);
        let published: Option<Old> = self.load(&public_key(id)).await?;
        Ok(published.and_then(|Old { jwk, expires_at_ms, .. }| {
            Some(PublicKeyRecord { kid, jwk: jwk?, created_at_ms, expires_at_ms: expires_at_ms?.min(latest) })
        }))
    }

    /// Deletes all of it. What says how much there is goes last, so an interrupted deletion is continued by the next one.
    pub(super) async fn delete_old_records(&self) -> Result<(), StoreError> {
        for number in 1..=self.newest_link().await? {
            self.delete_many(&with_locks(link_key(number))).await?;
        }
        for number in 1..=self.last(INDEX).await? {
            if let Some(id) = self.indexed(number).await? {
                self.delete_many(&with_locks(public_key(&id))).await?;
            }
            self.delete(&index_key(number)).await?;
        }
        self.delete_many(&[HINT.to_owned(), INDEX.to_owned()]).await
    }
}

/// The first key has no number, because it was the only one before keys were rotated.
fn link_key(number: u64) -> String {
    match number {
        1 => "latchkey:signing-key".to_owned(),
        _ => format!("latchkey:signing-key:{number}"),
    }
}

fn public_key(id: &KeyId) -> String {
    format!("latchkey:public-key:{id}")
}

fn index_key(number: u64) -> String {
    format!("latchkey:public-keys:{number}")
}

/// A record and the counters of its claims, one for each maker that died.
fn with_locks(key: String) -> Vec<String> {
    const GENERATIONS: u32 = 4;
    let claims = (0..GENERATIONS).map(|generation| format!("{key}:lock:{generation}"));
    claims.chain([format!("{key}:lock"), key.clone()]).collect()
}
