//! A post that a client repeats with the same idempotency key is added once, and answered as the first time: see
//! [`KeyUse`] for how a key is claimed. A claim whose request has died is free again after the lease, when the request can't
//! write its message any more.

use domain::{KeyState, KeyUse, Username};

use super::add::NotAdded;
use crate::context::{Context, Platform, StoreError};
use crate::store::compare_and_set::LEASE_MILLIS;
use crate::store::records::{Entry, MessageRecord};
use crate::store::{Failed, keys};

impl<P: Platform> Context<'_, P> {
    /// The message that the key was used for before, with its position, from the number that is stored for the key. `None`
    /// if the caller may use it.
    ///
    /// # Errors
    /// [`NotAdded::UnderWay`] or [`NotAdded::KeyIsUsed`].
    pub(super) async fn added_before(
        &self,
        number: i64,
        author: &Username,
        text: &str,
    ) -> Result<Option<(u64, MessageRecord)>, Failed<NotAdded>> {
        let (position, millis) = match KeyUse::read(number, self.now()) {
            KeyState::Free => return Ok(None),
            KeyState::Unclear => return Err(Failed::Refused(NotAdded::UnderWay)),
            KeyState::Used { position, millis } => (position, millis),
        };
        let is_same =
            |message: &MessageRecord| message.author.as_deref() == Some(author.as_str()) && message.text == text;
        match self.load(&keys::message(position)).await? {
            None if millis > LEASE_MILLIS => Ok(None),
            None => Err(Failed::Refused(NotAdded::UnderWay)),
            Some(Entry::Filled(message)) if is_same(&message) => Ok(Some((position, message))),
            Some(Entry::Filled(_) | Entry::Deleted(_)) => Err(Failed::Refused(NotAdded::KeyIsUsed)),
        }
    }

    /// Claims a key for the message at a position. `number` is what was stored for it. Returns whether no other request came
    /// between.
    pub(super) async fn claim_key(&self, key: &str, number: i64, position: u64) -> Result<bool, StoreError> {
        let claim = KeyUse::new(position, self.now());
        let claim =
            claim.ok_or_else(|| StoreError::Failed(format!("the position {position} is too high for a key")))?;
        let delta = claim.number().wrapping_sub(number);
        if self.increment(key, delta).await? == claim.number() {
            return Ok(true);
        }
        self.increment(key, delta.wrapping_neg()).await?;
        Ok(false)
    }
}
