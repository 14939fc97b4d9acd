//! The tools that the machine needs for these tests.

use std::path::PathBuf;

use crate::harness::launcher::Launcher;
use crate::harness::{app_url, workspace};

/// What a test needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A host that the test starts, and requests over HTTP.
    Host,
    /// A host, Chromium and chromedriver.
    Browser,
    /// The host of this project, whose flags the test uses, and a browser.
    Latchkey,
    /// A host, a browser and axe-core.
    Axe,
    /// A host, a browser and the folder for pictures.
    Folder,
}

impl Needs {
    /// The reason why a test with this need can't run here, if there is one.
    pub(crate) fn missing(self) -> Option<String> {
        if app_url().is_some() {
            return Some("it needs a host of its own, and APP_URL is set".to_owned());
        }
        if self == Self::Host {
            return None;
        }
        if self == Self::Latchkey && Launcher::chosen() != Launcher::Latchkey {
            return Some("it is about TLS as our host speaks it".to_owned());
        }
        if chromium().is_none() {
            return Some("Chromium is not on PATH".to_owned());
        }
        if chromedriver().is_none() {
            return Some("chromedriver is not on PATH".to_owned());
        }
        (self == Self::Axe && !axe().is_file()).then(|| format!("there is no {}", axe().display()))
    }
}

pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().find_map(on_path)
}

pub(crate) fn chromedriver() -> Option<PathBuf> {
    on_path("chromedriver")
}

/// The path of axe-core, as `npm install --prefix target/tools/npm` installs it.
pub(crate) fn axe() -> PathBuf {
    workspace().join("target/tools/npm/node_modules/axe-core/axe.min.js")
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
