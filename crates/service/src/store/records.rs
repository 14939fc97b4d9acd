//! The values of the store: JSON with a version, so that a later release can tell what an earlier one wrote.

use domain::{DisplayName, Timestamp, Username};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::context::Context;
use crate::context::platform::{Platform, StoreError};

/// An account. Not `Debug`: it holds a password hash.
#[derive(Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) v: V1,
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    /// A PHC string: the first password.
    pub(crate) password: String,
    pub(crate) created_at_ms: Timestamp,
}

/// The password that replaced the first one. Not `Debug`.
#[derive(Serialize, Deserialize)]
pub(crate) struct PasswordRecord {
    pub(crate) v: V1,
    /// Another one at each change.
    pub(crate) revision: String,
    /// A PHC string.
    pub(crate) password: String,
}

/// The same password with more rounds. Not `Debug`.
#[derive(Serialize, Deserialize)]
pub(crate) struct RehashRecord {
    pub(crate) v: V1,
    /// The revision that it is of, empty for the first password. It does not count for another.
    pub(crate) of: String,
    /// A PHC string.
    pub(crate) password: String,
}

/// What is left of an account that was deleted: its name, which nobody else gets.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tombstone {
    pub(crate) v: V1,
    pub(crate) deleted_at_ms: Timestamp,
}

/// What is under the key of an account.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum AccountRecord {
    Account(Account),
    Deleted(Tombstone),
}

impl AccountRecord {
    /// The account, unless it was deleted.
    pub(crate) fn account(self) -> Option<Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Deleted(_) => None,
        }
    }
}

/// A session. It is written once and then deleted, and never written over: a refresh that is late must not bring a
/// session back that has ended. Not `Debug`: the key of its refresh tokens is in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    pub(crate) v: V1,
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    /// [`domain::RefreshFamily::store`]
    pub(crate) refresh: String,
    pub(crate) created_at_ms: Timestamp,
    /// However often it is refreshed.
    pub(crate) expires_at_ms: Timestamp,
    /// Browser and system in words.
    pub(crate) client: String,
}

/// The last refresh of a session, beside it.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionUse {
    pub(crate) v: V1,
    pub(crate) generation: u32,
    pub(crate) at_ms: Timestamp,
}

/// Where one of the sessions of an account is found.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionSlot {
    pub(crate) v: V1,
    pub(crate) session: String,
}

/// A message, under its position on the board.
#[derive(Serialize, Deserialize)]
pub(crate) struct MessageRecord {
    pub(crate) v: V1,
    // Texts that kept the rules of their time: stricter ones do not take old messages away.
    /// None when the author's account has been deleted.
    pub(crate) author: Option<String>,
    /// As the author was called then; empty when the account has been deleted.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) created_at_ms: Timestamp,
    /// Where it is in its author's list.
    #[serde(default, rename = "place")]
    pub(crate) index: Option<u64>,
}

/// The secondary key: where one author's message is on the board.
#[derive(Serialize, Deserialize)]
pub(crate) struct AuthoredRecord {
    pub(crate) v: V1,
    pub(crate) message: u64,
}

/// Positions of a list whose entries were deleted: from the first to the last of those that are known to be side by side,
/// the one that it lies under among them. So a reader passes over many at once.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Gap {
    pub(crate) v: V1,
    pub(crate) gap_from: u64,
    pub(crate) gap_to: u64,
}

/// What is under a position of a list.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entry<T> {
    Filled(T),
    Deleted(Gap),
}

/// A signing key that was made here. Not `Debug`: it is a secret.
#[derive(Serialize, Deserialize)]
pub(crate) struct SigningKeyRecord {
    pub(crate) v: V1,
    /// PKCS#8 PEM; none once the key is retired, which its record outlives so that its number stays taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) private_key: Option<String>,
    pub(crate) created_at_ms: Timestamp,
    /// Not in the record of a key that was made before keys were rotated: that signs since it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signs_from_ms: Option<Timestamp>,
}

/// Where to look for the newest signing key. It may lag behind.
#[derive(Serialize, Deserialize)]
pub(crate) struct SigningKeysRecord {
    pub(crate) v: V1,
    pub(crate) newest: u64,
}

/// A public key that tokens may be verified by.
#[derive(Serialize, Deserialize)]
pub(crate) struct PublicKeyRecord {
    pub(crate) v: V1,
    /// RFC 7517, as JSON text.
    pub(crate) jwk: String,
    /// After the expiry of every token that it has signed, and of every copy of the set that a verifier then has. From
    /// then on the key is no longer of the set.
    pub(crate) expires_at_ms: Timestamp,
}

/// A key in the index of public keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct PublicKeyIndexRecord {
    pub(crate) v: V1,
    pub(crate) kid: String,
}

/// The secret that spreads names over slots. Not `Debug`.
#[derive(Serialize, Deserialize)]
pub(crate) struct SlotSecretRecord {
    pub(crate) v: V1,
    /// 64 hexadecimal digits.
    pub(crate) secret: String,
}

/// What the counter of a slot counts since when. Counters only go on, so a window says where it began.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WindowRecord {
    pub(crate) v: V1,
    /// The counter when the window began.
    pub(crate) base: u64,
    /// Of delays: the last attempt. Of quotas: the beginning of the window.
    pub(crate) at_ms: Timestamp,
    /// All numbers from the base up to this one are failures of one account.
    pub(crate) owned: u64,
    /// That account, by a keyed hash; empty when there are none.
    pub(crate) owner: String,
}

/// The version that every record begins with. A record of another one does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct V1;

impl Serialize for V1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl<'de> Deserialize<'de> for V1 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            1 => Ok(Self),
            _ => Err(D::Error::custom("another version")),
        }
    }
}

impl<P: Platform> Context<'_, P> {
    /// Reads a record, if there is one.
    ///
    /// # Errors
    /// The store does not answer, or what is there is not of this version. The text of the error names the key alone.
    pub(crate) async fn load<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.get(key).await?.map(|bytes| decode(key, &bytes)).transpose()
    }

    /// Writes a record over whatever is there.
    pub(crate) async fn save(&self, key: &str, record: &impl Serialize) -> Result<(), StoreError> {
        self.set(key, &encode(record)?).await
    }
}

/// As bytes for the store.
pub(crate) fn encode(record: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(record).map_err(|_| StoreError::Failed("a record did not serialise".to_owned()))
}

/// Reads the bytes of a record.
///
/// # Errors
/// They are not of this version. The text of the error names the key alone.
pub(crate) fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes)
        .map_err(|_| StoreError::Failed(format!("the record {key} does not read as version 1")))
}
