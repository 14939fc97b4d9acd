//! One chromedriver for the whole run, and a client for it. WebDriver is JSON over HTTP, so the HTTP client that the suite
//! already has is enough.

use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};

use crate::harness::client::{Ask, Client, ask, post};
use crate::harness::log::Output;
use crate::tools;

static DRIVER: OnceLock<Driver> = OnceLock::new();

/// A running chromedriver.
pub(crate) struct Driver {
    child: Mutex<Child>,
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

/// The chromedriver, which the first test that needs it starts.
pub(crate) fn driver() -> &'static Driver {
    DRIVER.get_or_init(Driver::start)
}

/// Ends the chromedriver, if a test started it.
pub(crate) fn end() {
    if let Some(driver) = DRIVER.get() {
        let mut child = driver.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Driver {
    fn start() -> Self {
        let mut child = Command::new(tools::chromedriver().unwrap())
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = Output::follow(child.stdout.take().unwrap());
        output.clone().follow_log(child.stderr.take().unwrap());
        let port = output.wait("port of chromedriver", |lines| {
            let line = lines.stdout.iter().find_map(|line| line.split_once("started successfully on port "));
            assert!(line.is_some() || !lines.ended(), "chromedriver has ended: {:?}", lines.stderr);
            Some(line?.1.trim_end_matches('.').to_owned())
        });
        Self { child: Mutex::new(child), client: Client::own(&format!("http://127.0.0.1:{port}")) }
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
        let reply = self.client.try_send(ask).unwrap_or_else(|error| panic!("chromedriver: {error}"));
        let value = reply.json()["value"].take();
        if reply.status == 200 {
            return Ok(value);
        }
        let text = |member: &str| value[member].as_str().unwrap_or_default().to_owned();
        Err(Refusal { error: text("error"), message: text("message") })
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

/// The capabilities of a new session, and how long its commands wait for a page to load (W3C WebDriver, section 10.2).
pub(crate) fn capabilities(profile: &std::path::Path, page_load: &str) -> Value {
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,800",
        // Scroll bars take no width, as on a phone: a window of 320 px gives the page 320 px.
        "--hide-scrollbars",
    ];
    let mut flags: Vec<_> = flags.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    json!({"capabilities": {"alwaysMatch": {
        "goog:chromeOptions": {
            "binary": tools::chromium().unwrap(),
            "args": flags,
            "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
        },
        "pageLoadStrategy": page_load,
        // Nobody has signed the certificates of the tests.
        "acceptInsecureCerts": true,
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        "timeouts": {"script": 60_000, "pageLoad": 60_000, "implicit": 0},
    }}})
}
