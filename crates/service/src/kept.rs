//! What an instance keeps from one request to the next. It holds nothing of a request: only what is the same for all of
//! them and ends by itself. An instance that serves one request only is none the worse.

use std::cell::RefCell;

use domain::{KeyId, PublicKey, Timestamp};

use crate::ports::Clock;

/// How long a public key is used before its record is read again: so long a key that was taken out of the store may still
/// be good.
pub const PUBLIC_KEY_MILLIS: u64 = 10_000;
/// More keys than a set has in any common hour; beyond it the oldest goes.
const MAX_PUBLIC_KEYS: usize = 8;

/// What an instance keeps. Made anew with each instance.
#[derive(Default)]
pub struct Kept {
    public_keys: RefCell<Vec<KeptKey>>,
}

struct KeptKey {
    key: PublicKey,
    /// The key's own end, and when its record was read: by the wall clock, and by the one that never steps.
    expires_at: Timestamp,
    read_at_millis: u64,
}

impl Kept {
    /// The public key of an id, if it was read a short while ago and has not expired.
    pub(crate) fn public_key(&self, clock: &impl Clock, id: &KeyId) -> Option<PublicKey> {
        let keys = self.public_keys.borrow();
        let kept = keys.iter().find(|kept| kept.key.id() == id)?;
        let age_millis = clock.uptime_millis().checked_sub(kept.read_at_millis)?;
        (age_millis < PUBLIC_KEY_MILLIS && kept.expires_at > clock.now()).then(|| kept.key.clone())
    }

    /// Keeps a public key that has just been read.
    pub(crate) fn keep_public_key(&self, clock: &impl Clock, key: PublicKey, expires_at: Timestamp) {
        let mut keys = self.public_keys.borrow_mut();
        keys.retain(|kept| kept.key.id() != key.id());
        if keys.len() == MAX_PUBLIC_KEYS {
            keys.remove(0);
        }
        keys.push(KeptKey { key, expires_at, read_at_millis: clock.uptime_millis() });
    }
}
