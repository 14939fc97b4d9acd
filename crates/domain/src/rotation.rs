use crate::time::Timestamp;

/// The schedule of signing keys: each key signs for a period, and the next key is made and published for a lead time before
/// it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    period_millis: u64,
}

/// A period that is not allowed for signing keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a whole number from 86400 to 31536000; below 86400 is for stage \"test\"")]
pub struct RotationError;

impl Rotation {
    /// A day, in seconds. The lead is at most a quarter of the period, so with a very short period it would be shorter than
    /// the time for which verifiers may keep a key set.
    pub const MIN_SECONDS: u64 = 24 * 60 * 60;
    /// A year, in seconds.
    pub const MAX_SECONDS: u64 = 365 * 24 * 60 * 60;
    /// An hour: six times as long as a verifier keeps the key set, with time to spare for clocks that differ.
    const LEAD_MILLIS: u64 = 60 * 60 * 1000;

    /// Checks a period that an operator configured.
    ///
    /// # Errors
    /// The number is out of bounds, or less than a day without `shorter_is_allowed`, which is for tests only.
    pub fn parse(seconds: u64, shorter_is_allowed: bool) -> Result<Self, RotationError> {
        let least = if shorter_is_allowed { 1 } else { Self::MIN_SECONDS };
        match (least..=Self::MAX_SECONDS).contains(&seconds) {
            true => Ok(Self { period_millis: seconds * 1000 }),
            false => Err(RotationError),
        }
    }

    /// Whether the successor of a key has to be made now.
    pub fn is_due(self, signs_from: Timestamp, now: Timestamp) -> bool {
        now >= signs_from.plus_millis(self.period_millis - self.lead_millis())
    }

    /// The moment from which the successor signs: after a whole period, and never before it has been published for the lead
    /// time.
    pub fn next_signs_from(self, signs_from: Timestamp, now: Timestamp) -> Timestamp {
        signs_from.plus_millis(self.period_millis).max(now.plus_millis(self.lead_millis()))
    }

    /// Whether a key has signed for a day longer than its period, so that something must be wrong with its successor.
    pub fn is_overdue(self, signs_from: Timestamp, now: Timestamp) -> bool {
        now > signs_from.plus_millis(self.period_millis).plus_secs(Self::MIN_SECONDS)
    }

    fn lead_millis(self) -> u64 {
        Self::LEAD_MILLIS.min(self.period_millis / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 60 * 60 * 1000;
    const DAY: u64 = 24 * HOUR;

    #[test]
    fn a_period_is_a_day_to_a_year_and_shorter_for_tests() {
        for (seconds, ordinary, test) in [
            (0, false, false),
            (1, false, true),
            (86_399, false, true),
            (86_400, true, true),
            (31_536_000, true, true),
            (31_536_001, false, false),
            (u64::MAX, false, false),
        ] {
            assert_eq!(Rotation::parse(seconds, false).is_ok(), ordinary, "{seconds}");
            assert_eq!(Rotation::parse(seconds, true).is_ok(), test, "{seconds}");
        }
    }

    #[test]
    fn the_next_key_is_made_an_hour_before_it_signs_and_late_ones_wait_that_hour_too() {
        let rotation = Rotation::parse(30 * 86_400, false).unwrap();
        let at = Timestamp::from_millis;
        let from = at(1_000);
        assert!(!rotation.is_due(from, at(0)) && !rotation.is_due(from, from));
        let due = 1_000 + 30 * DAY - HOUR;
        assert!(!rotation.is_due(from, at(due - 1)) && rotation.is_due(from, at(due)));
        assert_eq!(rotation.next_signs_from(from, at(due)), at(due + HOUR));
        assert_eq!(rotation.next_signs_from(from, at(due + 1)), at(due + 1 + HOUR));
        assert_eq!(rotation.next_signs_from(from, at(400 * DAY)), at(400 * DAY + HOUR));
        assert!(!rotation.is_due(at(u64::MAX), at(400 * DAY)), "a moment beyond the end of time");
    }

    #[test]
    fn a_key_is_overdue_a_day_after_its_period() {
        let rotation = Rotation::parse(30 * 86_400, false).unwrap();
        let at = Timestamp::from_millis;
        assert!(!rotation.is_overdue(at(1_000), at(1_000 + 31 * DAY)));
        assert!(rotation.is_overdue(at(1_000), at(1_001 + 31 * DAY)));
    }

    #[test]
    fn a_short_period_has_a_quarter_of_it_as_lead() {
        let rotation = Rotation::parse(4, true).unwrap();
        let at = Timestamp::from_millis;
        assert!(!rotation.is_due(at(0), at(2_999)) && rotation.is_due(at(0), at(3_000)));
        assert_eq!(rotation.next_signs_from(at(0), at(3_500)), at(4_500));
    }
}
