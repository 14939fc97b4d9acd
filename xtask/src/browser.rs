//! What the browser tests need of the machine. Where it can't be had they say that they did not run.

use std::process::Command;

use crate::debian;
use crate::project::{Project, run};
use crate::tools::has;

/// The npm package whose rules the views are checked by.
const AXE_CORE: &str = "4.14.1";

/// Installs Chromium, as root on Debian, and axe-core, into `target/tools`, unless they are there.
pub(crate) fn install(project: &Project) {
    let chromium = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().any(has);
    if !(chromium && has("chromedriver")) {
        debian::install("Chromium with chromedriver", &["chromium", "chromium-driver"]);
    }
    let folder = project.path("target/tools/npm");
    if !folder.join("node_modules/axe-core/axe.min.js").is_file() && has("npm") {
        eprintln!("Installing axe-core {AXE_CORE} into target/tools");
        let mut command = Command::new("npm");
        command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
        let _ =
            run(command.arg(folder).arg(format!("axe-core@{AXE_CORE}"))).inspect_err(|error| eprintln!("{error:#}"));
    }
}
