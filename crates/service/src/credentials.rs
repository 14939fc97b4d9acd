//! Passwords of accounts. The store can not compare and swap, so no record here has two kinds of writers: sign-up writes the
//! account with its first password, a change writes the password that replaces it, and a login writes the same password
//! hashed anew. What a login hashed anew counts only for the very password it was made of, so one that is late does not
//! bring a password back that has been changed.

use domain::{Iterations, Password, PasswordHash, Username};

use crate::call::{Call, random_hex};
use crate::hashing;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform, StoreError};
use crate::problem::Refusal;
use crate::store::keys;
use crate::store::records::{self, Account, AccountRecord, PasswordRecord, RehashRecord, V1};

/// An account and its password.
pub(crate) struct Credentials {
    pub(crate) account: Account,
    hash: PasswordHash,
    /// Which of the account's passwords it is; empty for the first.
    revision: String,
}

impl Credentials {
    pub(crate) fn hash(&self) -> &PasswordHash {
        &self.hash
    }

    /// A secret of the account that changes with its password, and not when the same password is hashed anew. The first
    /// hash never leaves the store, and its salt alone can't be guessed.
    pub(crate) fn device_secret(&self) -> String {
        format!("{}:{}", self.revision, self.account.password)
    }
}

/// The account and the password of a username. It costs the same when there is none; what can't be a username is looked up
/// all the same, under names that no account has.
pub(crate) async fn find(bucket: &impl Bucket, username: Option<&Username>) -> Result<Option<Credentials>, StoreError> {
    let key = username.map_or_else(|| keys::NO_ACCOUNT.to_owned(), keys::account);
    let (password_key, rehash_key) = (keys::password(&key), keys::rehash(&key));
    let account: Option<AccountRecord> = records::load(bucket, &key).await?;
    let changed: Option<PasswordRecord> = records::load(bucket, &password_key).await?;
    let rehash: Option<RehashRecord> = records::load(bucket, &rehash_key).await?;
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
pub(crate) async fn are_current(bucket: &impl Bucket, found: &Credentials) -> Result<bool, StoreError> {
    let key = keys::account(&found.account.username);
    let account: Option<AccountRecord> = records::load(bucket, &key).await?;
    let changed: Option<PasswordRecord> = records::load(bucket, &keys::password(&key)).await?;
    let exists = account.and_then(AccountRecord::account).is_some();
    Ok(exists && changed.map(|changed| changed.revision).unwrap_or_default() == found.revision)
}

/// Whether the account of a username was deleted.
pub(crate) async fn is_deleted(bucket: &impl Bucket, username: &Username) -> Result<bool, StoreError> {
    let account: Option<AccountRecord> = records::load(bucket, &keys::account(username)).await?;
    Ok(matches!(account, Some(AccountRecord::Deleted(_))))
}

/// Replaces a hash that has fewer rounds than configured now. When that fails the next login tries again.
pub(crate) async fn renew<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    found: &Credentials,
    password: &Password,
    iterations: Iterations,
) {
    if !found.hash.is_obsolete(iterations) {
        return;
    }
    let hash = hashing::hash(call, password, iterations).await;
    let Ok(password) = hash.to_phc() else { return };
    let key = keys::account(&found.account.username);
    let rehash = RehashRecord { v: V1, of: found.revision.clone(), password };
    let written = match records::encode(&rehash) {
        Ok(record) => write(bucket, &key, &keys::rehash(&key), &record).await,
        Err(error) => Err(error),
    };
    if let Err(error) = written {
        call.log(Event::new(Level::Warn, "password_hash_not_renewed").with("error", error.to_string()));
    }
}

/// Gives an account another password. Sessions are the caller's affair.
pub(crate) async fn change<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    account: &Account,
    password: &Password,
    iterations: Iterations,
) -> Result<(), Refusal> {
    let hash = hashing::hash(call, password, iterations).await;
    let password = hash.to_phc().map_err(|_| Refusal::Internal("a password hash did not serialise"))?;
    let record = PasswordRecord { v: V1, revision: random_hex::<16>(call.ports), password };
    let key = keys::account(&account.username);
    Ok(write(bucket, &key, &keys::password(&key), &records::encode(&record)?).await?)
}

/// Writes a record beside an account, and takes it back if the account was deleted meanwhile: nothing stays of that.
async fn write(bucket: &impl Bucket, account_key: &str, key: &str, record: &[u8]) -> Result<(), StoreError> {
    bucket.set(key, record).await?;
    let account: Option<AccountRecord> = records::load(bucket, account_key).await?;
    match account.and_then(AccountRecord::account) {
        Some(_) => Ok(()),
        None => bucket.delete(key).await,
    }
}
