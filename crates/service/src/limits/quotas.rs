//! Quotas: how many accounts may be created from an address in an hour, and how many messages an account may post in a
//! minute.

use domain::{ClientAddress, Quota, Username};

use super::TooMany;
use super::slots::Kind;
use crate::context::{Context, Event, Level, Platform};
use crate::store::Failed;

/// What is counted, and for whom.
struct Counted<'a> {
    kind: Kind,
    name: &'a str,
    /// A plural noun, which follows "Too many" in the problem's detail.
    what: &'static str,
    /// The field of the log line that holds `value`: the client address or the username.
    field: &'static str,
    value: String,
}

impl<P: Platform> Context<'_, P> {
    /// Counts a sign-up from an address. It is counted before the name is looked up, so that nobody can ask about an
    /// unlimited number of names either.
    ///
    /// # Errors
    /// [`TooMany`] until the hour is over.
    pub(crate) async fn count_sign_up(
        &self,
        quota: Option<Quota>,
        address: Option<ClientAddress>,
    ) -> Result<(), Failed<TooMany>> {
        let (Some(quota), Some(address)) = (quota, address) else { return Ok(()) };
        let (name, value) = (address.network(), address.to_string());
        let (kind, what, field) = (Kind::SignUps, "sign-ups", "client_address");
        self.count(quota, Counted { kind, name: &name, what, field, value }).await
    }

    /// Counts a message of an account.
    ///
    /// # Errors
    /// [`TooMany`] until the minute is over.
    pub(crate) async fn count_post(&self, quota: Option<Quota>, author: &Username) -> Result<(), Failed<TooMany>> {
        let Some(quota) = quota else { return Ok(()) };
        let (name, value) = (author.as_str(), author.to_string());
        let (kind, what, field) = (Kind::Posts, "messages", "username");
        self.count(quota, Counted { kind, name, what, field, value }).await
    }

    async fn count(&self, quota: Quota, counted: Counted<'_>) -> Result<(), Failed<TooMany>> {
        let Counted { kind, name, what, field, value } = counted;
        let now = self.now();
        let slot = self.look_at_slot(&self.slot_secret().await?, kind, name, "", now).await?;
        let refuse = |wait_millis| {
            let too_many = TooMany::new(what, wait_millis);
            let event = Event::new(Level::Warn, "excess_rate_limit_exceeded")
                .with("limit", kind.as_str())
                .with("retry_after_seconds", too_many.wait_seconds)
                .with(field, value);
            self.log_with_work(event);
            Err(Failed::Refused(too_many))
        };
        let since = slot.at();
        match quota.wait_millis(slot.used(), since, now) {
            0 => {}
            wait_millis => return refuse(wait_millis),
        }
        // Requests at the same moment take different numbers. A number beyond the limit is not given back, because it ends
        // together with its window.
        let taken = self.take_number(slot, now).await?;
        match taken.used() > quota.limit {
            true => refuse(quota.wait_millis(taken.used(), since, now)),
            false => Ok(()),
        }
    }
}
