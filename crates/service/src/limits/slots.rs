//! Slots: where attempts are counted. There is a fixed number of them for each kind, and a name has its slot by a keyed
//! hash, whether or not anybody has the name: so made-up names create no keys without end, and cost what known ones cost.
//!
//! A slot is a counter, which is all that is atomic in the store, and a window, which says from which number on it counts,
//! and since when. What keeps attempts at the same moment apart:
//!
//! - The counter is read before the window, and the window is written before the counter goes on. Whoever has seen a number
//!   sees the window in which it was taken, too. So all who find an old window over read one and the same counter, and begin
//!   the same new one; and whoever reads a number that somebody has just taken sees the time of that attempt.
//! - A number is taken by one attempt. While there are delays, the one that takes the number after the one it saw goes on.
//! - Who does not go on gives the number back: it was no attempt. A number given back is taken again, but never that of
//!   an attempt that counts, since the counter is never below the base and what counts.
//!
//! The window itself is not atomic: one that is written over by an older view of it, within the moment of a read and a write,
//! has lost a forgiveness, or a delay begins at the attempt before. No attempt is lost: the counter has it.
//!
//! A slot whose window is over stays until it is used again: there is a fixed number of them.

use domain::{DelayRule, SlotSecret, Timestamp, is_over};

use crate::context::Context;
use crate::context::platform::{Platform, StoreError};
use crate::context::settings::{POSTS_WINDOW_MILLIS, SIGN_UPS_WINDOW_MILLIS};
use crate::store::records::{SlotSecretRecord, V1, WindowRecord};
use crate::store::{keys, records};

/// What is counted in a slot.
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

    /// How long a window counts.
    pub(super) const fn millis(self) -> u64 {
        match self {
            Self::Account | Self::Address | Self::Device | Self::Check => DelayRule::QUIET_MILLIS,
            Self::SignUps => SIGN_UPS_WINDOW_MILLIS,
            Self::Posts => POSTS_WINDOW_MILLIS,
        }
    }
}

/// A slot, as it was found.
pub(super) struct Seen {
    kind: Kind,
    counter_key: String,
    window_key: String,
    /// The account, so that it is told from others that share the slot.
    owner: String,
    /// The counter.
    count: u64,
    /// The window that goes on, or begins now.
    window: WindowRecord,
    /// Whether it goes on.
    is_old: bool,
}

/// A number that was taken in a slot.
pub(super) struct Taken {
    seen: Seen,
    /// The time of the window before.
    before: Timestamp,
    number: u64,
}

impl Seen {
    /// How many attempts of this window count.
    pub(super) fn used(&self) -> u64 {
        self.count.saturating_sub(self.window.base)
    }

    /// Of delays the last attempt, of quotas the beginning of the window.
    pub(super) fn at(&self) -> Timestamp {
        self.window.at_ms
    }
}

impl Taken {
    /// The number within the window.
    pub(super) fn used(&self) -> u64 {
        self.number.saturating_sub(self.seen.window.base)
    }

    fn follows_its_own(&self, window: &WindowRecord) -> bool {
        window.owned.saturating_add(1) == self.number
            && (window.owned == window.base || window.owner == self.seen.owner)
    }
}

impl<P: Platform> Context<'_, P> {
    /// The secret of this application by which names have their slots.
    pub(super) async fn slot_secret(&self) -> Result<SlotSecret, StoreError> {
        let make = async || {
            let secret = SlotSecret::new(self.random()).to_hex();
            records::encode(&SlotSecretRecord { v: V1, secret })
        };
        let bytes = self.get_or_create(keys::SLOTS, make).await?;
        let record: SlotSecretRecord = records::decode(keys::SLOTS, &bytes)?;
        let unreadable = || StoreError::Failed(format!("the record {} holds no secret", keys::SLOTS));
        SlotSecret::from_hex(&record.secret).ok_or_else(unreadable)
    }

    /// Looks at the slot of a name, for an account that may have failed there before, and writes nothing.
    pub(super) async fn look_at_slot(
        &self,
        secret: &SlotSecret,
        kind: Kind,
        name: &str,
        account: &str,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let number = secret.slot(kind.as_str(), name);
        let owner = secret.tag(account);
        let (counter_key, window_key) = (keys::slot(kind.as_str(), number), keys::slot_window(kind.as_str(), number));
        let count = self.last(&counter_key).await?;
        let window: Option<WindowRecord> = self.load(&window_key).await?;
        // A counter that is below its base was lost, and counts anew.
        let window = window.filter(|window| window.base <= count && !is_over(window.at_ms, now, kind.millis()));
        let is_old = window.is_some();
        let new = || WindowRecord { v: V1, base: count, at_ms: now, owned: count, owner: String::new() };
        Ok(Seen { kind, counter_key, window_key, owner, count, window: window.unwrap_or_else(new), is_old })
    }

    /// Takes the next number for an attempt. Of delays the window has its time from now on; of quotas it keeps that of its
    /// beginning, and an old one is not written.
    pub(super) async fn take_number(&self, mut seen: Seen, now: Timestamp) -> Result<Taken, StoreError> {
        let before = seen.window.at_ms;
        if seen.kind.is_delayed() {
            seen.window.at_ms = now;
        }
        if seen.kind.is_delayed() || !seen.is_old {
            self.save(&seen.window_key, &seen.window).await?;
        }
        let number = self.next(&seen.counter_key).await?;
        Ok(Taken { seen, before, number })
    }

    /// The attempt did not go on.
    pub(super) async fn give_number_back(&self, taken: &Taken) -> Result<(), StoreError> {
        self.give_back(&taken.seen.counter_key).await
    }

    /// The attempt failed. If all before it in this window were failures of the same account, this one is noted as well.
    pub(super) async fn number_failed(&self, taken: Taken) -> Result<(), StoreError> {
        let mut window = self.window_now(&taken).await?;
        if taken.follows_its_own(&window) {
            window.owned = taken.number;
            window.owner.clone_from(&taken.seen.owner);
        }
        // Also when nothing is noted, so that it costs the same.
        self.save(&taken.seen.window_key, &window).await
    }

    /// The attempt succeeded. If all before it in this window were failures of the same account, they are forgiven. If there
    /// are others among them they stay: or whoever guesses would wash themselves clean by logging in to an account of
    /// their own now and then. The attempt alone does not count then, nor does it make anybody wait.
    pub(super) async fn number_succeeded(&self, taken: Taken) -> Result<(), StoreError> {
        let mut window = self.window_now(&taken).await?;
        if taken.follows_its_own(&window) {
            window = WindowRecord { base: taken.number, owned: taken.number, owner: String::new(), ..window };
            return self.save(&taken.seen.window_key, &window).await;
        }
        if window.at_ms == taken.seen.window.at_ms {
            window.at_ms = taken.before;
            self.save(&taken.seen.window_key, &window).await?;
        }
        self.give_number_back(&taken).await
    }

    async fn window_now(&self, taken: &Taken) -> Result<WindowRecord, StoreError> {
        Ok(self.load(&taken.seen.window_key).await?.unwrap_or_else(|| taken.seen.window.clone()))
    }
}
