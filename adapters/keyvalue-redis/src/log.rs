//! The lines that the adapter adds to the log of the app, in its form.

use std::io::Write as _;
use std::time::SystemTime;

use humantime::format_rfc3339_millis;

/// Says that the server removes keys when its memory is full: accounts, sessions and messages get lost then.
pub(crate) fn evicts(policy: &str) {
    // The line is written at once, so that lines of several instances do not mix. A failure can't be reported anywhere.
    let _ = std::io::stderr().write_all(eviction(SystemTime::now(), policy).as_bytes());
}

fn eviction(now: SystemTime, policy: &str) -> String {
    let time = format_rfc3339_millis(now);
    // The name comes from the server, and must not end the string.
    let policy: String = policy.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!(
        "{{\"time\":\"{time}\",\"level\":\"warn\",\"component\":\"keyvalue-redis\",\"event\":\"store_evicts\",\
         \"maxmemory_policy\":\"{policy}\"}}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_line_has_the_form_of_those_of_the_app() {
        let line = eviction(UNIX_EPOCH + Duration::from_millis(1_800_000_000_123), "allkeys-lru\"\n");
        let expected = r#"{"time":"2027-01-15T08:00:00.123Z","level":"warn","component":"keyvalue-redis","event":"store_evicts","maxmemory_policy":"allkeys-lru"}"#;
        assert_eq!(line, format!("{expected}\n"));
    }
}
