//! Accounts and their passwords. Whatever changes an account (its password, a new hash of the same password, the end of its
//! sessions, its deletion) replaces the whole record by a compare-and-set, so of two changes at the same moment one wins, and
//! the other one is told. No record that was replaced comes back.

use domain::{
    Derivation, Iterations, Password, PasswordAttempt, PasswordHash, SLICE_ROUNDS, Salt, SessionId, Username,
    Verification,
};

use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::compare_and_set::{ACCOUNT_LEASE_MILLIS, Change};
use crate::store::records::{self, Account, AccountRecord, AccountVersion, LaterPassword, Tombstone, V1, V2, V3};
use crate::store::{Failed, keys};

/// The form of a password that was attempted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Normalised,
    /// As it was typed: the hash was made before passwords were normalised.
    Raw,
}

/// An account with its password, as it was found.
pub(crate) struct Credentials {
    pub(crate) account: Account,
    hash: PasswordHash,
    /// The bytes of its record.
    stored: Vec<u8>,
    /// The keys of what the version before has left beside it.
    left: Vec<String>,
}

/// Another request has changed the account at the same moment.
#[derive(Debug)]
pub(crate) struct Overtaken;

impl Credentials {
    pub(crate) fn hash(&self) -> &PasswordHash {
        &self.hash
    }
}

