//! The key schema. No operation needs to scan the keys. Every key starts with `latchkey:`, because Redis has no buckets.
//!
//! | key | value | written by | read by | lifetime |
//! | --- | --- | --- | --- | --- |
//! | `latchkey:user:NAME` | [`Account`]; once it is deleted, a [`Tombstone`] | signup; login, account, passkeys and moderation, by [`compare_and_set`] | all but openapi | for ever |
//! | `KEY:lock:G`, `KEY:lock:DIGEST:G`; `KEY:lock`, `KEY:lock:DIGEST` | counter: who may change the value under KEY, for [`compare_and_set`]; the lease, when a claim of the value with this digest was lost | who changes KEY | who changes KEY | until KEY is changed; a lease that is noted a moment later stays |
//! | `latchkey:user:NAME:sessions` | counter: how many sessions were begun | login | login | until the account is deleted |
//! | `latchkey:user:NAME:events`, `:failures`; `latchkey:user:NAME:events:K`, `:failures:K` | counter: how much has happened to the account; [`ActivityRecord`]; K is below 32, below 8 | login, account | account | overwritten in turn, or until the account is deleted; without a NAME, read by nobody |
//! | `latchkey:user:NAME:sessions:K` | [`SessionSlot`]: a session id, and the login; K is 0 to 31 | login | login, account, moderation | overwritten by the 32nd login after, or until the account is deleted |
//! | `latchkey:session:SID`, `latchkey:session:SID:use` | [`SessionRecord`], a secret; [`SessionUse`] | login, once; session | authorizer, session, account, moderation | deleted when the session ends, or by a list of sessions or the login that takes its slot over |
//! | `latchkey:handle:HANDLE` | [`HandleRecord`]: the username of the account with this handle | passkeys | passkeys | until the account is deleted; after a crash, for ever (`accounts/passkeys.rs`) |
//! | `latchkey:messages` | counter: the last position on the board, of a message or of a deletion | messages, account, moderation | the same | for ever |
//! | `latchkey:messages:newest` | [`NewestRecord`] and a body: the newest page, with the last position that it includes | messages, account, moderation | the same | for ever; made again if it is deleted |
//! | `latchkey:message:N` | [`MessageRecord`]; once it is deleted, a [`Gap`], as at the position of a deletion | messages, once, and to delete it; account; moderation, to delete it | messages, account, moderation | for ever |
//! | `latchkey:author:NAME`; `latchkey:author:NAME:N` | counter: the author's last index; [`AuthoredRecord`]: a position on the board, and those below it | messages; messages, once | messages, account, moderation | until the account is deleted; for ever, like the message |
//! | `latchkey:reports`; `latchkey:report:N`; `latchkey:reported:NAME:N` | counter: the last position of a report; [`ReportRecord`], once it is resolved a [`Gap`]; [`ReportedRecord`] of an account and the message N, by [`compare_and_set`] | moderation | moderation | for ever |
//! | `latchkey:used:DIGEST`; `latchkey:invitation:ID` | counter: a [`KeyUse`](domain::KeyUse), of the idempotency key of a user with this digest; 1 when the invitation was used | messages; signup | the same | for ever, like the message (it counts for a day), or like the account |
//! | `latchkey:keys` | [`SigningKeysRecord`], a secret | login, session, by [`compare_and_set`] | login, session | for ever |
//! | `latchkey:jwks` | [`PublicKeysRecord`] | login, session, by [`compare_and_set`] | authorizer, login, session | for ever; of its entries, until their `expires_at_ms` |
//! | `latchkey:user:NAME:password`, `:rehash`; `latchkey:signing-key…`, `latchkey:public-key…` | of the version before: later hashes of a password (`accounts/credentials.rs`), and keys (`signing/old_records.rs`) | | login, account; login, session, authorizer | until the account is next written (after a crash then, for ever); until a key signs |
//! | `latchkey:places` | [`AppSecretRecord`], a secret | who needs it first | whoever counts attempts or seals tickets | for ever |
//! | `latchkey:delay:N`, `latchkey:quota:N` | counter: failed attempts of a name, and the time of the last one; uses of a name, and since when; N below 131,072 | login, account; login, signup, messages, moderation | the same | for ever |
//!
//! A username contains no colon, so no account can overwrite the lock of another one. The longest key has 88 bytes before
//! its number; the host with the lowest limit accepts 255 bytes.
//!
//! [`Account`]: super::records::Account
//! [`Tombstone`]: super::records::Tombstone
//! [`ActivityRecord`]: super::records::ActivityRecord
//! [`HandleRecord`]: super::records::HandleRecord
//! [`SessionSlot`]: super::records::SessionSlot
//! [`SessionRecord`]: super::records::SessionRecord
//! [`SessionUse`]: super::records::SessionUse
//! [`Gap`]: super::records::Gap
//! [`MessageRecord`]: super::records::MessageRecord
//! [`ReportRecord`]: super::records::ReportRecord
//! [`ReportedRecord`]: super::records::ReportedRecord
//! [`NewestRecord`]: super::records::NewestRecord
//! [`AuthoredRecord`]: super::records::AuthoredRecord
//! [`SigningKeysRecord`]: super::records::SigningKeysRecord
//! [`PublicKeysRecord`]: super::records::PublicKeysRecord
//! [`AppSecretRecord`]: super::records::AppSecretRecord
//! [`compare_and_set`]: super::compare_and_set

