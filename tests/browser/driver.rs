//! The driver of a browser, and a client for it. WebDriver is JSON over HTTP, so the HTTP client that the suite already has is
//! enough. Each browser has a driver of its own, because geckodriver drives only one.

use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::engine::Engine;
use crate::harness::client::{Ask, Client, ask, post};
use crate::harness::log::Output;
use crate::tools::on_path;

/// A running chromedriver or geckodriver. It ends when it is dropped.
pub(crate) struct Driver {
    child: Child,
    client: Client,
}

/// The error by which the driver refused a command (W3C WebDriver, section 6.6).
pub(crate) struct Refusal {
    error: String,
    message: String,
}

/// Written by hand, so that a failed `unwrap` shows the reason.
impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.error, self.message)
    }
}

pub(crate) type Outcome<T = Value> = Result<T, Refusal>;

impl Driver {
    /// chromedriver takes a free port of IPv4 and then that of IPv6 with the same number, which may be in use. Then it ends, and
    /// another one is started.
    pub(crate) fn start() -> Self {
        (1..=5).find_map(|_| Self::try_start()).expect("every driver has met a port that is in use")
    }

    fn try_start() -> Option<Self> {
        let engine = Engine::chosen();
        let mut child = Command::new(on_path(engine.driver()).unwrap())
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = Output::follow(child.stdout.take().unwrap());
        output.clone().follow_log(child.stderr.take().unwrap());
        let port = output.wait("port of the driver", |lines| {
            let line = lines.stdout.iter().find_map(|line| line.split_once(engine.ready()));
            if line.is_none() && lines.ended() {
                let is_in_use = lines.stderr.iter().any(|line| line.contains("Address already in use"));
                assert!(is_in_use, "{} has ended: {:?}", engine.driver(), lines.stderr);
                return Some(None);
            }
            Some(Some(line?.1.trim_end_matches('.').to_owned()))
        });
        let client = port.map(|port| Client::own(&format!("http://127.0.0.1:{port}")));
        if client.is_none() {
            let _ = child.wait();
        }
        Some(Self { child, client: client? })
    }

    pub(crate) fn get(&self, path: &str) -> Outcome {
        self.send(ask("GET", path))
    }

    pub(crate) fn delete(&self, path: &str) -> Outcome {
        self.send(ask("DELETE", path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Outcome {
        self.send(post(path, &body.to_string()))
    }

    fn send(&self, ask: Ask) -> Outcome {
        let reply = self.client.try_send(ask).unwrap_or_else(|error| panic!("the driver: {error}"));
        let value = reply.json()["value"].take();
        if reply.status == 200 {
            return Ok(value);
        }
        let text = |member: &str| value[member].as_str().unwrap_or_default().to_owned();
        Err(Refusal { error: text("error"), message: text("message") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Refusal {
    /// Whether the same command may succeed in a moment, because the page is still changing.
    pub(crate) fn is_passing(&self) -> bool {
        const PASSING: [&str; 6] = [
            "stale element reference",
            "element click intercepted",
            "element not interactable",
            "no such element",
            "detached shadow root",
            "javascript error",
        ];
        // The driver says this where a new page has taken the place of the one that was asked.
        const REPLACED: [&str; 2] = ["does not belong to the document", "Frame is detached"];
        PASSING.contains(&self.error.as_str()) || REPLACED.iter().any(|said| self.message.contains(said))
    }
}
