//! Sessions: a login begins one, refreshes keep it from becoming idle, and several endpoints can end it.
//!
//! A session goes on while its record exists, its time is not over, and its account has the revision that it had when the
//! session began. So a change of the password ends all other sessions by one write, and so does the deletion of the account.
//! The record is written once and deleted when the session ends. What changes at a refresh is in a record beside it, so that
//! a late refresh can't bring back an ended session.
//!
//! The sessions of an account are listed in a ring of slots, so that their number is limited and its owner can see them. A
//! slot stays when its session ends. A list of the sessions, and the login that takes the slot over, delete what is left of
//! a session that has ended.

use domain::{
    Activity, AuthenticationMethods, ClientAddress, RefreshFamily, RefreshToken, RefreshUse, SessionId, Timestamp,
    Username, is_idle,
};
use rules::ACCOUNT_MAX_SESSIONS;

use super::tokens::AccessToken;
use crate::context::{Context, Platform, SessionSettings, StoreError};
use crate::store::records::{self, Account, AccountRecord, ActivityRecord, SessionRecord, SessionSlot, SessionUse, V1};
use crate::store::{Failed, keys};

/// A session that is about to begin, or has begun.
pub(crate) struct NewSession {
    pub(crate) id: SessionId,
    pub(crate) record: SessionRecord,
    pub(crate) refresh_token: RefreshToken,
}

/// A session of an account's list.
pub(crate) struct Listed {
    pub(crate) id: SessionId,
    pub(crate) record: SessionRecord,
    pub(crate) last_used: Timestamp,
}

/// The password was changed, or the account deleted, while the session began.
#[derive(Debug)]
pub(crate) struct BegunInVain;

/// A session that began later than this after now began by a clock that went wrong.
const AHEAD_MILLIS: u64 = 60_000;

impl SessionRecord {
    /// Whether the session goes on as far as its account is concerned.
    fn is_of(&self, id: &SessionId, account: Option<&AccountRecord>) -> bool {
        matches!(account, Some(AccountRecord::Account(account)) if self.is_under(id, account))
    }

    fn is_under(&self, id: &SessionId, account: &Account) -> bool {
        let is_kept = account.kept.as_deref() == Some(id.as_str());
        account.username == self.username && (account.revision == self.revision || is_kept)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at_ms <= now || self.created_at_ms.millis_since(now) > AHEAD_MILLIS
    }
}

impl From<SessionUse> for RefreshUse {
    fn from(last: SessionUse) -> Self {
        Self { generation: last.generation, at: last.at_ms, late_at: last.late_at_ms }
    }
}