impl<P: Platform> Context<'_, P> {
    /// Whether a username has an owner, or had one.
    pub(crate) async fn is_taken(&self, username: &Username) -> Result<bool, StoreError> {
        Ok(self.get(&keys::account(username)).await?.is_some())
    }

    /// Creates an account unless the username is taken. Returns whether it was created.
    pub(crate) async fn create_account(&self, account: &Account) -> Result<bool, StoreError> {
        let key = keys::account(&account.username);
        let created = self.compare_and_set(&key, None, async || records::encode(account)).await?;
        Ok(matches!(created, Change::Ours))
    }

    /// The account and the password hash of a username. The cost is the same when there is no such account: a name that
    /// can't be a username is looked up too, under keys that no account has.
    pub(crate) async fn find_credentials(
        &self,
        username: Option<&Username>,
    ) -> Result<Option<Credentials>, StoreError> {
        let key = username.map_or_else(|| keys::NO_ACCOUNT.to_owned(), keys::account);
        let left = [keys::old_password(&key), keys::old_rehash(&key)];
        let [changed_key, rehash_key] = left.clone();
        let [stored, changed, rehash] = self.get_all([key.clone(), changed_key, rehash_key]).await?;
        let Some(stored) = stored else { return Ok(None) };
        let AccountRecord::Account(mut account) = records::decode(&key, &stored)? else { return Ok(None) };
        let mut left = left.to_vec();
        match account.v {
            AccountVersion::Current(_) | AccountVersion::Extended(_) => left.clear(),
            AccountVersion::Old(_) => account.bring_up_to_date(changed.as_deref(), rehash.as_deref())?,
        }
        let hash = PasswordHash::parse(&account.password);
        let hash = hash.map_err(|_| StoreError::Failed(format!("the record {key} holds no password hash")))?;
        Ok(Some(Credentials { account, hash, stored, left }))
    }

    /// The record of an account; `None` if there is none.
    pub(crate) async fn account_record(&self, username: &Username) -> Result<Option<AccountRecord>, StoreError> {
        self.load(&keys::account(username)).await
    }

    /// Replaces an account by a tombstone, which only keeps the name reserved, so that nobody else can get it. This ends all
    /// of its sessions. `begin` runs just before each write that is tried, with the account as it is then, and not if another
    /// request has overtaken this one.
    pub(crate) async fn entomb(
        &self,
        found: &Credentials,
        begin: impl AsyncFn(&Account) -> Result<(), StoreError>,
    ) -> Result<(), Failed<Overtaken>> {
        let tombstone = Tombstone { v: V1, deleted_at_ms: self.now() };
        let change = async |account: Account| {
            begin(&account).await?;
            Ok(records::encode(&tombstone)?)
        };
        self.replace(found, has_revision_of(found), change).await
    }

    /// Replaces a hash that has fewer rounds than configured now, or that is of the raw form. If this fails, the next login
    /// tries again.
    pub(crate) async fn renew_hash(
        &self,
        found: &Credentials,
        attempt: &PasswordAttempt,
        form: Form,
        iterations: Iterations,
    ) {
        if form == Form::Normalised && !found.hash.is_obsolete(iterations) {
            return;
        }
        let renewed = async {
            let password = self.hash(&attempt.password, iterations).await?;
            let change = async |account| Ok(records::encode(&Account { password: password.clone(), ..account })?);
            self.replace(found, has_revision_of(found), change).await
        };
        let renewed: Result<(), Failed<Overtaken>> = renewed.await;
        if let Err(Failed::Store(error)) = renewed {
            self.log(Event::new(Level::Warn, "password_hash_not_renewed").with("error", error.to_string()));
        }
    }

    /// Gives an account another password. This ends all of its sessions but the one that is given, and no device and no
    /// recovery code is known any more: whoever knew the password may have made them.
    pub(crate) async fn change_password(
        &self,
        found: &Credentials,
        password: &Password,
        iterations: Iterations,
        session: &SessionId,
    ) -> Result<(), Failed<Overtaken>> {
        // Somebody may have ended the session meanwhile, and it must not come back.
        if !self.is_session_of(session, &found.account).await? {
            return Err(Failed::Refused(Overtaken));
        }
        let password = self.hash(password, iterations).await?;
        let (devices, kept) = (self.random_hex::<16>(), Some(session.to_string()));
        let change = async |account: Account| {
            let (password, devices, kept) = (password.clone(), devices.clone(), kept.clone());
            let (revision, recovery) = (account.revision + 1, Vec::new());
            Ok(records::encode(&Account { password, devices, kept, revision, recovery, ..account })?)
        };
        self.replace(found, has_revision_of(found), change).await
    }

    /// Gives an account another password, for somebody who does not know the one before. This ends all of its sessions, no
    /// device is known any more, and the next login is told. `password` is the hash, which is computed whether or not there is
    /// such an account. `change` has to find the proof in the record that is replaced, and may refuse.
    pub(crate) async fn reset_password<R: From<Overtaken>>(
        &self,
        found: &Credentials,
        password: String,
        change: impl Fn(&mut Account) -> Result<(), R>,
    ) -> Result<(), Failed<R>> {
        let (devices, password_reset_at_ms) = (self.random_hex::<16>(), Some(self.now()));
        let change = async |account: Account| {
            let (password, devices, revision) = (password.clone(), devices.clone(), account.revision + 1);
            let mut account = Account { password, devices, kept: None, revision, password_reset_at_ms, ..account };
            change(&mut account).map_err(Failed::Refused)?;
            Ok(records::encode(&account)?)
        };
        self.replace(found, has_revision_of(found), change).await
    }

    /// Ends all sessions of an account.
    pub(crate) async fn end_all_sessions(&self, username: &Username) -> Result<(), Failed<Overtaken>> {
        let Some(found) = self.find_credentials(Some(username)).await? else { return Ok(()) };
        let change = async |mut account: Account| {
            account.end_sessions();
            Ok(records::encode(&account)?)
        };
        self.replace(&found, |_| true, change).await
    }

    /// Changes what does not end sessions: the standing of an account, its second factors, its name. `change` sees the record
    /// that it changes, and may run again on what another request has left. What it refuses is not written.
    pub(crate) async fn update_account<R: From<Overtaken>>(
        &self,
        found: &Credentials,
        change: impl Fn(&mut Account) -> Result<(), R>,
    ) -> Result<(), Failed<R>> {
        let change = async |account: Account| {
            let mut account = account.next();
            change(&mut account).map_err(Failed::Refused)?;
            Ok(records::encode(&account)?)
        };
        self.replace(found, has_revision_of(found), change).await
    }

    /// Replaces the record of an account. If others replace it at the same moment, this is done after them, as long as
    /// `may_go_on` with what they have left. If one of them has died, this waits for the end of its lease.
    pub(super) async fn replace<R: From<Overtaken>>(
        &self,
        found: &Credentials,
        may_go_on: impl Fn(&Account) -> bool,
        change: impl AsyncFn(Account) -> Result<Vec<u8>, Failed<R>>,
    ) -> Result<(), Failed<R>> {
        const TRIES: u32 = 24;
        const WAIT_MILLIS: u64 = 500;
        let key = keys::account(&found.account.username);
        let (mut account, mut stored) = (found.account.clone(), found.stored.clone());
        for _ in 0..TRIES {
            let make = async || change(account.clone()).await;
            let replaced = self.change(&key, Some(&stored), ACCOUNT_LEASE_MILLIS, make).await?;
            if matches!(replaced, Change::Ours) {
                return Ok(self.delete_many(&found.left).await?);
            }
            self.platform.sleep(WAIT_MILLIS).await;
            match self.find_credentials(Some(&found.account.username)).await? {
                Some(again) if may_go_on(&again.account) => (account, stored) = (again.account, again.stored),
                _ => break,
            }
        }
        Err(Failed::Refused(Overtaken.into()))
    }

    /// Hashes a password with a fresh salt. Returns a PHC string for the store.
    pub(crate) async fn hash(&self, password: &Password, iterations: Iterations) -> Result<String, StoreError> {
        let salt = Salt(self.random());
        let mut derivation = Derivation::new(password, &salt.0, iterations);
        self.in_slices(|rounds| derivation.advance(rounds)).await;
        let hash = derivation.finish(salt, iterations).to_phc();
        hash.map_err(|_| StoreError::Failed("a password hash did not serialise".to_owned()))
    }

    /// The form in which a password matches the stored hash, if it does. The cost is the same when there is no stored hash.
    /// The raw form is checked even after the normalised one matched, so that the cost depends on the typed text alone.
    pub(crate) async fn verify(
        &self,
        attempt: &PasswordAttempt,
        stored: Option<&PasswordHash>,
        configured: Iterations,
    ) -> Option<Form> {
        let normalised = self.matches(&attempt.password, stored, configured).await;
        let raw = match &attempt.raw {
            Some(raw) => self.matches(raw, stored, configured).await,
            None => false,
        };
        if normalised { Some(Form::Normalised) } else { raw.then_some(Form::Raw) }
    }

    async fn matches(&self, password: &Password, stored: Option<&PasswordHash>, configured: Iterations) -> bool {
        let mut verification = Verification::new(password, stored, configured);
        self.in_slices(|rounds| verification.advance(rounds)).await;
        verification.finish()
    }

    /// Runs the hash in slices, between which other requests can run: while a guest computes, it occupies a thread of its
    /// host.
    async fn in_slices(&self, mut advance: impl FnMut(u32) -> u32) {
        let (total, pauses) = (&self.work().hash_rounds, &self.work().hash_pauses);
        loop {
            match advance(SLICE_ROUNDS) {
                0 => return,
                rounds => total.set(total.get().saturating_add(rounds)),
            }
            self.platform.pause().await;
            pauses.set(pauses.get().saturating_add(1));
        }
    }
}

