//! Invitations: sealed tickets with a random id, each good for one account.
//!
//! A ticket costs no write until somebody signs up with it. Then the counter of its id is claimed, just before the account is
//! created, and given back if the name was taken meanwhile. If the request dies between the two, or the store does not say
//! whether the account was created, the invitation is lost: an admin makes another one. Otherwise it could be used twice.

use domain::{Purpose, Timestamp};

use crate::context::{Context, Platform, StoreError};
use crate::store::keys;

/// An invitation that was made here, and has not expired.
pub(crate) struct Invitation {
    /// The key of its counter.
    key: String,
}

impl<P: Platform> Context<'_, P> {
    /// Makes an invitation.
    pub(crate) async fn new_invitation(&self, expires_at: Timestamp) -> Result<String, StoreError> {
        let id = self.random_hex::<16>();
        Ok(self.app_secret().await?.seal(Purpose::Invitation, &id, expires_at))
    }

    /// The invitation, if it is good and nobody has used it.
    pub(crate) async fn open_invitation(&self, ticket: &str) -> Result<Option<Invitation>, StoreError> {
        let opened = self.app_secret().await?.open(Purpose::Invitation, ticket, self.now());
        let Some((id, _)) = opened else { return Ok(None) };
        let key = keys::invitation(&id);
        Ok((self.last(&key).await? == 0).then_some(Invitation { key }))
    }

    /// Takes the invitation for an account. Returns whether nobody has taken it before.
    pub(crate) async fn take_invitation(&self, invitation: &Invitation) -> Result<bool, StoreError> {
        self.claim(&invitation.key).await
    }

    /// Gives an invitation back that was taken for an account that could not be created.
    pub(crate) async fn give_back(&self, invitation: &Invitation) -> Result<(), StoreError> {
        self.delete(&invitation.key).await
    }
}