impl<P: Platform> Context<'_, P> {
    /// A session of an account, which nothing knows of yet.
    pub(crate) fn new_session(
        &self,
        account: &Account,
        methods: AuthenticationMethods,
        settings: &SessionSettings,
        user_agent: &str,
    ) -> NewSession {
        let id = SessionId::new(self.random());
        let (family, refresh_token) = RefreshFamily::begin(id.clone(), self.random(), self.random());
        let now = self.now();
        let record = SessionRecord {
            v: V1,
            username: account.username.clone(),
            name: account.name.clone(),
            refresh: family.store(),
            methods,
            created_at_ms: now,
            expires_at_ms: now.plus_secs(settings.lifetime_seconds),
            revision: account.revision,
            client: domain::client_in_words(user_agent),
            token: String::new(),
        };
        NewSession { id, record, refresh_token }
    }

    /// Begins a session with its first access token.
    pub(crate) async fn begin_session(
        &self,
        session: &mut NewSession,
        token: &AccessToken,
    ) -> Result<(), Failed<BegunInVain>> {
        let NewSession { id, record, .. } = session;
        record.token = token.digest();
        let counter_key = keys::sessions(&record.username);
        let number = self.next(&counter_key).await?;
        let slot_key = keys::session_slot(&record.username, number % ACCOUNT_MAX_SESSIONS);
        if let Some(former) = self.load(&slot_key).await?.as_ref().and_then(in_slot) {
            self.end_session(&former).await?;
        }
        let login = ActivityRecord {
            v: V1,
            activity: Activity::Login,
            at_ms: record.created_at_ms,
            client: record.client.clone(),
            network: self.address.get().and_then(ClientAddress::coarse_network),
        };
        self.save(&slot_key, &SessionSlot { v: V1, session: id.to_string(), login: Some(login) }).await?;
        self.save(&keys::session(id), record).await?;
        let account = self.account_record(&record.username).await?;
        if record.is_of(id, account.as_ref()) {
            return Ok(());
        }
        self.end_session(id).await?;
        if matches!(account, Some(AccountRecord::Deleted(_))) {
            self.delete_many(&[slot_key, counter_key]).await?;
        }
        Err(Failed::Refused(BegunInVain))
    }

    /// The record of a session that goes on, with the name that the account has now, and the account.
    pub(crate) async fn find_session(&self, id: &SessionId) -> Result<Option<(SessionRecord, Account)>, StoreError> {
        let record: Option<SessionRecord> = self.load(&keys::session(id)).await?;
        let Some(mut record) = record.filter(|record| !record.is_over(self.now())) else { return Ok(None) };
        match self.account_record(&record.username).await? {
            Some(AccountRecord::Account(account)) if record.is_under(id, &account) => {
                record.name = account.name.clone();
                Ok(Some((record, account)))
            }
            _ => Ok(None),
        }
    }

    /// The account of a user whose session goes on, by what is stored of both.
    pub(crate) fn account_of_session(
        &self,
        id: &SessionId,
        username: &Username,
        [session, account]: [Option<Vec<u8>>; 2],
    ) -> Result<Option<Account>, StoreError> {
        let (Some(session), Some(account)) = (session, account) else { return Ok(None) };
        let session: SessionRecord = records::decode(&keys::session(id), &session)?;
        let AccountRecord::Account(account) = records::decode(&keys::account(username), &account)? else {
            return Ok(None);
        };
        let goes_on = session.username == *username && !session.is_over(self.now()) && session.is_under(id, &account);
        Ok(goes_on.then_some(account))
    }

    /// The last refresh of a session, if there was one.
    pub(crate) async fn last_use(&self, id: &SessionId) -> Result<Option<RefreshUse>, StoreError> {
        let last: Option<SessionUse> = self.load(&keys::session_use(id)).await?;
        Ok(last.map(RefreshUse::from))
    }

    /// Notes a refresh, and the access token that it has issued.
    pub(crate) async fn note_use(
        &self,
        id: &SessionId,
        used: RefreshUse,
        token: &AccessToken,
    ) -> Result<(), StoreError> {
        let RefreshUse { generation, at, late_at } = used;
        let record = SessionUse { v: V1, generation, at_ms: at, late_at_ms: late_at, token: token.digest() };
        self.save(&keys::session_use(id), &record).await
    }

    /// Ends a session.
    pub(crate) async fn end_session(&self, id: &SessionId) -> Result<(), StoreError> {
        self.delete_many(&[keys::session(id), keys::session_use(id)]).await
    }

    /// The sessions of an account that go on. What it finds of others is deleted.
    pub(crate) async fn list_sessions(
        &self,
        username: &Username,
        settings: &SessionSettings,
    ) -> Result<Vec<Listed>, StoreError> {
        let account = self.account_record(username).await?;
        let slots = self.session_slots(username).await?;
        let all = slots.iter().flat_map(|(_, id)| [keys::session(id), keys::session_use(id)]);
        let all: Vec<String> = all.collect();
        let mut values = self.get_many(&all).await?.into_iter();
        let (mut listed, mut over) = (Vec::new(), Vec::new());
        let now = self.now();
        for (_, id) in slots {
            let (session_key, use_key) = (keys::session(&id), keys::session_use(&id));
            let (session, last) = (values.next().flatten(), values.next().flatten());
            let Some(session) = session else { continue };
            let record: SessionRecord = records::decode(&session_key, &session)?;
            let last: Option<SessionUse> = last.map(|last| records::decode(&use_key, &last)).transpose()?;
            let last = last.map(RefreshUse::from);
            let last_used = last.map_or(record.created_at_ms, |last| last.at);
            let is_idle = is_idle(record.created_at_ms, last, now, settings.idle_seconds);
            match is_idle || record.is_over(now) || !record.is_of(&id, account.as_ref()) {
                true => over.extend([session_key, use_key]),
                false => listed.push(Listed { id, record, last_used }),
            }
        }
        self.delete_many(&over).await?;
        Ok(listed)
    }

    /// Whether a session goes on, by an account as it was found.
    pub(crate) async fn is_session_of(&self, id: &SessionId, account: &Account) -> Result<bool, StoreError> {
        let record: Option<SessionRecord> = self.load(&keys::session(id)).await?;
        Ok(record.is_some_and(|record| record.is_under(id, account)))
    }

    /// Deletes everything that is stored of the sessions of an account.
    pub(crate) async fn delete_session_list(&self, username: &Username) -> Result<(), StoreError> {
        let slots = self.session_slots(username).await?;
        let all = slots.into_iter().flat_map(|(slot, id)| [slot, keys::session(&id), keys::session_use(&id)]);
        self.delete_many(&all.chain([keys::sessions(username)]).collect::<Vec<_>>()).await
    }

    /// The slots of an account, and the sessions in them. Most of these may have ended.
    async fn session_slots(&self, username: &Username) -> Result<Vec<(String, SessionId)>, StoreError> {
        let all = keys::session_slots(username);
        let values = self.get_many(&all).await?;
        let slots = all.into_iter().zip(values).filter_map(|(key, value)| {
            let slot = records::decode(&key, &value?).ok()?;
            in_slot(&slot).map(|id| (key, id))
        });
        Ok(slots.collect())
    }
}

/// A slot that does not read is taken over like an empty one.
fn in_slot(slot: &SessionSlot) -> Option<SessionId> {
    SessionId::parse(&slot.session).ok()
}
