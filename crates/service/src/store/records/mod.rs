//! The values of the store: JSON with a version, so that a later release can tell what an earlier one wrote.

mod account;
mod version;

use domain::{Activity, AuthenticationMethods, DisplayName, Timestamp, Username};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(crate) use self::account::{
    Account, AccountRecord, AccountVersion, HandleRecord, LaterPassword, Passkey, Passkeys, Standing, Suspension,
    Tombstone,
};
pub(crate) use self::version::{V1, V2, V3};
use crate::context::{Context, Platform, StoreError};

/// A session. The record is written once and later deleted, but never overwritten: a late refresh must not bring back a
/// session that has ended. Not `Debug`, because it holds the key of its refresh tokens.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    pub(crate) v: V1,
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    /// The refresh family, as [`domain::RefreshFamily::store`] returns it.
    pub(crate) refresh: String,
    /// How it was opened. The version before knew passwords alone.
    #[serde(default)]
    pub(crate) methods: AuthenticationMethods,
    pub(crate) created_at_ms: Timestamp,
    /// When the session ends; refreshes do not extend it.
    pub(crate) expires_at_ms: Timestamp,
    /// The revision of the account when the session began; the version before had none.
    #[serde(default)]
    pub(crate) revision: u64,
    /// The browser and the operating system in words.
    pub(crate) client: String,
    /// The digest of the access token that the session began with; the version before had none.
    #[serde(default)]
    pub(crate) token: String,
}

/// The last refresh of a session, in a record beside that of the session.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionUse {
    pub(crate) v: V1,
    pub(crate) generation: u32,
    pub(crate) at_ms: Timestamp,
    /// When a used token was last presented late. Absent in a record that was written before this was forgiven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) late_at_ms: Option<Timestamp>,
    /// The digest of the access token that this refresh has issued; the version before had none.
    #[serde(default)]
    pub(crate) token: String,
}

/// An entry in the ring of an account's sessions: a session id.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionSlot {
    pub(crate) v: V1,
    pub(crate) session: String,
    /// The login that began the session, which is told after the session has ended too. The version before had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) login: Option<ActivityRecord>,
}

/// Something that has happened to an account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ActivityRecord {
    pub(crate) v: V1,
    pub(crate) activity: Activity,
    pub(crate) at_ms: Timestamp,
    /// The browser and the operating system in words.
    pub(crate) client: String,
    /// The network that the request came from, as far as the host says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) network: Option<String>,
}

/// A message, stored at its position on the board.
#[derive(Serialize, Deserialize)]
pub(crate) struct MessageRecord {
    pub(crate) v: V1,
    // Plain strings that were valid when they were written: stricter rules of a later release must not hide old messages.
    /// `None` if an earlier release has deleted the author's account. Since then, the record stays as it is, and readers
    /// look whether the account is there.
    pub(crate) author: Option<String>,
    /// The author's display name at the time of the post.
    pub(crate) name: String,
    pub(crate) text: String,
    /// A time after the message has its position.
    pub(crate) created_at_ms: Timestamp,
}

/// A report of a message that nobody has resolved, at its position among the reports. A [`Gap`] takes its place then.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReportRecord {
    pub(crate) v: V1,
    /// The position of the message on the board.
    pub(crate) message: u64,
    /// The author of the message, who may have deleted it since; `None` as in [`MessageRecord`].
    pub(crate) author: Option<String>,
    pub(crate) reporter: Username,
    /// The reporter's display name at the time of the report.
    pub(crate) name: String,
    pub(crate) reason: String,
    pub(crate) created_at_ms: Timestamp,
}

/// Says that an account has reported a message, and at which position the report is.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReportedRecord {
    pub(crate) v: V1,
    pub(crate) report: u64,
}

