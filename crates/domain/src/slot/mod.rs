//! Where attempts are counted: in one of a fixed number of slots, so that any number of invented names can't fill the store.
//!
//! A slot is a counter of the store, whose value holds three numbers: a tag of the name that is counted there, a time, and a
//! count. A single increment changes all three, so an attempt is one write. A name has two slots. It is counted in the one
//! that has its tag; else in one that is free; and if both are taken, together with the name of the slot that lets it go on
//! sooner. So a stranger has to wait for others only if both of its slots are taken by names that have to wait.
//!
//! An increment adds to whatever is there. An attempt computes what to add from the value that it has read, and learns from
//! the new value whether another attempt came between. If so, it takes back what it has added, and tries again. Sums do not
//! depend on their order, so what remains is what the attempts added that went on, and at no moment is it less than that.

use crate::app_secret::AppSecret;
use crate::delay::{DelayRule, Quota};
use crate::mac::mac;
use crate::time::Timestamp;

/// The number of slots of each of the two tables. All of them together take less than 64 MB of a SQLite file.
pub const SLOTS: u32 = 1 << 17;

/// Where a name is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// The numbers of its two slots, each below [`SLOTS`].
    pub slots: [u32; 2],
    tag: u32,
}

impl AppSecret {
    /// The slots of a name within a kind. Any text can be a name.
    pub fn home(&self, kind: &str, name: &str) -> Home {
        let [a, b, c, d, e, f, g, h, tag, ..] = mac(self.bytes(), &["slots", kind, name]);
        let first = u32::from_be_bytes([a, b, c, d]) % SLOTS;
        // The second slot is never the first one again.
        let second = (first + 1 + u32::from_be_bytes([e, f, g, h]) % (SLOTS - 1)) % SLOTS;
        let slots = [first, second];
        Home { slots, tag: tag.into() }
    }
}

/// What limits the attempts of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Attempts that fail delay the next ones.
    Delay(DelayRule),
    /// Only so many in a window of time.
    Quota(Quota),
}

/// How the value of a slot is divided. The sum of the bits is 51, so that thousands of attempts can add to the same slot at
/// the same moment before the sum exceeds 64 bits.
struct Layout {
    unit_millis: u64,
    time_bits: u32,
    count_bits: u32,
    /// After this time a slot is free for any name.
    over_millis: u64,
    /// A time that is further in the future was not written by a clock that goes right.
    ahead_millis: u64,
}

const TOTAL_BITS: u32 = 51;
const DELAYS: Layout = Layout {
    unit_millis: 125,
    time_bits: 34,
    count_bits: 9,
    over_millis: DelayRule::QUIET_MILLIS,
    ahead_millis: 60_000,
};
const QUOTAS: Layout = Layout {
    unit_millis: 15_000,
    time_bits: 27,
    count_bits: 17,
    over_millis: Quota::MAX_WINDOW_MILLIS,
    ahead_millis: 45_000,
};
/// The time 0 of slots: 2026-01-01T00:00:00Z.
const EPOCH_MILLIS: u64 = 1_767_225_600_000;
/// While failures are free, the time of a slot may be this much older than the last of them. So attempts at the same moment
/// need not change it, and do not get in each other's way.
const COARSE_MILLIS: u64 = 10_000;
/// Counts of failures end here; the delay is the longest one long before.
const MAX_FAILURES: u64 = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    tag: u64,
    at: Timestamp,
    count: u64,
}

impl Layout {
    fn tag(&self, home: Home) -> u64 {
        u64::from(home.tag) & ((1 << (TOTAL_BITS - self.time_bits - self.count_bits)) - 1)
    }

    fn pack(&self, slot: Slot) -> i64 {
        let units = slot.at.as_millis().saturating_sub(EPOCH_MILLIS) / self.unit_millis;
        let units = units.min((1 << self.time_bits) - 1);
        i64::try_from((slot.tag << self.time_bits | units) << self.count_bits | slot.count).unwrap_or(i64::MAX)
    }

    /// `None` for a value that no attempt leaves behind. Either attempts are changing it now, or one of them has died.
    fn read(&self, value: i64, now: Timestamp) -> Option<Slot> {
        let value = u64::try_from(value).ok().filter(|value| value >> TOTAL_BITS == 0)?;
        let field = |low: u32, bits: u32| value >> low & ((1 << bits) - 1);
        let at = EPOCH_MILLIS + field(self.count_bits, self.time_bits) * self.unit_millis;
        let slot = Slot {
            tag: value >> (self.count_bits + self.time_bits),
            at: Timestamp::from_millis(at),
            count: field(0, self.count_bits),
        };
        (slot.at.millis_since(now) <= self.ahead_millis).then_some(slot)
    }
}

/// What an attempt has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Do this increment, and ask [`Step::result`].
    Take(Step),
    /// Wait for this many milliseconds. Nothing is counted.
    Wait(u64),
    /// The slot with this index is being changed at this moment: read it again. If it stays as it is, it has to be repaired.
    Unclear(usize),
}

/// The increment of one of the two slots of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The index of the slot in [`Home::slots`].
    pub index: usize,
    /// What to add.
    pub delta: i64,
    limit: Limit,
    seen: Slot,
    next: Slot,
    /// How often the name is counted in its other slot.
    elsewhere: u64,
}

