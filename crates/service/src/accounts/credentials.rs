//! Passwords of accounts. The store has no compare-and-swap, so each kind of record here has only one kind of writer:
//! sign-up writes the account with its first password, a password change writes the password that replaces it, and a login
//! writes a new hash of the same password. The new hash counts only for the revision of the password that it was made from,
//! so a late login does not bring back a password that has been changed.

use domain::{Derivation, Iterations, Password, PasswordHash, SLICE_ROUNDS, Salt, Username, Verification};

use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::compare_and_set::Change;
use crate::store::keys;
use crate::store::records::{self, Account, AccountRecord, PasswordRecord, RehashRecord, Tombstone, V1};

/// An account and its password.
pub(crate) struct Credentials {
    pub(crate) account: Account,
    hash: PasswordHash,
    /// Which of the account's passwords this is; empty for the first one.
    revision: String,
}

impl Credentials {
    pub(crate) fn hash(&self) -> &PasswordHash {
        &self.hash
    }

    /// A secret of the account that changes with its password, but not when the same password is hashed again. It contains
    /// the first hash, which never leaves the store, and whose salt alone can't be guessed.
    pub(crate) fn device_secret(&self) -> String {
        format!("{}:{}", self.revision, self.account.password)
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
        let (password_key, rehash_key) = (keys::password(&key), keys::rehash(&key));
        let account: Option<AccountRecord> = self.load(&key).await?;
        let changed: Option<PasswordRecord> = self.load(&password_key).await?;
        let rehash: Option<RehashRecord> = self.load(&rehash_key).await?;
        let Some(account) = account.and_then(AccountRecord::account) else { return Ok(None) };
        let (revision, mut phc, mut at) = match changed {
            Some(changed) => (changed.revision, changed.password, password_key),
            None => (String::new(), account.password.clone(), key),
        };
        if let Some(rehash) = rehash.filter(|rehash| rehash.of == revision) {
            (phc, at) = (rehash.password, rehash_key);
        }
        let hash = PasswordHash::parse(&phc);
        let hash = hash.map_err(|_| StoreError::Failed(format!("the record {at} holds no password hash")))?;
        Ok(Some(Credentials { account, hash, revision }))
    }

    /// Whether the account still has the password that was found.
    pub(crate) async fn are_current(&self, found: &Credentials) -> Result<bool, StoreError> {
        let key = keys::account(&found.account.username);
        let account: Option<AccountRecord> = self.load(&key).await?;
        let changed: Option<PasswordRecord> = self.load(&keys::password(&key)).await?;
        let exists = account.and_then(AccountRecord::account).is_some();
        Ok(exists && changed.map(|changed| changed.revision).unwrap_or_default() == found.revision)
    }

    /// Whether the account of a username was deleted.
    pub(crate) async fn is_deleted(&self, username: &Username) -> Result<bool, StoreError> {
        let account: Option<AccountRecord> = self.load(&keys::account(username)).await?;
        Ok(matches!(account, Some(AccountRecord::Deleted(_))))
    }

    /// Replaces an account by a tombstone, which only keeps the name reserved, so that nobody else can get it.
    pub(crate) async fn entomb(&self, username: &Username) -> Result<(), StoreError> {
        self.save(&keys::account(username), &Tombstone { v: V1, deleted_at_ms: self.now() }).await
    }

    /// Deletes the passwords of an account that has been deleted.
    pub(crate) async fn delete_passwords(&self, username: &Username) -> Result<(), StoreError> {
        let key = keys::account(username);
        self.delete(&keys::password(&key)).await?;
        self.delete(&keys::rehash(&key)).await
    }

    /// Replaces a hash that has fewer rounds than configured now. If this fails, the next login tries again.
    pub(crate) async fn renew_hash(&self, found: &Credentials, password: &Password, iterations: Iterations) {
        if !found.hash.is_obsolete(iterations) {
            return;
        }
        let renewed = async {
            let password = self.hash(password, iterations).await?;
            let key = keys::account(&found.account.username);
            let rehash = RehashRecord { v: V1, of: found.revision.clone(), password };
            self.write_beside(&key, &keys::rehash(&key), &records::encode(&rehash)?).await
        };
        if let Err(error) = renewed.await {
            self.log(Event::new(Level::Warn, "password_hash_not_renewed").with("error", error.to_string()));
        }
    }

    /// Gives an account another password. The caller has to end its sessions.
    pub(crate) async fn change_password(
        &self,
        account: &Account,
        password: &Password,
        iterations: Iterations,
    ) -> Result<(), StoreError> {
        let password = self.hash(password, iterations).await?;
        let record = PasswordRecord { v: V1, revision: self.random_hex::<16>(), password };
        let key = keys::account(&account.username);
        self.write_beside(&key, &keys::password(&key), &records::encode(&record)?).await
    }

    /// Writes a record beside an account, and deletes it again if the account was deleted in the meantime, so that nothing
    /// of that account stays.
    async fn write_beside(&self, account_key: &str, key: &str, record: &[u8]) -> Result<(), StoreError> {
        self.set(key, record).await?;
        let account: Option<AccountRecord> = self.load(account_key).await?;
        match account.and_then(AccountRecord::account) {
            Some(_) => Ok(()),
            None => self.delete(key).await,
        }
    }

    /// Hashes a password with a fresh salt. Returns a PHC string for the store.
    pub(crate) async fn hash(&self, password: &Password, iterations: Iterations) -> Result<String, StoreError> {
        let salt = Salt(self.random());
        let mut derivation = Derivation::new(password, &salt.0, iterations);
        self.in_slices(|rounds| derivation.advance(rounds)).await;
        let hash = derivation.finish(salt, iterations).to_phc();
        hash.map_err(|_| StoreError::Failed("a password hash did not serialise".to_owned()))
    }

    /// Whether a password matches the stored hash. The cost is the same when there is no stored hash.
    pub(crate) async fn verify(
        &self,
        attempt: &Password,
        stored: Option<&PasswordHash>,
        configured: Iterations,
    ) -> bool {
        let mut verification = Verification::new(attempt, stored, configured);
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
