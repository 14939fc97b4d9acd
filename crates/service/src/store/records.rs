//! The values of the store: JSON with a version, so that a later release can tell what an earlier one wrote.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use domain::{DisplayName, Timestamp, Username};

use crate::ports::{Bucket, StoreError};

/// An account. Not `Debug`: it holds a password hash.
#[derive(Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) v: V1,
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    /// A PHC string.
    pub(crate) password: String,
    pub(crate) created_at_ms: Timestamp,
}

/// A message, under its position on the board.
#[derive(Serialize, Deserialize)]
pub(crate) struct MessageRecord {
    pub(crate) v: V1,
    // Texts that kept the rules of their time: stricter ones do not take old messages away.
    pub(crate) author: String,
    /// As the author was called then.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) created_at_ms: Timestamp,
}

/// The secondary key: where one author's message is on the board.
#[derive(Serialize, Deserialize)]
pub(crate) struct AuthoredRecord {
    pub(crate) v: V1,
    pub(crate) message: u64,
}

/// The signing key that was made here. Not `Debug`: it is a secret.
#[derive(Serialize, Deserialize)]
pub(crate) struct SigningKeyRecord {
    pub(crate) v: V1,
    /// PKCS#8 PEM.
    pub(crate) private_key: String,
    pub(crate) created_at_ms: Timestamp,
}

/// A public key that tokens may be verified by.
#[derive(Serialize, Deserialize)]
pub(crate) struct PublicKeyRecord {
    pub(crate) v: V1,
    /// RFC 7517, as JSON text.
    pub(crate) jwk: String,
    /// After the expiry of every token that it has signed. Then the key is no longer of the set.
    pub(crate) expires_at_ms: Timestamp,
}

/// A place in the index of public keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct PublicKeyIndexRecord {
    pub(crate) v: V1,
    pub(crate) kid: String,
}

/// The version that every record begins with. A record of another one does not read.
#[derive(Clone, Copy, Debug)]
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

/// As bytes for the store.
pub(crate) fn encode(record: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(record).map_err(|_| StoreError::Failed("a record did not serialise".to_owned()))
}

/// Reads a record, if there is one.
///
/// # Errors
/// The store does not answer, or what is there is not of this version. The text of the error names the key alone.
pub(crate) async fn load<T: DeserializeOwned>(bucket: &impl Bucket, key: &str) -> Result<Option<T>, StoreError> {
    bucket.get(key).await?.map(|bytes| decode(key, &bytes)).transpose()
}

/// Reads the bytes of a record.
///
/// # Errors
/// They are not of this version. The text of the error names the key alone.
pub(crate) fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes)
        .map_err(|_| StoreError::Failed(format!("the record {key} does not read as version 1")))
}
