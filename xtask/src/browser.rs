//! What the browser tests need on the machine. Where it can't be installed, the tests report that they did not run.

use crate::project::Project;
use crate::tools::has;
use crate::{debian, npm};

/// The version of the npm package whose rules the tests check the views by.
const AXE_CORE: npm::Package = ("axe-core", "4.14.1");

/// Installs Chromium (as root on Debian) and, into `target/tools`, axe-core, unless they are there.
pub(crate) fn install(project: &Project) {
    let chromium = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().any(has);
    if !(chromium && has("chromedriver")) {
        debian::install(project, "Chromium with chromedriver", &["chromium", "chromium-driver"]);
    }
    let _ = npm::packages(project, &[AXE_CORE])
        .inspect_err(|error| project.progress.note(format_args!("No axe-core: {error:#}")));
}
