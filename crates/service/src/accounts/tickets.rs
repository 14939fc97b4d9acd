//! Tickets that the app gives to the owner of an account, or to whoever is going to prove to be it.

use domain::{Purpose, Username};

use crate::context::{Context, Platform, StoreError};
use crate::store::records::Account;

/// A ticket that was sealed here and has not expired.
pub(crate) struct Ticket {
    pub(crate) username: Username,
    revision: u64,
    /// What belongs to its purpose; of some there is nothing.
    pub(crate) rest: String,
}

impl Ticket {
    /// Whether the ticket is of this account, whose password and sessions are those of the time when it was made.
    pub(crate) fn is_of(&self, account: &Account) -> bool {
        self.username == account.username && self.revision == account.revision
    }
}

impl<P: Platform> Context<'_, P> {
    /// Makes a ticket of an account: `USERNAME.REVISION.REST`, or `USERNAME.REVISION` without a rest, sealed. Whoever gets it can read it.
    pub(crate) async fn seal_ticket(
        &self,
        purpose: Purpose,
        account: &Account,
        rest: &str,
        seconds: u64,
    ) -> Result<String, StoreError> {
        let dot = if rest.is_empty() { "" } else { "." };
        let text = format!("{}.{}{dot}{rest}", account.username, account.revision);
        Ok(self.app_secret().await?.seal(purpose, &text, self.now().plus_secs(seconds)))
    }

    /// Reads a ticket, if it is good.
    pub(crate) async fn open_ticket(&self, purpose: Purpose, ticket: &str) -> Result<Option<Ticket>, StoreError> {
        let Some((text, _)) = self.app_secret().await?.open(purpose, ticket, self.now()) else { return Ok(None) };
        let mut parts = text.splitn(3, '.');
        let username = parts.next().and_then(|name| Username::parse(name).ok());
        let revision = parts.next().and_then(|revision| revision.parse().ok());
        let rest = parts.next().unwrap_or_default().to_owned();
        Ok(username.zip(revision).map(|(username, revision)| Ticket { username, revision, rest }))
    }
}