/// The first line of the value of the newest page; the body of the answer follows.
#[derive(Serialize, Deserialize)]
pub(crate) struct NewestRecord {
    pub(crate) v: V1,
    /// The last position that the page includes.
    pub(crate) to: u64,
    /// Positions up to `to` that were not settled, each with a time at which it had been taken. If there are any, the page
    /// has no body: then it only says that all others up to `to` are settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) open: Vec<(u64, Timestamp)>,
    /// The digest of the body.
    pub(crate) digest: String,
}

/// An entry in the list of an author (a secondary key): the position of one message on the board.
#[derive(Serialize, Deserialize)]
pub(crate) struct AuthoredRecord {
    pub(crate) v: V1,
    pub(crate) message: u64,
    /// The positions of the messages of the entries below this one, as far as the writer knew them; none in the records of
    /// an earlier release.
    #[serde(default)]
    pub(crate) before: Vec<u64>,
}

/// A run of positions of a list that hold nothing: the first and the last position that are known to be adjacent, both
/// inclusive. The position of this record is one of them. A reader can skip the whole run at once.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Gap {
    pub(crate) v: V1,
    pub(crate) gap_from: u64,
    pub(crate) gap_to: u64,
}

/// The value at a position of a list.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entry<T> {
    Filled(T),
    Deleted(Gap),
}

/// The signing keys that this application made. Not `Debug`, because it holds secrets.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SigningKeysRecord {
    pub(crate) v: V1,
    /// The key that signs, or the next one.
    pub(crate) newest: SigningKeyRecord,
    /// The key that signs until the newest does, and has signed before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<SigningKeyRecord>,
    /// Whether records of the version before may still be in the store: see `signing/old_records.rs`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) old_records: bool,
}

/// One signing key. Not `Debug`, because it is a secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SigningKeyRecord {
    /// PKCS#8 PEM.
    pub(crate) private_key: String,
    pub(crate) created_at_ms: Timestamp,
    pub(crate) signs_from_ms: Timestamp,
}

/// The set of public keys that verify tokens, the one that was written last first.
#[derive(Serialize, Deserialize)]
pub(crate) struct PublicKeysRecord {
    pub(crate) v: V1,
    pub(crate) keys: Vec<PublicKeyRecord>,
}

/// One public key.
#[derive(Serialize, Deserialize)]
pub(crate) struct PublicKeyRecord {
    pub(crate) kid: String,
    /// The JWK (RFC 7517) as JSON text.
    pub(crate) jwk: String,
    /// When this entry was written.
    pub(crate) created_at_ms: Timestamp,
    /// When the key leaves the set. This is after the expiry of every token that the key has signed, and of every copy of
    /// the set that a verifier has at that time.
    pub(crate) expires_at_ms: Timestamp,
}

/// The secret of the deployment. Not `Debug`, because it is a secret.
#[derive(Serialize, Deserialize)]
pub(crate) struct AppSecretRecord {
    pub(crate) v: V1,
    /// 64 hexadecimal digits.
    pub(crate) secret: String,
}

/// The digest of the access token that the record of a session, or of its last refresh, knows. `None` for any other value.
pub(crate) fn token(record: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Issued {
        token: String,
    }
    serde_json::from_slice(record).ok().map(|Issued { token }| token)
}

impl<P: Platform> Context<'_, P> {
    /// Reads a record, if there is one.
    ///
    /// # Errors
    /// The store does not answer, or the value is not a record of a known version. The error text names only the key.
    pub(crate) async fn load<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.get(key).await?.map(|bytes| decode(key, &bytes)).transpose()
    }

    /// Writes a record over whatever is there.
    pub(crate) async fn save(&self, key: &str, record: &impl Serialize) -> Result<(), StoreError> {
        self.set(key, &encode(record)?).await
    }
}

/// Encodes a record as bytes for the store.
pub(crate) fn encode(record: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(record).map_err(|_| StoreError::Failed("a record did not serialise".to_owned()))
}

/// Reads the bytes of a record.
///
/// # Errors
/// The bytes are not a record of a known version. The error text names only the key.
pub(crate) fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Failed(format!("the record {key} does not read")))
}
