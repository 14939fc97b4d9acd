//! Slots: counters for attempts. Each kind has a fixed number of slots. A keyed hash maps a name to its slot, whether or
//! not an account has the name. So made-up names can't create keys without limit, and they cost the same as names that
//! exist.
//!
//! A slot consists of a counter, which is the only thing in the store that is updated atomically, and a window, which says
//! from which number on attempts count, and since when. These rules keep attempts at the same moment apart:
//!
//! - The counter is read before the window, and the window is written before the counter is incremented. So a reader that
//!   has seen a number also sees the window in which the number was taken. Therefore all attempts that find an old window
//!   over have read the same counter value and begin the same new window, and an attempt that reads a number that was taken
//!   a moment ago sees the time of that attempt.
//! - Each number is taken by one attempt. While there are delays, only the attempt that takes the number directly after the
//!   one it saw continues.
//! - An attempt that does not continue gives its number back, because it was no attempt. A number that was given back is
//!   taken again. It is never the number of an attempt that counts, because the counter is never below the base plus the
//!   number of attempts that count.
//!
//! The window itself is not updated atomically: an attempt may overwrite it with an older view, if another attempt writes
//! it between the read and the write of the first one. Then a forgiveness is lost, or a delay begins at the attempt before.
//! No attempt is lost, because the counter has counted it.
//!
//! A slot whose window is over stays in the store until it is used again. This needs no cleaning, because the number of
//! slots is fixed.

use domain::{DelayRule, SlotSecret, Timestamp, is_over};

use crate::context::{Context, POSTS_WINDOW_MILLIS, Platform, SIGN_UPS_WINDOW_MILLIS, StoreError};
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

    /// Whether the kind counts failures, which delay the next attempt. The other kinds count uses, for a quota.
    const fn is_delayed(self) -> bool {
        matches!(self, Self::Account | Self::Address | Self::Device | Self::Check)
    }

    /// The length of a window in milliseconds.
    pub(super) const fn millis(self) -> u64 {
        match self {
            Self::Account | Self::Address | Self::Device | Self::Check => DelayRule::QUIET_MILLIS,
            Self::SignUps => SIGN_UPS_WINDOW_MILLIS,
            Self::Posts => POSTS_WINDOW_MILLIS,
        }
    }
}

/// The state of a slot when it was read.
pub(super) struct Seen {
    kind: Kind,
    counter_key: String,
    window_key: String,
    /// A keyed hash of the account, which tells it from other accounts that share the slot.
    owner: String,
    /// The value of the counter.
    count: u64,
    /// The current window, or a new one that begins now.
    window: WindowRecord,
    /// Whether the window was in the store and is not over; `false` for a new one.
    is_old: bool,
}

/// A number that was taken in a slot.
pub(super) struct Taken {
    seen: Seen,
    /// The time (`at_ms`) of the window before this attempt changed it.
    before: Timestamp,
    number: u64,
}

impl Seen {
    /// How many attempts of this window count.
    pub(super) fn used(&self) -> u64 {
        self.count.saturating_sub(self.window.base)
    }

    /// For delays, the time of the last attempt; for quotas, the beginning of the window.
    pub(super) fn at(&self) -> Timestamp {
        self.window.at_ms
    }
}

impl Taken {
    /// The number counted from the base of the window: 1 for its first attempt.
    pub(super) fn used(&self) -> u64 {
        self.number.saturating_sub(self.seen.window.base)
    }

    fn follows_its_own(&self, window: &WindowRecord) -> bool {
        window.owned.saturating_add(1) == self.number
            && (window.owned == window.base || window.owner == self.seen.owner)
    }
}

impl<P: Platform> Context<'_, P> {
    /// The secret of this application that keys the hash from names to slots. It is created on first use.
    pub(super) async fn slot_secret(&self) -> Result<SlotSecret, StoreError> {
        let make = async || {
            let secret = SlotSecret::new(self.random()).to_hex();
            records::encode(&SlotSecretRecord { v: V1, secret })
        };
        let bytes = match self.get(keys::SLOTS).await? {
            Some(bytes) => bytes,
            None => self.get_or_make(keys::SLOTS, make).await?,
        };
        let record: SlotSecretRecord = records::decode(keys::SLOTS, &bytes)?;
        let unreadable = || StoreError::Failed(format!("the record {} holds no secret", keys::SLOTS));
        SlotSecret::from_hex(&record.secret).ok_or_else(unreadable)
    }

    /// Reads the slot of a name, and writes nothing. `account` is the account that may have failed in this slot before.
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
        // A counter that is below its base was lost from the store, so it counts anew.
        let window = window.filter(|window| window.base <= count && !is_over(window.at_ms, now, kind.millis()));
        let is_old = window.is_some();
        let new = || WindowRecord { v: V1, base: count, at_ms: now, owned: count, owner: String::new() };
        Ok(Seen { kind, counter_key, window_key, owner, count, window: window.unwrap_or_else(new), is_old })
    }

    /// Takes the next number for an attempt. For delays, the time of the window becomes that of this attempt. For quotas,
    /// it stays that of the window's beginning, and a window that is in the store already is not written again.
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

    /// Gives the number of an attempt back, so that the attempt does not count.
    pub(super) async fn give_number_back(&self, taken: &Taken) -> Result<(), StoreError> {
        self.give_back(&taken.seen.counter_key).await
    }

    /// Records that the attempt failed. If all earlier numbers of this window are failures of the same account, this one is
    /// noted as its failure as well.
    pub(super) async fn number_failed(&self, taken: Taken) -> Result<(), StoreError> {
        let mut window = self.window_now(&taken).await?;
        if taken.follows_its_own(&window) {
            window.owned = taken.number;
            window.owner.clone_from(&taken.seen.owner);
        }
        // The window is written even when nothing is noted, so that both cases cost the same.
        self.save(&taken.seen.window_key, &window).await
    }

    /// Records that the attempt succeeded. If all earlier numbers of this window are failures of the same account, they are
    /// forgiven. If failures of other accounts are among them, all of them stay; otherwise somebody who guesses passwords
    /// could erase their failures by logging in to an account of their own now and then. In that case only this attempt
    /// does not count, and it causes no delay.
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