/// What became of an attempt after its increment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It goes on.
    GoesOn {
        /// What to add to the slot to make the attempt uncounted.
        forget: i64,
    },
    /// It does not go on: take back what was added. The client waits for this many milliseconds.
    Waits(u64),
    /// Another attempt came between: take back what was added, and judge again.
    Collided,
}

impl Limit {
    fn layout(self) -> &'static Layout {
        match self {
            Self::Delay(_) => &DELAYS,
            Self::Quota(_) => &QUOTAS,
        }
    }

    /// The value of a slot after a repair. Nobody goes on freely, and nobody waits for ever: it is as after the last attempt
    /// that is free, or as after half of a quota.
    pub fn repaired(self, home: Home, now: Timestamp) -> i64 {
        let count = match self {
            Self::Delay(rule) => rule.free,
            Self::Quota(quota) => quota.limit / 2,
        };
        self.layout().pack(Slot { tag: self.layout().tag(home), at: now, count })
    }

    /// Decides on an attempt of a name at `now`, when its two slots have these values (0 when there is none).
    pub fn judge(self, home: Home, values: [i64; 2], now: Timestamp) -> Judgement {
        let layout = self.layout();
        let tag = layout.tag(home);
        let [first, second] = values;
        let Some(a) = layout.read(first, now) else { return Judgement::Unclear(0) };
        let Some(b) = layout.read(second, now) else { return Judgement::Unclear(1) };
        let slots = [(0, first, a), (1, second, b)];
        let is_free = |slot: Slot| {
            let window_millis = if slot.tag == tag { self.window_millis() } else { layout.over_millis };
            now.millis_since(slot.at) >= window_millis
        };
        let is_own = |slot: Slot| slot.tag == tag && !is_free(slot);
        let sooner = |&(_, _, slot): &(usize, i64, Slot)| (self.wait_millis(slot, now), slot.count);
        let own = slots.into_iter().find(|(.., slot)| is_own(*slot));
        let free = || slots.into_iter().find(|(.., slot)| is_free(*slot));
        let (index, value, slot) =
            own.or_else(free).or_else(|| slots.into_iter().min_by_key(sooner)).unwrap_or((0, first, a));
        let seen = if is_free(slot) { Slot { tag, at: now, count: 0 } } else { slot };
        // Attempts that chose at the same moment may have chosen differently.
        let elsewhere = if index == 0 && is_own(a) && is_own(b) { b.count } else { 0 };
        match self.wait_millis(Slot { count: seen.count + elsewhere, ..seen }, now) {
            0 => {}
            wait_millis => return Judgement::Wait(wait_millis),
        }
        let next = self.counted_once_more(seen, now);
        Judgement::Take(Step { index, delta: layout.pack(next) - value, limit: self, seen, next, elsewhere })
    }

    /// How long a slot counts after its time, for the name that it belongs to.
    fn window_millis(self) -> u64 {
        match self {
            Self::Delay(_) => DelayRule::QUIET_MILLIS,
            Self::Quota(quota) => quota.window_millis,
        }
    }

    fn wait_millis(self, slot: Slot, now: Timestamp) -> u64 {
        match self {
            Self::Delay(rule) => rule.wait_millis(slot.count, slot.at, now),
            Self::Quota(quota) => quota.wait_millis(slot.count, slot.at, now),
        }
    }

    fn counted_once_more(self, slot: Slot, now: Timestamp) -> Slot {
        match self {
            Self::Delay(rule) => {
                let count = (slot.count + 1).min(MAX_FAILURES.max(slot.count));
                let is_coarse = count < rule.free && now.millis_since(slot.at) < COARSE_MILLIS;
                Slot { at: if is_coarse { slot.at } else { now.max(slot.at) }, count, ..slot }
            }
            Self::Quota(_) => Slot { count: slot.count + 1, ..slot },
        }
    }
}

impl Step {
    /// Whether the attempt goes on, when this is the value after its increment.
    pub fn result(&self, value: i64, now: Timestamp) -> Outcome {
        let layout = self.limit.layout();
        let expected = layout.read(layout.pack(self.next), now);
        let (Some(found), Some(expected)) = (layout.read(value, now), expected) else { return Outcome::Collided };
        // The first attempt in a slot only takes its count back, because others may have added to its tag and its time.
        let forget = if self.seen.count == 0 { -1 } else { -self.delta };
        let goes_on = Outcome::GoesOn { forget };
        let count = found.count + self.elsewhere;
        match self.limit {
            // While there are delays, one attempt at a time goes on.
            Limit::Delay(rule) if self.seen.count + self.elsewhere >= rule.free => match found == expected {
                true => goes_on,
                false => Outcome::Waits(rule.delay_millis(count)),
            },
            _ if (found.tag, found.at) != (expected.tag, expected.at) => Outcome::Collided,
            Limit::Delay(rule) if count > rule.free => Outcome::Waits(rule.delay_millis(rule.free)),
            Limit::Quota(quota) if count > quota.limit => Outcome::Waits(quota.wait_millis(count, found.at, now)),
            _ => goes_on,
        }
    }
}

#[cfg(test)]
mod tests;
