//! Places: where attempts are counted. There is a fixed number of them for each kind, and a name has its place by a keyed
//! hash, whether or not anybody has the name: so made-up names create no keys without end, and cost what known ones cost.
//!
//! A place is a counter, which is all that is atomic in the store, and an era, which says from which number on it counts,
//! and since when. What keeps attempts at the same moment apart:
//!
//! - The counter is read before the era, and the era is written before the counter goes on. Whoever has seen a number
//!   sees the era by which it was drawn, too. So all who find an old era over read one and the same counter, and begin the
//!   same new one; and whoever reads a number that somebody has just drawn sees the time of that attempt.
//! - A number is drawn by one attempt. While there are delays, the one that draws the number after the one it saw goes on.
//! - Who does not go on gives the number back: it was no attempt. A number given back is drawn again, but never that of
//!   an attempt that counts, since the counter is never below the base and what counts.
//!
//! The era itself is not atomic: one that is written over by an older view of it, within the moment of a read and a write,
//! has lost a forgiveness, or a delay begins at the attempt before. No attempt is lost: the counter has it.
//!
//! A place that is over stays until it is used again: there is a fixed number of them.

use domain::{DelayRule, PlaceSecret, Timestamp, is_over};

use super::settings;
use crate::call::Call;
use crate::ports::{Bucket, Platform, StoreError};
use crate::problem::Refusal;
use crate::store::records::{EraRecord, PlaceSecretRecord, V1};
use crate::store::{counter, keys, once, records};

/// What is counted at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Passwords tried for an account, by devices that it does not know.
    Account,
    /// Passwords tried from an address, by devices that their account does not know.
    Address,
    /// Passwords tried by a device that its account knows.
    Device,
    /// Passwords tried for an account by somebody who is logged in to it.
    Check,
    /// Accounts made from an address.
    SignUps,
    /// Messages of an account.
    Posts,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Device => "device",
            Self::Check => "check",
            Self::SignUps => "signups",
            Self::Posts => "posts",
        }
    }

    /// Whether failures are counted, and not uses.
    const fn is_delayed(self) -> bool {
        matches!(self, Self::Account | Self::Address | Self::Device | Self::Check)
    }

    /// How long an era counts.
    pub(super) const fn millis(self) -> u64 {
        match self {
            Self::Account | Self::Address | Self::Device | Self::Check => DelayRule::QUIET_MILLIS,
            Self::SignUps => settings::SIGN_UPS_WINDOW_MILLIS,
            Self::Posts => settings::POSTS_WINDOW_MILLIS,
        }
    }
}

/// A place, as it was found.
pub(super) struct Seen {
    kind: Kind,
    counter_key: String,
    era_key: String,
    /// The account, so that it is told from others that share the place.
    owner: String,
    /// The counter.
    count: u64,
    /// The era that goes on, or begins now.
    era: EraRecord,
    /// Whether it goes on.
    is_old: bool,
}

/// A number that was drawn at a place.
pub(super) struct Drawn {
    seen: Seen,
    /// The time of the era before.
    before: Timestamp,
    number: u64,
}

impl Seen {
    /// How many attempts of this era count.
    pub(super) fn used(&self) -> u64 {
        self.count.saturating_sub(self.era.base)
    }

    /// Of delays the last attempt, of quotas the beginning of the window.
    pub(super) fn at(&self) -> Timestamp {
        self.era.at_ms
    }
}

/// Where the names of this application are counted.
pub(super) struct Places(PlaceSecret);

impl Places {
    pub(super) async fn open<P: Platform>(call: &Call<'_, P>, bucket: &impl Bucket) -> Result<Self, Refusal> {
        let make = async || {
            let mut bytes = [0; PlaceSecret::BYTES];
            call.ports.fill(&mut bytes);
            records::encode(&PlaceSecretRecord { v: V1, secret: PlaceSecret::new(bytes).to_hex() })
        };
        let bytes = once::get_or_create(call.ports, bucket, keys::PLACES, make).await?;
        let record: PlaceSecretRecord = records::decode(keys::PLACES, &bytes)?;
        PlaceSecret::from_hex(&record.secret).map(Self).ok_or(Refusal::Internal("the stored secret is unreadable"))
    }

