//! What the browser tests need of the machine. Where it can't be had they say that they did not run.

use crate::project::Project;
use crate::tools::has;
use crate::{debian, npm};

/// The npm package whose rules the views are checked by.
const AXE_CORE: &str = "4.14.1";

/// Installs Chromium, as root on Debian, and axe-core, into `target/tools`, unless they are there.
pub(crate) fn install(project: &Project) {
    let chromium = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().any(has);
    if !(chromium && has("chromedriver")) {
        debian::install(project, "Chromium with chromedriver", &["chromium", "chromium-driver"]);
    }
    let _ = npm::package(project, "axe-core", AXE_CORE)
        .inspect_err(|error| project.progress.note(format_args!("No axe-core: {error:#}")));
}
