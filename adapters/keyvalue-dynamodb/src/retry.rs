//! How often, and after what time, an action is tried again.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The attempts of one operation.
pub(crate) struct Attempts {
    deadline: Instant,
    waits: u32,
    connected_anew: bool,
}

/// The time of the operation is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TimeIsOver;

impl Attempts {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self { deadline, waits: 0, connected_anew: false }
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether a request may be sent again at once, because its connection broke: a connection that the host has kept may have
    /// been closed meanwhile. This is so once for each operation.
    pub(crate) fn connect_anew(&mut self) -> bool {
        !std::mem::replace(&mut self.connected_anew, true)
    }

    /// Waits before the next attempt.
    pub(crate) fn wait(&mut self) -> Result<(), TimeIsOver> {
        let wait = wait(self.waits, RandomState::new().hash_one(()));
        self.waits = self.waits.saturating_add(1);
        if Instant::now() + wait >= self.deadline {
            return Err(TimeIsOver);
        }
        std::thread::sleep(wait);
        Ok(())
    }
}

/// A random part of a time that doubles with each wait. So those that were refused at the same moment do not come back at the
/// same moment.
fn wait(waits: u32, random: u64) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(1 << waits.min(16)).min(LONGEST_WAIT);
    Duration::from_millis(random % (u64::try_from(longest.as_millis()).unwrap_or(1_000) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_second_and_differ() {
        let longest = |waits| (0..2_000).map(|random| wait(waits, random)).max().unwrap().as_millis();
        assert_eq!([0, 1, 2, 3, 4, 5, u32::MAX].map(longest), [50, 100, 200, 400, 800, 1_000, 1_000]);
        assert_eq!(wait(3, 0), Duration::ZERO);
        assert_ne!(RandomState::new().hash_one(()), RandomState::new().hash_one(()));
    }

    #[test]
    fn attempts_end_with_the_time() {
        let mut attempts = Attempts::until(Instant::now() + Duration::from_millis(500));
        while attempts.wait().is_ok() {
            assert!(Instant::now() < attempts.deadline());
        }
        assert!((1..1_000).contains(&attempts.waits));
    }

    #[test]
    fn a_connection_is_opened_anew_once() {
        let mut attempts = Attempts::until(Instant::now());
        assert_eq!([attempts.connect_anew(), attempts.connect_anew(), attempts.connect_anew()], [true, false, false]);
    }
}