    /// Looks at the place of a name, for an account that may have failed there before, and writes nothing.
    pub(super) async fn look(
        &self,
        bucket: &impl Bucket,
        (kind, name): (Kind, &str),
        account: &str,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let number = self.0.place(kind.as_str(), name);
        let owner = self.0.tag(account);
        let (counter_key, era_key) = (keys::place(kind.as_str(), number), keys::place_era(kind.as_str(), number));
        let count = counter::last(bucket, &counter_key).await?;
        let era: Option<EraRecord> = records::load(bucket, &era_key).await?;
        // A counter that is below its base was lost, and counts anew.
        let era = era.filter(|era| era.base <= count && !is_over(era.at_ms, now, kind.millis()));
        let is_old = era.is_some();
        let era =
            era.unwrap_or_else(|| EraRecord { v: V1, base: count, at_ms: now, owned: count, owner: String::new() });
        Ok(Seen { kind, counter_key, era_key, owner, count, era, is_old })
    }
}

impl Seen {
    /// Draws the next number for an attempt. Of delays the era has its time from now on; of quotas it keeps that of its
    /// beginning, and an old one is not written.
    pub(super) async fn draw<P: Platform>(
        mut self,
        call: &Call<'_, P>,
        bucket: &impl Bucket,
        now: Timestamp,
    ) -> Result<Drawn, StoreError> {
        let before = self.era.at_ms;
        if self.kind.is_delayed() {
            self.era.at_ms = now;
        }
        if self.kind.is_delayed() || !self.is_old {
            bucket.set(&self.era_key, &records::encode(&self.era)?).await?;
        }
        let number = counter::next(call.ports, bucket, &self.counter_key).await?;
        Ok(Drawn { seen: self, before, number })
    }
}

impl Drawn {
    /// The number within the era.
    pub(super) fn used(&self) -> u64 {
        self.number.saturating_sub(self.seen.era.base)
    }

    pub(super) fn kind(&self) -> Kind {
        self.seen.kind
    }

    /// The attempt did not go on.
    pub(super) async fn give_back(&self, bucket: &impl Bucket) -> Result<(), StoreError> {
        counter::give_back(bucket, &self.seen.counter_key).await
    }

    /// The attempt failed. If all before it in this era were failures of the same account, this one is noted as well.
    pub(super) async fn fail(self, bucket: &impl Bucket) -> Result<(), StoreError> {
        let mut era = self.era_now(bucket).await?;
        if self.follows_its_own(&era) {
            era.owned = self.number;
            era.owner.clone_from(&self.seen.owner);
        }
        // Also when nothing is noted, so that it costs the same.
        self.write(bucket, &era).await
    }

    /// The attempt succeeded. If all before it in this era were failures of the same account, they are forgiven. If there
    /// are others among them they stay: or whoever guesses would wash themselves clean by logging in to an account of
    /// their own now and then. The attempt alone does not count then, nor does it make anybody wait.
    pub(super) async fn succeed(self, bucket: &impl Bucket) -> Result<(), StoreError> {
        let mut era = self.era_now(bucket).await?;
        if self.follows_its_own(&era) {
            era = EraRecord { base: self.number, owned: self.number, owner: String::new(), ..era };
            return self.write(bucket, &era).await;
        }
        if era.at_ms == self.seen.era.at_ms {
            era.at_ms = self.before;
            self.write(bucket, &era).await?;
        }
        self.give_back(bucket).await
    }

    fn follows_its_own(&self, era: &EraRecord) -> bool {
        era.owned.saturating_add(1) == self.number && (era.owned == era.base || era.owner == self.seen.owner)
    }

    async fn era_now(&self, bucket: &impl Bucket) -> Result<EraRecord, StoreError> {
        Ok(records::load(bucket, &self.seen.era_key).await?.unwrap_or_else(|| self.seen.era.clone()))
    }

    async fn write(&self, bucket: &impl Bucket, era: &EraRecord) -> Result<(), StoreError> {
        bucket.set(&self.seen.era_key, &records::encode(era)?).await
    }
}
