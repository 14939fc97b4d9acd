//! How long a client has to wait after failures, and how many events fit into a window of time.

use crate::time::Timestamp;

/// How far the clocks of two machines may differ, or a clock may step back, before [`is_over`] ignores a time that lies in
/// the future.
const SKEW_MILLIS: u64 = 60_000;

/// Whether an event that was recorded at `noted_at` no longer counts, because it counts for `millis` only. A time further in
/// the future than the clocks may differ was recorded by a clock that has been set back since; such an event is over as
/// well, because otherwise it would count for as long as that clock was ahead.
pub fn is_over(noted_at: Timestamp, now: Timestamp, millis: u64) -> bool {
    now.millis_since(noted_at) >= millis || noted_at.millis_since(now) > SKEW_MILLIS
}

/// Growing delays: some attempts are free. After them there is a delay of one second, which doubles with each failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelayRule {
    /// The number of attempts that may fail before the first delay.
    pub free: u64,
    /// The longest delay. It exists so that nobody is locked out of an account for long.
    pub max_seconds: u64,
}

impl DelayRule {
    /// Failures are forgotten after this time without an attempt.
    pub const QUIET_MILLIS: u64 = 15 * 60 * 1000;

    /// How long the next attempt has to wait, counted from the last one.
    pub fn delay_millis(self, failures: u64) -> u64 {
        let Some(doublings) = failures.checked_sub(self.free) else { return 0 };
        let seconds = u32::try_from(doublings).ok().and_then(|doublings| 1_u64.checked_shl(doublings));
        1000 * seconds.unwrap_or(u64::MAX).min(self.max_seconds)
    }

    /// How long the next attempt still has to wait; 0 when it may go on.
    pub fn wait_millis(self, failures: u64, last_at: Timestamp, now: Timestamp) -> u64 {
        match self.delay_millis(failures) {
            0 => 0,
            delay => (delay + last_at.millis_since(now)).saturating_sub(now.millis_since(last_at)),
        }
    }
}

/// At most this many events in each window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The number of events that fit into one window.
    pub limit: u64,
    /// The length of a window, which begins with its first event.
    pub window_millis: u64,
}

impl Quota {
    /// The highest limit.
    pub const MAX_LIMIT: u64 = 100_000;
    /// The longest window: an hour.
    pub const MAX_WINDOW_MILLIS: u64 = 60 * 60 * 1000;

    /// The same for this many times as many events.
    #[must_use]
    pub fn times(self, factor: u64) -> Self {
        Self { limit: self.limit.saturating_mul(factor).min(Self::MAX_LIMIT), ..self }
    }

    /// How long the next event has to wait; 0 when it fits into the window.
    pub fn wait_millis(self, used: u64, since: Timestamp, now: Timestamp) -> u64 {
        if used < self.limit {
            return 0;
        }
        (self.window_millis + since.millis_since(now)).saturating_sub(now.millis_since(since)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: DelayRule = DelayRule { free: 5, max_seconds: 60 };

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn failures_are_forgotten_after_a_quarter_of_an_hour() {
        assert_eq!(DelayRule::QUIET_MILLIS, 900_000);
    }

    #[test]
    fn the_longest_window_is_an_hour() {
        assert_eq!(Quota::MAX_WINDOW_MILLIS, 3_600_000);
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        let seconds = |failures| RULE.delay_millis(failures) / 1000;
        assert_eq!((0..=12).map(seconds).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        for failures in [13, 68, 69, 70, 1000, u64::MAX] {
            assert_eq!(seconds(failures), 60);
        }
    }

    #[test]
    fn the_wait_is_what_is_left_of_the_delay() {
        for (failures, now, wait) in [
            (4, 100_000, 0),
            (5, 100_000, 1000),
            (5, 100_999, 1),
            (5, 101_000, 0),
            (8, 103_000, 5000),
            // This clock is a little behind the one that recorded the attempt.
            (5, 99_500, 1500),
        ] {
            assert_eq!(RULE.wait_millis(failures, at(100_000), at(now)), wait, "{failures} at {now}");
        }
    }

    #[test]
    fn what_is_over() {
        for (noted, now, over) in [(0, 999, false), (0, 1000, true), (60_000, 0, false), (60_001, 0, true)] {
            assert_eq!(is_over(at(noted), at(now), 1000), over, "{noted} at {now}");
        }
    }

    #[test]
    fn a_larger_quota_has_the_same_window() {
        let quota = Quota { limit: 30, window_millis: 600_000 };
        assert_eq!(quota.times(5), Quota { limit: 150, window_millis: 600_000 });
        assert_eq!(quota.times(u64::MAX).limit, Quota::MAX_LIMIT);
    }

    #[test]
    fn a_window_is_waited_out() {
        let quota = Quota { limit: 2, window_millis: 60_000 };
        for (used, now, wait) in [(0, 0, 0), (1, 0, 0), (2, 0, 60_000), (3, 59_999, 1), (2, 70_000, 1)] {
            assert_eq!(quota.wait_millis(used, at(0), at(now)), wait, "{used} at {now}");
        }
        assert_eq!(quota.wait_millis(2, at(500), at(0)), 60_500, "this clock is a little behind the one that began it");
    }
}
