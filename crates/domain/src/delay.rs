//! How long whoever failed has to wait, and how many of something fit into a window of time.

use crate::time::Timestamp;

/// How far the clocks of two machines may differ, or a clock step back, before what was noted is taken for another time's.
const SKEW_MILLIS: u64 = 60_000;

/// Whether what was noted at a moment is of no account any more, `millis` being how long it counts. What was noted in the
/// future was noted by a clock that has been set back since, and would count for as long as that clock was ahead.
pub fn is_over(noted_at: Timestamp, now: Timestamp, millis: u64) -> bool {
    now.millis_since(noted_at) >= millis || noted_at.millis_since(now) > SKEW_MILLIS
}

/// Growing delays: some attempts are free; after them there is a delay, of a second at first and twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelayRule {
    /// So many attempts may fail before the first delay.
    pub free: u64,
    /// No delay is longer, so that nobody is shut out.
    pub max_seconds: u64,
}

impl DelayRule {
    /// Failures are forgotten when there was no attempt for so long.
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

    /// Whether an attempt goes on that saw `failures`, and then drew a number: 1 for the first, and so on. Attempts that
    /// come at once draw different numbers; while there are delays, one of them goes on.
    pub fn admits(self, failures: u64, number: u64) -> bool {
        if failures < self.free { number <= self.free } else { number == failures.saturating_add(1) }
    }
}

/// At most so many in each window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub limit: u64,
    /// The length of a window, which begins with the first.
    pub window_millis: u64,
}

impl Quota {
    /// How long the next one has to wait; 0 when it fits in.
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
            // A clock that is a little behind the one by which the attempt was noted.
            (5, 99_500, 1500),
        ] {
            assert_eq!(RULE.wait_millis(failures, at(100_000), at(now)), wait, "{failures} at {now}");
        }
    }

    #[test]
    fn of_attempts_at_once_no_more_than_the_free_ones_go_on_and_then_one_at_a_time() {
        let admitted = |failures, numbers: std::ops::RangeInclusive<u64>| {
            numbers.filter(|&number| RULE.admits(failures, number)).collect::<Vec<_>>()
        };
        assert_eq!(admitted(0, 1..=50), [1, 2, 3, 4, 5]);
        assert_eq!(admitted(3, 4..=50), [4, 5]);
        assert_eq!(admitted(5, 6..=50), [6]);
        assert_eq!(admitted(70, 71..=90), [71]);
    }

    #[test]
    fn what_is_over() {
        for (noted, now, over) in [(0, 999, false), (0, 1000, true), (60_000, 0, false), (60_001, 0, true)] {
            assert_eq!(is_over(at(noted), at(now), 1000), over, "{noted} at {now}");
        }
    }

    #[test]
    fn a_window_is_waited_out() {
        let quota = Quota { limit: 2, window_millis: 60_000 };
        for (used, now, wait) in [(0, 0, 0), (1, 0, 0), (2, 0, 60_000), (3, 59_999, 1), (2, 70_000, 1)] {
            assert_eq!(quota.wait_millis(used, at(0), at(now)), wait, "{used} at {now}");
        }
    }
}
