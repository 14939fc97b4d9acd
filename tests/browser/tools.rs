//! The tools that the machine needs for these tests.

use std::path::PathBuf;

use crate::engine::Engine;
use crate::harness::launcher::Launcher;
use crate::harness::{app_url, workspace};

/// What a test needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A host that the test starts, and requests over HTTP.
    Host,
    /// A host, and a browser with its driver.
    Browser,
    /// The same, and what only Chromium has: commands of its own, its name in the list of sessions, invisible characters in the
    /// text of a page, and a Tab that leads from the last element of the page to the first, and not into the browser's own bar.
    Chromium,
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
        let engine = Engine::chosen();
        if engine.program().is_none() {
            return Some(format!("{engine:?} is not on PATH"));
        }
        if on_path(engine.driver()).is_none() {
            return Some(format!("{} is not on PATH", engine.driver()));
        }
        (self == Self::Axe && !axe().is_file()).then(|| format!("there is no {}", axe().display()))
    }
}

/// The path of axe-core, as `npm install --prefix target/tools/npm` installs it.
pub(crate) fn axe() -> PathBuf {
    workspace().join("target/tools/npm/node_modules/axe-core/axe.min.js")
}

/// The program of this name.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
