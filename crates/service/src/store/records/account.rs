//! The record of an account, and what is left of it.

use domain::{CredentialRecord, DisplayName, Role, Timestamp, Totp, UserHandle, Username};
use serde::{Deserialize, Serialize};

use super::version::{V1, V2, V3};

/// An account. Not `Debug`: it holds a password hash and the key of a second factor.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) v: AccountVersion,
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    /// The hash of the password, as a PHC string.
    pub(crate) password: String,
    /// The secret that seals the device cookies of the account. It is replaced together with the password, but not when the
    /// same password is hashed again. Absent in version 1.
    #[serde(default)]
    pub(crate) devices: String,
    /// A number that grows at each change of the password, and whenever all sessions are ended. Sessions of an earlier
    /// revision are over. Absent in version 1, whose sessions have none either.
    #[serde(default)]
    pub(crate) revision: u64,
    /// The id of the one session of an earlier revision that goes on: the one that has changed the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<String>,
    /// How often something of the account was changed that may come back as it was, such as a suspension that is lifted.
    /// Compare-and-set rests on that no record comes back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) changes: u64,
    #[serde(default, skip_serializing_if = "Standing::is_initial")]
    pub(crate) standing: Standing,
    /// The second factor, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) totp: Option<Totp>,
    /// The digests of the recovery codes that were not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) recovery: Vec<String>,
    /// When the password was set without the one before. The next login tells this and removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_reset_at_ms: Option<Timestamp>,
    /// `None` until the first one is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) passkeys: Option<Passkeys>,
    pub(crate) created_at_ms: Timestamp,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The passkeys of an account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Passkeys {
    /// By which authenticators name the account.
    pub(crate) handle: UserHandle,
    /// When the challenge of the last registration was issued. A registration takes only a later one.
    pub(crate) registered_ms: Timestamp,
    pub(crate) all: Vec<Passkey>,
}

/// One passkey.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Passkey {
    pub(crate) credential: CredentialRecord,
    pub(crate) name: DisplayName,
    pub(crate) created_at_ms: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_used_at_ms: Option<Timestamp>,
    /// When the last challenge that it has answered was issued. It answers only a later one.
    pub(crate) answered_ms: Timestamp,
}

/// Whose handle it is.
#[derive(Serialize, Deserialize)]
pub(crate) struct HandleRecord {
    pub(crate) v: V1,
    pub(crate) username: Username,
}

/// What admins have decided about an account. It is in the account's record, which the authorizer reads for each guarded
/// request, so that a decision acts at the next request and costs no call of its own.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Standing {
    #[serde(default)]
    pub(crate) role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suspension: Option<Suspension>,
}

/// For how long and why an account may do nothing.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Suspension {
    pub(crate) by: Username,
    pub(crate) reason: String,
    pub(crate) since_ms: Timestamp,
    /// `None` if it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until_ms: Option<Timestamp>,
}

impl Standing {
    fn is_initial(&self) -> bool {
        self.role == Role::Member && self.suspension.is_none()
    }
}

/// The version of the record of an account.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum AccountVersion {
    Current(V2),
    /// With members that the release before does not know and would drop: a suspension, a second factor, passkeys. It can't read
    /// the record, so an instance of it that still runs refuses the account, and does not let it in without them.
    Extended(V3),
    /// As the version before wrote it: without some members, and with later passwords in records beside it.
    Old(V1),
}

/// In the version before: a password that replaced the one in the account's record, or a hash of the same password with more
/// rounds. Not `Debug`, because it holds a password hash.
#[derive(Deserialize)]
pub(crate) struct LaterPassword {
    #[serde(rename = "v")]
    _v: V1,
    /// A random id, which was new at each change of the password. Of a new hash, the id of the change whose password it is;
    /// empty for the first password.
    #[serde(alias = "of")]
    pub(crate) revision: String,
    /// The hash, as a PHC string.
    pub(crate) password: String,
}

/// What remains of a deleted account. It keeps the name reserved, so that nobody else can get it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tombstone {
    pub(crate) v: V1,
    pub(crate) deleted_at_ms: Timestamp,
}

/// The value under the key of an account.
#[derive(Deserialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "a request reads one or two")]
pub(crate) enum AccountRecord {
    Account(Account),
    Deleted(#[expect(dead_code, reason = "the time is for operators")] Tombstone),
}
