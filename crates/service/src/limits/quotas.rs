//! Quotas: how many accounts may be created from an address in an hour, how many messages an account may post in a minute,
//! and how many it may report in an hour.

use domain::{ClientAddress, Limit, Quota, Username};

use super::slots::{Counted, Kind, Seen};
use super::{TooMany, by_address, refused};
use crate::context::{Context, Event, Level, Platform};
use crate::store::Failed;

/// Sign-ups for names that are taken cost little, so an address has this many times as many of them as of accounts.
const TAKEN_NAMES: u64 = 5;

/// A sign-up that may be tried, and what it is counted for.
#[must_use = "a sign-up is counted"]
pub(crate) struct SignUp {
    accounts: Vec<Seen>,
    taken_names: Vec<Seen>,
}

impl<P: Platform> Context<'_, P> {
    /// Whether a sign-up from an address may be tried. This comes before the name is looked up, so that nobody can ask about
    /// an unlimited number of names either.
    ///
    /// # Errors
    /// [`TooMany`] until the hour is over.
    pub(crate) async fn begin_sign_up(
        &self,
        quota: Option<Quota>,
        address: Option<ClientAddress>,
    ) -> Result<SignUp, Failed<TooMany>> {
        let (mut accounts, mut counted_names) = (Vec::new(), Vec::new());
        if let (Some(quota), Some(address)) = (quota, address) {
            let more = quota.times(TAKEN_NAMES);
            accounts.extend(by_address(Kind::SignUps, Limit::Quota(quota), address));
            counted_names.extend(by_address(Kind::TakenNames, Limit::Quota(more), address));
        }
        let count = accounts.len();
        let mut accounts = self.look_at_slots(accounts.into_iter().chain(counted_names).collect()).await?;
        let taken_names = accounts.split_off(count);
        match self.longest_wait(accounts.iter().chain(&taken_names)) {
            Some(wait) => self.refuse("sign-ups", &wait, excess(None)),
            None => Ok(SignUp { accounts, taken_names }),
        }
    }

    /// Counts a sign-up: for an account that is going to be made, or for a name that is taken.
    ///
    /// # Errors
    /// [`TooMany`] if others at the same moment have used the quota up.
    pub(crate) async fn count_sign_up(&self, sign_up: SignUp, is_taken: bool) -> Result<(), Failed<TooMany>> {
        let seen = if is_taken { sign_up.taken_names } else { sign_up.accounts };
        self.take_or_refuse(seen, "sign-ups", excess(None)).await.map(drop)
    }

    /// Counts a message of an account.
    ///
    /// # Errors
    /// [`TooMany`] until the minute is over.
    pub(crate) async fn count_post(&self, quota: Option<Quota>, author: &Username) -> Result<(), Failed<TooMany>> {
        self.count_of(Kind::Posts, "messages", quota, author).await
    }

    /// Counts a report by an account.
    ///
    /// # Errors
    /// [`TooMany`] until the hour is over.
    pub(crate) async fn count_report(&self, quota: Option<Quota>, reporter: &Username) -> Result<(), Failed<TooMany>> {
        self.count_of(Kind::Reports, "reports", quota, reporter).await
    }

    async fn count_of(
        &self,
        kind: Kind,
        what: &'static str,
        quota: Option<Quota>,
        username: &Username,
    ) -> Result<(), Failed<TooMany>> {
        let counted = quota.map(|quota| Counted { kind, name: username.to_string(), limit: Limit::Quota(quota) });
        self.count(counted, what, excess(Some(username))).await
    }
}

fn excess(username: Option<&Username>) -> Event {
    refused(Event::new(Level::Warn, "excess_rate_limit_exceeded"), username)
}