/// Whether an account still has the password that was found.
fn has_revision_of(found: &Credentials) -> impl Fn(&Account) -> bool {
    let revision = found.account.revision;
    move |account| account.revision == revision
}

impl Account {
    /// The record that comes after this one, with a change that does not end sessions.
    pub(super) fn next(self) -> Self {
        Self { changes: self.changes + 1, v: AccountVersion::Extended(V3), ..self }
    }

    /// Sessions that began before are over, that of the caller too.
    pub(crate) fn end_sessions(&mut self) {
        self.kept = None;
        self.revision += 1;
    }

    /// Turns an account of the version before, whose later passwords were in records beside it.
    fn bring_up_to_date(&mut self, changed: Option<&[u8]>, rehash: Option<&[u8]>) -> Result<(), StoreError> {
        let key = keys::account(&self.username);
        let read = |key: &str, bytes: Option<&[u8]>| bytes.map(|bytes| records::decode(key, bytes)).transpose();
        let changed: Option<LaterPassword> = read(&keys::old_password(&key), changed)?;
        let rehash: Option<LaterPassword> = read(&keys::old_rehash(&key), rehash)?;
        let revision = changed.as_ref().map_or("", |changed| &changed.revision).to_owned();
        // The secret that the version before sealed device cookies with.
        self.devices = format!("{revision}:{}", self.password);
        for later in changed.into_iter().chain(rehash.filter(|rehash| rehash.revision == revision)) {
            self.password = later.password;
        }
        self.v = AccountVersion::Current(V2);
        Ok(())
    }
}
