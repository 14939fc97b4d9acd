//! How long ago something was, in words.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The time from `then_ms` to `now_ms` (milliseconds since 1970) as "3 minutes ago". What lies in the future, because two
/// clocks differ, is "just now".
pub fn ago(now_ms: f64, then_ms: f64) -> String {
    // The cast saturates: what is negative or not a number becomes 0.
    let seconds = ((now_ms - then_ms) / 1000.0) as u64;
    let (count, unit) = match seconds {
        s if s < MINUTE => return "just now".to_owned(),
        s if s < HOUR => (s / MINUTE, "minute"),
        s if s < DAY => (s / HOUR, "hour"),
        s if s < 2 * DAY => return "yesterday".to_owned(),
        s if s < 30 * DAY => (s / DAY, "day"),
        s if s < 365 * DAY => (s / (30 * DAY), "month"),
        s => (s / (365 * DAY), "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_largest_unit() {
        for (seconds, words) in [
            (-3600.0, "just now"),
            (0.0, "just now"),
            (59.9, "just now"),
            (60.0, "1 minute ago"),
            (200.0, "3 minutes ago"),
            (3599.0, "59 minutes ago"),
            (3600.0, "1 hour ago"),
            (86_399.0, "23 hours ago"),
            (86_400.0, "yesterday"),
            (2.0 * 86_400.0, "2 days ago"),
            (29.0 * 86_400.0, "29 days ago"),
            (31.0 * 86_400.0, "1 month ago"),
            (364.0 * 86_400.0, "12 months ago"),
            (800.0 * 86_400.0, "2 years ago"),
        ] {
            assert_eq!(ago(1.8e12 + seconds * 1000.0, 1.8e12), words, "{seconds}");
        }
        assert_eq!(ago(1.8e12, f64::NAN), "just now");
    }
}
