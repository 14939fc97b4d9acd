//! What the browser tests need on the machine. Where it can't be installed, the tests report that they did not run.

use std::ffi::OsString;

use crate::project::Project;
use crate::tools::{self, has};
use crate::{debian, npm};

/// The version of the npm package whose rules the tests check the views by.
const AXE_CORE: npm::Package = ("axe-core", "4.14.1");
/// The version of the npm package that `audit` runs.
pub(crate) const LIGHTHOUSE: npm::Package = ("lighthouse", "13.5.0");

/// Installs Chromium (as root on Debian) and, into `target/tools`, axe-core and Lighthouse, unless they are there.
pub(crate) fn install(project: &Project) {
    let chromium = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().any(has);
    if !(chromium && has("chromedriver")) {
        debian::install(project, "Chromium with chromedriver", &["chromium", "chromium-driver"]);
    }
    let _ = npm::packages(project, &[AXE_CORE, LIGHTHOUSE])
        .inspect_err(|error| project.progress.note(format_args!("No axe-core and no Lighthouse: {error:#}")));
}

/// Installs Firefox (as root on Debian) and, into `target/tools`, geckodriver, unless they are there. Returns a value for PATH with
/// which they are found; nothing where they can't be had.
pub(crate) fn install_firefox(project: &Project) -> Option<OsString> {
    let is_there = || ["firefox-esr", "firefox"].into_iter().any(has);
    if !is_there() {
        debian::install(project, "Firefox", &["firefox-esr"]);
    }
    if !is_there() {
        return None;
    }
    let installed = tools::install_geckodriver(project);
    installed.inspect_err(|error| project.progress.note(format_args!("No geckodriver: {error:#}"))).ok()
}
