//! Tells the log of a trouble that comes with every request while it lasts, such as a full disk, in few lines.

use std::time::{Duration, Instant};

/// The pause between two lines about one trouble.
const PAUSE: Duration = Duration::from_secs(60);

/// One kind of trouble.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    told: Option<Instant>,
    /// How often it has happened since.
    times: u64,
    is_on: bool,
}

impl Trouble {
    /// It has happened. Returns how often since the last line, if a line is due.
    pub(crate) fn happened(&mut self, now: Instant) -> Option<u64> {
        self.times += 1;
        if self.told.is_some_and(|told| now.saturating_duration_since(told) < PAUSE) {
            return None;
        }
        self.told = Some(now);
        self.is_on = true;
        Some(std::mem::take(&mut self.times))
    }

    /// It has not happened. Returns whether the last line says that it does.
    pub(crate) fn is_over(&mut self) -> bool {
        std::mem::take(&mut self.is_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_that_lasts_or_comes_and_goes_gives_few_lines() {
        let mut trouble = Trouble::default();
        let start = Instant::now();
        assert!(!trouble.is_over());
        assert_eq!([trouble.happened(start), trouble.happened(start), trouble.happened(start)], [Some(1), None, None]);
        assert_eq!([trouble.is_over(), trouble.is_over()], [true, false]);
        assert_eq!((trouble.happened(start), trouble.is_over()), (None, false));
        assert_eq!(trouble.happened(start + PAUSE), Some(4));
        assert!(trouble.is_over());
    }
}
