//! The host's own log: one JSON object a line on standard error, with `time, level, component, event` and the event's
//! fields. Each line is queued in one piece, like the lines of guests, so that lines never mix.

use std::fmt;

use serde::Serializer;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::arguments::LogLevel;
use crate::log_queue::LineWriter;

/// From now on logs events of this level and of more severe levels. Events of libraries are not logged.
pub(crate) fn start(level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let ours = |metadata: &Metadata<'_>| metadata.target().starts_with(env!("CARGO_BIN_NAME"));
    let lines =
        tracing_subscriber::fmt::layer().event_format(JsonLine).with_writer(|| LineWriter).with_filter(filter_fn(ours));
    let subscriber = tracing_subscriber::registry().with(level).with(lines);
    // Fails only when a subscriber is already set, and this is the only place that sets one.
    _ = tracing::subscriber::set_global_default(subscriber);
}

struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::begin(&event.metadata().level().as_str().to_ascii_lowercase())?;
        event.record(&mut fields);
        writeln!(writer, "{}", fields.json().map_err(|_| fmt::Error)?)
    }
}

/// The line that says how many lines were not written.
pub(crate) fn lines_dropped(lines: u64) -> Vec<u8> {
    // A clock whose time has no text is the only error, and then there is no line.
    let Ok(mut fields) = Fields::begin("warn") else { return Vec::new() };
    fields.set("event", "log_lines_dropped");
    fields.set("lines", lines);
    fields.json().map(|line| line + "\n").unwrap_or_default().into_bytes()
}

/// The current time by RFC 3339, in UTC with milliseconds.
fn now() -> Result<String, fmt::Error> {
    let mut text = String::new();
    SystemTime.format_time(&mut Writer::new(&mut text))?;
    text.truncate("2026-01-01T00:00:00.000".len());
    text.push('Z');
    Ok(text)
}

/// The fields of a line in the order in which they are set, so that the event's name comes before its fields.
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    /// The fields of every line.
    fn begin(level: &str) -> Result<Self, fmt::Error> {
        let mut fields = Self(Vec::new());
        fields.set("time", now()?);
        fields.set("level", level);
        fields.set("component", "host");
        Ok(fields)
    }

    fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }

    fn json(self) -> serde_json::Result<String> {
        let mut bytes = Vec::new();
        serde_json::Serializer::new(&mut bytes).collect_map(self.0)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The message of an event (`info!("started")`) is its name.
impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let name = if field.name() == "message" { "event" } else { field.name() };
        self.set(name, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field.name(), value);
    }
}
