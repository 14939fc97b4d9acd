//! How long ago something was, in words.

use crate::texts;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

#[derive(Clone, Copy)]
enum Unit {
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

/// The time from `then_ms` to `now_ms` (milliseconds since 1970) as "3 minutes ago". What lies in the future, because two
/// clocks differ, is "just now".
pub fn ago(now_ms: f64, then_ms: f64) -> String {
    let Some((count, unit)) = largest_unit(now_ms, then_ms) else { return texts::just_now().to_owned() };
    if count == 1 {
        let one = match unit {
            Unit::Minute => texts::minute_ago(),
            Unit::Hour => texts::hour_ago(),
            Unit::Day => texts::yesterday(),
            Unit::Month => texts::month_ago(),
            Unit::Year => texts::year_ago(),
        };
        return one.to_owned();
    }
    let count = count.to_string();
    match unit {
        Unit::Minute => texts::minutes_ago(&count),
        Unit::Hour => texts::hours_ago(&count),
        Unit::Day => texts::days_ago(&count),
        Unit::Month => texts::months_ago(&count),
        Unit::Year => texts::years_ago(&count),
    }
}

/// The same as "3m", for a place where words have no room.
pub fn short_ago(now_ms: f64, then_ms: f64) -> String {
    let Some((count, unit)) = largest_unit(now_ms, then_ms) else { return texts::now().to_owned() };
    let count = count.to_string();
    match unit {
        Unit::Minute => texts::short_minutes(&count),
        Unit::Hour => texts::short_hours(&count),
        Unit::Day => texts::short_days(&count),
        Unit::Month => texts::short_months(&count),
        Unit::Year => texts::short_years(&count),
    }
}

/// The time in its largest unit; None if it is less than a minute.
fn largest_unit(now_ms: f64, then_ms: f64) -> Option<(u64, Unit)> {
    // The cast saturates: what is negative or not a number becomes 0.
    let seconds = ((now_ms - then_ms) / 1000.0) as u64;
    Some(match seconds {
        s if s < MINUTE => return None,
        s if s < HOUR => (s / MINUTE, Unit::Minute),
        s if s < DAY => (s / HOUR, Unit::Hour),
        s if s < 30 * DAY => (s / DAY, Unit::Day),
        s if s < 365 * DAY => (s / (30 * DAY), Unit::Month),
        s => (s / (365 * DAY), Unit::Year),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_largest_unit() {
        for (seconds, words, short) in [
            (-3600.0, "just now", "now"),
            (0.0, "just now", "now"),
            (59.9, "just now", "now"),
            (60.0, "1 minute ago", "1m"),
            (200.0, "3 minutes ago", "3m"),
            (3599.0, "59 minutes ago", "59m"),
            (3600.0, "1 hour ago", "1h"),
            (86_399.0, "23 hours ago", "23h"),
            (86_400.0, "yesterday", "1d"),
            (2.0 * 86_400.0, "2 days ago", "2d"),
            (29.0 * 86_400.0, "29 days ago", "29d"),
            (31.0 * 86_400.0, "1 month ago", "1mo"),
            (364.0 * 86_400.0, "12 months ago", "12mo"),
            (800.0 * 86_400.0, "2 years ago", "2y"),
        ] {
            let now_ms = 1.8e12 + seconds * 1000.0;
            assert_eq!((&*ago(now_ms, 1.8e12), &*short_ago(now_ms, 1.8e12)), (words, short), "{seconds}");
        }
        assert_eq!(ago(1.8e12, f64::NAN), "just now");
    }
}
