//! What a host prints: collected line by line, read as JSON.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::PATIENCE;
use super::launcher::Launcher;

/// The lines of a process, as they come.
pub(crate) struct Output {
    lines: Mutex<Lines>,
    changed: Condvar,
}

/// The lines so far.
#[derive(Default)]
pub(crate) struct Lines {
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
    streams_ended: u8,
}

impl Lines {
    /// Whether the process has closed both streams.
    pub(crate) fn ended(&self) -> bool {
        self.streams_ended == 2
    }
}

impl Output {
    pub(crate) fn follow(stdout: impl Read + Send + 'static) -> Arc<Self> {
        let output = Arc::new(Self { lines: Mutex::default(), changed: Condvar::new() });
        output.clone().collect(stdout, |lines| &mut lines.stdout);
        output
    }

    pub(crate) fn follow_log(self: Arc<Self>, stderr: impl Read + Send + 'static) {
        self.collect(stderr, |lines| &mut lines.stderr);
    }

    fn collect(self: Arc<Self>, stream: impl Read + Send + 'static, to: fn(&mut Lines) -> &mut Vec<String>) {
        std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
                to(&mut self.lines()).push(text);
                self.changed.notify_all();
                line.clear();
            }
            self.lines().streams_ended += 1;
            self.changed.notify_all();
        });
    }

    /// Waits until the lines hold an answer.
    #[track_caller]
    pub(crate) fn wait<T>(&self, what: &str, answer: impl Fn(&Lines) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.lines();
        loop {
            if let Some(answer) = answer(&lines) {
                return answer;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no {what} within {PATIENCE:?}; stderr so far:\n{}", lines.stderr.join("\n"));
            lines = self.changed.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ignores a poisoned lock: a test that fails while it reads the lines still has to print them.
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The output that has to be free of secrets. Spin's standard output is left out: it lists the routes, and one of them
    /// ends in `password`.
    pub(crate) fn text(&self) -> String {
        match Launcher::chosen() {
            Launcher::Spin => self.stderr(),
            _ => format!("{}\n{}", self.stdout(), self.stderr()),
        }
    }

    pub(crate) fn stdout(&self) -> String {
        self.lines().stdout.join("\n")
    }

    pub(crate) fn stderr(&self) -> String {
        self.lines().stderr.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Waits until at least `count` log lines fit. Every line of the log has to be a JSON object.
    #[track_caller]
    pub(crate) fn wait_for_events(&self, what: &str, count: usize, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        self.wait(what, |lines| {
            let fitting: Vec<_> =
                lines.stderr.iter().filter_map(|line| parse(line)).filter(|line| fits(line)).collect();
            (fitting.len() >= count).then_some(fitting)
        })
    }

    /// Waits for the request lines that the host itself logs for a method and a path.
    #[track_caller]
    pub(crate) fn requests(&self, count: usize, method: &str, path: &str) -> Vec<Value> {
        self.wait_for_events(&format!("{method} {path}"), count, |line| {
            line["event"] == "request"
                && line["method"] == method
                && line["path"].as_str().is_some_and(|logged| logged.split('?').next() == Some(path))
        })
    }

    /// Waits for the log line with this event and this request id.
    #[track_caller]
    pub(crate) fn event(&self, event: &str, request_id: &str) -> Value {
        self.wait_for_events(event, 1, |line| line["event"] == event && line["request_id"] == request_id).remove(0)
    }

    /// Every log line so far, parsed.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        self.lines().stderr.iter().filter_map(|line| parse(line)).collect()
    }
}

/// Parses one line. Each line of our host is a JSON object; the others write their own plain text between the lines of
/// components.
#[track_caller]
fn parse(line: &str) -> Option<Value> {
    let object = serde_json::from_str::<Value>(line).ok().filter(Value::is_object);
    assert!(object.is_some() || Launcher::chosen() != Launcher::Latchkey, "a log line is no JSON object: {line}");
    object
}
