//! The browsers that the tests know, and the program by which each is driven.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::case::Case;
use crate::tools::{Needs, on_path};

/// A browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    /// Runs the main flows. WebDriver has no command for the rest: pages of another size, the console, the network.
    Firefox,
}

/// What a user does from the first visit to the last. The rest of the suite is about what the site looks like, about odd networks
/// and about odd input, and needs the tools of Chromium.
const MAIN_FLOWS: [&str; 9] =
    ["account", "drafts", "forms", "keyboard", "moderation", "own_data", "second_factor", "sessions", "story"];

impl Engine {
    /// The browser that `LATCHKEY_BROWSER` names, and else Chromium.
    pub(crate) fn chosen() -> Self {
        match std::env::var("LATCHKEY_BROWSER").as_deref() {
            Ok("firefox") => Self::Firefox,
            Ok("chromium") | Err(_) => Self::Chromium,
            Ok(other) => panic!("LATCHKEY_BROWSER is {other:?}; it can be chromium or firefox"),
        }
    }

    /// Whether a test is one of those that run with this browser.
    pub(crate) fn runs(self, case: &Case) -> bool {
        let (_, subject) = case.module.split_once("::").unwrap_or_default();
        self == Self::Chromium || case.needs == Needs::Browser && MAIN_FLOWS.contains(&subject)
    }

    /// The program of the browser, if it is on this machine.
    pub(crate) fn program(self) -> Option<PathBuf> {
        let names: &[&str] = match self {
            Self::Chromium => &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
            Self::Firefox => &["firefox-esr", "firefox"],
        };
        names.iter().find_map(|name| on_path(name))
    }

    /// The name of the program that speaks WebDriver for it.
    pub(crate) fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
        }
    }

    /// What the driver prints before its port, when it is ready.
    pub(crate) fn ready(self) -> &'static str {
        match self {
            Self::Chromium => "started successfully on port ",
            Self::Firefox => "Listening on 127.0.0.1:",
        }
    }

    /// The capabilities of a new session, and how long its commands wait for a page to load (W3C WebDriver, section 10.2).
    pub(crate) fn capabilities(self, profile: &Path, page_load: &str) -> Value {
        let mut capabilities = json!({
            "pageLoadStrategy": page_load,
            // Nobody has signed the certificates of the tests.
            "acceptInsecureCerts": true,
            "timeouts": {"script": 60_000, "pageLoad": 60_000, "implicit": 0},
        });
        match self {
            Self::Chromium => {
                capabilities["goog:chromeOptions"] = chrome_options(profile);
                capabilities["goog:loggingPrefs"] = json!({"browser": "ALL", "performance": "ALL"});
            }
            Self::Firefox => {
                capabilities["moz:firefoxOptions"] = json!({
                    "binary": self.program().unwrap(),
                    "args": ["-headless", "-profile", profile, "--width=1280", "--height=800"],
                    "prefs": {"intl.accept_languages": "en-US"},
                });
            }
        }
        json!({"capabilities": {"alwaysMatch": capabilities}})
    }
}

fn chrome_options(profile: &Path) -> Value {
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
        // The tests read English, whatever this machine speaks.
        "--lang=en-US",
        "--accept-lang=en-US",
        // Scroll bars take no width, as on a phone: a window of 320 px gives the page 320 px.
        "--hide-scrollbars",
    ];
    let mut flags: Vec<_> = flags.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    json!({
        "binary": Engine::Chromium.program().unwrap(),
        "args": flags,
        "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
    })
}
