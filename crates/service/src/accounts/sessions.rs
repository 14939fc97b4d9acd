//! Sessions: a login begins one, refreshes keep it from becoming idle, and several endpoints can end it.
//!
//! A session exists as long as its record, which is written once and deleted when the session ends; the authorizer checks
//! that it exists. What changes at a refresh is in a record beside it, so that a late refresh can't bring back an ended
//! session.
//!
//! The sessions of an account are listed in a ring of slots, so their number is limited, and all of them can be ended. A
//! slot is written before its session, so there is no session that can't be found. The slot stays when the session ends;
//! the login that takes the slot over removes whatever is left of the former session.

use domain::{RefreshFamily, RefreshToken, RefreshUse, SessionId, Username};
use rules::ACCOUNT_MAX_SESSIONS;

use crate::context::{Context, Platform, SessionSettings, StoreError};
use crate::store::keys;
use crate::store::records::{Account, SessionRecord, SessionSlot, SessionUse, V1};

/// A session that has begun.
pub(crate) struct Begun {
    pub(crate) id: SessionId,
    pub(crate) record: SessionRecord,
    pub(crate) refresh_token: RefreshToken,
}

impl<P: Platform> Context<'_, P> {
    /// Begins a session of an account.
    pub(crate) async fn begin_session(
        &self,
        account: &Account,
        settings: &SessionSettings,
        user_agent: &str,
    ) -> Result<Begun, StoreError> {
        let id = SessionId::new(self.random());
        let (family, refresh_token) = RefreshFamily::begin(id.clone(), self.random(), self.random());
        let now = self.now();
        let record = SessionRecord {
            v: V1,
            username: account.username.clone(),
            name: account.name.clone(),
            refresh: family.store(),
            created_at_ms: now,
            expires_at_ms: now.plus_secs(settings.lifetime_seconds),
            client: domain::client_in_words(user_agent),
        };
        let number = self.next(&keys::sessions(&account.username)).await?;
        let slot_key = keys::session_slot(&account.username, number % ACCOUNT_MAX_SESSIONS);
        if let Some(former) = self.in_slot(&slot_key).await? {
            self.end_session(&former).await?;
        }
        let slot = SessionSlot { v: V1, session: id.to_string() };
        self.save(&slot_key, &slot).await?;
        self.save(&keys::session(&id), &record).await?;
        Ok(Begun { id, record, refresh_token })
    }

    /// The record of a session that has not ended and whose time is not over.
    pub(crate) async fn find_session(&self, id: &SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let record: Option<SessionRecord> = self.load(&keys::session(id)).await?;
        Ok(record.filter(|record| record.expires_at_ms > self.now()))
    }

    /// The last refresh of a session, if there was one.
    pub(crate) async fn last_use(&self, id: &SessionId) -> Result<Option<RefreshUse>, StoreError> {
        let last: Option<SessionUse> = self.load(&keys::session_use(id)).await?;
        Ok(last.map(|last| RefreshUse { generation: last.generation, at: last.at_ms }))
    }

    /// Notes a refresh.
    pub(crate) async fn note_use(&self, id: &SessionId, used: RefreshUse) -> Result<(), StoreError> {
        let record = SessionUse { v: V1, generation: used.generation, at_ms: used.at };
        self.save(&keys::session_use(id), &record).await
    }

    /// Ends a session. Its tokens are refused as soon as the first of the two records is deleted.
    pub(crate) async fn end_session(&self, id: &SessionId) -> Result<(), StoreError> {
        self.delete(&keys::session(id)).await?;
        self.delete(&keys::session_use(id)).await
    }

    /// Ends all sessions of an account, except `but` if it is given.
    pub(crate) async fn end_sessions(&self, username: &Username, but: Option<&SessionId>) -> Result<(), StoreError> {
        for id in self.sessions_of(username).await? {
            if Some(&id) != but {
                self.end_session(&id).await?;
            }
        }
        Ok(())
    }

    /// The session ids in the slots of an account. Most of these sessions may have ended.
    pub(crate) async fn sessions_of(&self, username: &Username) -> Result<Vec<SessionId>, StoreError> {
        let begun = self.last(&keys::sessions(username)).await?;
        let mut ids = Vec::new();
        for slot in 0..ACCOUNT_MAX_SESSIONS.min(begun.saturating_add(1)) {
            ids.extend(self.in_slot(&keys::session_slot(username, slot)).await?);
        }
        Ok(ids)
    }

    async fn in_slot(&self, key: &str) -> Result<Option<SessionId>, StoreError> {
        let slot: Option<SessionSlot> = self.load(key).await?;
        slot.map(|slot| SessionId::parse(&slot.session))
            .transpose()
            .map_err(|_| StoreError::Failed(format!("the record {key} holds no session id")))
    }
}
