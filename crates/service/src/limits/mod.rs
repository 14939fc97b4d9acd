//! Rate limits: delays after wrong passwords and codes, and quotas for logins, sign-ups, messages and reports.
//!
//! [`attempts`] counts a login before its password is checked; otherwise a hundred guesses at the same moment would pass as
//! one. [`quotas`] counts sign-ups, posts and reports. [`slots`] stores the counts of all of them.

pub(crate) mod attempts;
mod quotas;
mod slots;

use domain::{ClientAddress, DelayRule, Limit, Username};

use self::slots::{Counted, Kind, Seen, Taken, Wait};
use crate::context::{Context, Event, Platform};
use crate::store::Failed;

/// An IPv6 network of 2^16 clients (/48) may do as much as this many clients (/64).
const CLIENTS_OF_A_NETWORK: u64 = 5;

/// The client exceeded a rate limit: what was counted, and how long the client has to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// A plural noun, which follows "Too many" in the problem's detail.
    pub(crate) what: &'static str,
    /// Seconds to wait, rounded up; at least 1.
    pub(crate) wait_seconds: u64,
}

impl TooMany {
    pub(crate) fn new(what: &'static str, wait_millis: u64) -> Self {
        Self { what, wait_seconds: wait_millis.div_ceil(1000).max(1) }
    }
}

/// What is counted for an address: its client and, for IPv6, the network that the client is in, which has a larger limit.
fn by_address(kind: Kind, limit: Limit, address: ClientAddress) -> impl Iterator<Item = Counted> {
    let larger = match limit {
        Limit::Delay(rule) => Limit::Delay(DelayRule { free: rule.free.saturating_mul(CLIENTS_OF_A_NETWORK), ..rule }),
        Limit::Quota(quota) => Limit::Quota(quota.times(CLIENTS_OF_A_NETWORK)),
    };
    let client = Counted { kind, name: address.network(), limit };
    let network = address.wide_network().map(|name| Counted { kind, name, limit: larger });
    std::iter::once(client).chain(network)
}

/// The log line of a refusal, with who it was. A name that nobody has is not logged, because it may be a password that was
/// typed into the wrong field.
fn refused(event: Event, username: Option<&Username>) -> Event {
    event.with_some("username", username.map(Username::as_str))
}

impl<P: Platform> Context<'_, P> {
    /// Counts what is to be counted, or refuses the request.
    async fn take_or_refuse(
        &self,
        seen: Vec<Seen>,
        what: &'static str,
        event: Event,
    ) -> Result<Vec<Taken>, Failed<TooMany>> {
        match self.take_slots(seen).await? {
            Ok(taken) => Ok(taken),
            Err(wait) => self.refuse(what, &wait, event),
        }
    }

    /// The same for one name, if it has a limit.
    async fn count(&self, counted: Option<Counted>, what: &'static str, event: Event) -> Result<(), Failed<TooMany>> {
        let seen = self.look_at_slots(counted.into_iter().collect()).await?;
        self.take_or_refuse(seen, what, event).await.map(drop)
    }

    /// Refuses a request, and logs the event with who it was that has to wait.
    fn refuse<T>(&self, what: &'static str, wait: &Wait, event: Event) -> Result<T, Failed<TooMany>> {
        let too_many = TooMany::new(what, wait.millis);
        let event = event.with("limit", wait.kind.as_str()).with("retry_after_seconds", too_many.wait_seconds);
        self.log_with_work(event);
        Err(Failed::Refused(too_many))
    }
}