use domain::{Activity, SessionId, UserHandle, Username};
use rules::ACCOUNT_MAX_SESSIONS;

/// A key that no account has. It is looked up for a name that can't be a username.
pub(crate) const NO_ACCOUNT: &str = "latchkey:user:";
/// A key that no handle has. It is looked up when an authenticator names none.
pub(crate) const NO_HANDLE: &str = "latchkey:handle:";
pub(crate) const BOARD: &str = "latchkey:messages";
pub(crate) const NEWEST: &str = "latchkey:messages:newest";
pub(crate) const REPORTS: &str = "latchkey:reports";
pub(crate) const SIGNING_KEYS: &str = "latchkey:keys";
pub(crate) const PUBLIC_KEYS: &str = "latchkey:jwks";
pub(crate) const APP_SECRET: &str = "latchkey:places";

pub(crate) fn account(username: &Username) -> String {
    format!("latchkey:user:{username}")
}

pub(crate) fn handle(handle: &UserHandle) -> String {
    format!("latchkey:handle:{}", handle.as_str())
}

/// `account` is the key of the account.
pub(crate) fn old_password(account: &str) -> String {
    format!("{account}:password")
}

/// `account` is the key of the account.
pub(crate) fn old_rehash(account: &str) -> String {
    format!("{account}:rehash")
}

pub(crate) fn sessions(username: &Username) -> String {
    format!("latchkey:user:{username}:sessions")
}

pub(crate) fn session_slot(username: &Username, slot: u64) -> String {
    format!("latchkey:user:{username}:sessions:{slot}")
}

/// All slots of an account's sessions.
pub(crate) fn session_slots(username: &Username) -> Vec<String> {
    (0..ACCOUNT_MAX_SESSIONS).map(|slot| session_slot(username, slot)).collect()
}

/// A ring of records beside an account.
#[derive(Clone, Copy)]
pub(crate) struct Ring {
    name: &'static str,
    slots: u64,
}

impl Ring {
    const EVENTS: Self = Self { name: "events", slots: 32 };
    const FAILURES: Self = Self { name: "failures", slots: 8 };
    pub(crate) const ALL: [Self; 2] = [Self::EVENTS, Self::FAILURES];

    /// The ring that an activity is noted in.
    pub(crate) const fn of(activity: Activity) -> Self {
        match activity {
            Activity::LoginFailed => Self::FAILURES,
            _ => Self::EVENTS,
        }
    }

    /// Counts what was noted. `None` stands for a name that nobody has.
    pub(crate) fn counter(self, username: Option<&Username>) -> String {
        format!("{}:{}", username.map_or_else(|| NO_ACCOUNT.to_owned(), account), self.name)
    }

    /// The slot of the activity with this number.
    pub(crate) fn slot(self, username: Option<&Username>, number: u64) -> String {
        format!("{}:{}", self.counter(username), number % self.slots)
    }

    pub(crate) fn slots(self, username: &Username) -> Vec<String> {
        (0..self.slots).map(|slot| self.slot(Some(username), slot)).collect()
    }
}

pub(crate) fn session(id: &SessionId) -> String {
    format!("latchkey:session:{id}")
}

pub(crate) fn session_use(id: &SessionId) -> String {
    format!("latchkey:session:{id}:use")
}

pub(crate) fn message(position: u64) -> String {
    format!("latchkey:message:{position}")
}

pub(crate) fn author(username: &Username) -> String {
    format!("latchkey:author:{username}")
}

pub(crate) fn authored(username: &Username, position: u64) -> String {
    format!("latchkey:author:{username}:{position}")
}

pub(crate) fn report(position: u64) -> String {
    format!("latchkey:report:{position}")
}

/// `message` is its position on the board.
pub(crate) fn reported(reporter: &Username, message: u64) -> String {
    format!("latchkey:reported:{reporter}:{message}")
}

pub(crate) fn invitation(id: &str) -> String {
    format!("latchkey:invitation:{id}")
}

/// `digest` is that of an idempotency key.
pub(crate) fn used(digest: &str) -> String {
    format!("latchkey:used:{digest}")
}

pub(crate) fn delay(slot: u32) -> String {
    format!("latchkey:delay:{slot}")
}

pub(crate) fn quota(slot: u32) -> String {
    format!("latchkey:quota:{slot}")
}
