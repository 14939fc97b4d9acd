//! The keys: which one signs, and which public ones tokens are verified by.

mod chain;

use domain::{KeyId, PublicKey, SigningKey, Timestamp, TokenError};

use crate::call::Call;
use crate::ports::{Bucket, Platform, StoreError};
use crate::problem::Refusal;
use crate::settings::{KeySource, MAX_TOKEN_LIFETIME_SECONDS};
use crate::store::records::{PublicKeyIndexRecord, PublicKeyRecord, V1};
use crate::store::{counter, keys, once, records};

/// How much longer than its next token needs a public key stays in the set: it is renewed when less is left than that, so
/// a key in use is written about once a day. It is as long as any token lives, so that of two instances with different
/// lifetimes none shortens the set for the other's tokens.
const RENEWAL_SECONDS: u64 = MAX_TOKEN_LIFETIME_SECONDS;
/// More than the clock tolerance of the verifier.
const MARGIN_SECONDS: u64 = 60;
/// As long as verifiers may keep the set: `Cache-Control` of the JWK set in `login.rs`.
const JWKS_CACHE_SECONDS: u64 = 600;
/// Most places of the index that are looked at, newest first.
const MAX_LISTED: u64 = 32;

/// The key that signs now, published for longer than its next token lives: the operator's, or the one in the store, which
/// is made on first use and replaced in time.
pub(crate) async fn current<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    source: KeySource,
    lifetime_seconds: u64,
) -> Result<SigningKey, Refusal> {
    let (signs, published) = match source {
        KeySource::Operator { signs, published } => (*signs, published),
        KeySource::Store(rotation) => (chain::signer(call, bucket, rotation, lifetime_seconds).await?, Vec::new()),
    };
    let until = needed_until(call.now(), lifetime_seconds);
    for key in std::iter::once(&signs).chain(&published) {
        publish(call, bucket, key, until).await?;
    }
    Ok(signs)
}

/// Until when a key that signs at a moment has to be in the set: the end of that token, and of the copies of the set that
/// verifiers then have.
fn needed_until(signs_at: Timestamp, lifetime_seconds: u64) -> Timestamp {
    signs_at.plus_secs(lifetime_seconds).plus_secs(JWKS_CACHE_SECONDS + MARGIN_SECONDS)
}

/// Puts the public half into the set, or keeps it there, until a moment.
async fn publish<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    key: &SigningKey,
    until: Timestamp,
) -> Result<(), StoreError> {
    let record_key = keys::public_key(key.id());
    let make = async || {
        enter(call, bucket, key).await?;
        public_record(key, until)
    };
    let bytes = once::get_or_create(call.ports, bucket, &record_key, make).await?;
    let published: PublicKeyRecord = records::decode(&record_key, &bytes)?;
    if published.expires_at_ms < until {
        bucket.set(&record_key, &public_record(key, until)?).await?;
    }
    Ok(())
}

/// Puts the public half of a key that nobody else knows yet into the set.
async fn publish_new<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    key: &SigningKey,
    until: Timestamp,
) -> Result<(), StoreError> {
    enter(call, bucket, key).await?;
    bucket.set(&keys::public_key(key.id()), &public_record(key, until)?).await
}

/// Gives a key a place in the index. It comes before the key's record: a key that is in the index and nowhere else is
/// skipped, one that is not in the index would never be listed.
async fn enter<P: Platform>(call: &Call<'_, P>, bucket: &impl Bucket, key: &SigningKey) -> Result<(), StoreError> {
    let place = counter::next(call.ports, bucket, keys::PUBLIC_KEYS).await?;
    let index = records::encode(&PublicKeyIndexRecord { v: V1, kid: key.id().to_string() })?;
    bucket.set(&keys::public_key_index(place), &index).await
}

fn public_record(key: &SigningKey, until: Timestamp) -> Result<Vec<u8>, StoreError> {
    let expires_at_ms = until.plus_secs(RENEWAL_SECONDS);
    records::encode(&PublicKeyRecord { v: V1, jwk: key.public_key().to_jwk(), expires_at_ms })
}

/// The public key of an id, while it is in the set. It is read each time, so that a key that is taken out of the store is good
/// for nothing at once.
pub(crate) async fn find<P: Platform>(
    call: &Call<'_, P>,
    id: &KeyId,
) -> Result<Result<PublicKey, TokenError>, StoreError> {
    Ok(load(&call.bucket().await?, id, call.now()).await?.ok_or(TokenError::UnknownKey))
}

/// The public key of an id, unless it has left the set.
async fn load(bucket: &impl Bucket, id: &KeyId, now: Timestamp) -> Result<Option<PublicKey>, StoreError> {
    let record_key = keys::public_key(id);
    let record: Option<PublicKeyRecord> = records::load(bucket, &record_key).await?;
    let Some(record) = record.filter(|record| record.expires_at_ms > now) else { return Ok(None) };
    match PublicKey::from_jwk(&record.jwk) {
        Ok(key) if key.id() == id => Ok(Some(key)),
        _ => Err(StoreError::Failed(format!("the record {record_key} holds another key"))),
    }
}

/// The public keys of the set as JWKs, newest first.
pub(crate) async fn list(bucket: &impl Bucket, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let mut jwks: Vec<String> = Vec::new();
    let last = counter::last(bucket, keys::PUBLIC_KEYS).await?;
    for place in (1..=last).rev().take(MAX_LISTED as usize) {
        let index: Option<PublicKeyIndexRecord> = records::load(bucket, &keys::public_key_index(place)).await?;
        let Some(id) = index.and_then(|index| KeyId::parse(&index.kid).ok()) else { continue };
        if let Some(key) = load(bucket, &id, now).await? {
            let jwk = key.to_jwk();
            if !jwks.contains(&jwk) {
                jwks.push(jwk);
            }
        }
    }
    Ok(jwks)
}
