//! Log lines: one JSON object each, with the events of the OWASP logging vocabulary. A line never contains a password, a
//! token, a key or a body.

use std::time::{Duration, UNIX_EPOCH};

use domain::Timestamp;
use humantime::format_rfc3339_millis;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The severity of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// An event and its fields. The name of a field ends in its unit.
pub(crate) struct Event {
    level: Level,
    name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Event {
    pub(crate) fn new(level: Level, name: &'static str) -> Self {
        Self { level, name, fields: Vec::new() }
    }

    pub(crate) fn with(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((field, value.into()));
        self
    }

    /// Adds a field if there is a value.
    pub(crate) fn with_some(self, field: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    pub(crate) fn line(mut self, time: Timestamp, component: &str, request_id: &str) -> String {
        let head = [
            ("time", Value::from(rfc3339(time))),
            ("level", self.level.as_str().into()),
            ("component", component.into()),
            ("event", self.name.into()),
            ("request_id", request_id.into()),
        ];
        self.fields.splice(0..0, head);
        // Strings and numbers serialise.
        serde_json::to_string(&self).unwrap_or_default()
    }
}

impl Serialize for Event {
    /// Keeps the order in which the fields were added, which a map would lose.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields.iter().map(|(field, value)| (field, value)))
    }
}

/// RFC 3339, UTC, milliseconds.
pub(crate) fn rfc3339(time: Timestamp) -> String {
    // The formatter's range ends with the year 9999.
    const LAST_MILLIS: u64 = 253_402_300_799_999;
    format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(time.as_millis().min(LAST_MILLIS))).to_string()
}

/// Reads a time of RFC 3339 in UTC, as [`rfc3339`] writes it, with any number of decimals.
pub(crate) fn parse_rfc3339(raw: &str) -> Option<Timestamp> {
    let time = humantime::parse_rfc3339(raw).ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(time.as_millis()).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_object_in_one_line() {
        let event = Event::new(Level::Warn, "authz_fail").with("reason", "a\nb").with("store_reads", 2);
        let line = event.line(Timestamp::from_millis(1_800_000_000_123), "messages", "00ff");
        let expected = r#"{"time":"2027-01-15T08:00:00.123Z","level":"warn","component":"messages","event":"authz_fail","request_id":"00ff","reason":"a\nb","store_reads":2}"#;
        assert_eq!(line, expected);
    }

    #[test]
    fn a_time_is_read_as_it_is_written() {
        let time = Timestamp::from_millis(1_800_000_000_123);
        assert_eq!(parse_rfc3339(&rfc3339(time)), Some(time));
        assert_eq!(parse_rfc3339("2027-01-15T08:00:00Z"), Some(Timestamp::from_millis(1_800_000_000_000)));
        for raw in ["", "2027-01-15", "2027-01-15 08:00:00", "2027-13-15T08:00:00Z", "1969-12-31T23:59:59Z", "tomorrow"]
        {
            assert_eq!(parse_rfc3339(raw), None, "{raw}");
        }
    }

    #[test]
    fn no_time_is_out_of_range() {
        assert_eq!(rfc3339(Timestamp::from_millis(u64::MAX)), "9999-12-31T23:59:59.999Z");
    }
}
