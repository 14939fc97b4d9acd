//! Sessions: begun by a login, kept up by refreshes, ended by anybody who may.
//!
//! The life of a session is one record, written once and deleted at its end; the authorizer looks whether it is there. What
//! changes at a refresh lies beside it, so that a refresh that is late brings nothing back.
//!
//! The sessions of an account are found in a ring of slots, so their number is bounded, and they can all be ended. A slot
//! is written before its session: there is no session that can't be found. It stays when the session ends, and whoever
//! takes it over removes what may be left of it.

use http::HeaderMap;
use http::header::USER_AGENT;

use domain::{RefreshFamily, RefreshToken, RefreshUse, SessionId, Timestamp, Username};

use crate::call::Call;
use crate::ports::{Bucket, Platform, StoreError};
use crate::settings::SessionSettings;
use crate::store::records::{self, Account, SessionRecord, SessionSlot, SessionUse, V1};
use crate::store::{counter, keys};

/// Most sessions of one account: the next login ends the one that was begun first.
pub(crate) const MAX_SESSIONS: u64 = 32;

/// A session that has begun.
pub(crate) struct Begun {
    pub(crate) id: SessionId,
    pub(crate) record: SessionRecord,
    pub(crate) refresh_token: RefreshToken,
}

/// Begins a session of an account.
pub(crate) async fn begin<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    account: &Account,
    settings: &SessionSettings,
    headers: &HeaderMap,
) -> Result<Begun, StoreError> {
    let id = SessionId::new(random(call));
    let (family, refresh_token) = RefreshFamily::begin(id.clone(), random(call), random(call));
    let now = call.now();
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let record = SessionRecord {
        v: V1,
        username: account.username.clone(),
        name: account.name.clone(),
        refresh: family.store(),
        created_at_ms: now,
        expires_at_ms: now.plus_secs(settings.lifetime_seconds),
        client: domain::client_in_words(user_agent),
    };
    let number = counter::next(call.ports, bucket, &keys::sessions(&account.username)).await?;
    let slot_key = keys::session_slot(&account.username, number % MAX_SESSIONS);
    if let Some(former) = in_slot(bucket, &slot_key).await? {
        end(bucket, &former).await?;
    }
    let slot = SessionSlot { v: V1, session: id.to_string() };
    bucket.set(&slot_key, &records::encode(&slot)?).await?;
    bucket.set(&keys::session(&id), &records::encode(&record)?).await?;
    Ok(Begun { id, record, refresh_token })
}

fn random<const BYTES: usize, P: Platform>(call: &Call<'_, P>) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    call.ports.fill(&mut bytes);
    bytes
}

/// The record of a session that has not ended and whose time is not over.
pub(crate) async fn find(
    bucket: &impl Bucket,
    id: &SessionId,
    now: Timestamp,
) -> Result<Option<SessionRecord>, StoreError> {
    let record: Option<SessionRecord> = records::load(bucket, &keys::session(id)).await?;
    Ok(record.filter(|record| record.expires_at_ms > now))
}

/// The last refresh of a session, if there was one.
pub(crate) async fn last_use(bucket: &impl Bucket, id: &SessionId) -> Result<Option<RefreshUse>, StoreError> {
    let last: Option<SessionUse> = records::load(bucket, &keys::session_use(id)).await?;
    Ok(last.map(|last| RefreshUse { generation: last.generation, at: last.at_ms }))
}

/// Notes a refresh.
pub(crate) async fn note_use(bucket: &impl Bucket, id: &SessionId, used: RefreshUse) -> Result<(), StoreError> {
    let record = SessionUse { v: V1, generation: used.generation, at_ms: used.at };
    bucket.set(&keys::session_use(id), &records::encode(&record)?).await
}

/// Ends a session. Its tokens are good for nothing from the first of the two on.
pub(crate) async fn end(bucket: &impl Bucket, id: &SessionId) -> Result<(), StoreError> {
    bucket.delete(&keys::session(id)).await?;
    bucket.delete(&keys::session_use(id)).await
}

/// Ends the sessions of an account, but perhaps one.
pub(crate) async fn end_all(
    bucket: &impl Bucket,
    username: &Username,
    but: Option<&SessionId>,
) -> Result<(), StoreError> {
    for id in all(bucket, username).await? {
        if Some(&id) != but {
            end(bucket, &id).await?;
        }
    }
    Ok(())
}

/// The ids in the slots of an account. Most of the sessions may have ended.
pub(crate) async fn all(bucket: &impl Bucket, username: &Username) -> Result<Vec<SessionId>, StoreError> {
    let begun = counter::last(bucket, &keys::sessions(username)).await?;
    let mut ids = Vec::new();
    for slot in 0..MAX_SESSIONS.min(begun.saturating_add(1)) {
        ids.extend(in_slot(bucket, &keys::session_slot(username, slot)).await?);
    }
    Ok(ids)
}

async fn in_slot(bucket: &impl Bucket, key: &str) -> Result<Option<SessionId>, StoreError> {
    let slot: Option<SessionSlot> = records::load(bucket, key).await?;
    slot.map(|slot| SessionId::parse(&slot.session))
        .transpose()
        .map_err(|_| StoreError::Failed(format!("the record {key} holds no session id")))
}
